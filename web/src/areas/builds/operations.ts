import { graphql } from '../../graphql/generated';
import type {
  BuildDetailFragment,
  BuildPreviewQuery as PreviewData,
  BuildRowFragment,
} from '../../graphql/generated/graphql';

export type BuildRow = BuildRowFragment;
export type Build = BuildDetailFragment;
export type Preview = PreviewData['buildPreview'];
export type PreviewLine = Preview['lines'][number];

export const BuildRowFields = graphql(`
  fragment BuildRow on Build {
    id
    number
    state
    quantity
    plannedFor
    assignee
    effectiveOn
    costStatus
    qaReview
    createdAt
    totalValue {
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
  }
`);

export const BuildDetailFields = graphql(`
  fragment BuildDetail on Build {
    ...BuildRow
    note
    reviewNote
    createdBy
    executedAt
    executedBy
    approvedBy
    rejectedBy
    reversedBy
    decidedOn
    recovery
    rejectReason
    bom {
      id
      version
    }
    componentValue {
      ...MoneyFields
    }
    costValue {
      ...MoneyFields
    }
    lostValue {
      ...MoneyFields
    }
    lines {
      id
      kind
      label
      quantity
      needed
      optional
      costStatus
      value {
        ...MoneyFields
      }
      recoveredQuantity
      recoveredValue {
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
        lot {
          id
          number
        }
      }
    }
  }
`);

export const BuildsQuery = graphql(`
  query Builds($filter: BuildFilter, $first: Int, $after: String, $last: Int, $before: String) {
    builds(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      nodes {
        ...BuildRow
      }
      pageInfo {
        ...PageFields
      }
    }
  }
`);

export const BuildQuery = graphql(`
  query Build($id: ID!) {
    build(id: $id) {
      ...BuildDetail
    }
  }
`);

export const BuildPreviewQuery = graphql(`
  query BuildPreview($input: BuildPreviewInput!) {
    buildPreview(input: $input) {
      ready
      quantity
      maxBuildable
      costStatus
      componentValue {
        ...MoneyFields
      }
      costValue {
        ...MoneyFields
      }
      totalValue {
        ...MoneyFields
      }
      unitCost {
        ...MoneyFields
      }
      bom {
        id
        version
      }
      lines {
        kind
        label
        needed
        optional
        quantity
        shortQuantity
        costStatus
        value {
          ...MoneyFields
        }
        product {
          id
          name
          unit
        }
        lots {
          quantity
          value {
            ...MoneyFields
          }
          lot {
            id
            number
            receivedOn
            costStatus
            unitCost {
              ...MoneyFields
            }
          }
        }
      }
    }
  }
`);

export const BuildProductQuery = graphql(`
  query BuildProduct($id: ID!) {
    node(id: $id) {
      __typename
      ... on Product {
        id
        name
        sku
        unit
        activeBom {
          id
          version
          lines {
            optional
            product {
              id
              name
            }
          }
        }
      }
    }
  }
`);

export const PlanBuildMutation = graphql(`
  mutation PlanBuild($input: PlanBuildInput!) {
    planBuild(input: $input) {
      build {
        ...BuildDetail
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const ExecuteBuildMutation = graphql(`
  mutation ExecuteBuild($input: ExecuteBuildInput!) {
    executeBuild(input: $input) {
      build {
        ...BuildDetail
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const CancelBuildMutation = graphql(`
  mutation CancelBuild($input: CancelBuildInput!) {
    cancelBuild(input: $input) {
      build {
        ...BuildDetail
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const ApproveBuildMutation = graphql(`
  mutation ApproveBuild($input: ApproveBuildInput!) {
    approveBuild(input: $input) {
      build {
        ...BuildDetail
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const RejectBuildMutation = graphql(`
  mutation RejectBuild($input: RejectBuildInput!) {
    rejectBuild(input: $input) {
      build {
        ...BuildDetail
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const ReverseBuildMutation = graphql(`
  mutation ReverseBuild($input: ReverseBuildInput!) {
    reverseBuild(input: $input) {
      build {
        ...BuildDetail
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);
