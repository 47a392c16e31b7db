import { graphql } from '../../graphql/generated';
import type {
  CostPartFieldsFragment,
  LotFieldsFragment,
  ProductStockFragment,
  TraceLotQuery as TraceData,
} from '../../graphql/generated/graphql';

export type Lot = LotFieldsFragment;
export type ProductStock = ProductStockFragment;
export type CostPart = CostPartFieldsFragment;
export type Trace = TraceData['traceLot'];
export type TraceLink = Trace['links'][number];

/** Whatever changes stock makes all of these old: a build consumes lots, a receipt moves a product's value. */
export const STOCK_TYPES = [
  'Product',
  'Lot',
  'Receipt',
  'ReceiptLine',
  'Build',
  'Bom',
  'StockMovement',
  'StockSettings',
  'Shortage',
] as const;

export const MoneyFields = graphql(`
  fragment MoneyFields on Money {
    amount
    currency
  }
`);

/** What there was at a moment. */
export const FiguresFields = graphql(`
  fragment FiguresFields on StockFigures {
    quantity
    value {
      ...MoneyFields
    }
    unitCost {
      ...MoneyFields
    }
  }
`);

export const LotFields = graphql(`
  fragment LotFields on Lot {
    id
    number
    source
    status
    receivedOn
    expiresOn
    createdAt
    costStatus
    receivedQuantity
    remainingQuantity
    receivedValue {
      ...MoneyFields
    }
    remainingValue {
      ...MoneyFields
    }
    unitCost {
      ...MoneyFields
    }
    product {
      id
      name
      sku
      unit
    }
    supplier {
      id
      name
      code
    }
    receipt {
      id
      number
    }
    build {
      id
      number
    }
  }
`);

export const ProductStock = graphql(`
  fragment ProductStock on Product {
    ...ProductFields
    shortQuantity
    maxBuildable
    activeBom {
      id
      version
    }
  }
`);

export const ProductStockQuery = graphql(`
  query ProductStockPage($id: ID!, $asOf: Date, $knownAt: DateTime, $past: Boolean!) {
    node(id: $id) {
      __typename
      ... on Product {
        ...ProductStock
        at(asOf: $asOf, knownAt: $knownAt) @include(if: $past) {
          ...FiguresFields
        }
      }
    }
  }
`);

export const LotsQuery = graphql(`
  query Lots(
    $filter: LotFilter
    $asOf: Date
    $knownAt: DateTime
    $past: Boolean!
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    lots(
      filter: $filter
      orderBy: { field: RECEIVED_ON, direction: ASC }
      first: $first
      after: $after
      last: $last
      before: $before
    ) {
      nodes {
        ...LotFields
        at(asOf: $asOf, knownAt: $knownAt) @include(if: $past) {
          ...FiguresFields
        }
      }
      pageInfo {
        ...PageFields
      }
    }
  }
`);

export const LedgerQuery = graphql(`
  query Ledger($filter: StockMovementFilter, $first: Int, $after: String, $last: Int, $before: String) {
    stockMovements(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      nodes {
        id
        kind
        quantity
        onHandAfter
        effectiveOn
        recordedAt
        recordedBy
        costStatus
        reason
        note
        value {
          ...MoneyFields
        }
        valueAfter {
          ...MoneyFields
        }
        document {
          __typename
          id
          ... on Receipt {
            number
          }
          ... on Build {
            number
          }
          ... on Lot {
            lotNumber: number
          }
        }
      }
      pageInfo {
        ...PageFields
      }
    }
  }
`);

export const LotQuery = graphql(`
  query Lot($id: ID!, $asOf: Date, $knownAt: DateTime, $past: Boolean!) {
    lot(id: $id) {
      ...LotFields
      at(asOf: $asOf, knownAt: $knownAt) @include(if: $past) {
        ...FiguresFields
      }
    }
  }
`);

/** A part of a cost; `parent` and `place` make the tree of the list. */
export const CostPartFields = graphql(`
  fragment CostPartFields on CostPart {
    place
    parent
    depth
    kind
    lotSource
    label
    quantity
    costStatus
    cut
    value {
      ...MoneyFields
    }
    unitCost {
      ...MoneyFields
    }
    product {
      id
      name
      unit
    }
    lot {
      id
      number
    }
    build {
      id
      number
    }
    receipt {
      id
      number
    }
    supplier {
      id
      name
    }
  }
`);

export const ExplainQuery = graphql(`
  query Explain($id: ID!) {
    explain(id: $id) {
      parts {
        ...CostPartFields
      }
    }
  }
`);

/** Every lot that is connected with one, and what took from which. */
export const TraceLotQuery = graphql(`
  query TraceLot($id: ID!, $direction: TraceDirection!) {
    traceLot(lotId: $id, direction: $direction) {
      complete
      lots {
        id
        number
        source
        status
        receivedQuantity
        remainingQuantity
        product {
          id
          name
          unit
        }
      }
      links {
        depth
        effectiveOn
        kind
        quantity
        value {
          ...MoneyFields
        }
        from {
          id
        }
        to {
          id
        }
        build {
          id
          number
          state
          product {
            id
            name
          }
        }
        movement {
          id
          costStatus
          document {
            __typename
            id
            ... on Receipt {
              number
            }
          }
        }
      }
    }
  }
`);

export const StockSettingsQuery = graphql(`
  query StockSettings {
    stockSettings {
      receiving
      qaReview
      settleShortagesAtOnce
      closedBefore
    }
  }
`);

export const EnableReceivingMutation = graphql(`
  mutation EnableReceiving {
    enableReceiving {
      lotsMade
      settings {
        receiving
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const UpdateStockSettingsMutation = graphql(`
  mutation UpdateStockSettings($input: UpdateStockSettingsInput!) {
    updateStockSettings(input: $input) {
      settings {
        receiving
        qaReview
        settleShortagesAtOnce
        closedBefore
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const AdjustLotMutation = graphql(`
  mutation AdjustLot($input: AdjustLotInput!) {
    adjustLot(input: $input) {
      lot {
        ...LotFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const AdjustStockMutation = graphql(`
  mutation AdjustStock($input: AdjustStockInput!) {
    adjustStock(input: $input) {
      product {
        ...ProductStock
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const SettleShortagesMutation = graphql(`
  mutation SettleShortages($input: SettleShortagesInput!) {
    settleShortages(input: $input) {
      settled
      product {
        ...ProductStock
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const PickProductsQuery = graphql(`
  query PickProducts($filter: ProductFilter) {
    products(filter: $filter, first: 25) {
      nodes {
        id
        name
        sku
        unit
      }
    }
  }
`);
