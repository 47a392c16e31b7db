/** What can be done about an issue of a sale, and what became of it. */
import { isZero } from '../../lib/decimal';
import type { Issue, IssueOutcome } from './operations';

export type Fix = 'IMPORT' | 'LINK' | 'NOT_STOCK' | 'RETRY' | 'SYNC_ITEMS' | 'SYNC_SALES' | 'DISMISS';

/** The ways out, the likeliest first. Only those that the gateway takes for this issue. */
export function fixesOf({
  reason,
  item,
  itemExternalId,
}: Pick<Issue, 'reason' | 'item' | 'itemExternalId'>): readonly Fix[] {
  if (itemExternalId == null) return ['SYNC_SALES', 'DISMISS'];
  if (item == null) return ['SYNC_ITEMS', 'NOT_STOCK', 'RETRY', 'DISMISS'];
  if (item.product) return ['RETRY', 'DISMISS'];
  return reason === 'ITEM_NOT_LINKED' || reason === 'ITEM_UNKNOWN'
    ? ['IMPORT', 'LINK', 'NOT_STOCK', 'DISMISS']
    : ['RETRY', 'DISMISS'];
}

/** Issues with an item that has no product, one of each item: these can be imported together. */
export function importable(issues: readonly Issue[]): { itemIds: string[]; issues: Issue[] } {
  const able = issues.filter((issue) => fixesOf(issue).includes('IMPORT'));
  return { itemIds: [...new Set(able.flatMap(({ item }) => (item ? [item.id] : [])))], issues: able };
}

/** One issue of each item: marking an item settles all its lines. */
export function onePerItem(issues: readonly Issue[]): Issue[] {
  const seen = new Set<string>();
  return issues.filter(({ itemExternalId, channel }) => {
    if (itemExternalId == null) return false;
    const item = `${channel.id} ${itemExternalId}`;
    if (seen.has(item)) return false;
    seen.add(item);
    return true;
  });
}

export type Became = 'PROCESSED' | 'SHORT' | 'NO_COST' | 'PASSED_OVER' | 'LEFT_OUT' | 'STILL_OPEN' | 'CLOSED';

/** What became of the issue's line, in the order of what most needs a look. */
export function becameOf({ state, line }: Pick<IssueOutcome, 'state' | 'line'>): Became {
  if (state === 'OPEN') return 'STILL_OPEN';
  if (!line) return state === 'DISMISSED' ? 'LEFT_OUT' : 'CLOSED';
  if (line.state === 'PROCESSED') {
    if (line.costStatus === 'MISSING') return 'NO_COST';
    return isZero(line.shortQuantity) ? 'PROCESSED' : 'SHORT';
  }
  if (line.state === 'NOT_STOCK' || line.state === 'NOT_FINISHED_GOOD') return 'PASSED_OVER';
  return state === 'DISMISSED' ? 'LEFT_OUT' : 'CLOSED';
}
