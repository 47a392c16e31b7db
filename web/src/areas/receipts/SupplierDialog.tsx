import { Alert, Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState, type FormEvent } from 'react';
import { ProblemAlert } from '../../components/ProblemAlert';
import { useAction } from '../../graphql/useAction';
import { IdempotencyKey } from '../../lib/ids';
import { SaveSupplierMutation, type Supplier } from './operations';

interface Props {
  supplier: Supplier | null;
  name?: string;
  onClose: () => void;
  onSaved?: (supplier: Supplier) => void;
}

/** Creates a supplier, or changes one; of one that comes from the accounting system only the code is ours. */
export function SupplierDialog({ supplier, name = '', onClose, onSaved }: Props) {
  const [draft, setDraft] = useState({
    name: supplier?.name ?? name,
    code: supplier?.code ?? '',
    email: supplier?.email ?? '',
    phone: supplier?.phone ?? '',
  });
  const [key] = useState(() => new IdempotencyKey());
  const save = useAction(SaveSupplierMutation, (data) => data.saveSupplier);
  const foreign = supplier?.externalId != null;
  const change = (part: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...part }));
  const text = (value: string) => value.trim() || undefined;
  const go = async () => {
    const mine = foreign ? {} : { name: text(draft.name), email: text(draft.email), phone: text(draft.phone) };
    const input = { supplierId: supplier?.id, code: text(draft.code), ...mine };
    const payload = await save.run({ ...input, idempotencyKey: key.for(input) });
    if (payload) key.answered();
    if (!payload?.supplier || payload.userErrors.length > 0) return;
    notifications.show({ message: `${payload.supplier.name} is saved.`, color: 'teal' });
    onSaved?.(payload.supplier);
    onClose();
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    void go();
  };
  return (
    <Modal opened onClose={onClose} title={supplier ? `Edit ${supplier.name}` : 'New supplier'} centered>
      <form onSubmit={onSubmit}>
        <Stack gap="md">
          {foreign && (
            <Alert color="blue" p="sm">
              This supplier comes from your accounting system. Change its name and address there; its code is yours.
            </Alert>
          )}
          <TextInput
            label="Name"
            withAsterisk
            disabled={foreign}
            value={draft.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
            data-autofocus
            data-testid="supplier-name"
          />
          <TextInput
            label="Code"
            description="3 or 4 letters and digits that begin its lot numbers; made from the name if left out."
            value={draft.code}
            onChange={(event) => change({ code: event.currentTarget.value })}
            data-testid="supplier-code"
          />
          <Group grow>
            <TextInput
              label="E-mail"
              disabled={foreign}
              value={draft.email}
              onChange={(event) => change({ email: event.currentTarget.value })}
            />
            <TextInput
              label="Phone"
              disabled={foreign}
              value={draft.phone}
              onChange={(event) => change({ phone: event.currentTarget.value })}
            />
          </Group>
          <ProblemAlert problem={save.problem} onRetry={() => void go()} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.busy} disabled={draft.name.trim() === ''} data-testid="save-supplier">
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
