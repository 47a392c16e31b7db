import { Alert, List, Stack, Text } from '@mantine/core';
import { FaultPanel } from '../../components/FaultPanel';
import { graphql } from '../../graphql/generated';
import type { InventoryMode } from '../../graphql/generated/graphql';
import { faultOf } from '../../graphql/faults';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { inventoryModeWord } from '../../lib/words';

const ModeChangeQuery = graphql(`
  query ModeChange($integrationId: ID!, $inventoryMode: InventoryMode!) {
    inventoryModeChange(integrationId: $integrationId, inventoryMode: $inventoryMode) {
      summary
      blocked {
        export {
          id
          label
        }
        reasons {
          message
          help
        }
      }
    }
  }
`);

/** Documents that are named; the others are counted. */
const NAMED = 10;

/** What a change of the inventory mode will mean for the documents that wait. */
export function ModeChange({ integrationId, mode }: { integrationId: string; mode: InventoryMode }) {
  const query = useLiveQuery(ModeChangeQuery, { integrationId, inventoryMode: mode }, { types: ['Export'] });
  if (query.error) return <FaultPanel fault={faultOf(query.error)} onRetry={query.refetch} />;
  const change = query.data?.inventoryModeChange;
  if (!change) return null;
  const { summary, blocked } = change;
  return (
    <Alert
      color="yellow"
      title={`What ${inventoryModeWord(mode).toLowerCase()} mode will mean`}
      data-testid="mode-change"
    >
      <Stack gap="xs">
        {summary.map((sentence) => (
          <Text key={sentence} size="sm">
            {sentence}
          </Text>
        ))}
        {blocked.length > 0 && (
          <List size="sm" data-testid="mode-change-blocked">
            {blocked.slice(0, NAMED).map(({ export: exported, reasons }) => (
              <List.Item key={exported.id}>
                <b>{exported.label}</b>: {reasons.map((reason) => reason.message).join(' ')}
              </List.Item>
            ))}
            {blocked.length > NAMED && <List.Item>and {blocked.length - NAMED} more</List.Item>}
          </List>
        )}
      </Stack>
    </Alert>
  );
}
