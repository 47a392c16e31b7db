import { expect, test } from 'vitest';
import { toCsv } from './csv';

test('quotes what needs quotes, and nothing else', () => {
  expect(toCsv(['a', 'b'], [['1', 'x, "y"\nz']])).toBe('\uFEFFa,b\r\n1,"x, ""y""\nz"\r\n');
});

test('what is missing is empty', () => {
  expect(toCsv(['a', 'b', 'c'], [['1', null, undefined]])).toBe('\uFEFFa,b,c\r\n1,,\r\n');
});

test('a formula is made plain, a negative number is not touched', () => {
  expect(toCsv(['a', 'b'], [['=HYPERLINK("x")', '-12.50']])).toBe('\uFEFFa,b\r\n"\'=HYPERLINK(""x"")",-12.50\r\n');
  expect(toCsv(['a'], [['@cmd'], ['+1'], ['-x']])).toBe("\uFEFFa\r\n'@cmd\r\n+1\r\n'-x\r\n");
});
