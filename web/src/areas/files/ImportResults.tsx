import { Alert, Anchor, Badge, Button, Group, SegmentedControl, Stack, Table, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import { DataTable } from '../../components/DataTable';
import { count } from '../../lib/words';
import { KEPT, type Results, type RowResult, type RowStatus } from './answer';
import type { KindOfFile } from './kinds';

/** Rows shown at first, and more with every click. */
const STEP = 100;
const STATUSES: readonly RowStatus[] = ['FAILED', 'SKIPPED', 'CREATED'];
const COLORS: Record<RowStatus, string> = { CREATED: 'teal', SKIPPED: 'gray', FAILED: 'red' };

function word(status: RowStatus, dryRun: boolean): string {
  if (status === 'FAILED') return 'Refused';
  if (status === 'SKIPPED') return 'There already';
  return dryRun ? 'Would be made' : 'Made';
}

/** What became of a file, or would: the sums, and each row with its reason. */
export function ImportResults({
  results,
  about,
  children,
}: {
  results: Results;
  about: KindOfFile;
  children?: ReactNode;
}) {
  const { rows, created, skipped, failed, dryRun } = results.summary;
  const sums: Record<RowStatus, number> = { CREATED: created, SKIPPED: skipped, FAILED: failed };
  const [chosen, setChosen] = useState<RowStatus>(STATUSES.find((status) => sums[status] > 0) ?? 'CREATED');
  return (
    <Stack
      gap="md"
      data-testid="import-outcome"
      data-dry-run={dryRun}
      data-created={created}
      data-skipped={skipped}
      data-failed={failed}
    >
      <Title order={2} size="h4">
        {dryRun ? 'What the file would do' : 'What the file did'}
      </Title>
      <Alert
        color={failed > 0 ? 'orange' : 'teal'}
        icon={failed > 0 ? <IconAlertTriangle size={20} /> : <IconCircleCheck size={20} />}
        role="status"
      >
        <Verdict results={results} about={about} />
      </Alert>
      {children}
      {rows > 0 && (
        <>
          <SegmentedControl
            aria-label="Rows to show"
            style={{ alignSelf: 'flex-start' }}
            value={chosen}
            onChange={(next) => setChosen(next)}
            data={STATUSES.map((status) => ({
              value: status,
              label: `${word(status, dryRun)} (${sums[status].toLocaleString()})`,
            }))}
          />
          <Rows
            key={chosen}
            rows={results.kept[chosen]}
            all={sums[chosen]}
            about={about}
            dryRun={dryRun}
            status={chosen}
          />
        </>
      )}
    </Stack>
  );
}

function Verdict({ results: { summary }, about }: { results: Results; about: KindOfFile }) {
  const { rows, created, skipped, failed, dryRun } = summary;
  const [one, many] = about.makes;
  if (rows === 0) return <Text size="sm">The file has a heading but no rows.</Text>;
  return (
    <Text size="sm">
      Of {count(rows, 'row')}: <b>{count(created, one, many)}</b> {dryRun ? 'would be made' : 'made'},{' '}
      <b>{skipped.toLocaleString()}</b> there already, <b>{failed.toLocaleString()}</b> refused.{' '}
      {dryRun ? 'Nothing was changed yet.' : 'Everything that could be taken was taken, in one go.'}
    </Text>
  );
}

const HEAD = (
  <>
    <Table.Th ta="right" w={80}>
      Line
    </Table.Th>
    <Table.Th w={150}>What</Table.Th>
    <Table.Th>Why, and what helps</Table.Th>
  </>
);

interface RowsProps {
  rows: readonly RowResult[];
  all: number;
  about: KindOfFile;
  dryRun: boolean;
  status: RowStatus;
}

function Rows({ rows, all, about, dryRun, status }: RowsProps) {
  const [shown, setShown] = useState(STEP);
  if (rows.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {status === 'FAILED' ? 'No row was refused.' : 'None.'}
      </Text>
    );
  }
  return (
    <Stack gap="sm">
      <DataTable minWidth={560} head={HEAD} label="Rows of the file" testId="import-rows">
        {rows.slice(0, shown).map((row) => (
          <Table.Tr key={row.row} data-testid="import-row" data-line={row.row} data-status={row.status}>
            <Table.Td ta="right" style={{ verticalAlign: 'top' }}>
              {row.row.toLocaleString()}
            </Table.Td>
            <Table.Td style={{ verticalAlign: 'top' }}>
              <Badge color={COLORS[row.status]} variant="light">
                {word(row.status, dryRun)}
              </Badge>
            </Table.Td>
            <Table.Td>
              <Why row={row} about={about} dryRun={dryRun} />
            </Table.Td>
          </Table.Tr>
        ))}
      </DataTable>
      <Group gap="sm">
        <Text size="sm" c="dimmed">
          {Math.min(shown, rows.length).toLocaleString()} of {all.toLocaleString()} shown
          {all > rows.length && `; only the first ${KEPT.toLocaleString()} of each kind are kept here`}.
        </Text>
        {shown < rows.length && (
          <Button size="xs" variant="default" onClick={() => setShown(shown + STEP)} data-testid="more-rows">
            Show more
          </Button>
        )}
      </Group>
    </Stack>
  );
}

function Why({ row, about, dryRun }: { row: RowResult; about: KindOfFile; dryRun: boolean }) {
  if (row.status === 'CREATED') return <Made row={row} dryRun={dryRun} />;
  return (
    <div data-wrap data-code={row.reason?.code}>
      <Text size="sm">{row.reason?.message ?? about.skipped}</Text>
      {row.reason?.help && (
        <Text size="sm" c="dimmed">
          {row.reason.help}
        </Text>
      )}
    </div>
  );
}

/** What was made can be opened; what would be made is not there yet. */
function Made({ row, dryRun }: { row: RowResult; dryRun: boolean }) {
  const product = !dryRun && row.id?.startsWith('prd_');
  if (!product) return <Text size="sm">–</Text>;
  return (
    <Anchor component={Link} to={`/products/${row.id}`} size="sm" c="var(--link-color)">
      Open the product
    </Anchor>
  );
}
