import { Button, Group, Stack } from '@mantine/core';
import { IconChartBar } from '@tabler/icons-react';
import { Link } from 'react-router';
import { EmptyState } from '../../components/EmptyState';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { formatDay } from '../../lib/time';
import { count } from '../../lib/words';
import { useMay } from '../../session/viewer';
import { ReceivingNotice } from '../stock/ReceivingNotice';
import { LatestSaleQuery, MARGIN_TYPES } from './operations';
import { isFiltered, periodEnd, type Days, type Report } from './report';

interface Props {
  report: Report;
  onClear: () => void;
  onDays: (days: Days) => void;
}

/** No line counts: why that is, and what the next step is. */
export function NoMargins({ report, onClear, onDays }: Props) {
  const sees = useMay('SYNC_SALES');
  const days = { from: report.from, to: report.to };
  const { data } = useLiveQuery(LatestSaleQuery, days, { types: MARGIN_TYPES, pause: !sees });
  if (isFiltered(report) || report.asOf || report.knownAt) {
    return (
      <EmptyState
        icon={IconChartBar}
        title="Nothing matches"
        action={
          <Button variant="default" onClick={onClear}>
            Clear all
          </Button>
        }
      >
        No sale of these days matches the filters above.
      </EmptyState>
    );
  }
  const latest = data?.latest.nodes[0];
  const waits = data?.issues.totalCount ?? 0;
  if (data && !latest) return <NoSalesYet />;
  if (data && data.within.nodes.length > 0) {
    return (
      <EmptyState
        icon={IconChartBar}
        title="Sales, but no line that counts"
        action={
          <Group>
            <Button component={Link} to="/sales" variant="default">
              See the sales
            </Button>
            {waits > 0 && (
              <Button component={Link} to="/sales/issues">
                Open issues
              </Button>
            )}
          </Group>
        }
      >
        Only lines of finished goods have a margin.{' '}
        {waits > 0
          ? `${count(waits, 'line')} of sales ${waits === 1 ? 'waits' : 'wait'} because the item has no product: link or import it.`
          : 'What was sold is work, or products of another type; change the type of what you sell to finished good.'}
      </EmptyState>
    );
  }
  const month = latest && `${latest.date.slice(0, 7)}-01`;
  return (
    <EmptyState
      icon={IconChartBar}
      title="Nothing was sold in these days"
      action={
        month && (
          <Button variant="default" onClick={() => onDays({ from: month, to: periodEnd('MONTH', month) })}>
            Show that month
          </Button>
        )
      }
    >
      {latest ? `The latest sale is of ${formatDay(latest.date)}.` : 'Choose other days above.'}
    </EmptyState>
  );
}

function NoSalesYet() {
  return (
    <Stack gap="md">
      <ReceivingNotice />
      <EmptyState
        icon={IconChartBar}
        title="No sales yet: sync sales first"
        action={
          <Button component={Link} to="/sales" data-testid="to-sales">
            To the sales
          </Button>
        }
      >
        Margins are made of sales and of the lots that these took. Record the builds or receipts that brought your
        finished goods, set the first day from which sales are read, then sync sales. They appear here at once.
      </EmptyState>
    </Stack>
  );
}
