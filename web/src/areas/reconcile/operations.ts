import { graphql } from '../../graphql/generated';
import type {
  ReconciliationFieldsFragment,
  ReconciliationItemFieldsFragment,
  ReconciliationLineFieldsFragment,
  TrueUpPlanFieldsFragment,
} from '../../graphql/generated/graphql';

export type Reconciliation = ReconciliationFieldsFragment;
export type ReconciledLine = ReconciliationLineFieldsFragment;
export type ReconciledItem = ReconciliationItemFieldsFragment;
export type TrueUp = TrueUpPlanFieldsFragment;

export const ReconciliationFields = graphql(`
  fragment ReconciliationFields on Reconciliation {
    id
    on
    state
    createdAt
    endedAt
    requestedBy
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
    accounts {
      externalId
      name
    }
    ours {
      amount
      currency
    }
    theirs {
      amount
      currency
    }
    difference {
      amount
      currency
    }
    classes {
      class
      amount {
        amount
        currency
      }
      lines
    }
    error {
      ...ErrorFields
    }
  }
`);

export const ReconciliationLineFields = graphql(`
  fragment ReconciliationLineFields on ReconciliationLine {
    position
    class
    label
    reason
    help
    date
    amount {
      amount
      currency
    }
    product {
      id
      name
    }
    documentId
    export {
      id
      state
    }
    externalKind
    externalId
    externalNumber
    externalUrl
  }
`);

export const ReconciliationItemFields = graphql(`
  fragment ReconciliationItemFields on ReconciliationItem {
    position
    name
    product {
      id
    }
    externalItemId
    ourQuantity
    ourValue {
      amount
      currency
    }
    theirQuantity
    theirValue {
      amount
      currency
    }
    parity {
      amount
      currency
    }
  }
`);

export const TrueUpPlanFields = graphql(`
  fragment TrueUpPlanFields on TrueUpPlan {
    hash
    ready
    date
    reference
    checks {
      ...ErrorFields
    }
    entries {
      accountExternalId
      accountName
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

export const ReconciliationsQuery = graphql(`
  query Reconciliations($first: Int) {
    integrations {
      id
      status
      provider {
        id
        name
        capability {
          ledgerLines
        }
      }
      company {
        name
      }
    }
    reconciliations(first: $first) {
      nodes {
        ...ReconciliationFields
      }
    }
  }
`);

export const ReconciliationQuery = graphql(`
  query Reconciliation($id: ID!) {
    reconciliation(id: $id) {
      ...ReconciliationFields
    }
  }
`);

export const ReconciliationLinesQuery = graphql(`
  query ReconciliationLines(
    $id: ID!
    $class: ReconciliationClass
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    reconciliation(id: $id) {
      id
      lines(class: $class, first: $first, after: $after, last: $last, before: $before) {
        nodes {
          ...ReconciliationLineFields
        }
        pageInfo {
          ...PageFields
        }
      }
    }
  }
`);

export const ReconciliationItemsQuery = graphql(`
  query ReconciliationItems($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    reconciliation(id: $id) {
      id
      items(first: $first, after: $after, last: $last, before: $before) {
        nodes {
          ...ReconciliationItemFields
        }
        pageInfo {
          ...PageFields
        }
      }
    }
  }
`);

export const StartReconciliationMutation = graphql(`
  mutation StartReconciliation($input: StartReconciliationInput!) {
    startReconciliation(input: $input) {
      reconciliation {
        ...ReconciliationFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const PlanTrueUpMutation = graphql(`
  mutation PlanTrueUp($input: PlanTrueUpInput!) {
    planTrueUp(input: $input) {
      plan {
        ...TrueUpPlanFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const PostTrueUpMutation = graphql(`
  mutation PostTrueUp($input: PostTrueUpInput!) {
    postTrueUp(input: $input) {
      export {
        id
        reference
        state
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const TrueUpAccountsQuery = graphql(`
  query TrueUpAccounts($integrationId: ID!) {
    accounts(integrationId: $integrationId, first: 250) {
      nodes {
        id
        externalId
        number
        name
        classification
        active
      }
    }
  }
`);
