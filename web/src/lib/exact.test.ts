import { describe, expect, test } from 'vitest';
import { compare, isPositive, rounded, subtract, sum, times } from './exact';

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
  });

  test('round to places for the eye, half to even, with zeros kept', () => {
    expect(rounded('28', 2)).toBe('28.00');
    expect(rounded('38.7792', 2)).toBe('38.78');
    expect(rounded('0.125', 2)).toBe('0.12');
    expect(rounded('-71.875', 2)).toBe('-71.88');
    expect(rounded('-0.4', 0)).toBe('0');
    expect(rounded('99.96', 1)).toBe('100.0');
  });
});
