/** What the editor shows first: operations that work as they stand. */
export const STARTER = `# Run with the button or Ctrl-Enter and choose
# an operation. Your token is in the Headers
# tab below; the book icon opens the docs.

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

# Every run of the business, live: start this,
# then start a sync in the console.
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
