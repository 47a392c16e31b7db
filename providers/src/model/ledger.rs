//! Lines of accounts: what hit them, by which document.
//!
//! Rule: a line is the provider's own; its document is named by the provider's id, so that it can be told from others.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{PageCursor, RecordKind};

/// Which lines are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerWindow {
    /// External ids of the accounts; never empty.
    pub accounts: Vec<String>,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

/// One line of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerLine {
    /// External id of the account.
    pub account: String,
    /// The document, where it is of a kind that this gateway knows and the provider tells its id.
    pub kind: Option<RecordKind>,
    /// The kind in the provider's own words.
    pub label: String,
    /// The provider's id of the document, where it tells. It may be of a kind that this gateway does not know.
    pub external_id: Option<String>,
    /// Number or reference of the document.
    pub number: Option<String>,
    /// Date.
    pub date: NaiveDate,
    /// Debit less credit, home currency.
    pub amount: Decimal,
    /// External id of the item that moved, where the provider tells.
    pub item: Option<String>,
    /// By how much, signed, where the provider tells.
    pub quantity: Option<Decimal>,
    /// Text.
    pub memo: Option<String>,
    /// Who made it, where the provider tells.
    pub made_by: Option<String>,
}

/// One page of lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerPage {
    /// The lines, by date within a page.
    pub lines: Vec<LedgerLine>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<PageCursor>,
}
