import { Alert, Button, Group, Modal, Select, Stack, Switch, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState, type FormEvent } from 'react';
import { ProblemAlert } from '../../components/ProblemAlert';
import type { ProductType } from '../../graphql/generated/graphql';
import { useAction, type Problem } from '../../graphql/useAction';
import { IdempotencyKey } from '../../lib/ids';
import { productTypeWord } from '../../lib/words';
import { PRODUCT_TYPES } from './filter';
import { CreateProductMutation, UpdateProductMutation, type Product } from './operations';

interface Draft {
  name: string;
  sku: string;
  type: ProductType;
  unit: string;
  category: string;
  active: boolean;
}

const EMPTY: Draft = { name: '', sku: '', type: 'RAW_MATERIAL', unit: '', category: '', active: true };

/** Absent leaves a field as it is, null clears it: an emptied text is cleared. */
function cleared(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}

function fieldsOf({ name, sku, type, unit, category }: Draft) {
  return { name: name.trim(), sku: cleared(sku), type, unit: cleared(unit), category: cleared(category) };
}

/** Creates a product, or edits the one given. */
export function ProductForm({ product, onClose }: { product: Product | null; onClose: () => void }) {
  const [draft, setDraft] = useState<Draft>(
    product
      ? { ...product, sku: product.sku ?? '', unit: product.unit ?? '', category: product.category ?? '' }
      : EMPTY,
  );
  const [key] = useState(() => new IdempotencyKey());
  const create = useAction(CreateProductMutation, (data) => data.createProduct);
  const update = useAction(UpdateProductMutation, (data) => data.updateProduct);
  const { problem, busy } = product ? update : create;

  const send = async () => {
    if (product) return update.run({ productId: product.id, ...fieldsOf(draft), active: draft.active });
    const input = fieldsOf(draft);
    const payload = await create.run({ ...input, idempotencyKey: key.for(input) });
    if (payload) key.answered();
    return payload;
  };

  const save = async () => {
    const payload = await send();
    if (!payload || payload.userErrors.length > 0) return;
    notifications.show({ message: product ? 'Product saved.' : `“${draft.name.trim()}” created.`, color: 'teal' });
    onClose();
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void save();
  };

  return (
    <Modal opened onClose={onClose} title={product ? `Edit ${product.name}` : 'New product'} centered>
      <form onSubmit={onSubmit}>
        <Stack gap="md">
          {product?.item && (
            <Alert color="blue" p="sm">
              Linked to an accounting item: in Sync mode its name and SKU win at the next sync. Change them in the
              accounting system to keep them.
            </Alert>
          )}
          <Fields
            draft={draft}
            problem={problem}
            onChange={(part) => setDraft((before) => ({ ...before, ...part }))}
            editing={product !== null}
          />
          <ProblemAlert problem={problem} onRetry={() => void save()} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={busy} disabled={draft.name.trim() === ''} data-testid="save-product">
              {product ? 'Save' : 'Create product'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Fields({
  draft,
  problem,
  onChange,
  editing,
}: {
  draft: Draft;
  problem: Problem | null;
  onChange: (part: Partial<Draft>) => void;
  editing: boolean;
}) {
  const invalid = (field: string) => problem?.errors.some((error) => error.path?.includes(field)) ?? false;
  return (
    <>
      <TextInput
        label="Name"
        withAsterisk
        required
        value={draft.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
        error={invalid('name')}
        data-autofocus
        data-testid="product-name"
      />
      <TextInput
        label="SKU"
        description="Your own number; unique among your products."
        value={draft.sku}
        onChange={(event) => onChange({ sku: event.currentTarget.value })}
        error={invalid('sku')}
        data-testid="product-sku"
      />
      <Group grow align="flex-start">
        <Select
          label="Type"
          allowDeselect={false}
          data={PRODUCT_TYPES.map((type) => ({ value: type, label: productTypeWord(type) }))}
          value={draft.type}
          onChange={(type) => type && onChange({ type: type })}
          data-testid="product-type"
        />
        <TextInput
          label="Unit"
          placeholder="pcs, kg, m"
          value={draft.unit}
          onChange={(event) => onChange({ unit: event.currentTarget.value })}
          error={invalid('unit')}
          data-testid="product-unit"
        />
      </Group>
      <TextInput
        label="Category"
        description="Your own word. Exports can use accounts of their own for a category."
        value={draft.category}
        onChange={(event) => onChange({ category: event.currentTarget.value })}
        maxLength={200}
        error={invalid('category')}
        data-testid="product-category"
      />
      {editing && (
        <Switch
          label="Active"
          description="Inactive products keep their stock and history."
          checked={draft.active}
          onChange={(event) => onChange({ active: event.currentTarget.checked })}
          data-testid="product-active"
        />
      )}
    </>
  );
}
