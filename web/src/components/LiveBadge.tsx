import { Badge, Loader } from '@mantine/core';
import { useLiveState } from '../graphql/api';

/** Only speaks up when live updates are interrupted; everything else on the page goes on working. */
export function LiveBadge() {
  const { status } = useLiveState();
  const lost = status === 'reconnecting' || status === 'refused';
  return (
    <div role="status" aria-live="polite" data-testid="live-status" data-status={status}>
      {lost && (
        <Badge
          color="orange"
          variant="light"
          leftSection={<Loader size={10} color="orange" />}
          title="Live updates are interrupted. Running work goes on at the gateway; this page catches up as soon as the connection is back."
        >
          Reconnecting…
        </Badge>
      )}
    </div>
  );
}
