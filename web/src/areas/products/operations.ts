import { graphql } from '../../graphql/generated';
import type { ProductFieldsFragment } from '../../graphql/generated/graphql';

export type Product = ProductFieldsFragment;

export const ProductFields = graphql(`
  fragment ProductFields on Product {
    id
    name
    sku
    type
    active
    unit
    category
    onHand
    costStatus
    averageCost {
      amount
      currency
    }
    value {
      amount
      currency
    }
    item {
      id
      name
      sku
      active
      externalId
      integration {
        id
      }
    }
    drift {
      ours
      theirs
      difference
      asOf
    }
  }
`);

export const ProductsQuery = graphql(`
  query Products(
    $filter: ProductFilter
    $orderBy: ProductOrder
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    products(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
      nodes {
        ...ProductFields
      }
      pageInfo {
        ...PageFields
      }
    }
  }
`);

export const ProductCountQuery = graphql(`
  query ProductCount($filter: ProductFilter) {
    list: products(filter: $filter, first: 1) {
      totalCount
    }
  }
`);

export const ProductQuery = graphql(`
  query Product($id: ID!) {
    node(id: $id) {
      __typename
      ... on Product {
        ...ProductFields
      }
    }
  }
`);

export const MovementsQuery = graphql(`
  query Movements($filter: StockMovementFilter, $first: Int, $after: String, $last: Int, $before: String) {
    stockMovements(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      nodes {
        id
        kind
        quantity
        onHandAfter
        effectiveOn
        recordedAt
        value {
          amount
          currency
        }
      }
      pageInfo {
        ...PageFields
      }
    }
  }
`);

export const LinkableItemsQuery = graphql(`
  query LinkableItems($filter: ItemFilter) {
    items(filter: $filter, first: 25) {
      nodes {
        id
        name
        fullName
        sku
        type
        active
      }
      pageInfo {
        hasNextPage
      }
    }
  }
`);

export const CreateProductMutation = graphql(`
  mutation CreateProduct($input: CreateProductInput!) {
    createProduct(input: $input) {
      product {
        ...ProductFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const UpdateProductMutation = graphql(`
  mutation UpdateProduct($input: UpdateProductInput!) {
    updateProduct(input: $input) {
      product {
        ...ProductFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const LinkProductMutation = graphql(`
  mutation LinkProduct($input: LinkProductInput!) {
    linkProduct(input: $input) {
      product {
        ...ProductFields
      }
      item {
        id
        product {
          id
          name
        }
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const UnlinkProductMutation = graphql(`
  mutation UnlinkProduct($input: UnlinkProductInput!) {
    unlinkProduct(input: $input) {
      product {
        ...ProductFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);
