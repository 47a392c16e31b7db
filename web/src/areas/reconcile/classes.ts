/** What the classes of a reconciliation are called, and what each means to a bookkeeper. */
import type { ReconciliationClass } from '../../graphql/generated/graphql';

interface Meaning {
  title: string;
  about: string;
}

export const MEANINGS: Record<ReconciliationClass, Meaning> = {
  NOT_EXPORTED: { title: 'Not yet exported', about: 'Recorded here, not in the books yet.' },
  UNLINKED: { title: 'Not linked', about: 'Products without an item there, or items without a product here.' },
  EDITED_THERE: {
    title: 'Edited in the accounting system',
    about: 'Posted from here, then changed, voided or deleted there.',
  },
  MANUAL_JOURNAL: { title: 'Manual journals', about: 'Journal entries on the inventory accounts, made by hand there.' },
  OTHER_APP: { title: 'Other documents there', about: 'Bills, adjustments and other entries that are not from here.' },
  SALES: { title: 'Sales', about: 'The cost of goods that sales took out of stock on one side.' },
  VALUE_PARITY: { title: 'Valued differently', about: 'The same units: our lots say one cost, the books another.' },
  ROUNDING: { title: 'Rounding', about: 'Below the smallest coin: we keep it, books cannot.' },
  UNEXPLAINED: { title: 'Not explained', about: 'Their lines do not add up to their own balance.' },
};

/** A document's page here, by the kind of its id. */
export function placeOf(documentId: string | null | undefined, productId: string | null | undefined): string | null {
  if (documentId?.startsWith('bld_')) return `/builds/${documentId}`;
  if (documentId?.startsWith('rct_')) return `/receipts/${documentId}`;
  return productId ? `/products/${productId}` : null;
}
