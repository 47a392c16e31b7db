//! What this gateway posts, and what it reads back.
//!
//! Rule: a draft is complete and frozen before it is sent; its request id and its reference are the same at every attempt.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

/// Kind of a document that this gateway posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// Changes quantities of items.
    InventoryAdjustment,
    /// Moves amounts between accounts.
    JournalEntry,
}

/// What every draft has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftHead {
    /// Names the attempt series: the same for every attempt of one logical write, never used for another. Any text;
    /// each provider brings it into its own form.
    pub request_id: String,
    /// Our reference, by which the document is found again. At most 21 characters, the shortest limit of all providers.
    pub reference: String,
    /// Date in the company's time zone.
    pub date: NaiveDate,
    /// Text for people. The provider may cut it at its own limit; the reference is kept beside it whatever happens.
    pub memo: String,
}

/// An inventory adjustment to post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdjustmentDraft {
    /// Request id, reference, date, memo.
    pub head: DraftHead,
    /// External id of the account that takes the other side.
    pub account: String,
    /// One line per item.
    pub lines: Vec<AdjustmentLine>,
}

/// One item whose quantity changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdjustmentLine {
    /// External id of the item.
    pub item: String,
    /// By how much, signed.
    pub quantity: Decimal,
}

/// Side of a journal line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Debit.
    Debit,
    /// Credit.
    Credit,
}

/// A journal entry to post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalDraft {
    /// Request id, reference, date, memo.
    pub head: DraftHead,
    /// Leave it as a draft for a person to post, where [`crate::Capability::journal_drafts`] allows it.
    pub as_draft: bool,
    /// At least one line per side; debits equal credits, to the last digit of the home currency.
    pub lines: Vec<JournalLine>,
}

/// One line of a journal entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalLine {
    /// External id of the account.
    pub account: String,
    /// Side.
    pub side: Side,
    /// Amount in home currency, above zero.
    pub amount: Decimal,
    /// Text.
    pub description: Option<String>,
}

/// Whether a posted document counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentState {
    /// Waits at the provider for a person to post it.
    Draft,
    /// In the books.
    Posted,
    /// Taken back at the provider.
    Voided,
}

/// A document of the kinds that this gateway posts, as the provider has it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedDocument {
    /// Kind.
    pub kind: DocumentKind,
    /// The provider's id.
    pub external_id: String,
    /// The provider's version of the record, where it has one.
    pub version: Option<String>,
    /// Our reference, where the document carries one; for a document of somebody else, its number.
    pub reference: Option<String>,
    /// State.
    pub state: DocumentState,
    /// Date.
    pub date: NaiveDate,
    /// Text for people, without the reference.
    pub memo: Option<String>,
    /// What it says.
    pub content: DocumentContent,
    /// When the provider last changed it.
    pub updated_at: Option<DateTime<Utc>>,
}

/// What a posted document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentContent {
    /// Of an inventory adjustment.
    Adjustment {
        /// External id of the account of the other side, where the provider tells.
        account: Option<String>,
        /// Lines.
        lines: Vec<AdjustmentLine>,
    },
    /// Of a journal entry.
    Journal {
        /// Lines.
        lines: Vec<JournalLine>,
    },
}
