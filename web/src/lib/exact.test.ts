import { describe, expect, test } from 'vitest';
import { compare, isPositive, portion, spread, subtract, sum, times } from './exact';

describe('exact sums', () => {
  test('add what floats cannot', () => {
    expect(sum(['0.1', '0.2'])).toBe('0.3');
    expect(sum(['9999999999999999999999.000001', '-0.000001'])).toBe('9999999999999999999999');
    expect(sum([])).toBe('0');
    expect(subtract('1', '1.25')).toBe('-0.25');
  });

  test('refuse what is no decimal', () => {
    expect(() => sum(['1e3'])).toThrow(RangeError);
    expect(() => sum(['0.1234567890123456789'])).toThrow(RangeError);
    expect(isPositive('nonsense')).toBe(false);
    expect(isPositive('0.000')).toBe(false);
    expect(isPositive('0.000001')).toBe(true);
  });

  test('compare by value, not by text', () => {
    expect(compare('10', '9')).toBe(1);
    expect(compare('1.50', '1.5')).toBe(0);
    expect(compare('-1', '0')).toBe(-1);
  });

  test('round half to even at the millionth', () => {
    expect(times('3', '0.04')).toBe('0.12');
    expect(times('0.5', '0.000001')).toBe('0');
    expect(times('1.5', '0.000001')).toBe('0.000002');
    expect(portion('10', '1', '3')).toBe('3.333333');
    expect(portion('10', '1', '0')).toBe('0');
  });
});

describe('spread', () => {
  test('the parts add up to the total, to the last millionth', () => {
    const parts = spread('10', ['1', '1', '1']);
    expect(parts).toEqual(['3.333334', '3.333333', '3.333333']);
    expect(sum(parts)).toBe('10');
  });

  test('a total with more places than a millionth loses none', () => {
    expect(sum(spread('0.0000015', ['2', '1']))).toBe('0.0000015');
  });

  test('negative totals and weights add up too', () => {
    expect(sum(spread('-7', ['3', '2', '2']))).toBe('-7');
    expect(sum(spread('100', ['120', '-20']))).toBe('100');
  });

  test('without a weight the first part has it all', () => {
    expect(spread('5', ['0', '0'])).toEqual(['5', '0']);
    expect(spread('5', [])).toEqual([]);
  });
});
