import { graphql } from '../../graphql/generated';
import type {
  ExplainMarginQuery as ExplainData,
  MarginChangesQuery as ChangesData,
  MarginFieldsFragment,
  MarginRowFieldsFragment,
} from '../../graphql/generated/graphql';
import { SALE_TYPES } from '../sales/operations';

export type Row = MarginRowFieldsFragment;
export type Totals = MarginFieldsFragment;
export type Cause = ExplainData['explainMargin']['causes'][number];
export type Change = ChangesData['explainMargin']['changesSince'][number];

/** A sale that changes, and stock that settles or brings, make a report old. */
export const MARGIN_TYPES = [...SALE_TYPES, 'MarginRow', 'Product'];

export const MarginFields = graphql(`
  fragment MarginFields on MarginFigures {
    quantity
    shortQuantity
    lines
    costStatus
    marginPercent
    estimatedLines
    estimatedPercent
    missingLines
    missingPercent
    revenue {
      ...MoneyFields
    }
    cost {
      ...MoneyFields
    }
    margin {
      ...MoneyFields
    }
    estimatedRevenue {
      ...MoneyFields
    }
    estimatedCost {
      ...MoneyFields
    }
    missingRevenue {
      ...MoneyFields
    }
  }
`);

export const MarginRowFields = graphql(`
  fragment MarginRowFields on MarginRow {
    period
    customer
    product {
      id
      name
      sku
      unit
    }
    channel {
      id
      name
    }
    sale {
      id
      number
      date
      customer
      documentType
      externalId
    }
    quantity
    shortQuantity
    lines
    costStatus
    marginPercent
    estimatedLines
    estimatedPercent
    missingLines
    missingPercent
    revenue {
      ...MoneyFields
    }
    cost {
      ...MoneyFields
    }
    margin {
      ...MoneyFields
    }
    estimatedRevenue {
      ...MoneyFields
    }
    estimatedCost {
      ...MoneyFields
    }
    missingRevenue {
      ...MoneyFields
    }
  }
`);

export const MarginsQuery = graphql(`
  query Margins($input: MarginInput!, $first: Int, $after: String) {
    margins(input: $input, first: $first, after: $after) {
      nodes {
        ...MarginRowFields
      }
      pageInfo {
        ...PageFields
      }
    }
  }
`);

export const MarginTotalsQuery = graphql(`
  query MarginTotals($input: MarginInput!) {
    margins(input: $input, first: 1) {
      totals {
        ...MarginFields
      }
    }
  }
`);

/** Names to filter by: channels, and the customers of the days that are shown. */
export const MarginChoicesQuery = graphql(`
  query MarginChoices($customers: MarginInput!, $sales: Boolean!) {
    salesChannels @include(if: $sales) {
      id
      name
    }
    margins(input: $customers, first: 250) {
      nodes {
        customer
      }
    }
  }
`);

export const NamedProductQuery = graphql(`
  query NamedProduct($id: ID!) {
    node(id: $id) {
      __typename
      ... on Product {
        id
        name
        sku
        unit
      }
    }
  }
`);

/** Whether there are sales at all, for those who see no margin. */
export const LatestSaleQuery = graphql(`
  query LatestSale($from: Date!, $to: Date!) {
    latest: sales(first: 1, filter: { statuses: [POSTED] }) {
      nodes {
        id
        date
      }
    }
    within: sales(first: 1, filter: { statuses: [POSTED], from: $from, to: $to }) {
      nodes {
        id
        date
      }
    }
    issues: saleIssues(filter: { state: OPEN }, first: 1) {
      totalCount
    }
  }
`);

export const ExplainMarginQuery = graphql(`
  query ExplainMargin($input: ExplainMarginInput!) {
    explainMargin(input: $input) {
      totals {
        ...MarginFields
      }
      causes {
        trouble
        message
        help
        lines
        shortQuantity
        revenue {
          ...MoneyFields
        }
        cost {
          ...MoneyFields
        }
        product {
          id
          name
          unit
        }
      }
    }
  }
`);

export const ExplainedSalesQuery = graphql(`
  query ExplainedSales($input: ExplainMarginInput!, $first: Int, $after: String) {
    explainMargin(input: $input) {
      sales(first: $first, after: $after) {
        nodes {
          ...MarginRowFields
        }
        pageInfo {
          ...PageFields
        }
      }
    }
  }
`);

export const ExplainedLinesQuery = graphql(`
  query ExplainedLines($input: ExplainMarginInput!, $first: Int, $after: String) {
    explainMargin(input: $input) {
      lines(first: $first, after: $after) {
        nodes {
          ...SaleLineFields
          sale {
            id
            number
            date
            customer
            documentType
            externalId
          }
        }
        pageInfo {
          ...PageFields
        }
      }
    }
  }
`);

export const MarginChangesQuery = graphql(`
  query MarginChanges($input: ExplainMarginInput!, $since: DateTime!) {
    explainMargin(input: $input) {
      changesSince(since: $since) {
        change
        documentType
        recordedAt
        recordedBy
        status
        sale {
          id
          number
          externalId
          documentType
          date
        }
        before {
          ...MarginFields
        }
        after {
          ...MarginFields
        }
      }
      settlementsSince(since: $since) {
        id
        effectiveOn
        recordedAt
        recordedBy
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
  }
`);

/** Names of what is explained, for its heading. */
export const ExplainedNamesQuery = graphql(`
  query ExplainedNames($ids: [ID!]!) {
    nodes(ids: $ids) {
      __typename
      id
      ... on Product {
        name
      }
      ... on SalesChannel {
        name
      }
      ... on Sale {
        number
        documentType
        externalId
      }
    }
  }
`);
