import { describe, expect, it } from 'vitest';
import { prettyBody } from './pretty';

describe('prettyBody', () => {
  it('indents like JSON.stringify', () => {
    const value = {
      Item: [{ Id: '1', Name: 'A "quoted", name: {x}', Tags: [], More: {}, Active: true, Cost: null }, 7],
      time: '2026-01-01T00:00:00Z',
    };
    expect(prettyBody(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
  });

  it('keeps the digits that parsing would lose', () => {
    expect(prettyBody('{"UnitPrice":12345678901234567.890}')).toBe('{\n  "UnitPrice": 12345678901234567.890\n}');
  });

  it('leaves what is not JSON as it came', () => {
    expect(['<html>no</html>', '{"cut": "off', 'grant_type=refresh_token'].map(prettyBody)).toEqual([
      '<html>no</html>',
      '{"cut": "off',
      'grant_type=refresh_token',
    ]);
  });
});
