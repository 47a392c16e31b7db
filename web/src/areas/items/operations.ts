import { graphql } from '../../graphql/generated';
import type { ImportItemsMutation as Imported, ItemsQuery as Items } from '../../graphql/generated/graphql';

export type Item = Items['items']['nodes'][number];
export type ImportPayload = Imported['importItems'];
export type ImportResult = ImportPayload['results'][number];

export const ItemsQuery = graphql(`
  query Items($filter: ItemFilter, $orderBy: ItemOrder, $first: Int, $after: String, $last: Int, $before: String) {
    items(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
      nodes {
        id
        externalId
        name
        fullName
        sku
        type
        active
        quantityOnHand
        externalUpdatedAt
        syncedAt
        unitPrice {
          amount
          currency
        }
        purchaseCost {
          amount
          currency
        }
        product {
          id
          name
        }
      }
      pageInfo {
        ...PageFields
      }
    }
  }
`);

export const ItemCountQuery = graphql(`
  query ItemCount($filter: ItemFilter) {
    list: items(filter: $filter, first: 1) {
      totalCount
    }
  }
`);

export const ImportItemsMutation = graphql(`
  mutation ImportItems($input: ImportItemsInput!) {
    importItems(input: $input) {
      created
      skipped
      failed
      results {
        itemId
        status
        item {
          id
          name
          sku
        }
        product {
          id
          name
        }
        reason {
          code
          message
          help
        }
        conflictingProduct {
          id
          name
          sku
        }
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);
