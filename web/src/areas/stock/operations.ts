import { graphql } from '../../graphql/generated';
import type {
  LotFieldsFragment,
  LotOriginQuery as LotOriginData,
  ProductStockFragment,
} from '../../graphql/generated/graphql';

export type Lot = LotFieldsFragment;
export type ProductStock = ProductStockFragment;
export type Origin = NonNullable<LotOriginData['lot']>;

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
  query ProductStockPage($id: ID!, $asOf: Date, $past: Boolean!) {
    node(id: $id) {
      __typename
      ... on Product {
        ...ProductStock
        at(asOf: $asOf) @include(if: $past) {
          quantity
          value {
            ...MoneyFields
          }
          unitCost {
            ...MoneyFields
          }
        }
      }
    }
  }
`);

export const LotsQuery = graphql(`
  query Lots(
    $filter: LotFilter
    $asOf: Date
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
        at(asOf: $asOf) @include(if: $past) {
          quantity
          value {
            ...MoneyFields
          }
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
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
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`);

export const LotQuery = graphql(`
  query Lot($id: ID!) {
    lot(id: $id) {
      ...LotFields
    }
  }
`);

/** One step back: what a lot is made of, as its receipt or its build recorded it. */
export const LotOriginQuery = graphql(`
  query LotOrigin($id: ID!) {
    lot(id: $id) {
      ...LotFields
      receipt {
        id
        number
        costs {
          kind
          label
          basis
        }
        corrections {
          line {
            id
          }
        }
        lines {
          id
          quantity
          unitCost {
            ...MoneyFields
          }
          landedCost {
            ...MoneyFields
          }
          value {
            ...MoneyFields
          }
          lot {
            id
          }
        }
      }
      build {
        ...BuildOrigin
      }
    }
  }
`);

export const BuildOrigin = graphql(`
  fragment BuildOrigin on Build {
    id
    number
    quantity
    costStatus
    totalValue {
      ...MoneyFields
    }
    product {
      id
      name
      unit
    }
    lines {
      id
      kind
      label
      quantity
      costStatus
      value {
        ...MoneyFields
      }
      product {
        id
        name
        unit
      }
      consumptions {
        id
        quantity
        costStatus
        value {
          ...MoneyFields
        }
        lot {
          id
          number
          source
        }
      }
    }
  }
`);

/** One step forward: what took from a lot. */
export const LotUsesQuery = graphql(`
  query LotUses($id: ID!, $after: String) {
    lot(id: $id) {
      id
      consumptions(first: 50, after: $after) {
        nodes {
          id
          quantity
          reversedQuantity
          reversed
          effectiveOn
          costStatus
          value {
            ...MoneyFields
          }
          movement {
            id
            kind
          }
          consumedBy {
            __typename
            id
            ... on Build {
              number
              quantity
              state
              product {
                id
                name
                unit
              }
              lot {
                id
                number
                receivedQuantity
                remainingQuantity
              }
            }
            ... on Receipt {
              number
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
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
        code
        message
        path
        help
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
        code
        message
        path
        help
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
        code
        message
        path
        help
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
        code
        message
        path
        help
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
        code
        message
        path
        help
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
