import { SimpleGrid, Stack } from '@mantine/core';
import { useMemo } from 'react';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import { useFilters } from '../../components/useFilters';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { dimensionWord } from '../../lib/words';
import { useViewer } from '../../session/viewer';
import { ExportButton } from '../files/ExportButton';
import { saleName } from '../sales/naming';
import { Busy, PastBanner } from '../stock/Past';
import { CausesNotice } from './Causes';
import { barsOverTime, chartPeriod, lengthsOf, type Bar } from './chart';
import { MarginChart } from './MarginCharts';
import { MarginControls } from './MarginControls';
import { MarginTable } from './MarginTable';
import { NoMargins } from './NoMargins';
import { MARGIN_TYPES, MarginsQuery, MarginTotalsQuery, type Row } from './operations';
import {
  filePath,
  inputOf,
  periodOf,
  REPORT_NAMES,
  reportOf,
  THINGS,
  todayIn,
  type Period,
  type Report,
} from './report';
import { TotalTiles } from './TotalTiles';

const LEAD =
  'What was earned on what you sold: revenue before tax, after all discounts and without shipping, less what the goods cost in your lots, labour and overhead included.';

/** Margins by any grouping: a chart over time, one by what is grouped, and the figures beneath. */
export function MarginsPage() {
  const { business } = useViewer();
  const { values, set, clear } = useFilters(REPORT_NAMES);
  const today = todayIn(business.timeZone, new Date());
  const report = reportOf(values, today);
  const totals = useLiveQuery(
    MarginTotalsQuery,
    { input: inputOf(report, { groupBy: [], order: BY_REVENUE }) },
    { types: MARGIN_TYPES },
  );
  const past = {
    is: report.asOf !== null || report.knownAt !== null,
    asOf: report.asOf,
    knownAt: report.knownAt,
    variables: { asOf: report.asOf, knownAt: report.knownAt, past: true },
    set: (changes: { asOf?: string | null; knownAt?: string | null }) =>
      set(Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, value ?? '']))),
  };
  return (
    <Page
      title="Margins"
      lead={LEAD}
      actions={
        <ExportButton
          path={filePath(report)}
          name={`margins-${report.from}-${report.to}.csv`}
          testId="export-margins"
          size="sm"
        >
          Save as CSV
        </ExportButton>
      }
    >
      <MarginControls values={values} set={set} clear={clear} report={report} today={today} />
      <PastBanner past={past} what="The report" />
      <Loaded query={totals}>
        {({ margins }) => (
          <Busy busy={totals.loading && past.is}>
            {margins.totals.lines === 0 ? (
              <NoMargins report={report} onClear={clear} onDays={(days) => set({ ...days })} />
            ) : (
              <Stack gap="lg">
                <TotalTiles totals={margins.totals} />
                <CausesNotice report={report} />
                <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
                  <OverTime report={report} />
                  <ByThing report={report} />
                </SimpleGrid>
                <MarginTable report={report} totals={margins.totals} set={set} />
              </Stack>
            )}
          </Busy>
        )}
      </Loaded>
    </Page>
  );
}

const BY_REVENUE: Report['order'] = { field: 'REVENUE', direction: 'DESC' };
const BY_TIME: Report['order'] = { field: 'PERIOD', direction: 'ASC' };
const PERIOD_WORDS: Record<Period, string> = { DAY: 'day by day', WEEK: 'week by week', MONTH: 'month by month' };

function OverTime({ report }: { report: Report }) {
  const period = chartPeriod(report, periodOf(report.groupBy));
  const input = inputOf(report, { groupBy: [period], order: BY_TIME });
  const query = useLiveQuery(MarginsQuery, { input, first: 250 }, { types: MARGIN_TYPES });
  const { from, to } = report;
  const rows = query.data?.margins.nodes;
  const bars = useMemo(() => barsOverTime(rows ?? [], { from, to }, period), [rows, from, to, period]);
  return (
    <Loaded query={query}>
      {() => <MarginChart title={`Revenue, ${PERIOD_WORDS[period]}`} bars={bars} testId="chart-time" />}
    </Loaded>
  );
}

const SHOWN = 8;

/** By the first thing that the table is grouped by; by product where it is grouped by time alone. */
function ByThing({ report }: { report: Report }) {
  const thing = THINGS.find((each) => report.groupBy.includes(each)) ?? 'PRODUCT';
  const input = inputOf(report, { groupBy: [thing], order: BY_REVENUE });
  const query = useLiveQuery(MarginsQuery, { input, first: SHOWN }, { types: MARGIN_TYPES });
  const rows = query.data?.margins.nodes;
  const bars = useMemo(
    () => (rows ?? []).map((row): Bar => ({ name: nameOf(row), ...lengthsOf(row), figures: row })),
    [rows],
  );
  const more = query.data?.margins.pageInfo.hasNextPage;
  return (
    <Loaded query={query}>
      {() => (
        <MarginChart
          lying
          title={`By ${dimensionWord(thing).toLowerCase()}${more ? `, the ${SHOWN} with the largest revenue` : ''}`}
          bars={bars}
          testId="chart-thing"
        />
      )}
    </Loaded>
  );
}

function nameOf(row: Row): string {
  if (row.product) return row.product.name;
  if (row.channel) return row.channel.name;
  if (row.sale) return saleName(row.sale);
  return row.customer || 'No customer named';
}
