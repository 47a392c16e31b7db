import { graphql } from '../../graphql/generated';
import type { SyncLogsQuery as Logs } from '../../graphql/generated/graphql';

export type LogEntry = Logs['syncLogs']['nodes'][number];

export const SyncLogsQuery = graphql(`
  query SyncLogs($filter: SyncLogFilter, $first: Int, $after: String, $last: Int, $before: String) {
    syncLogs(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      nodes {
        id
        at
        durationMs
        operation
        method
        url
        httpStatus
        outcome
        errorCode
        errorMessage
        attempt
      }
      pageInfo {
        ...PageFields
      }
    }
  }
`);

export const SyncLogCountQuery = graphql(`
  query SyncLogCount($filter: SyncLogFilter) {
    list: syncLogs(filter: $filter, first: 1) {
      totalCount
    }
  }
`);

/** Bodies are large: they are read one entry at a time. */
export const SyncLogEntryQuery = graphql(`
  query SyncLogEntry($id: ID!) {
    node(id: $id) {
      __typename
      ... on SyncLogEntry {
        id
        at
        durationMs
        operation
        method
        url
        requestBody
        responseBody
        httpStatus
        outcome
        errorCode
        errorMessage
        providerTraceId
        attempt
        correlationId
        integration {
          id
          provider {
            name
          }
          company {
            name
          }
        }
        run {
          id
          kind
          state
        }
      }
    }
  }
`);
