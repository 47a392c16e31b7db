/**
 * Accounts of some products: what is chosen, and what a save has to say.
 * Rule: what was taken out of the list is taken back by name; nothing else is touched.
 */
import type { AccountOverrideInput, AccountRole, ProductType } from '../../graphql/generated/graphql';
import type { ExportIntegration } from './operations';

export interface Override {
  role: AccountRole;
  productType: ProductType | null;
  category: string | null;
  accountId: string | null;
  accountName: string;
}

/** Role and products: letter case makes no other category. */
export function overrideKey({ role, productType, category }: Override): string {
  return [role, productType ?? '', (category ?? '').trim().toLowerCase()].join('|');
}

export function overridesOf({ settings }: ExportIntegration): Override[] {
  return settings.accountOverrides.map(({ role, productType, category, accountName, account }) => ({
    role,
    productType: productType ?? null,
    category: category ?? null,
    accountId: account?.id ?? null,
    accountName,
  }));
}

/** What to send so that `next` is chosen where `before` was. */
export function changedOverrides(before: readonly Override[], next: readonly Override[]): AccountOverrideInput[] {
  const kept = new Map(before.map((each) => [overrideKey(each), each]));
  const wanted = new Set(next.map(overrideKey));
  const chosen = next.filter((each) => each.accountId && kept.get(overrideKey(each))?.accountId !== each.accountId);
  const gone = before.filter((each) => !wanted.has(overrideKey(each)));
  const input = ({ role, productType, category }: Override, accountId: string | null): AccountOverrideInput => ({
    role,
    productType,
    category,
    accountId,
  });
  return [...chosen.map((each) => input(each, each.accountId)), ...gone.map((each) => input(each, null))];
}
