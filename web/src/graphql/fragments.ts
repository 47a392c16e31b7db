/** Parts of the API's conventions that every area asks for. */
import { graphql } from './generated';

export const ErrorFields = graphql(`
  fragment ErrorFields on UserError {
    code
    message
    path
    help
  }
`);

export const PageFields = graphql(`
  fragment PageFields on PageInfo {
    hasNextPage
    hasPreviousPage
    startCursor
    endCursor
  }
`);
