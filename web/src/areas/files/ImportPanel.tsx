import { Button, Code, FileInput, Group, List, Paper, Progress, Select, Stack, Text } from '@mantine/core';
import { IconDownload, IconFileImport, IconFileSpreadsheet } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { ActionButton } from '../../components/ActionButton';
import { ProblemAlert } from '../../components/ProblemAlert';
import { useRefresh } from '../../graphql/refresh';
import { count } from '../../lib/words';
import { useSession } from '../../session/session';
import type { Results } from './answer';
import { hand, type Refused } from './download';
import { ImportResults } from './ImportResults';
import { kindOf, templateOf, type FileKind, type KindOfFile } from './kinds';
import { sendFile, type Decimals, type Progress as Sent, type Sending } from './send';

/** Bytes that the gateway takes at most. */
const BYTES_MAX = 64 * 1024 * 1024;

/** Nothing chosen, checked or made: a new file starts over. */
interface State {
  file: File | null;
  decimals: Decimals;
  working: Sent | null;
  results: Results | null;
  refused: Refused | null;
  cancelled: boolean;
}

const EMPTY: State = {
  file: null,
  decimals: 'auto',
  working: null,
  results: null,
  refused: null,
  cancelled: false,
};

/** One kind of file: choose it, see what each row would do, then do it. */
export function ImportPanel({ kind }: { kind: FileKind }) {
  const about = kindOf(kind);
  const { token } = useSession();
  const { announce } = useRefresh();
  const [state, setState] = useState(EMPTY);
  const sending = useRef<Sending | null>(null);
  const { file, working, results } = state;
  const change = (part: Partial<State>) => setState((before) => ({ ...before, ...part }));

  const send = async (dryRun: boolean) => {
    if (!file) return;
    change({ working: { sent: 0, all: file.size }, refused: null, results: null, cancelled: false });
    const order = { kind, file, decimals: state.decimals, dryRun };
    sending.current = sendFile(order, token ?? '', (progress) => change({ working: progress }));
    const ended = await sending.current.ended;
    if ('results' in ended) {
      change({ working: null, results: ended.results });
      if (!dryRun) announce();
    } else if ('refused' in ended) change({ working: null, refused: ended.refused });
    else change({ working: null, cancelled: true });
  };

  return (
    <Stack gap="lg">
      <Paper withBorder radius="md" p="md">
        <Stack gap="md">
          <About about={about} />
          <Choice state={state} onChange={(part) => setState({ ...state, results: null, refused: null, ...part })} />
          <Group gap="xs">
            <ActionButton
              variant={results?.summary.dryRun ? 'default' : 'filled'}
              permission={about.permission}
              unavailable={unavailable(file)}
              loading={working !== null}
              leftSection={<IconFileSpreadsheet size={16} />}
              onClick={() => void send(true)}
              data-testid="check-file"
            >
              Check the file
            </ActionButton>
            {working && working.sent < working.all && (
              <Button variant="subtle" onClick={() => sending.current?.cancel()} data-testid="cancel-file">
                Stop sending
              </Button>
            )}
          </Group>
          {working && <Working progress={working} />}
          {state.cancelled && (
            <Text size="sm" role="status">
              Stopped. Nothing was changed.
            </Text>
          )}
          <ProblemAlert problem={problemOf(state.refused)} />
        </Stack>
      </Paper>
      {results && (
        <ImportResults key={`${results.summary.dryRun}`} results={results} about={about}>
          {results.summary.dryRun && <Really about={about} results={results} onGo={() => void send(false)} />}
        </ImportResults>
      )}
    </Stack>
  );
}

function unavailable(file: File | null): string | null {
  if (!file) return 'Choose a file first.';
  return file.size > BYTES_MAX ? 'The file is larger than 64 MiB. Send it in parts.' : null;
}

function problemOf(refused: Refused | null) {
  if (!refused) return null;
  return { errors: [{ title: refused.title, message: refused.detail, help: refused.help }], retryable: false };
}

