import { describe, expect, it } from 'vitest';
import { neighbours, pageArguments } from './paging';

describe('keyset paging', () => {
  it('asks by cursor in the direction of travel', () => {
    expect([
      pageArguments({ kind: 'start' }, 25),
      pageArguments({ kind: 'after', cursor: 'c' }, 50),
      pageArguments({ kind: 'before', cursor: 'c' }, 50),
    ]).toEqual([{ first: 25 }, { first: 50, after: 'c' }, { last: 50, before: 'c' }]);
  });

  it('knows that the page one came from is there', () => {
    const info = { hasNextPage: false, hasPreviousPage: false };
    expect([neighbours('start', info), neighbours('after', info), neighbours('before', info)]).toEqual([
      { next: false, previous: false },
      { next: false, previous: true },
      { next: true, previous: false },
    ]);
  });
});
