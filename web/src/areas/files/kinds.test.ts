import { expect, test } from 'vitest';
import { KINDS, templateOf } from './kinds';

test('a template names every column once, and its examples fill them', () => {
  for (const kind of KINDS) {
    const [head, ...examples] = templateOf(kind).trimEnd().split('\r\n');
    const columns = head?.split(',') ?? [];
    expect(columns).toEqual(kind.columns.map(({ name }) => name));
    expect(new Set(columns).size).toBe(columns.length);
    for (const example of examples) expect(example.split(',')).toHaveLength(columns.length);
  }
});
