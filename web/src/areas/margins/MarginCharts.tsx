import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import {
  Bar as Column,
  BarChart,
  CartesianGrid,
  ComposedChart,
  Line,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { MoneyText } from '../../components/Amounts';
import { useViewer } from '../../session/viewer';
import type { Bar } from './chart';
import { CostFigure, MarginFigure, PercentFigure } from './Figures';
import classes from './MarginCharts.module.css';

interface Props {
  title: string;
  bars: Bar[];
  /** Bars that lie: for names of things; standing: over time. */
  lying?: boolean;
  testId: string;
  note?: ReactNode;
}

const PARTS = [
  ['cost', 'Cost'],
  ['estimated', 'Assumed cost'],
  ['margin', 'Margin'],
  ['unknown', 'Cost not known'],
] as const;

/** Revenue as cost and margin; what is assumed and what is not known stand apart, by pattern as well as by colour. */
export function MarginChart({ title, bars, lying = false, testId, note }: Props) {
  const id = useId().replaceAll(':', '');
  const tick = useTicks();
  const fill = (part: string) =>
    part === 'unknown' || part === 'estimated' ? `url(#${id}-${part})` : `var(--chart-${part})`;
  const columns = PARTS.map(([part]) => (
    <Column
      key={part}
      dataKey={part}
      stackId="revenue"
      fill={fill(part)}
      stroke={part === 'unknown' ? 'var(--chart-unknown-line)' : undefined}
      isAnimationActive={false}
      maxBarSize={lying ? 26 : 56}
    />
  ));
  const tip = <Tooltip content={<Tip />} cursor={{ fill: 'var(--chart-cursor)' }} isAnimationActive={false} />;
  const axis = { tickLine: false, axisLine: false, tick: { fill: 'var(--chart-text)', fontSize: 12 } };
  const common = { data: bars, stackOffset: 'sign' as const, title, margin: { top: 8, right: 12, bottom: 0, left: 0 } };
  return (
    <Paper withBorder radius="md" p="md" className={classes.chart}>
      <Stack gap="xs">
        <Title order={2} size="h5">
          {title}
        </Title>
        <figure className={classes.figure} data-testid={testId} data-bars={bars.length}>
          <figcaption className={classes.heard}>{title}. The table below has the same figures.</figcaption>
          <ResponsiveContainer width="100%" height={260}>
            {lying ? (
              <BarChart {...common} layout="vertical">
                <Patterns id={id} />
                <CartesianGrid horizontal={false} stroke="var(--chart-grid)" />
                <XAxis type="number" tickFormatter={tick} {...axis} />
                <YAxis type="category" dataKey="name" width={150} tickFormatter={short} {...axis} />
                {tip}
                {columns}
              </BarChart>
            ) : (
              <ComposedChart {...common}>
                <Patterns id={id} />
                <CartesianGrid vertical={false} stroke="var(--chart-grid)" />
                <XAxis dataKey="name" minTickGap={18} {...axis} />
                <YAxis width={64} tickFormatter={tick} {...axis} />
                {tip}
                {columns}
                <Line dataKey="revenue" stroke="none" dot={<Mark />} activeDot={false} isAnimationActive={false} />
              </ComposedChart>
            )}
          </ResponsiveContainer>
        </figure>
        <Legend line={!lying} />
        {note}
      </Stack>
    </Paper>
  );
}

/** Where revenue ends, as a line over its bar: above it in a loss stands cost alone. */
function Mark({ cx, cy, payload }: { cx?: number; cy?: number; payload?: Bar }) {
  if (cx === undefined || cy === undefined || !payload?.figures) return null;
  return <line x1={cx - 14} x2={cx + 14} y1={cy} y2={cy} stroke="var(--chart-revenue)" strokeWidth={2} />;
}

/** Patterns beside colours: what is not known is hatched, what is assumed is dotted. */
function Patterns({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={`${id}-unknown`} width={7} height={7} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width={7} height={7} fill="var(--chart-unknown)" />
        <rect width={2} height={7} fill="var(--chart-unknown-line)" />
      </pattern>
      <pattern id={`${id}-estimated`} width={6} height={6} patternUnits="userSpaceOnUse">
        <rect width={6} height={6} fill="var(--chart-estimated)" />
        <circle cx={2} cy={2} r={1.1} fill="var(--chart-cost)" />
      </pattern>
    </defs>
  );
}

function Legend({ line }: { line: boolean }) {
  return (
    <Group gap="md" component="ul" className={classes.legend}>
      {PARTS.map(([part, word]) => (
        <Group key={part} gap={6} component="li">
          <span className={classes.mark} data-part={part} aria-hidden />
          <Text size="xs">{word}</Text>
        </Group>
      ))}
      {line && (
        <Group gap={6} component="li">
          <span className={classes.mark} data-part="revenue" aria-hidden />
          <Text size="xs">Revenue</Text>
        </Group>
      )}
    </Group>
  );
}

function Tip({ active, payload }: { active?: boolean; payload?: readonly { payload?: Bar }[] }) {
  const bar = payload?.[0]?.payload;
  if (!active || !bar) return null;
  return (
    <Paper withBorder shadow="sm" p="xs" radius="md" className={classes.tip}>
      <Text size="sm" fw={620} mb={4}>
        {bar.name}
      </Text>
      {bar.figures ? (
        <dl className={classes.facts}>
          <dt>Revenue</dt>
          <dd>
            <MoneyText money={bar.figures.revenue} />
          </dd>
          <dt>Cost</dt>
          <dd>
            <CostFigure figures={bar.figures} />
          </dd>
          <dt>Margin</dt>
          <dd>
            <MarginFigure figures={bar.figures} />
          </dd>
          <dt>%</dt>
          <dd>
            <PercentFigure figures={bar.figures} />
          </dd>
        </dl>
      ) : (
        <Text size="xs" c="dimmed">
          Nothing was sold.
        </Text>
      )}
    </Paper>
  );
}

/** Labels of the axis, in round figures of the home currency. */
function useTicks(): (value: number) => string {
  const { currency } = useViewer().business;
  const format = new Intl.NumberFormat(undefined, {
    style: 'currency',
    currency,
    notation: 'compact',
    maximumFractionDigits: 1,
    minimumFractionDigits: 0,
  });
  return (value) => format.format(value);
}

function short(name: string): string {
  return name.length > 22 ? `${name.slice(0, 21)}…` : name;
}
