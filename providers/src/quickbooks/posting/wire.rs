//! JSON of the documents that this gateway posts (§9.3, §9.4): as they are sent and as they come back.
//!
//! Rule: numbers leave as exact JSON numbers without trailing zeros (§8), and come back as raw text.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::quickbooks::wire::{MetaData, Reference, Scalar};

/// Inventory adjustment or journal entry, as it comes; what a kind lacks is absent.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(in crate::quickbooks) struct Document<'a> {
    #[serde(borrow)]
    pub(super) id: Scalar<'a>,
    #[serde(borrow)]
    pub(super) sync_token: Scalar<'a>,
    #[serde(borrow)]
    pub(super) doc_number: Scalar<'a>,
    #[serde(borrow)]
    pub(super) txn_date: Scalar<'a>,
    #[serde(borrow)]
    pub(super) private_note: Scalar<'a>,
    #[serde(borrow)]
    pub(super) exchange_rate: Scalar<'a>,
    #[serde(borrow)]
    pub(super) adjust_account_ref: Reference<'a>,
    #[serde(borrow)]
    pub(super) line: Option<Vec<Line<'a>>>,
    #[serde(borrow)]
    pub(super) meta_data: Option<MetaData<'a>>,
}

/// A line as it comes.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Line<'a> {
    #[serde(borrow)]
    pub(super) amount: Scalar<'a>,
    #[serde(borrow)]
    pub(super) description: Scalar<'a>,
    #[serde(borrow)]
    pub(super) journal_entry_line_detail: Option<JournalDetail<'a>>,
    #[serde(borrow)]
    pub(super) item_adjustment_line_detail: Option<AdjustmentDetail<'a>>,
}

/// What a journal line says.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct JournalDetail<'a> {
    #[serde(borrow)]
    pub(super) posting_type: Scalar<'a>,
    #[serde(borrow)]
    pub(super) account_ref: Reference<'a>,
}

/// What an adjustment line says.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct AdjustmentDetail<'a> {
    #[serde(borrow)]
    pub(super) item_ref: Reference<'a>,
    #[serde(borrow)]
    pub(super) qty_diff: Scalar<'a>,
}

/// A document to create.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct NewDocument<'a> {
    pub(super) doc_number: &'a str,
    pub(super) txn_date: String,
    pub(super) private_note: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) currency_ref: Option<Id<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) adjust_account_ref: Option<Id<'a>>,
    pub(super) line: Vec<NewLine<'a>>,
}

/// A reference to be sent.
#[derive(Debug, Serialize)]
pub(super) struct Id<'a> {
    pub(super) value: &'a str,
}

/// A line to create.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct NewLine<'a> {
    pub(super) detail_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "number")]
    pub(super) amount: Option<Decimal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) journal_entry_line_detail: Option<NewJournalDetail<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) item_adjustment_line_detail: Option<NewAdjustmentDetail<'a>>,
}

/// What a new journal line says.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct NewJournalDetail<'a> {
    pub(super) posting_type: &'static str,
    pub(super) account_ref: Id<'a>,
}

/// What a new adjustment line says.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct NewAdjustmentDetail<'a> {
    pub(super) item_ref: Id<'a>,
    #[serde(serialize_with = "number")]
    pub(super) qty_diff: Option<Decimal>,
}

/// An exact JSON number without trailing zeros.
fn number<S: serde::Serializer>(number: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
    let normal = number.map(|number| number.normalize());
    rust_decimal::serde::arbitrary_precision_option::serialize(&normal, serializer)
}
