/** The filters of the list of sales, as they stand in the address. */
import { oneOf, yesNo } from '../../components/useFilters';
import type { SaleFilter, SalesDocumentType, SaleStatus } from '../../graphql/generated/graphql';

export const SALE_FILTERS = ['search', 'type', 'status', 'channel', 'from', 'to', 'open', 'short'] as const;
export type SaleFilterValues = Record<(typeof SALE_FILTERS)[number], string>;

export const DOCUMENT_TYPES: readonly SalesDocumentType[] = [
  'INVOICE',
  'SALES_RECEIPT',
  'CREDIT_MEMO',
  'REFUND',
  'MANUAL',
];
export const STATUSES: readonly SaleStatus[] = ['POSTED', 'VOIDED', 'DELETED'];

/** A day as the API takes it; anything else in the address counts for nothing. */
export function dayOf(text: string): string | undefined {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}

export function toSaleFilter(values: SaleFilterValues): SaleFilter {
  const type = oneOf(values.type, DOCUMENT_TYPES);
  const status = oneOf(values.status, STATUSES);
  return {
    search: values.search || undefined,
    documentTypes: type && [type],
    statuses: status && [status],
    channelId: /^[a-z]+_[0-9a-z]+$/.test(values.channel) ? values.channel : undefined,
    from: dayOf(values.from),
    to: dayOf(values.to),
    open: yesNo(values.open),
    short: yesNo(values.short),
  };
}
