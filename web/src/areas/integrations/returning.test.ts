import { describe, expect, it } from 'vitest';
import { adviceOn, readOutcome } from './returning';

describe('coming back from the consent page', () => {
  it('reads success, failure and nothing from the address', () => {
    expect([
      readOutcome(new URLSearchParams('connected=int_1')),
      readOutcome(new URLSearchParams('error=WRONG_COMPANY&message=Company%20B')),
      readOutcome(new URLSearchParams('')),
    ]).toEqual([
      { kind: 'connected', integrationId: 'int_1' },
      { kind: 'failed', code: 'WRONG_COMPANY', message: 'Company B' },
      null,
    ]);
  });

  it('has advice for a code it does not know', () => {
    expect(adviceOn('SOMETHING_NEW')).toBe('Nothing was changed. Try to connect again.');
  });
});
