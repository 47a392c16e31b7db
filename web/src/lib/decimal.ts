/**
 * Amounts and quantities arrive as strings with exact digits and stay strings: a JavaScript number would round them.
 * Everything here works on the digits themselves.
 */

export interface Money {
  amount: string;
  currency: string;
}

interface Digits {
  negative: boolean;
  whole: string;
  fraction: string;
}

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** The digits of a decimal, or null when the text is not one. */
export function parseDecimal(text: string): Digits | null {
  const match = DECIMAL.exec(text.trim());
  if (!match) return null;
  const whole = (match[2] ?? '').replace(/^0+(?=\d)/, '');
  const fraction = match[3] ?? '';
  const zero = /^0*$/.test(whole + fraction);
  return { negative: match[1] === '-' && !zero, whole, fraction };
}

export function isZero(text: string): boolean {
  const digits = parseDecimal(text);
  return digits !== null && /^0*$/.test(digits.whole + digits.fraction);
}

export function isNegative(text: string): boolean {
  return parseDecimal(text)?.negative ?? false;
}

interface Separators {
  group: string;
  decimal: string;
  minus: string;
}

function separatorsOf(locale: string | undefined): Separators {
  const parts = new Intl.NumberFormat(locale, { useGrouping: true, minimumFractionDigits: 1 }).formatToParts(-1234567);
  const find = (type: Intl.NumberFormatPartTypes, otherwise: string) =>
    parts.find((part) => part.type === type)?.value ?? otherwise;
  return { group: find('group', ','), decimal: find('decimal', '.'), minus: find('minusSign', '-') };
}

/** Trailing zeros say nothing about a quantity, but a currency wants its cents: keep at least `least` digits, cut only zeros. */
function trimFraction(fraction: string, least: number): string {
  const trimmed = fraction.replace(/0+$/, '');
  return trimmed.length < least ? trimmed.padEnd(least, '0') : trimmed;
}

function group(whole: string, separator: string): string {
  return whole.replace(/\B(?=(\d{3})+(?!\d))/g, separator);
}

/** A quantity as people read it: grouped, trailing zeros cut, every other digit kept. Text that is no decimal is shown as it came. */
export function formatDecimal(text: string, locale?: string): string {
  const digits = parseDecimal(text);
  if (!digits) return text;
  const separators = separatorsOf(locale);
  const fraction = trimFraction(digits.fraction, 0);
  const body = group(digits.whole, separators.group) + (fraction ? separators.decimal + fraction : '');
  return digits.negative ? separators.minus + body : body;
}

/** Like formatDecimal, with a plus sign on what rises: for movements and differences. */
export function formatSigned(text: string, locale?: string): string {
  const shown = formatDecimal(text, locale);
  return parseDecimal(text) === null || isNegative(text) || isZero(text) ? shown : `+${shown}`;
}

/** A share as people read it, with every digit that is given: “28.0 %”. */
export function formatPercent(text: string, locale?: string): string {
  const digits = parseDecimal(text);
  if (!digits) return text;
  const separators = separatorsOf(locale);
  const body = group(digits.whole, separators.group) + (digits.fraction ? separators.decimal + digits.fraction : '');
  return `${digits.negative ? separators.minus : ''}${body} %`;
}

/** Money in its currency's own form; more digits than the currency has are kept, because a unit cost may have them. */
export function formatMoney(money: Money, locale?: string): string {
  const digits = parseDecimal(money.amount);
  const style = currencyStyle(money.currency, locale);
  if (!digits || !style) return `${formatDecimal(money.amount, locale)} ${money.currency}`;
  const separators = separatorsOf(locale);
  const least = style.resolvedOptions().minimumFractionDigits ?? 2;
  const fraction = trimFraction(digits.fraction, least);
  const body = group(digits.whole, separators.group) + (fraction ? separators.decimal + fraction : '');
  return placeIn(style.formatToParts(digits.negative ? -1 : 1), body);
}

function currencyStyle(currency: string, locale: string | undefined): Intl.NumberFormat | null {
  try {
    return new Intl.NumberFormat(locale, { style: 'currency', currency });
  } catch {
    return null; // not a currency code the browser knows: the caller shows the code itself
  }
}

/** Puts our digits where the browser would put its own, so that symbol, sign and spacing follow the reader's language. */
function placeIn(parts: Intl.NumberFormatPart[], body: string): string {
  let placed = false;
  return parts
    .map((part) => {
      if (!['integer', 'group', 'decimal', 'fraction'].includes(part.type)) return part.value;
      if (placed) return '';
      placed = true;
      return body;
    })
    .join('');
}
