/** What the editor shows first: operations that work as they stand. */
export const STARTER = `# Stockbridge GraphQL. Run an operation with the button or Ctrl-Enter; if there are several, choose one.
# The token is in the Headers tab below. Docs are in the book icon on the left.

query Overview {
  viewer {
    subject
    role
    permissions
    business {
      name
      currency
    }
  }
  providers {
    id
    name
    configured
  }
  items(first: 5) {
    nodes {
      id
      name
      sku
      unitPrice {
        amount
        currency
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}

# Every run of the business, live: start this, then start a sync in the console.
subscription Activity {
  syncActivity {
    sequence
    state
    phase
    done
    total
    message
    run {
      id
      kind
    }
  }
}
`;
