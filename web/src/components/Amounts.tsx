import { Text } from '@mantine/core';
import { formatDecimal, formatMoney, formatSigned, isNegative, type Money } from '../lib/decimal';
import classes from './Amounts.module.css';

/** Money, or a dash when there is none. The title holds the exact digits and the currency's code. */
export function MoneyText({ money }: { money: Money | null | undefined }) {
  if (!money) return <Absent />;
  return (
    <span className={classes.number} title={`${money.amount} ${money.currency}`}>
      {formatMoney(money)}
    </span>
  );
}

export function Quantity({
  value,
  unit,
  signed = false,
}: {
  value: string | null | undefined;
  unit?: string | null;
  signed?: boolean;
}) {
  if (value == null) return <Absent />;
  return (
    <span className={classes.number} data-negative={isNegative(value) || undefined} title={value}>
      {signed ? formatSigned(value) : formatDecimal(value)}
      {unit ? <span className={classes.unit}> {unit}</span> : null}
    </span>
  );
}

/** What is not known must not look like zero. */
export function Unknown({ why }: { why: string }) {
  return (
    <Text span size="sm" c="dimmed" fs="italic" title={why}>
      unknown
    </Text>
  );
}

function Absent() {
  return (
    <Text span c="dimmed" aria-label="none">
      –
    </Text>
  );
}
