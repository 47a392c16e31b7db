import { graphql } from '../../graphql/generated';
import type {
  ChannelFieldsFragment,
  IssueFieldsFragment,
  IssueOutcomesQuery as Outcomes,
  SaleLineFieldsFragment,
  SaleQuery as SaleData,
  SaleRowFragment,
} from '../../graphql/generated/graphql';

export type SaleRow = SaleRowFragment;
export type Channel = ChannelFieldsFragment;
export type SaleLine = SaleLineFieldsFragment;
export type Issue = IssueFieldsFragment;
export type WholeSale = Extract<NonNullable<SaleData['node']>, { __typename: 'Sale' }>;
export type IssueOutcome = Extract<NonNullable<Outcomes['nodes'][number]>, { __typename: 'SaleIssue' }>;

/** Whatever records, voids or fixes a sale makes these old. */
export const SALE_TYPES = ['Sale', 'SaleLine', 'SaleIssue', 'SalesChannel', 'SyncRun'] as const;

export const ChannelFields = graphql(`
  fragment ChannelFields on SalesChannel {
    id
    name
    kind
    active
    initialDate
    syncedAt
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
  }
`);

export const SaleRowFields = graphql(`
  fragment SaleRow on Sale {
    id
    number
    date
    customer
    documentType
    source
    status
    externalId
    costStatus
    openLines
    shortQuantity
    marginPercent
    revenue {
      ...MoneyFields
    }
    cost {
      ...MoneyFields
    }
    margin {
      ...MoneyFields
    }
    channel {
      id
      name
    }
  }
`);

export const SalesQuery = graphql(`
  query Sales($filter: SaleFilter, $first: Int, $after: String, $last: Int, $before: String) {
    sales(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      nodes {
        ...SaleRow
      }
      pageInfo {
        ...PageFields
      }
    }
  }
`);

export const SaleCountQuery = graphql(`
  query SaleCount($filter: SaleFilter) {
    list: sales(filter: $filter, first: 1) {
      totalCount
    }
  }
`);

/** What every page of sales needs: where sales come from, whether somebody syncs, how much waits. */
export const SalesDeskQuery = graphql(`
  query SalesDesk {
    business {
      features {
        receiving
        salesTracking
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
    salesChannels {
      ...ChannelFields
    }
    syncLock {
      ...SyncLockFields
    }
    open: saleIssues(filter: { state: OPEN }, first: 1) {
      totalCount
    }
    latest: syncRuns(first: 1, filter: { kinds: [SALES] }) {
      nodes {
        id
        state
      }
    }
  }
`);

export const SaleLineFields = graphql(`
  fragment SaleLineFields on SaleLine {
    id
    description
    itemExternalId
    bundleExternalId
    quantity
    shortQuantity
    counted
    state
    costStatus
    revenue {
      ...MoneyFields
    }
    cost {
      ...MoneyFields
    }
    margin {
      ...MoneyFields
    }
    product {
      id
      name
      sku
      unit
    }
  }
`);

export const SaleQuery = graphql(`
  query Sale($id: ID!) {
    node(id: $id) {
      __typename
      ... on Sale {
        ...SaleRow
        notes
        currency
        rate
        createdAt
        createdBy
        updatedAt
        netTotal {
          ...MoneyFields
        }
        shipping {
          ...MoneyFields
        }
        lines {
          ...SaleLineFields
        }
        issues {
          id
          message
          help
          line {
            id
          }
        }
        versions {
          version
          change
          status
          date
          number
          customer
          reason
          recordedAt
          recordedBy
          shortQuantity
          revenue {
            ...MoneyFields
          }
          cost {
            ...MoneyFields
          }
        }
      }
    }
  }
`);

/** The lots of a line, and where their cost comes from. */
export const LineCostQuery = graphql(`
  query LineCost($id: ID!) {
    node(id: $id) {
      __typename
      ... on SaleLine {
        id
        costStatus
        shortQuantity
        quantity
        product {
          id
          name
          unit
        }
        consumptions {
          id
          quantity
          reversed
          reversedQuantity
          unitCost {
            ...MoneyFields
          }
          value {
            ...MoneyFields
          }
          lot {
            id
            number
          }
        }
        explain {
          parts {
            ...CostPartFields
          }
        }
      }
    }
  }
`);

export const SyncSalesMutation = graphql(`
  mutation SyncSales($input: SyncSalesInput!) {
    syncSales(input: $input) {
      run {
        id
        state
      }
      lock {
        ...SyncLockFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const SaveChannelMutation = graphql(`
  mutation SaveSalesChannel($input: SaveSalesChannelInput!) {
    saveSalesChannel(input: $input) {
      channel {
        ...ChannelFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const RecordSaleMutation = graphql(`
  mutation RecordSale($input: RecordSaleInput!) {
    recordSale(input: $input) {
      sale {
        ...SaleRow
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const VoidSaleMutation = graphql(`
  mutation VoidSale($input: VoidSaleInput!) {
    voidSale(input: $input) {
      sale {
        ...SaleRow
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const IssueFields = graphql(`
  fragment IssueFields on SaleIssue {
    id
    reason
    state
    message
    help
    label
    number
    date
    documentType
    externalId
    itemExternalId
    openedAt
    closedAt
    closedBy
    item {
      id
      name
      sku
      type
      product {
        id
        name
        type
      }
    }
    sale {
      id
    }
    line {
      id
      quantity
      revenue {
        ...MoneyFields
      }
    }
    channel {
      id
      name
    }
  }
`);

export const IssuesQuery = graphql(`
  query SaleIssues($filter: SaleIssueFilter, $first: Int, $after: String, $last: Int, $before: String) {
    saleIssues(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      nodes {
        ...IssueFields
      }
      pageInfo {
        ...PageFields
      }
    }
  }
`);

/** What became of issues after something was done about them. */
export const IssueOutcomesQuery = graphql(`
  query IssueOutcomes($ids: [ID!]!) {
    nodes(ids: $ids) {
      __typename
      ... on SaleIssue {
        id
        state
        reason
        label
        number
        message
        help
        itemExternalId
        documentType
        sale {
          id
        }
        line {
          id
          state
          quantity
          shortQuantity
          costStatus
          revenue {
            ...MoneyFields
          }
          cost {
            ...MoneyFields
          }
        }
      }
    }
  }
`);

export const ResolveIssueMutation = graphql(`
  mutation ResolveSaleIssue($input: ResolveSaleIssueInput!) {
    resolveSaleIssue(input: $input) {
      issue {
        id
        state
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);
