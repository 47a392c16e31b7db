import { graphql } from './generated';

export const ViewerQuery = graphql(`
  query Viewer {
    viewer {
      subject
      role
      permissions
      business {
        id
        name
        timeZone
        currency
      }
    }
  }
`);
