/**
 * Sums on decimals without floats: whole numbers of 10⁻¹⁸, so that what is shown as a sum is one.
 * Rule: text that is no decimal, or has more places than that, is refused; nothing is cut.
 */
import { parseDecimal } from './decimal';

const PLACES = 18;
const ONE = 10n ** BigInt(PLACES);
/** Values and quantities are kept to a millionth. */
const MILLIONTH = 10n ** BigInt(PLACES - 6);

function unitsOf(text: string): bigint {
  const digits = parseDecimal(text);
  if (!digits || digits.fraction.replace(/0+$/, '').length > PLACES) throw new RangeError(`Not a decimal: ${text}`);
  const units = BigInt(digits.whole + digits.fraction.slice(0, PLACES).padEnd(PLACES, '0'));
  return digits.negative ? -units : units;
}

function textOf(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(PLACES + 1, '0');
  const fraction = digits.slice(-PLACES).replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -PLACES)}${fraction ? `.${fraction}` : ''}`;
}

export function isDecimal(text: string): boolean {
  return parseDecimal(text) !== null;
}

export function sum(texts: readonly string[]): string {
  return textOf(texts.reduce((total, text) => total + unitsOf(text), 0n));
}

export function subtract(from: string, text: string): string {
  return textOf(unitsOf(from) - unitsOf(text));
}

/** Below zero when the first is less, above when it is more. */
export function compare(one: string, other: string): number {
  const difference = unitsOf(one) - unitsOf(other);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function isPositive(text: string): boolean {
  return isDecimal(text) && compare(text, '0') > 0;
}

/** A quantity at a price, to a millionth, half to even. */
export function times(quantity: string, price: string): string {
  return textOf(roundedQuotient(unitsOf(quantity) * unitsOf(price), ONE * MILLIONTH) * MILLIONTH);
}

function floored(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor !== 0n && dividend < 0n !== divisor < 0n ? quotient - 1n : quotient;
}

function roundedQuotient(dividend: bigint, divisor: bigint): bigint {
  const low = floored(dividend, divisor);
  const twice = 2n * (dividend - low * divisor);
  const up = divisor < 0n ? twice < divisor : twice > divisor;
  return up || (twice === divisor && low % 2n !== 0n) ? low + 1n : low;
}

/** To so many decimals, half to even; zeros at the end stay, so that columns line up. */
export function rounded(text: string, places: number): string {
  const scaled = roundedQuotient(unitsOf(text), 10n ** BigInt(PLACES - places));
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  return `${scaled < 0n ? '-' : ''}${whole}${places > 0 ? `.${digits.slice(-places)}` : ''}`;
}
