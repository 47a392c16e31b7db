//! Closed sets of words of sales.

use async_graphql::Enum;
use entity::{
    ChannelKind as DomainChannelKind, IssueReason as DomainReason, IssueState as DomainIssueState,
    LineState as DomainLineState, SaleChange as DomainChange, SaleStatus as DomainStatus,
    SalesDocumentType as DomainType,
};
use providers::model::SalesDocumentKind;

/// Where sales of a channel come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainChannelKind")]
pub enum SalesChannelKind {
    /// An integration's sales documents.
    Accounting,
    /// People.
    Manual,
}

/// How a sale came here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum SaleSource {
    /// From an integration.
    Synced,
    /// Recorded by hand.
    Manual,
}

/// Kind of a sales document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainType")]
pub enum SalesDocumentType {
    /// Sold, to be paid later.
    Invoice,
    /// Sold and paid at once.
    SalesReceipt,
    /// A customer's credit.
    CreditMemo,
    /// Money given back.
    Refund,
    /// Recorded here, by hand.
    Manual,
}

/// Whether a sale counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainStatus")]
pub enum SaleStatus {
    /// It does.
    Posted,
    /// It was taken back.
    Voided,
    /// It was deleted in the accounting system.
    Deleted,
}

/// What made a version of a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainChange")]
pub enum SaleChange {
    /// It was new.
    Created,
    /// It was edited.
    Edited,
    /// It was voided.
    Voided,
    /// It was deleted.
    Deleted,
    /// It counts again after a void.
    Restored,
}

/// What became of a line of a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainLineState")]
pub enum SaleLineState {
    /// It moved stock, or would have with a quantity.
    Processed,
    /// It is about no stock: work, shipping, a text, or an item marked so.
    NotStock,
    /// Its product is no finished good; change the product's type if it is sold as one.
    NotFinishedGood,
    /// It cannot be processed yet; an issue says why.
    Open,
    /// Its quantity cannot be kept exactly; only a corrected document helps.
    Inexact,
    /// It was never processed: its version ended, or a person left it out.
    Abandoned,
}

/// Why something of a sale could not be processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainReason")]
pub enum SaleIssueReason {
    /// The item is not known here: sync items.
    ItemUnknown,
    /// The item has no product: link or import it, or mark it as not stock.
    ItemNotLinked,
    /// A document in another currency has no exchange rate.
    RateMissing,
    /// A figure cannot be kept exactly.
    InexactNumber,
    /// The document's date is in a closed period.
    PeriodClosed,
    /// The document cannot be read.
    UnusableDocument,
    /// The stock ledger refused it.
    Refused,
}

/// State of an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainIssueState")]
pub enum SaleIssueState {
    /// It waits for somebody.
    Open,
    /// What it was about was processed.
    Resolved,
    /// A person said that it is not to be processed, or its document is gone.
    Dismissed,
}

impl From<SalesDocumentKind> for SalesDocumentType {
    fn from(kind: SalesDocumentKind) -> Self {
        match kind {
            SalesDocumentKind::Invoice => Self::Invoice,
            SalesDocumentKind::SalesReceipt => Self::SalesReceipt,
            SalesDocumentKind::CreditMemo => Self::CreditMemo,
            SalesDocumentKind::Refund => Self::Refund,
        }
    }
}
