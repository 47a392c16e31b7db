import { Paper, SimpleGrid, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { MoneyText, Quantity } from '../../components/Amounts';
import { formatPercent, isZero } from '../../lib/decimal';
import { rounded } from '../../lib/exact';
import { count } from '../../lib/words';
import { CostFigure, MarginFigure, PercentFigure } from './Figures';
import figures from './Figures.module.css';
import type { Totals } from './operations';

/** The figures of all of it, the same whatever it is grouped by. */
export function TotalTiles({ totals }: { totals: Totals }) {
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm" data-testid="margin-totals">
      <Tile label="Revenue" testId="total-revenue" note={count(totals.lines, 'line')}>
        <MoneyText money={totals.revenue} />
      </Tile>
      <Tile label="Cost" testId="total-cost">
        <CostFigure figures={totals} />
      </Tile>
      <Tile label="Margin" testId="total-margin">
        <MarginFigure figures={totals} />
      </Tile>
      <Tile label="Margin of revenue" testId="total-percent">
        <PercentFigure figures={totals} />
      </Tile>
      <Tile
        label="Cost assumed"
        testId="total-estimated"
        quiet={totals.estimatedLines === 0}
        note={
          totals.estimatedLines > 0 ? (
            <>
              of revenue; <MoneyText money={totals.estimatedCost} /> of the cost
            </>
          ) : (
            'nothing rests on an assumed cost'
          )
        }
      >
        <Part percent={totals.estimatedPercent} lines={totals.estimatedLines} />
      </Tile>
      <Tile
        label="Cost not known"
        testId="total-missing"
        quiet={totals.missingLines === 0}
        note={
          totals.missingLines > 0 ? (
            <>
              of revenue: <MoneyText money={totals.missingRevenue} />
              {!isZero(totals.shortQuantity) && (
                <>
                  ; <Quantity value={totals.shortQuantity} /> sold short in all
                </>
              )}
            </>
          ) : isZero(totals.shortQuantity) ? (
            'every cost is known or assumed'
          ) : (
            <>
              but <Quantity value={totals.shortQuantity} /> were sold short
            </>
          )
        }
      >
        <Part percent={totals.missingPercent} lines={totals.missingLines} />
      </Tile>
    </SimpleGrid>
  );
}

function Part({ percent, lines }: { percent?: string | null; lines: number }) {
  if (lines === 0) return <>none</>;
  return <>{percent == null ? count(lines, 'line') : formatPercent(rounded(percent, 1))}</>;
}

interface TileProps {
  label: string;
  testId: string;
  note?: ReactNode;
  quiet?: boolean;
  children: ReactNode;
}

function Tile({ label, testId, note, quiet = false, children }: TileProps) {
  return (
    <Paper withBorder radius="md" p="sm">
      <Stack gap={2}>
        <Text size="xs" c="dimmed">
          {label}
        </Text>
        <Text
          component="div"
          size="lg"
          fw={quiet ? 480 : 660}
          c={quiet ? 'dimmed' : undefined}
          className={figures.left}
          data-testid={testId}
          style={{ fontVariantNumeric: 'tabular-nums' }}
        >
          {children}
        </Text>
        {note && (
          <Text component="div" size="xs" c="dimmed">
            {note}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}
