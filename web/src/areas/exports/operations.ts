import { graphql } from '../../graphql/generated';
import type {
  DraftFieldsFragment,
  ExportFieldsFragment,
  ExportPlanFieldsFragment,
  ExportSettingsQuery as SettingsData,
  ReversalPlanFieldsFragment,
} from '../../graphql/generated/graphql';

export type Exported = ExportFieldsFragment;
export type Plan = ExportPlanFieldsFragment;
export type ReversalPlan = ReversalPlanFieldsFragment;
export type Check = Plan['checks'][number];
export type Draft = DraftFieldsFragment;
export type Difference = NonNullable<Exported['drift']>['differences'][number];
export type ExportIntegration = Extract<SettingsData['integrations'][number], { id: string }>;

/** What a change of an export, its document or the settings makes old. */
export const EXPORT_TYPES = ['Export', 'Integration', 'Build', 'Receipt', 'Product', 'Item', 'Account'] as const;

export const DocumentFields = graphql(`
  fragment DocumentFields on Node {
    __typename
    id
    ... on Build {
      number
      product {
        id
        name
      }
    }
    ... on Receipt {
      number
      supplier {
        id
        name
      }
    }
    ... on StockMovement {
      kind
      product {
        id
        name
      }
    }
  }
`);

export const ExportFields = graphql(`
  fragment ExportFields on Export {
    id
    kind
    mode
    state
    label
    reference
    externalId
    externalUrl
    effectiveOn
    automatic
    documentId
    createdAt
    exportedAt
    document {
      ...DocumentFields
    }
    integration {
      id
      status
      provider {
        id
        name
      }
      company {
        name
      }
    }
    queued
    gatheredIn {
      id
      reference
    }
    nextAttemptAt
    skippedBecause
    drift {
      state
      version
      foundAt
      acceptedAt
      acceptedBy
      differences {
        what
        ours
        theirs
      }
    }
    errorTitle
    error {
      code
      message
      help
      providerCode
    }
    warnings {
      severity
      message
      help
    }
  }
`);

export const ExportsQuery = graphql(`
  query Exports($filter: ExportFilter, $first: Int, $after: String, $last: Int, $before: String) {
    exports(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      nodes {
        ...ExportFields
      }
      pageInfo {
        ...PageFields
      }
    }
  }
`);

/** The exports of one document: what it said, and what was lost or taken back later. */
export const DocumentExportsQuery = graphql(`
  query DocumentExports($documentId: ID!) {
    exports(filter: { documentId: $documentId }, first: 20) {
      nodes {
        ...ExportFields
      }
    }
    integrations {
      id
      status
      provider {
        id
        name
      }
      company {
        name
      }
    }
  }
`);

/** What is sent, line by line. */
export const DraftFields = graphql(`
  fragment DraftFields on ExportDraft {
    __typename
    ... on InventoryAdjustmentDraft {
      reference
      date
      memo
      accountName
      lines {
        name
        itemExternalId
        quantity
        value {
          ...MoneyFields
        }
        product {
          id
          name
          unit
        }
      }
    }
    ... on JournalEntryDraft {
      reference
      date
      memo
      residue {
        ...MoneyFields
      }
      documents {
        exportId
        label
      }
      amounts: lines {
        side
        accountName
        account {
          id
          number
        }
        amount {
          ...MoneyFields
        }
      }
    }
  }
`);

/** One export with what was sent, for the page of its entry. */
export const ExportQuery = graphql(`
  query Export($id: ID!) {
    export(id: $id) {
      ...ExportFields
      draft {
        ...DraftFields
      }
    }
  }
`);

export const ExportPlanFields = graphql(`
  fragment ExportPlanFields on ExportPlan {
    hash
    ready
    kind
    mode
    nothingBecause
    export {
      ...ExportFields
    }
    integration {
      id
      provider {
        id
        name
      }
      company {
        name
      }
    }
    checks {
      code
      title
      message
      help
      role
      record {
        __typename
        id
        ... on Product {
          name
          sku
        }
      }
    }
    warnings {
      severity
      message
      help
    }
    entries {
      accountName
      estimated
      account {
        id
        number
      }
      debit {
        ...MoneyFields
      }
      credit {
        ...MoneyFields
      }
    }
    draft {
      ...DraftFields
    }
  }
`);

