import { graphql } from '../../graphql/generated';
import type { BomFieldsFragment } from '../../graphql/generated/graphql';

export type Bom = BomFieldsFragment;
export type BomLine = Bom['lines'][number];

export const BomFields = graphql(`
  fragment BomFields on Bom {
    id
    version
    status
    note
    createdAt
    createdBy
    product {
      id
      name
      unit
    }
    estimate {
      costStatus
      unitCost {
        ...MoneyFields
      }
    }
    lines {
      kind
      label
      optional
      quantity
      rate {
        ...MoneyFields
      }
      product {
        id
        name
        sku
        unit
      }
    }
  }
`);

export const BomsQuery = graphql(`
  query Boms($filter: BomFilter, $first: Int, $after: String, $last: Int, $before: String) {
    boms(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      nodes {
        ...BomFields
      }
      pageInfo {
        ...PageFields
      }
    }
  }
`);

export const WhereUsedQuery = graphql(`
  query WhereUsed($filter: BomFilter, $first: Int, $after: String, $last: Int, $before: String) {
    boms(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      nodes {
        id
        version
        product {
          id
          name
          unit
        }
        lines {
          optional
          quantity
          product {
            id
            unit
          }
        }
      }
      pageInfo {
        ...PageFields
      }
    }
  }
`);

export const SaveBomMutation = graphql(`
  mutation SaveBom($input: SaveBomInput!) {
    saveBom(input: $input) {
      bom {
        ...BomFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const ActivateBomMutation = graphql(`
  mutation ActivateBom($input: ActivateBomInput!) {
    activateBom(input: $input) {
      bom {
        ...BomFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);
