import { describe, expect, it } from 'vitest';
import { formatDecimal, formatMoney, formatPercent, formatSigned, isNegative, isZero } from './decimal';

describe('formatDecimal', () => {
  it('groups thousands and cuts only trailing zeros', () => {
    expect(formatDecimal('1234567.500000', 'en-US')).toBe('1,234,567.5');
    expect(formatDecimal('10.000000', 'en-US')).toBe('10');
    expect(formatDecimal('999', 'en-US')).toBe('999');
  });

  it('keeps digits that a float would lose', () => {
    expect(formatDecimal('9007199254740993.000001', 'en-US')).toBe('9,007,199,254,740,993.000001');
    expect(formatDecimal('0.1000000000000000055', 'en-US')).toBe('0.1000000000000000055');
  });

  it('follows the reader’s language', () => {
    expect(formatDecimal('-1234.5', 'de-DE')).toBe('-1.234,5');
  });

  it('shows no minus on zero and cuts leading zeros', () => {
    expect(formatDecimal('-0.00', 'en-US')).toBe('0');
    expect(formatDecimal('007.10', 'en-US')).toBe('7.1');
  });

  it('shows what is not a decimal as it came', () => {
    expect(formatDecimal('1e5', 'en-US')).toBe('1e5');
  });
});

describe('formatSigned', () => {
  it('marks what rises and what falls', () => {
    expect([formatSigned('4', 'en-US'), formatSigned('-4.50', 'en-US'), formatSigned('0', 'en-US')]).toEqual([
      '+4',
      '-4.5',
      '0',
    ]);
  });
});

describe('formatMoney', () => {
  it('pads to the currency’s own digits', () => {
    expect(formatMoney({ amount: '1234.5', currency: 'USD' }, 'en-US')).toBe('$1,234.50');
    expect(formatMoney({ amount: '1234', currency: 'JPY' }, 'en-US')).toBe('¥1,234');
  });

  it('keeps the digits of a unit cost beyond cents', () => {
    expect(formatMoney({ amount: '0.012345', currency: 'USD' }, 'en-US')).toBe('$0.012345');
  });

  it('puts the sign where the language puts it', () => {
    expect(formatMoney({ amount: '-5', currency: 'USD' }, 'en-US')).toBe('-$5.00');
  });

  it('keeps amounts that a float cannot hold', () => {
    expect(formatMoney({ amount: '90071992547409.93', currency: 'USD' }, 'en-US')).toBe('$90,071,992,547,409.93');
  });

  it('shows an unknown currency by its code', () => {
    expect(formatMoney({ amount: '5.10', currency: '??' }, 'en-US')).toBe('5.1 ??');
  });
});

describe('signs', () => {
  it('knows zero and below zero by the digits', () => {
    expect([
      isZero('0.000'),
      isZero('-0'),
      isZero('0.001'),
      isNegative('-0.001'),
      isNegative('-0.0'),
      isNegative('3'),
    ]).toEqual([true, true, false, true, false, false]);
  });
});

describe('formatPercent', () => {
  it('keeps the digits that are given, in the reader’s language', () => {
    expect(formatPercent('28.00', 'en-US')).toBe('28.00 %');
    expect(formatPercent('-1234.5', 'de-DE')).toBe('-1.234,5 %');
  });
});
