/**
 * The accounts that exports use, by inventory mode, and which account of the chart can stand for what.
 * Rule: nothing is chosen by itself. The gateway decides; what is said here only spares a refusal.
 */
import type { AccountClass, AccountFieldsFragment, AccountRole, InventoryMode } from '../../graphql/generated/graphql';

export interface RoleOf {
  role: AccountRole;
  label: string;
  about: string;
}

const SYNC: readonly RoleOf[] = [
  {
    role: 'COGS',
    label: 'Cost of goods sold',
    about: 'The other side of builds; of losses too, where no waste account is chosen.',
  },
  {
    role: 'RECEIVING',
    label: 'Receiving',
    about:
      'The other side of receipts, credited when goods arrive. An expense account of its own: adjustments take no other, and the supplier’s bill, entered by account, has to clear it again.',
  },
  { role: 'WASTE', label: 'Waste and losses', about: 'Debited for what is lost, breaks, or was delivered short.' },
];

const SELF_MANAGED: readonly RoleOf[] = [
  { role: 'BUILD_DEBIT', label: 'Builds: debit', about: 'Where what was made is booked, for example finished goods.' },
  {
    role: 'BUILD_CREDIT',
    label: 'Builds: credit',
    about: 'Where what was used comes from, for example raw materials.',
  },
  {
    role: 'RECEIVING_DEBIT',
    label: 'Receipts: debit',
    about: 'Where what arrives is booked, for example raw materials.',
  },
  {
    role: 'RECEIVING_CREDIT',
    label: 'Receipts: credit',
    about: 'The other side. A clearing account, which the supplier’s bill clears again, is usual.',
  },
  { role: 'WASTE', label: 'Waste and losses', about: 'Debited for what is lost, breaks, or was delivered short.' },
];

export function rolesOf(mode: InventoryMode): readonly RoleOf[] {
  return mode === 'SYNC' ? SYNC : SELF_MANAGED;
}

/** Classes that a role usually has, the most usual first. The gateway may know better, so another one is only pointed out. */
function classesOf(role: AccountRole, mode: InventoryMode): readonly AccountClass[] {
  switch (role) {
    case 'COGS':
    case 'WASTE':
      return mode === 'SYNC' ? ['EXPENSE'] : ['EXPENSE', 'ASSET'];
    case 'RECEIVING':
      return ['EXPENSE'];
    case 'BUILD_DEBIT':
    case 'BUILD_CREDIT':
      return ['ASSET', 'EXPENSE', 'LIABILITY'];
    case 'RECEIVING_DEBIT':
      return ['ASSET', 'LIABILITY', 'EXPENSE', 'EQUITY'];
    case 'RECEIVING_CREDIT':
      return ['LIABILITY', 'ASSET', 'EXPENSE', 'EQUITY'];
  }
}

const OTHER_SIDE: Partial<Record<AccountRole, AccountRole>> = {
  BUILD_DEBIT: 'BUILD_CREDIT',
  BUILD_CREDIT: 'BUILD_DEBIT',
  RECEIVING_DEBIT: 'RECEIVING_CREDIT',
  RECEIVING_CREDIT: 'RECEIVING_DEBIT',
};

export interface Choice {
  mode: InventoryMode;
  /** The items whose stock an account keeps, by the account's id. */
  stocked: ReadonlyMap<string, string>;
  chosen: Readonly<Partial<Record<AccountRole, string | null>>>;
}

/** Why an account cannot stand for a role; null if it can. */
export function whyNot(role: AccountRole, account: AccountFieldsFragment, choice: Choice): string | null {
  if (!account.active) return 'inactive';
  if (account.classification === 'NON_POSTING') return 'not part of the books';
  const item = choice.stocked.get(account.id);
  if (item && choice.mode === 'SYNC') return `it keeps the stock of ${item}`;
  const other = OTHER_SIDE[role];
  if (other && choice.chosen[other] === account.id) return 'it is the other side already';
  return null;
}

/** What to think about before choosing it; null where nothing is unusual. */
export function caution(role: AccountRole, account: AccountFieldsFragment, mode: InventoryMode): string | null {
  return classesOf(role, mode).includes(account.classification) ? null : 'unusual for this';
}

/** How far down the list an account stands: usual classes first, what cannot be chosen last. */
export function rankOf(role: AccountRole, account: AccountFieldsFragment, choice: Choice): number {
  if (whyNot(role, account, choice)) return 100;
  const place = classesOf(role, choice.mode).indexOf(account.classification);
  return place < 0 ? 50 : place;
}
