import { describe, expect, it } from 'vitest';
import { cleanToken, readClaims } from './token';

const encode = (value: unknown) =>
  btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

describe('readClaims', () => {
  it('reads the subject and the end of a token', () => {
    expect(readClaims(`${encode({ alg: 'HS256' })}.${encode({ sub: 'ada', exp: 1_900_000_000 })}.sig`)).toEqual({
      subject: 'ada',
      expiresAt: 1_900_000_000_000,
    });
  });

  it('does not invent an end where there is none', () => {
    expect(readClaims(`${encode({})}.${encode({ sub: 'ada' })}.sig`)).toEqual({ subject: 'ada', expiresAt: null });
  });

  it('refuses what is not a token', () => {
    expect([readClaims('nonsense'), readClaims('a.b.c'), readClaims('')]).toEqual([null, null, null]);
  });
});

describe('cleanToken', () => {
  it('takes a token as people paste it', () => {
    expect(['  Bearer a.b.c\n', '"a.b.c"', 'a.\nb.c'].map(cleanToken)).toEqual(['a.b.c', 'a.b.c', 'a.b.c']);
  });
});
