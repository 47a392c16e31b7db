import { graphql } from '../../graphql/generated';
import type {
  ReceiptDetailFragment,
  ReceiptRowFragment,
  SupplierFieldsFragment,
} from '../../graphql/generated/graphql';

export type Receipt = ReceiptDetailFragment;
export type ReceiptRow = ReceiptRowFragment;
export type ReceiptLine = Receipt['lines'][number];
export type Supplier = SupplierFieldsFragment;

export const SupplierFields = graphql(`
  fragment SupplierFields on Supplier {
    id
    name
    code
    email
    phone
    active
    externalId
  }
`);

export const ReceiptRowFields = graphql(`
  fragment ReceiptRow on Receipt {
    id
    number
    state
    reference
    receivedOn
    createdBy
    supplier {
      id
      name
      code
    }
    value {
      ...MoneyFields
    }
  }
`);

export const ReceiptDetailFields = graphql(`
  fragment ReceiptDetail on Receipt {
    ...ReceiptRow
    note
    confirmedAt
    confirmedBy
    voidedAt
    voidedBy
    supplier {
      ...SupplierFields
    }
    costs {
      kind
      label
      basis
      amount {
        ...MoneyFields
      }
    }
    lines {
      id
      quantity
      lotNumber
      expiresOn
      unitCost {
        ...MoneyFields
      }
      landedCost {
        ...MoneyFields
      }
      value {
        ...MoneyFields
      }
      product {
        id
        name
        sku
        unit
      }
      lot {
        id
        number
        status
        receivedQuantity
        remainingQuantity
      }
    }
    corrections {
      id
      export {
        id
        state
        reference
      }
      effectiveOn
      recordedAt
      recordedBy
      quantity
      unitCostBefore {
        ...MoneyFields
      }
      unitCostAfter {
        ...MoneyFields
      }
      value {
        ...MoneyFields
      }
      capturedValue {
        ...MoneyFields
      }
      line {
        id
        product {
          id
          name
          unit
        }
      }
    }
  }
`);

export const ReceiptsQuery = graphql(`
  query Receipts($filter: ReceiptFilter, $first: Int, $after: String, $last: Int, $before: String) {
    receipts(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      nodes {
        ...ReceiptRow
      }
      pageInfo {
        ...PageFields
      }
    }
  }
`);

export const ReceiptQuery = graphql(`
  query Receipt($id: ID!) {
    receipt(id: $id) {
      ...ReceiptDetail
    }
  }
`);

export const SuppliersQuery = graphql(`
  query Suppliers($filter: SupplierFilter, $first: Int, $after: String, $last: Int, $before: String) {
    suppliers(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      nodes {
        ...SupplierFields
      }
      pageInfo {
        ...PageFields
      }
    }
  }
`);

export const SaveReceiptMutation = graphql(`
  mutation SaveReceipt($input: SaveReceiptInput!) {
    saveReceipt(input: $input) {
      receipt {
        ...ReceiptDetail
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const ConfirmReceiptMutation = graphql(`
  mutation ConfirmReceipt($input: ConfirmReceiptInput!) {
    confirmReceipt(input: $input) {
      receipt {
        ...ReceiptDetail
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const DeleteReceiptMutation = graphql(`
  mutation DeleteReceipt($input: DeleteReceiptInput!) {
    deleteReceipt(input: $input) {
      deletedReceiptId
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const VoidReceiptMutation = graphql(`
  mutation VoidReceipt($input: VoidReceiptInput!) {
    voidReceipt(input: $input) {
      receipt {
        ...ReceiptDetail
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const CorrectReceiptLineMutation = graphql(`
  mutation CorrectReceiptLine($input: CorrectReceiptLineInput!) {
    correctReceiptLine(input: $input) {
      receipt {
        ...ReceiptDetail
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);

export const SaveSupplierMutation = graphql(`
  mutation SaveSupplier($input: SaveSupplierInput!) {
    saveSupplier(input: $input) {
      supplier {
        ...SupplierFields
      }
      userErrors {
        ...ErrorFields
      }
    }
  }
`);
