import { useState } from 'react';
import { useClient } from 'urql';
import { faultOf } from '../../graphql/faults';
import type { SaleIssueAction } from '../../graphql/generated/graphql';
import { useAction, type Problem } from '../../graphql/useAction';
import { IdempotencyKey } from '../../lib/ids';
import { ImportItemsMutation } from '../items/operations';
import { LinkProductMutation } from '../products/operations';
import { importable, onePerItem } from './fixes';
import { IssueOutcomesQuery, ResolveIssueMutation, type Issue, type IssueOutcome } from './operations';

export interface Done {
  /** What was done, in words. */
  what: string;
  outcomes: IssueOutcome[];
}

export interface Fixer {
  importItems: (issues: readonly Issue[]) => Promise<void>;
  /** Links the issue's item; says whether it was. */
  link: (issue: Issue, product: { id: string; name: string }) => Promise<boolean>;
  act: (action: SaleIssueAction, issues: readonly Issue[]) => Promise<void>;
  /** The issue, or `ALL`, that something is being done about. */
  busy: string | null;
  problem: Problem | null;
  done: Done | null;
  clear: () => void;
}

const TOLD: Record<SaleIssueAction, string> = {
  NOT_STOCK: 'marked as not stock',
  RETRY: 'tried again',
  DISMISS: 'left out',
};

/**
 * Does something about issues, then asks what became of them. Linking, importing and marking try all lines of the item
 * again at once, so `around` are the other issues on screen whose fate is told too.
 */
export function useFix(around: readonly Issue[], refetch: () => void): Fixer {
  const client = useClient();
  const importing = useAction(ImportItemsMutation, (data) => data.importItems);
  const linking = useAction(LinkProductMutation, (data) => data.linkProduct);
  const resolving = useAction(ResolveIssueMutation, (data) => data.resolveSaleIssue);
  const [busy, setBusy] = useState<string | null>(null);
  const [done, setDone] = useState<Done | null>(null);
  const [own, setOwn] = useState<Problem | null>(null);
  const [key] = useState(() => new IdempotencyKey());

  const clear = () => {
    importing.clear();
    linking.clear();
    resolving.clear();
    setOwn(null);
    setDone(null);
  };

  const tell = async (what: string, issues: readonly Issue[]) => {
    const items = new Set(issues.map((issue) => issue.itemExternalId).filter((each) => each != null));
    const meant = around.filter((each) => each.itemExternalId != null && items.has(each.itemExternalId));
    const ids = [...new Set([...issues, ...meant].map(({ id }) => id))].slice(0, 250);
    const { data, error } = await client
      .query(IssueOutcomesQuery, { ids }, { requestPolicy: 'network-only' })
      .toPromise();
    refetch();
    if (error) {
      const { title, detail, help } = faultOf(error);
      setOwn({ errors: [{ title, message: detail, help }], retryable: false });
    }
    const outcomes = (data?.nodes ?? []).filter((node): node is IssueOutcome => node?.__typename === 'SaleIssue');
    setDone({ what, outcomes });
  };

  const during = async (mark: string, work: () => Promise<void>) => {
    clear();
    setBusy(mark);
    await work();
    setBusy(null);
  };

  const importItems = (issues: readonly Issue[]) =>
    during(issues.length === 1 ? (issues[0]?.id ?? 'ALL') : 'ALL', async () => {
      const { itemIds, issues: able } = importable(issues);
      const input = { itemIds, productType: 'FINISHED_GOOD' as const };
      const payload = await importing.run({ ...input, idempotencyKey: key.for(input) });
      if (payload) key.answered();
      if (!payload || (payload.userErrors.length > 0 && payload.results.length === 0)) return;
      const refused = payload.results.flatMap(({ status, reason }) =>
        status !== 'CREATED' && reason ? [{ code: reason.code, message: reason.message, help: reason.help }] : [],
      );
      if (refused.length > 0) setOwn({ errors: refused, retryable: false });
      const made = payload.results.flatMap(({ status, product }) =>
        status === 'CREATED' && product ? [product.name] : [],
      );
      if (made.length > 0)
        await tell(`Imported as ${made.length === 1 ? 'a finished good' : 'finished goods'}: ${named(made)}.`, able);
      else refetch();
    });

  const link = async (issue: Issue, product: { id: string; name: string }) => {
    let linked = false;
    await during(issue.id, async () => {
      if (!issue.item) return;
      const payload = await linking.run({ productId: product.id, itemId: issue.item.id });
      linked = payload !== null && payload.userErrors.length === 0;
      if (linked) await tell(`${issue.item.name} is linked to ${product.name}.`, [issue]);
    });
    return linked;
  };

  const act = (action: SaleIssueAction, issues: readonly Issue[]) =>
    during(issues.length === 1 ? (issues[0]?.id ?? 'ALL') : 'ALL', async () => {
      const targets = action === 'DISMISS' ? issues : onePerItem(issues);
      const acted: Issue[] = [];
      for (const issue of targets) {
        const payload = await resolving.run({ action, issueId: issue.id });
        if (!payload || payload.userErrors.length > 0) break;
        acted.push(issue);
      }
      if (acted.length > 0)
        await tell(`${named(acted.map((each) => each.label ?? each.externalId))}: ${TOLD[action]}.`, acted);
      else refetch();
    });

  const problem = own ?? importing.problem ?? linking.problem ?? resolving.problem;
  return { importItems, link, act, busy, problem, done, clear };
}

const MOST_NAMES = 5;

function named(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` and ${more.toLocaleString()} more` : '');
}
