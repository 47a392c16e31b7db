import { Badge, Table, Text, Title, Stack } from '@mantine/core';
import { useState } from 'react';
import { Button } from '@mantine/core';
import { humanise } from '../../lib/words';
import type { Run } from './operations';

const FIRST = 8;
const COLORS = { INFO: 'blue', WARNING: 'yellow', ERROR: 'red' } as const;

/** Records that need a look, each with what to do about it. */
export function RunIssues({ issues }: { issues: Run['issues'] }) {
  const [all, setAll] = useState(false);
  if (issues.length === 0) return null;
  const shown = all ? issues : issues.slice(0, FIRST);
  return (
    <Stack gap="xs" data-testid="run-issues">
      <Title order={3} size="h5">
        Remarks
      </Title>
      <Table.ScrollContainer minWidth={520}>
        <Table verticalSpacing={6} aria-label="Remarks of this run">
          <Table.Tbody>
            {shown.map((issue, index) => (
              <Table.Tr key={index}>
                <Table.Td w={110}>
                  <Badge size="sm" variant="light" color={COLORS[issue.severity]} title={humanise(issue.reason)}>
                    {humanise(issue.severity)}
                  </Badge>
                </Table.Td>
                <Table.Td>
                  {(issue.label ?? issue.externalId) && (
                    <Text size="sm" fw={560}>
                      {issue.label ?? `Record ${issue.externalId}`}
                    </Text>
                  )}
                  <Text size="sm">{issue.message}</Text>
                  {issue.help && (
                    <Text size="sm" c="dimmed">
                      {issue.help}
                    </Text>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {!all && issues.length > FIRST && (
        <Button size="xs" variant="subtle" w="fit-content" onClick={() => setAll(true)}>
          Show all {issues.length}
        </Button>
      )}
    </Stack>
  );
}
