/** What the documents of exports are called, and where they are seen. */
import type { DocumentFieldsFragment } from '../../graphql/generated/graphql';

export type ExportDocument = DocumentFieldsFragment;

/** Of what it is, for example of which product. */
export function documentAbout(document: ExportDocument): string | null {
  switch (document.__typename) {
    case 'Build':
    case 'StockMovement':
      return document.product.name;
    case 'Receipt':
      return document.supplier.name;
    default:
      return null;
  }
}

export function documentPlace(document: ExportDocument): string | null {
  switch (document.__typename) {
    case 'Build':
      return `/builds/${document.id}`;
    case 'Receipt':
      return `/receipts/${document.id}`;
    case 'StockMovement':
      return `/products/${document.product.id}`;
    case 'Reconciliation':
      return `/reconcile/${document.id}`;
    default:
      return null;
  }
}

export function companyOf(integration: { provider: { name: string }; company?: { name: string } | null }): string {
  return integration.company?.name ?? integration.provider.name;
}

/** The page of an entry: of an export, or of a document that has none yet. */
export function planPlace(id: string): string {
  return `/exports/plan/${id}`;
}

/** Only web addresses become links. */
export function webAddress(text: string | null | undefined): string | null {
  return text && /^https?:\/\//i.test(text) ? text : null;
}
