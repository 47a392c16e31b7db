import { Text } from '@mantine/core';
import { Ago, useNow } from '../../components/Time';
import { DriftNotice } from './DriftNotice';
import type { Exported } from './operations';

/** Why an export is where it is, and the way out. */
export function Reason({ exported }: { exported: Exported }) {
  const { error, errorTitle, state } = exported;
  if (error && state !== 'SYNCED' && state !== 'SKIPPED') {
    return (
      <div data-wrap data-testid="export-reason" data-code={error.code}>
        <Text size="sm">
          {errorTitle && errorTitle !== 'Failed' && !error.message.startsWith(errorTitle) && <b>{errorTitle}. </b>}
          {error.message}
          {error.providerCode && (
            <Text span size="xs" c="dimmed">
              {' '}
              (code {error.providerCode})
            </Text>
          )}
        </Text>
        {error.help && (
          <Text size="sm" c="dimmed">
            {error.help}
          </Text>
        )}
        <NextAttempt exported={exported} />
      </div>
    );
  }
  return (
    <div data-wrap>
      <DriftNotice exported={exported} />
      {state !== 'SYNCED' && (
        <Text size="sm" c="dimmed">
          {meaningOf(exported)}
        </Text>
      )}
      {exported.warnings.map((warning, index) => (
        <Text key={index} size="sm">
          {warning.message}{' '}
          {warning.help && (
            <Text span size="sm" c="dimmed">
              {warning.help}
            </Text>
          )}
        </Text>
      ))}
      <NextAttempt exported={exported} />
    </div>
  );
}

function NextAttempt({ exported: { nextAttemptAt, queued } }: { exported: Exported }) {
  const now = useNow(5_000);
  if (!queued || !nextAttemptAt || Date.parse(nextAttemptAt) <= now) return null;
  return (
    <Text size="sm" c="dimmed">
      Next attempt <Ago at={nextAttemptAt} />.
    </Text>
  );
}

/** What each state means, where there is no error that says more. */
function meaningOf({ state, queued, skippedBecause, gatheredIn }: Exported): string {
  switch (state) {
    case 'NOT_READY':
      return 'It was to go out by itself, and something is missing:';
    case 'PENDING':
      if (gatheredIn) return `It goes out with the journal entry of its day, ${gatheredIn.reference}.`;
      return queued ? 'It goes out by itself.' : 'Somebody has to look at the entry and export it.';
    case 'SENDING':
      return 'It is on its way.';
    case 'UNCERTAIN':
      return 'It was sent, but no answer came. It is looked up in the books before anything else; nothing is sent twice.';
    case 'SKIPPED':
      return skippedBecause ?? 'There is nothing to send.';
    default:
      return '';
  }
}
