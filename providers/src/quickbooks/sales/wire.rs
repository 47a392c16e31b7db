//! JSON of sales documents (§9.5), borrowed from the answer.
//!
//! Rule: the four kinds share one shape; what a kind lacks is absent.

use serde::Deserialize;

use crate::quickbooks::wire::{MetaData, Reference, Scalar};

/// Invoice, sales receipt, credit memo or refund receipt.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(in crate::quickbooks) struct Sale<'a> {
    #[serde(borrow)]
    pub(super) id: Scalar<'a>,
    #[serde(borrow)]
    pub(super) sync_token: Scalar<'a>,
    #[serde(borrow)]
    pub(super) doc_number: Scalar<'a>,
    #[serde(borrow)]
    pub(super) txn_date: Scalar<'a>,
    #[serde(borrow)]
    pub(super) customer_ref: Reference<'a>,
    #[serde(borrow)]
    pub(super) currency_ref: Reference<'a>,
    #[serde(borrow)]
    pub(super) exchange_rate: Scalar<'a>,
    #[serde(borrow)]
    pub(super) line: Option<Vec<Line<'a>>>,
    #[serde(borrow)]
    pub(super) global_tax_calculation: Scalar<'a>,
    #[serde(borrow)]
    pub(super) txn_tax_detail: Option<TxnTaxDetail<'a>>,
    #[serde(borrow)]
    pub(super) total_amt: Scalar<'a>,
    #[serde(borrow)]
    pub(super) private_note: Scalar<'a>,
    #[serde(borrow)]
    pub(super) linked_txn: Option<Vec<LinkedTxn<'a>>>,
    #[serde(borrow)]
    pub(super) meta_data: Option<MetaData<'a>>,
}

/// A line of any kind; its kind says which detail it has.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Line<'a> {
    #[serde(borrow)]
    pub(super) id: Scalar<'a>,
    #[serde(borrow)]
    pub(super) description: Scalar<'a>,
    #[serde(borrow)]
    pub(super) amount: Scalar<'a>,
    #[serde(borrow)]
    pub(super) detail_type: Scalar<'a>,
    #[serde(borrow)]
    pub(super) sales_item_line_detail: Option<SalesItemLineDetail<'a>>,
    #[serde(borrow)]
    pub(super) group_line_detail: Option<GroupLineDetail<'a>>,
    #[serde(borrow)]
    pub(super) discount_line_detail: Option<DiscountLineDetail<'a>>,
    #[serde(borrow)]
    pub(super) linked_txn: Option<Vec<LinkedTxn<'a>>>,
}

/// What is sold.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct SalesItemLineDetail<'a> {
    #[serde(borrow)]
    pub(super) item_ref: Reference<'a>,
    #[serde(borrow)]
    pub(super) qty: Scalar<'a>,
    #[serde(borrow)]
    pub(super) unit_price: Scalar<'a>,
    #[serde(borrow)]
    pub(super) tax_code_ref: Reference<'a>,
    #[serde(borrow)]
    pub(super) tax_inclusive_amt: Scalar<'a>,
    #[serde(borrow)]
    pub(super) discount_rate: Scalar<'a>,
    #[serde(borrow)]
    pub(super) discount_amt: Scalar<'a>,
}

/// A bundle with its parts.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct GroupLineDetail<'a> {
    #[serde(borrow)]
    pub(super) group_item_ref: Reference<'a>,
    #[serde(borrow)]
    pub(super) quantity: Scalar<'a>,
    #[serde(borrow)]
    pub(super) line: Option<Vec<Line<'a>>>,
}

/// A discount on the whole document.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct DiscountLineDetail<'a> {
    #[serde(borrow)]
    pub(super) percent_based: Scalar<'a>,
    #[serde(borrow)]
    pub(super) discount_percent: Scalar<'a>,
}

/// The document's tax.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct TxnTaxDetail<'a> {
    #[serde(borrow)]
    pub(super) total_tax: Scalar<'a>,
    #[serde(borrow)]
    pub(super) tax_line: Option<Vec<TaxLine<'a>>>,
}

/// The tax of one rate.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct TaxLine<'a> {
    #[serde(borrow)]
    pub(super) amount: Scalar<'a>,
    #[serde(borrow)]
    pub(super) tax_line_detail: Option<TaxLineDetail<'a>>,
}

/// What that rate was applied to.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct TaxLineDetail<'a> {
    #[serde(borrow)]
    pub(super) net_amount_taxable: Scalar<'a>,
}

/// Another document that this one names.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct LinkedTxn<'a> {
    #[serde(borrow)]
    pub(super) txn_id: Scalar<'a>,
    #[serde(borrow)]
    pub(super) txn_type: Scalar<'a>,
}
