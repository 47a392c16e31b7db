/** What the API's enum values are called on screen. A value added later is shown in plain words until it gets its own. */
import type {
  AccountClass,
  AdjustmentReason,
  BomStatus,
  BuildState,
  CostBasis,
  CostPartKind,
  CostStatus,
  ExportKind,
  ExportMode,
  ExportState,
  HealthState,
  InventoryMode,
  ItemType,
  LandedCostKind,
  LineKind,
  LotSource,
  LotStatus,
  MarginDimension,
  MovementKind,
  Permission,
  ProductType,
  ReceiptState,
  RecoveryMode,
  RejectReason,
  Role,
  SaleChange,
  SaleIssueReason,
  SaleLineState,
  SaleStatus,
  SalesDocumentType,
  SkipReason,
  SyncKind,
  SyncPhase,
  SyncRunState,
  SyncTrigger,
} from '../graphql/generated/graphql';

type Words<Value extends string> = Partial<Record<Value, string>>;

/** `LOT_ADJUSTMENT` → `Lot adjustment`. */
export function humanise(value: string): string {
  const text = value.toLowerCase().replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function wordsFor<Value extends string>(words: Words<Value>): (value: Value) => string {
  return (value) => words[value] ?? humanise(value);
}

export const roleWord = wordsFor<Role>({});
export const itemTypeWord = wordsFor<ItemType>({ NON_INVENTORY: 'Non-inventory' });
export const productTypeWord = wordsFor<ProductType>({ SUB_ASSEMBLY: 'Sub-assembly' });
export const costStatusWord = wordsFor<CostStatus>({ COMPLETE: 'Known', ESTIMATED: 'Estimated', MISSING: 'Unknown' });
export const healthWord = wordsFor<HealthState>({
  HEALTHY: 'Healthy',
  DEGRADED: 'Having trouble',
  EXPIRED: 'Connection expired',
});
export const inventoryModeWord = wordsFor<InventoryMode>({ SYNC: 'Sync', SELF_MANAGED: 'Self-managed' });
export const exportModeWord = wordsFor<ExportMode>({});
export const accountClassWord = wordsFor<AccountClass>({});
export const exportKindWord = wordsFor<ExportKind>({ WASTE: 'Loss' });
export const exportStateWord = wordsFor<ExportState>({
  NOT_READY: 'Not ready',
  PENDING: 'Waits',
  SENDING: 'Being sent',
  UNCERTAIN: 'Being looked up',
  SYNCED: 'In the books',
  SKIPPED: 'Nothing to send',
});
export const syncKindWord = wordsFor<SyncKind>({ ITEMS: 'Item sync', SALES: 'Sales sync', EXPORT: 'Export' });
export const triggerWord = wordsFor<SyncTrigger>({
  USER: 'By hand',
  SCHEDULE: 'On schedule',
  WEBHOOK: 'By the accounting system',
});
export const movementWord = wordsFor<MovementKind>({
  OPENING: 'Opening balance',
  BUILD_CONSUME: 'Used in a build',
  BUILD_PRODUCE: 'Made by a build',
  BUILD_RECOVER: 'Recovered from a build',
  BUILD_REVERSE: 'Build reversed',
  RECEIVE: 'Received',
  RECEIPT_VOID: 'Receipt voided',
  RECEIPT_CORRECTION: 'Receipt corrected',
  LOT_ADJUSTMENT: 'Lot adjusted',
  STOCK_ADJUSTMENT: 'Stock adjusted',
  SHORTAGE_SETTLEMENT: 'Shortage settled',
  SALE: 'Sold',
  SALE_RETURN: 'Returned by a customer',
  SALE_REVERSAL: 'Sale taken back',
});
export const adjustmentReasonWord = wordsFor<AdjustmentReason>({});
export const costPartWord = wordsFor<CostPartKind>({
  AVERAGE: 'At the average cost',
  OTHER_LANDED: 'Other landed cost',
  MOVEMENT: 'Stock movement',
});
export const lotSourceWord = wordsFor<LotSource>({ LEGACY: 'From before lots', OPENING: 'Opening balance' });
export const lotStatusWord = wordsFor<LotStatus>({ ACTIVE: 'In stock', EXHAUSTED: 'Used up' });
export const receiptStateWord = wordsFor<ReceiptState>({});
export const buildStateWord = wordsFor<BuildState>({ EXECUTED: 'Done' });
export const bomStatusWord = wordsFor<BomStatus>({ ACTIVE: 'In use' });
export const lineKindWord = wordsFor<LineKind>({ LABOUR: 'Labour', OTHER: 'Other cost' });
export const landedKindWord = wordsFor<LandedCostKind>({});
export const basisWord = wordsFor<CostBasis>({ VALUE: 'by value', QUANTITY: 'by quantity' });
export const recoveryWord = wordsFor<RecoveryMode>({ FULL: 'Everything', PARTIAL: 'Part of it', NONE: 'Nothing' });
export const rejectReasonWord = wordsFor<RejectReason>({});

export const salesDocumentWord = wordsFor<SalesDocumentType>({ MANUAL: 'Manual sale' });
export const saleStatusWord = wordsFor<SaleStatus>({ POSTED: 'Counts' });
export const saleChangeWord = wordsFor<SaleChange>({ CREATED: 'Recorded', RESTORED: 'Counts again' });
export const saleLineStateWord = wordsFor<SaleLineState>({
  PROCESSED: 'Processed',
  OPEN: 'Waits',
  INEXACT: 'Waits: not exact',
  NOT_FINISHED_GOOD: 'No finished good',
  NOT_STOCK: 'Not stock',
  ABANDONED: 'Left out',
});
export const issueReasonWord = wordsFor<SaleIssueReason>({
  ITEM_NOT_LINKED: 'Item without a product',
  ITEM_UNKNOWN: 'Item not known here',
  INEXACT_NUMBER: 'A figure that is not exact',
  PERIOD_CLOSED: 'In a closed period',
  RATE_MISSING: 'No exchange rate',
  REFUSED: 'Refused by the stock ledger',
  UNUSABLE_DOCUMENT: 'Cannot be read',
});
export const dimensionWord = wordsFor<MarginDimension>({});

export const runStateWord = wordsFor<SyncRunState>({
  SUCCEEDED_WITH_ISSUES: 'Finished with remarks',
  SUCCEEDED: 'Finished',
  QUEUED: 'Waiting to start',
});

export const phaseWord = wordsFor<SyncPhase>({
  QUEUED: 'Waiting to start',
  COMPANY: 'Reading the company',
  ACCOUNTS: 'Reading the chart of accounts',
  SUPPLIERS: 'Reading suppliers',
  ITEMS: 'Reading items',
  DEACTIVATIONS: 'Looking for items that are gone',
  DOCUMENTS: 'Reading or sending documents',
  PROCESSING: 'Processing sales by their date',
  MISSING: 'Looking for sales that are gone',
  ISSUES: 'Trying again what waited',
  DONE: 'Done',
});

export const skipReasonWord = wordsFor<SkipReason>({
  TYPE_NOT_SELECTED: 'their type is not selected in the settings',
  CATEGORY: 'they are categories, not items',
  MISSING_ID: 'the accounting system sent no id',
  MISSING_NAME: 'the accounting system sent no name',
  INEXACT_NUMBER: 'an amount could not be kept exactly',
  INVALID_FIELD: 'a field was not usable',
  DUPLICATE: 'they appeared twice',
});

export const permissionWord = wordsFor<Permission>({
  MANAGE_CONNECTIONS: 'connect accounting systems',
  CONFIGURE_SETTINGS: 'change settings',
  SYNC_ITEMS: 'sync items',
  IMPORT_PRODUCTS: 'import products',
  LINK_PRODUCTS: 'link products',
  MANAGE_PRODUCTS: 'create and edit products',
  READ_CATALOG: 'see items and products',
  VIEW_SYNC_LOG: 'see the sync log',
  MANAGE_STOCK: 'change stock',
  APPROVE_BUILDS: 'approve or reject builds',
  EXPORT: 'export documents',
  SYNC_SALES: 'see, sync or record sales',
  VIEW_MARGINS: 'see margins',
});

/** “1 item”, “14 items”. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount.toLocaleString()} ${amount === 1 ? one : many}`;
}
