import { Group, Paper, Stack, Tabs, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { Page } from '../../components/Page';
import { ExportButton } from './ExportButton';
import { ImportPanel } from './ImportPanel';
import { KINDS, type FileKind } from './kinds';

/** CSV files into stock, and stock into CSV files. */
export function FilesPage() {
  const [params, setParams] = useSearchParams();
  const tab = params.get('tab');
  const value = tab === 'export' || KINDS.some(({ kind }) => kind === tab) ? tab : 'products';
  return (
    <Page
      title="Import and export"
      lead="Products, opening stock and bills of materials come in from CSV files; lots and movements go out as such. Each file is checked first, row by row, and changes nothing until you say so."
    >
      <Tabs value={value} onChange={(next) => next && setParams({ tab: next }, { replace: true })} keepMounted={false}>
        <Tabs.List>
          {KINDS.map(({ kind, label }) => (
            <Tabs.Tab key={kind} value={kind} data-testid={`tab-${kind}`}>
              {label}
            </Tabs.Tab>
          ))}
          <Tabs.Tab value="export" data-testid="tab-export">
            Export
          </Tabs.Tab>
        </Tabs.List>
        {KINDS.map(({ kind }) => (
          <Tabs.Panel key={kind} value={kind} pt="lg">
            <ImportPanel kind={kind satisfies FileKind} />
          </Tabs.Panel>
        ))}
        <Tabs.Panel value="export" pt="lg">
          <ExportPanel />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function ExportPanel() {
  const [days, setDays] = useState({ from: '', to: '' });
  const query = new URLSearchParams(Object.entries(days).filter(([, day]) => day !== ''));
  const wrong = days.from !== '' && days.to !== '' && days.from > days.to ? 'The first day is after the last.' : null;
  return (
    <Stack gap="md">
      <Paper withBorder radius="md" p="md">
        <Stack gap="sm" align="flex-start">
          <Title order={2} size="h4">
            Lots
          </Title>
          <Text size="sm" c="dimmed">
            Every lot of every product, as it is now: what was received, what is left and at what value.
          </Text>
          <ExportButton path="/export/lots.csv" name="lots.csv" size="sm" testId="export-all-lots">
            Save lots
          </ExportButton>
        </Stack>
      </Paper>
      <Paper withBorder radius="md" p="md">
        <Stack gap="sm" align="flex-start">
          <Title order={2} size="h4">
            Movements
          </Title>
          <Text size="sm" c="dimmed">
            Every change of stock, newest first, with its document. Without days: all of them.
          </Text>
          <Group gap="sm" align="flex-start">
            <TextInput
              type="date"
              label="From business day"
              value={days.from}
              onChange={(event) => setDays({ ...days, from: event.currentTarget.value })}
              data-testid="export-from"
            />
            <TextInput
              type="date"
              label="Until business day"
              value={days.to}
              error={wrong}
              onChange={(event) => setDays({ ...days, to: event.currentTarget.value })}
              data-testid="export-to"
            />
          </Group>
          <ExportButton
            path={`/export/movements.csv${query.size > 0 ? `?${query}` : ''}`}
            name="movements.csv"
            size="sm"
            unavailable={wrong}
            testId="export-all-movements"
          >
            Save movements
          </ExportButton>
        </Stack>
      </Paper>
      <Text size="xs" c="dimmed">
        Numbers keep every digit. A text that a spreadsheet would take for a formula has an apostrophe before it. Large
        files go straight to your disk.
      </Text>
    </Stack>
  );
}
