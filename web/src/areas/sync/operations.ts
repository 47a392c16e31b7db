import { graphql } from '../../graphql/generated';
import type { RunFieldsFragment, RunProgressFragment, SyncLockFieldsFragment } from '../../graphql/generated/graphql';

export type Run = RunFieldsFragment;
export type RunState = RunProgressFragment;
export type Lock = SyncLockFieldsFragment;

export const CountsFields = graphql(`
  fragment CountsFields on SyncCounts {
    created
    updated
    unchanged
    deactivated
    skipped
    failed
    voided
    linesSkipped
    linesRetried
    shortages
    accounts
    suppliers
    skippedByType {
      type
      count
    }
    skippedByReason {
      reason
      count
    }
  }
`);

/** What moves while a run is going. */
export const RunProgressFields = graphql(`
  fragment RunProgress on SyncRun {
    id
    kind
    state
    phase
    done
    total
    lastSequence
    counts {
      ...CountsFields
    }
  }
`);

export const RunFields = graphql(`
  fragment RunFields on SyncRun {
    ...RunProgress
    trigger
    requestedBy
    createdAt
    startedAt
    finishedAt
    resumedTimes
    integration {
      id
      provider {
        id
        name
        capability {
          itemTypes
        }
      }
      company {
        name
      }
      settings {
        itemTypes
      }
    }
    issues(first: 100) {
      severity
      reason
      message
      help
      externalId
      label
    }
    advice {
      severity
      message
      help
    }
    error {
      code
      message
      help
      providerCode
    }
  }
`);

export const LockFields = graphql(`
  fragment SyncLockFields on SyncLock {
    heldBy
    kind
    acquiredAt
    expiresAt
    fence
    run {
      ...RunProgress
      requestedBy
    }
  }
`);

export const SyncOverviewQuery = graphql(`
  query SyncOverview {
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
    syncLock {
      ...SyncLockFields
    }
    latest: syncRuns(first: 1, filter: { kinds: [ITEMS] }) {
      nodes {
        id
      }
    }
  }
`);

export const SyncLockQuery = graphql(`
  query CurrentSyncLock {
    syncLock {
      ...SyncLockFields
    }
  }
`);

export const RunQuery = graphql(`
  query Run($id: ID!) {
    node(id: $id) {
      __typename
      ... on SyncRun {
        ...RunFields
      }
    }
  }
`);

export const RunProgressQuery = graphql(`
  query RunProgressNow($id: ID!) {
    node(id: $id) {
      __typename
      ... on SyncRun {
        ...RunProgress
      }
    }
  }
`);

export const SyncProgressSubscription = graphql(`
  subscription SyncProgress($runId: ID!, $afterSequence: Int!) {
    syncProgress(runId: $runId, afterSequence: $afterSequence) {
      sequence
      at
      state
      phase
      done
      total
      message
      counts {
        ...CountsFields
      }
    }
  }
`);

export const SyncActivitySubscription = graphql(`
  subscription SyncActivity {
    syncActivity {
      sequence
      state
      run {
        id
        kind
      }
    }
  }
`);

export const RunHistoryQuery = graphql(`
  query RunHistory($filter: SyncRunFilter, $first: Int, $after: String, $last: Int, $before: String) {
    syncRuns(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      nodes {
        id
        kind
        state
        trigger
        requestedBy
        createdAt
        startedAt
        finishedAt
        resumedTimes
        counts {
          created
          updated
          unchanged
          deactivated
          skipped
          failed
          voided
        }
        integration {
          id
          provider {
            name
          }
          company {
            name
          }
        }
        error {
          code
          message
          help
        }
      }
      pageInfo {
        ...PageFields
      }
    }
  }
`);

export const SyncItemsMutation = graphql(`
  mutation SyncItems($input: SyncItemsInput!) {
    syncItems(input: $input) {
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

export const CancelSyncMutation = graphql(`
  mutation CancelSync($input: CancelSyncInput!) {
    cancelSync(input: $input) {
      run {
        id
        state
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const IncludeTypesMutation = graphql(`
  mutation IncludeItemTypes($input: UpdateIntegrationSettingsInput!) {
    updateIntegrationSettings(input: $input) {
      integration {
        id
        settings {
          itemTypes
        }
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);
