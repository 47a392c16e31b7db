import { ActionIcon, Alert, CopyButton, Drawer, Group, ScrollArea, Stack, Text, Title, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useMemo } from 'react';
import { Link } from 'react-router';
import { OutcomeBadge } from '../../components/Badges';
import { Facts } from '../../components/Facts';
import { Loaded } from '../../components/Loaded';
import { At } from '../../components/Time';
import type { SyncLogEntryQuery as EntryData } from '../../graphql/generated/graphql';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { formatDuration } from '../../lib/time';
import { runStateWord, syncKindWord } from '../../lib/words';
import { SyncLogEntryQuery } from './operations';
import { prettyBody } from './pretty';
import classes from './EntryDrawer.module.css';

type Entry = Extract<EntryData['node'], { __typename: 'SyncLogEntry' }>;

export function EntryDrawer({ id, onClose }: { id: string | null; onClose: () => void }) {
  return (
    <Drawer
      opened={id !== null}
      onClose={onClose}
      position="right"
      size="xl"
      title="Call to the accounting system"
      closeButtonProps={{ 'aria-label': 'Close' }}
      data-testid="log-drawer"
    >
      {id && <Content key={id} id={id} onLeave={onClose} />}
    </Drawer>
  );
}

function Content({ id, onLeave }: { id: string; onLeave: () => void }) {
  const query = useLiveQuery(SyncLogEntryQuery, { id });
  return (
    <Loaded query={query}>
      {({ node }) =>
        node?.__typename === 'SyncLogEntry' ? (
          <Details entry={node} onLeave={onLeave} />
        ) : (
          <Text c="dimmed">This entry is no longer kept.</Text>
        )
      }
    </Loaded>
  );
}

function Details({ entry, onLeave }: { entry: Entry; onLeave: () => void }) {
  return (
    <Stack gap="lg">
      <Stack gap="xs">
        <Group gap="sm">
          <Title order={2} size="h4">
            {entry.operation}
          </Title>
          <OutcomeBadge outcome={entry.outcome} />
        </Group>
        <Text size="xs" ff="monospace" className={classes.url}>
          {entry.method} {entry.url}
        </Text>
      </Stack>
      {(entry.errorCode ?? entry.errorMessage) && (
        <Alert color="red" title={entry.errorCode ? `Error ${entry.errorCode}` : 'Error'}>
          <Text size="sm">{entry.errorMessage}</Text>
        </Alert>
      )}
      <Facts
        facts={[
          ['Time', <At key="at" at={entry.at} precise />],
          [
            'HTTP status',
            <span key="status" data-testid="log-http-status">
              {entry.httpStatus ?? 'no answer'}
            </span>,
          ],
          ['Took', formatDuration(entry.durationMs)],
          [
            'Attempt',
            <span key="attempt" data-testid="log-attempt">
              {entry.attempt}
            </span>,
          ],
          entry.providerTraceId != null && [
            'Trace id at the provider',
            <code key="trace" data-testid="log-trace">
              {entry.providerTraceId}
            </code>,
          ],
          entry.correlationId != null && ['Correlation id', <code key="correlation">{entry.correlationId}</code>],
          entry.integration != null && ['Company', entry.integration.company?.name ?? entry.integration.provider.name],
          entry.run != null && ['Run', <RunLink key="run" run={entry.run} onLeave={onLeave} />],
        ]}
      />
      <Body title="Sent" body={entry.requestBody} testId="log-request" />
      <Body title="Came back" body={entry.responseBody} testId="log-response" />
    </Stack>
  );
}

function RunLink({ run, onLeave }: { run: NonNullable<Entry['run']>; onLeave: () => void }) {
  return (
    <Link to={`/log?run=${run.id}`} onClick={onLeave} title="Show every call of this run">
      {syncKindWord(run.kind)}, {runStateWord(run.state).toLowerCase()}
    </Link>
  );
}

function Body({ title, body, testId }: { title: string; body?: string | null; testId: string }) {
  const pretty = useMemo(() => (body ? prettyBody(body) : null), [body]);
  return (
    <Stack gap={6}>
      <Group justify="space-between">
        <Title order={3} size="h5">
          {title}
        </Title>
        {pretty && <Copy text={pretty} />}
      </Group>
      {pretty ? (
        <ScrollArea.Autosize
          mah={420}
          className={classes.body}
          viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': title }}
        >
          <pre className={classes.pre} data-testid={testId}>
            {pretty}
          </pre>
        </ScrollArea.Autosize>
      ) : (
        <Text size="sm" c="dimmed" data-testid={testId}>
          No body.
        </Text>
      )}
    </Stack>
  );
}

function Copy({ text }: { text: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : 'Copy'}>
          <ActionIcon
            variant="subtle"
            color={copied ? 'teal' : 'gray'}
            onClick={copy}
            aria-label={copied ? 'Copied' : 'Copy'}
          >
            {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}
