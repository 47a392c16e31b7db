import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import { NoticeList } from '../../components/NoticeList';
import { At } from '../../components/Time';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { exportKindWord } from '../../lib/words';
import { useMay } from '../../session/viewer';
import { companyOf, planPlace } from './documents';
import { ExportActions } from './ExportActions';
import { ExportStateBadge } from './ExportStateBadge';
import { DriftNotice } from './DriftNotice';
import { DocumentExportsQuery, EXPORT_TYPES, type Exported } from './operations';
import { Reason } from './Reason';
import { useExportChanges } from './useExportChanges';

/** Where a document stands in the books, on its own page. */
export function DocumentExports({ documentId }: { documentId: string }) {
  const query = useLiveQuery(DocumentExportsQuery, { documentId }, { types: EXPORT_TYPES });
  useExportChanges(query.refetch, documentId);
  const mayExport = useMay('EXPORT');
  const exports = query.data?.exports.nodes ?? [];
  const connected = (query.data?.integrations ?? []).find(({ status }) => status === 'ACTIVE' || status === 'EXPIRED');
  if (exports.length === 0 && !connected) return null;
  return (
    <Paper withBorder radius="md" p="md" data-testid="document-exports">
      <Stack gap="md">
        <Title order={2} size="h5">
          In the books
        </Title>
        {exports.map((exported) => (
          <ExportStanding key={exported.id} exported={exported} />
        ))}
        {exports.length === 0 && connected && (
          <Group justify="space-between" gap="sm">
            <Text size="sm">Not exported to {companyOf(connected)} yet.</Text>
            {mayExport && (
              <Button component={Link} to={planPlace(documentId)} size="xs" variant="default" data-testid="see-plan">
                See the entry
              </Button>
            )}
          </Group>
        )}
      </Stack>
    </Paper>
  );
}

/** One export: its state, why, and what can be done. `entry`: its entry is on this page. */
export function ExportStanding({ exported, entry = false }: { exported: Exported; entry?: boolean }) {
  return (
    <Stack gap="xs" data-testid="document-export" data-state={exported.state} data-kind={exported.kind}>
      <Group justify="space-between" gap="sm" align="flex-start">
        <Stack gap={4} style={{ flex: 1, minWidth: 240 }}>
          <Group gap="xs">
            <ExportStateBadge state={exported.state} />
            <Text size="sm">
              {exportKindWord(exported.kind)} as <code>{exported.reference}</code> in {companyOf(exported.integration)}
              {exported.exportedAt && (
                <>
                  , <At at={exported.exportedAt} />
                </>
              )}
            </Text>
          </Group>
          {exported.state === 'SYNCED' ? <DriftNotice exported={exported} /> : <Reason exported={exported} />}
        </Stack>
        <ExportActions exported={exported} entry={!entry} />
      </Group>
      {exported.state === 'SYNCED' && <NoticeList notices={exported.warnings} />}
    </Stack>
  );
}
