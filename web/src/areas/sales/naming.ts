/** What a sale is called: its kind and number, and where there is none, the accounting system's id. */
import type { SalesDocumentType } from '../../graphql/generated/graphql';
import { salesDocumentWord } from '../../lib/words';

interface Named {
  documentType: SalesDocumentType;
  number?: string | null;
  externalId?: string | null;
}

export function saleName({ documentType, number, externalId }: Named): string {
  const named = number ?? (externalId ? `with id ${externalId}` : '');
  return `${salesDocumentWord(documentType)} ${named}`.trim();
}