export const PlanExportMutation = graphql(`
  mutation PlanExport($input: PlanExportInput!) {
    planExport(input: $input) {
      plan {
        ...ExportPlanFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const ExportDocumentMutation = graphql(`
  mutation ExportDocument($input: ExportDocumentInput!) {
    exportDocument(input: $input) {
      export {
        ...ExportFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const RetryExportMutation = graphql(`
  mutation RetryExport($input: RetryExportInput!) {
    retryExport(input: $input) {
      export {
        ...ExportFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const VerifyExportMutation = graphql(`
  mutation VerifyExport($input: VerifyExportInput!) {
    verifyExport(input: $input) {
      matches
      export {
        ...ExportFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

/** What people do about a document that is no longer in the books as it was sent. */
export const AcceptExportDriftMutation = graphql(`
  mutation AcceptExportDrift($input: AcceptExportDriftInput!) {
    acceptExportDrift(input: $input) {
      export {
        ...ExportFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const RepostExportMutation = graphql(`
  mutation RepostExport($input: RepostExportInput!) {
    repostExport(input: $input) {
      export {
        ...ExportFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const ReverseExportMutation = graphql(`
  mutation ReverseExport($input: ReverseExportInput!) {
    reverseExport(input: $input) {
      export {
        ...ExportFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const ExportChangedSubscription = graphql(`
  subscription ExportChanged($documentId: ID) {
    exportChanged(documentId: $documentId) {
      id
      state
    }
  }
`);

export const ExportSettingsQuery = graphql(`
  query ExportSettings {
    integrations {
      id
      status
      provider {
        id
        name
        capability {
          inventoryAdjustments
          journalEntries
        }
      }
      company {
        name
      }
      settings {
        inventoryMode
        exportMode
        documentPrefix
        journalGranularity
        accountOverrides {
          role
          productType
          category
          accountName
          account {
            id
          }
        }
        accounts {
          role
          accountName
          account {
            ...AccountFields
          }
        }
      }
    }
  }
`);

export const AccountFields = graphql(`
  fragment AccountFields on Account {
    id
    externalId
    name
    number
    type
    classification
    active
  }
`);

/** The chart of accounts, and the accounts that keep the stock of linked items, which cannot stand on the other side. */
export const ChartQuery = graphql(`
  query Chart($integrationId: ID!, $after: String) {
    accounts(integrationId: $integrationId, first: 250, after: $after) {
      nodes {
        ...AccountFields
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
    items(filter: { integrationId: $integrationId, linked: true, types: [INVENTORY] }, first: 250) {
      nodes {
        id
        fullName
        assetAccount {
          id
        }
      }
    }
  }
`);

export const RefreshAccountsMutation = graphql(`
  mutation RefreshAccounts($input: RefreshAccountsInput!) {
    refreshAccounts(input: $input) {
      count
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const SaveExportSettingsMutation = graphql(`
  mutation SaveExportSettings($input: UpdateIntegrationSettingsInput!) {
    updateIntegrationSettings(input: $input) {
      integration {
        id
        notices {
          severity
          message
          help
        }
        settings {
          exportMode
          documentPrefix
          journalGranularity
          accountOverrides {
            role
            productType
            category
            accountName
            account {
              id
            }
          }
        }
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const PostDayJournalsMutation = graphql(`
  mutation PostDayJournals($input: PostDayJournalsInput!) {
    postDayJournals(input: $input) {
      exports {
        ...ExportFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const MoveExportMutation = graphql(`
  mutation MoveExport($input: MoveExportInput!) {
    moveExport(input: $input) {
      export {
        ...ExportFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

/** Everything that waits, as one run to follow and to stop. */
export const ExportPendingMutation = graphql(`
  mutation ExportPending($input: ExportPendingInput!) {
    exportPending(input: $input) {
      run {
        id
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

/** An export run, and those of its documents that are not in the books. */
export const ExportRunQuery = graphql(`
  query ExportRun($id: ID!) {
    node(id: $id) {
      __typename
      ... on SyncRun {
        ...RunProgress
        posted: counts {
          posted
          refused
        }
        error {
          code
          message
          help
        }
        documents(first: 50, outcomes: [REFUSED, FAILED, RETURNED, SKIPPED]) {
          totalCount
          nodes {
            place
            outcome
            export {
              id
              label
            }
            reasons {
              message
              help
            }
          }
        }
      }
    }
  }
`);

/** What would be taken back, and what cannot be. */
export const ReversalPlanFields = graphql(`
  fragment ReversalPlanFields on ReversalPlan {
    hash
    ready
    documents {
      ready
      reference
      export {
        id
        label
        reference
        kind
        effectiveOn
        integration {
          id
          provider {
            name
          }
          company {
            name
          }
        }
      }
      reasons {
        ...ErrorFields
      }
      entries {
        debit {
          amount
          currency
        }
      }
    }
    entries {
      account {
        id
        externalId
        number
        name
      }
      accountName
      estimated
      debit {
        amount
        currency
      }
      credit {
        amount
        currency
      }
    }
  }
`);

export const PlanReversalMutation = graphql(`
  mutation PlanReversal($input: PlanReversalInput!) {
    planReversal(input: $input) {
      plan {
        ...ReversalPlanFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const ReversePostedMutation = graphql(`
  mutation ReversePosted($input: ReversePostedInput!) {
    reversePosted(input: $input) {
      run {
        id
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

/** Export runs that can be taken back. */
export const ExportRunsQuery = graphql(`
  query ExportRuns {
    syncRuns(first: 25, filter: { kinds: [EXPORT] }) {
      nodes {
        id
        state
        createdAt
        requestedBy
        counts {
          posted
        }
      }
    }
  }
`);
