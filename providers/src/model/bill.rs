//! Bills of suppliers: what was bought, for how much. Read only, to tell what else moves stock and its accounts beside the
//! documents that this gateway posts.
//!
//! Rule: amounts and quantities stand as on the document, in its currency; a line names an item, an account, or neither.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::{DocumentState, RemoteParty};

/// A bill.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RemoteBill {
    /// The provider's id.
    pub external_id: String,
    /// The provider's version of the record, where it has one.
    pub version: Option<String>,
    /// Whether it counts. A deleted bill is a [`super::Change::Deleted`].
    pub state: DocumentState,
    /// The supplier's number, as printed on it.
    pub number: Option<String>,
    /// Date in the company's time zone.
    pub date: NaiveDate,
    /// Who sent it.
    pub supplier: Option<RemoteParty>,
    /// Currency, ISO 4217, where the bill names one.
    pub currency: Option<String>,
    /// Units of home currency for one unit of `currency`, where the bill tells.
    pub rate: Option<Decimal>,
    /// The lines. May be empty.
    pub lines: Vec<BillLine>,
    /// Total as the provider states it.
    pub total: Decimal,
    /// The provider's note on it, where it has one.
    pub memo: Option<String>,
    /// When the provider last changed it.
    pub updated_at: Option<DateTime<Utc>>,
}

/// One line of a bill.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BillLine {
    /// The provider's line id, else its place from 1.
    pub external_id: String,
    /// External id of the item: the line puts it in stock, where the provider counts it.
    pub item: Option<String>,
    /// External id of the account, where the line names one itself.
    pub account: Option<String>,
    /// Text.
    pub description: Option<String>,
    /// Quantity, where the line has one.
    pub quantity: Option<Decimal>,
    /// Amount.
    pub amount: Decimal,
}
