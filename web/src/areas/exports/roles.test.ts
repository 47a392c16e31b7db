import { expect, test } from 'vitest';
import type { AccountFieldsFragment } from '../../graphql/generated/graphql';
import { caution, rankOf, rolesOf, whyNot, type Choice } from './roles';

const account = (over: Partial<AccountFieldsFragment>): AccountFieldsFragment => ({
  id: 'acc_1',
  externalId: '1',
  name: 'Clearing',
  number: null,
  type: 'Other Current Asset',
  classification: 'ASSET',
  active: true,
  ...over,
});
const choice = (over: Partial<Choice> = {}): Choice => ({ mode: 'SYNC', stocked: new Map(), chosen: {}, ...over });

test('only what the mode uses is asked for', () => {
  expect(rolesOf('SYNC').map(({ role }) => role)).toEqual(['COGS', 'RECEIVING', 'WASTE']);
  expect(rolesOf('SELF_MANAGED').map(({ role }) => role)).toEqual([
    'BUILD_DEBIT',
    'BUILD_CREDIT',
    'RECEIVING_DEBIT',
    'RECEIVING_CREDIT',
    'WASTE',
  ]);
});

test('an account that cannot be used says why', () => {
  const stocked = new Map([['acc_1', 'Oak board']]);
  expect([
    whyNot('RECEIVING', account({}), choice()),
    whyNot('RECEIVING', account({ active: false }), choice()),
    whyNot('WASTE', account({ classification: 'NON_POSTING' }), choice()),
    whyNot('RECEIVING', account({}), choice({ stocked })),
    whyNot('BUILD_DEBIT', account({}), choice({ mode: 'SELF_MANAGED', stocked })),
    whyNot('BUILD_CREDIT', account({}), choice({ mode: 'SELF_MANAGED', chosen: { BUILD_DEBIT: 'acc_1' } })),
  ]).toEqual([
    null,
    'inactive',
    'not part of the books',
    'it keeps the stock of Oak board',
    null,
    'it is the other side already',
  ]);
});

test('an unusual account is pointed out and can be chosen; the usual ones come first', () => {
  const income = account({ classification: 'REVENUE' });
  expect([whyNot('COGS', income, choice()), caution('COGS', income, 'SYNC')]).toEqual([null, 'unusual for this']);
  expect(caution('COGS', account({ classification: 'EXPENSE' }), 'SYNC')).toBeNull();
  const ranks = [account({ classification: 'EXPENSE' }), income, account({ active: false })].map((each) =>
    rankOf('COGS', each, choice()),
  );
  expect(ranks).toEqual([0, 50, 100]);
});