function About({ about }: { about: KindOfFile }) {
  const save = () => hand(`${about.kind}.csv`, new Blob([templateOf(about)], { type: 'text/csv;charset=utf-8' }));
  return (
    <Stack gap="xs">
      <Text size="sm">{about.lead}</Text>
      <List size="sm" spacing={2} data-testid="file-columns">
        {about.columns.map(({ name, required, about: meaning }) => (
          <List.Item key={name}>
            <Code>{name}</Code> {required && <b>(required)</b>} {meaning}
          </List.Item>
        ))}
      </List>
      <Text size="sm" c="dimmed">
        The first line names the columns, in any order. UTF-8; comma, semicolon or tab between the cells; at most 64 MiB
        and {about.rowsMax} rows. A file that comes again makes nothing twice.
      </Text>
      <Group>
        <Button
          size="xs"
          variant="subtle"
          leftSection={<IconDownload size={14} />}
          onClick={save}
          data-testid="file-template"
        >
          Template with an example
        </Button>
      </Group>
    </Stack>
  );
}

function Choice({ state, onChange }: { state: State; onChange: (part: Partial<State>) => void }) {
  return (
    <Group gap="sm" align="flex-start">
      <FileInput
        label="File"
        placeholder="Choose a CSV file"
        accept=".csv,text/csv,text/plain"
        clearable
        w={{ base: '100%', xs: 340 }}
        value={state.file}
        description={state.file ? sizeWord(state.file.size) : 'From your computer'}
        disabled={state.working !== null}
        onChange={(file) => onChange({ file, cancelled: false })}
        data-testid="file-input"
      />
      <Select
        label="Decimal mark"
        description="By itself: a comma in files with semicolons"
        w={320}
        allowDeselect={false}
        disabled={state.working !== null}
        data={[
          { value: 'auto', label: 'By the file’s own form' },
          { value: 'point', label: 'Point (1234.5)' },
          { value: 'comma', label: 'Comma (1234,5)' },
        ]}
        value={state.decimals}
        onChange={(decimals) => decimals && onChange({ decimals: decimals })}
        data-testid="file-decimals"
      />
    </Group>
  );
}

function sizeWord(bytes: number): string {
  const [size, unit] = bytes < 1024 * 1024 ? [bytes / 1024, 'KiB'] : [bytes / 1024 / 1024, 'MiB'];
  return `${size.toLocaleString(undefined, { maximumFractionDigits: 1 })} ${unit}`;
}

/** While it is sent the bar says how far; afterwards the gateway works through it, and says nothing until it is done. */
function Working({ progress: { sent, all } }: { progress: Sent }) {
  const there = sent >= all;
  const percent = all === 0 ? 100 : Math.floor((sent / all) * 100);
  const words = there ? 'The gateway works through the rows…' : `Sending: ${sizeWord(sent)} of ${sizeWord(all)}`;
  return (
    <Stack gap={4}>
      <Progress.Root size="lg" radius="xl" data-testid="file-progress" data-percent={percent}>
        <Progress.Section value={percent} animated={there} striped={there} aria-label={words} aria-valuetext={words} />
      </Progress.Root>
      <Text size="sm" c="dimmed" role="status">
        {words}
      </Text>
    </Stack>
  );
}

/** After the check: what the import would do, and the button that does it. */
function Really({ about, results, onGo }: { about: KindOfFile; results: Results; onGo: () => void }) {
  const { created, failed } = results.summary;
  const [one, many] = about.makes;
  return (
    <Group gap="sm">
      <ActionButton
        permission={about.permission}
        unavailable={created === 0 ? 'No row of this file would make anything.' : null}
        leftSection={<IconFileImport size={16} />}
        onClick={onGo}
        data-testid="import-file"
      >
        Import {count(created, one, many)}
      </ActionButton>
      {failed > 0 && created > 0 && (
        <Text size="sm" c="dimmed">
          The {count(failed, 'refused row')} will be left out. Mend them and send the file again; nothing is made twice.
        </Text>
      )}
    </Group>
  );
}
