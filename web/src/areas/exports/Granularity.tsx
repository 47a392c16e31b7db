import { Group, Radio, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { ActionButton } from '../../components/ActionButton';
import { ProblemAlert } from '../../components/ProblemAlert';
import type { JournalGranularity } from '../../graphql/generated/graphql';
import { useAction } from '../../graphql/useAction';
import { count } from '../../lib/words';
import { PostDayJournalsMutation } from './operations';

interface Props {
  integrationId: string;
  value: JournalGranularity;
  /** As it is saved. */
  saved: JournalGranularity;
  onChange: (value: JournalGranularity) => void;
  disabled: boolean;
}

/** How many documents a journal entry is about. */
export function Granularity({ integrationId, value, saved, onChange, disabled }: Props) {
  return (
    <Stack gap="xs">
      <Radio.Group
        label="Journal entries"
        description="Can be changed at any time: nothing is posted twice, whatever waits."
        value={value}
        onChange={(next) => onChange(next)}
      >
        <Stack gap="xs" mt="xs">
          <Radio
            value="DOCUMENT"
            label="One per document"
            description="Each build and receipt has an entry of its own."
            disabled={disabled}
            data-testid="granularity-DOCUMENT"
          />
          <Radio
            value="DAY_AND_KIND"
            label="One per day and kind"
            description="All builds of a day in one entry, all receipts in another, posted after the day is over. What is recorded late goes into a further entry of that day."
            disabled={disabled}
            data-testid="granularity-DAY_AND_KIND"
          />
        </Stack>
      </Radio.Group>
      {saved === 'DAY_AND_KIND' && <PostNow integrationId={integrationId} />}
    </Stack>
  );
}

function PostNow({ integrationId }: { integrationId: string }) {
  const post = useAction(PostDayJournalsMutation, (data) => data.postDayJournals);
  const go = async () => {
    const payload = await post.run({ integrationId });
    if (payload?.userErrors.length !== 0) return;
    const message = `${count(payload.exports.length, 'journal entry', 'journal entries')} on the way.`;
    notifications.show({ message, color: 'teal' });
  };
  return (
    <Group gap="sm">
      <ActionButton
        size="xs"
        variant="default"
        permission="EXPORT"
        loading={post.busy}
        onClick={() => void go()}
        data-testid="post-day-journals"
      >
        Post what waits for the end of its day now
      </ActionButton>
      <ProblemAlert problem={post.problem} onClose={post.clear} onRetry={() => void go()} />
    </Group>
  );
}
