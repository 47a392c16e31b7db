import { Button, Checkbox, Group, Paper, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconHammer, IconListDetails } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { DecimalInput } from '../../components/DecimalInput';
import { EmptyState } from '../../components/EmptyState';
import { Page } from '../../components/Page';
import { ProblemAlert } from '../../components/ProblemAlert';
import type { BuildProductQuery as ProductData } from '../../graphql/generated/graphql';
import { useAction } from '../../graphql/useAction';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { isPositive } from '../../lib/exact';
import { IdempotencyKey } from '../../lib/ids';
import { STOCK_TYPES } from '../stock/operations';
import { ProductPicker, useSettled } from '../stock/ProductPicker';
import { ReceivingNotice, useStockSettings } from '../stock/ReceivingNotice';
import { BuildProductQuery, ExecuteBuildMutation, PlanBuildMutation } from './operations';
import { PreviewPanel } from './PreviewPanel';

type Product = Extract<NonNullable<ProductData['node']>, { __typename: 'Product' }>;

/** Chooses what to build and shows what it would take; then it is planned for later or recorded as done. */
export function NewBuildPage() {
  const [params, setParams] = useSearchParams();
  const id = params.get('product');
  const query = useLiveQuery(BuildProductQuery, { id: id ?? '' }, { pause: id === null, types: STOCK_TYPES });
  const node = id ? query.data?.node : null;
  const product = node?.__typename === 'Product' ? node : null;
  return (
    <Page
      title="New build"
      lead="What it would take and cost is worked out as you type. Stock is not touched until it is recorded."
    >
      <ReceivingNotice />
      <ProductPicker
        label="What to build"
        maw={420}
        value={product}
        onPick={(picked) => setParams(picked ? { product: picked.id } : {}, { replace: true })}
        data-testid="build-product"
      />
      {product && (product.activeBom ? <Form key={product.id} product={product} /> : <NoBom product={product} />)}
    </Page>
  );
}

function NoBom({ product }: { product: Product }) {
  return (
    <EmptyState
      icon={IconListDetails}
      title={`${product.name} has no bill of materials`}
      action={
        <Button component={Link} to={`/products/${product.id}?tab=bom`}>
          Write one
        </Button>
      }
    >
      A build takes what the bill of materials in use says. Write it first.
    </EmptyState>
  );
}

interface Draft {
  quantity: string;
  without: readonly string[];
  plannedFor: string;
  effectiveOn: string;
  note: string;
}

function Form({ product }: { product: Product }) {
  const [draft, setDraft] = useState<Draft>({ quantity: '1', without: [], plannedFor: '', effectiveOn: '', note: '' });
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const settled = useSettled(draft.quantity.trim());
  const settings = useStockSettings();
  const valid = isPositive(draft.quantity);
  return (
    <Stack gap="lg">
      <Fields product={product} draft={draft} onChange={change} />
      {isPositive(settled) ? (
        <PreviewPanel
          input={{ productId: product.id, quantity: settled, withoutProductIds: [...draft.without] }}
          lots={settings?.receiving ?? true}
        />
      ) : (
        <Text size="sm" c="dimmed">
          Give a quantity above zero to see what it takes.
        </Text>
      )}
      <Send product={product} draft={draft} valid={valid} />
    </Stack>
  );
}

function Fields({
  product,
  draft,
  onChange,
}: {
  product: Product;
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
}) {
  const optional = (product.activeBom?.lines ?? []).filter((line) => line.optional && line.product);
  return (
    <Paper withBorder radius="md" p="md">
      <Stack gap="md">
        <Group align="flex-end" gap="sm">
          <DecimalInput
            label="How many"
            w={140}
            unit={product.unit}
            value={draft.quantity}
            onText={(quantity) => onChange({ quantity })}
            data-testid="build-quantity"
          />
          <TextInput
            type="date"
            label="Planned for"
            value={draft.plannedFor}
            onChange={(event) => onChange({ plannedFor: event.currentTarget.value })}
          />
          <TextInput
            type="date"
            label="Done on"
            title="Today if left out"
            value={draft.effectiveOn}
            onChange={(event) => onChange({ effectiveOn: event.currentTarget.value })}
          />
          <TextInput
            label="Note"
            w={260}
            value={draft.note}
            onChange={(event) => onChange({ note: event.currentTarget.value })}
          />
        </Group>
        {optional.length > 0 && (
          <Checkbox.Group
            label="Optional components"
            description="Used as far as there is any."
            value={optional.flatMap(({ product: each }) => (each && !draft.without.includes(each.id) ? [each.id] : []))}
            onChange={(kept) =>
              onChange({
                without: optional.flatMap(({ product: each }) => (each && !kept.includes(each.id) ? [each.id] : [])),
              })
            }
          >
            <Group mt="xs">
              {optional.map(({ product: each }) =>
                each ? <Checkbox key={each.id} value={each.id} label={each.name} /> : null,
              )}
            </Group>
          </Checkbox.Group>
        )}
      </Stack>
    </Paper>
  );
}

function Send({ product, draft, valid }: { product: Product; draft: Draft; valid: boolean }) {
  const navigate = useNavigate();
  const [key] = useState(() => new IdempotencyKey());
  // What was refused is about the figures as they were then.
  const [tried, setTried] = useState<Draft>();
  const plan = useAction(PlanBuildMutation, (data) => data.planBuild);
  const execute = useAction(ExecuteBuildMutation, (data) => data.executeBuild);
  const note = draft.note.trim() || undefined;
  const quantity = draft.quantity.trim();
  const toPlan = async () => {
    execute.clear();
    setTried(draft);
    const input = { productId: product.id, quantity, plannedFor: draft.plannedFor || undefined, note };
    const payload = await plan.run({ ...input, idempotencyKey: key.for(input) });
    if (payload) key.answered();
    if (!payload?.build || payload.userErrors.length > 0) return;
    notifications.show({ message: `Build ${payload.build.number} is planned.`, color: 'teal' });
    void navigate(`/builds/${payload.build.id}`);
  };
  const toExecute = async () => {
    plan.clear();
    setTried(draft);
    const input = {
      productId: product.id,
      quantity,
      effectiveOn: draft.effectiveOn || undefined,
      note,
      withoutProductIds: [...draft.without],
    };
    const payload = await execute.run({ ...input, idempotencyKey: key.for(input) });
    if (payload) key.answered();
    if (!payload?.build || payload.userErrors.length > 0) return;
    notifications.show({ message: `Build ${payload.build.number} is recorded.`, color: 'teal' });
    void navigate(`/builds/${payload.build.id}`);
  };
  const unavailable = valid ? null : 'Give a quantity above zero.';
  return (
    <Stack gap="md">
      <ProblemAlert problem={tried === draft ? (execute.problem ?? plan.problem) : null} />
      <Group justify="flex-end" gap="xs">
        <ActionButton
          variant="default"
          permission="MANAGE_STOCK"
          unavailable={unavailable}
          loading={plan.busy}
          onClick={() => void toPlan()}
          data-testid="plan-build"
        >
          Plan it
        </ActionButton>
        <ActionButton
          permission="MANAGE_STOCK"
          unavailable={unavailable}
          loading={execute.busy}
          leftSection={<IconHammer size={16} />}
          onClick={() => void toExecute()}
          data-testid="execute-build"
        >
          Record as built
        </ActionButton>
      </Group>
    </Stack>
  );
}
