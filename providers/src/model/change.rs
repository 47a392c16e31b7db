//! What changed at the provider since a moment, deletions included where it tells.
//!
//! Rule: a change set covers its whole time span or says so; the next cursor never skips a moment that was not covered.

use chrono::{DateTime, Utc};

use super::{
    DocumentKind, PostedDocument, RemoteAccount, RemoteBill, RemoteItem, RemoteSale, RemoteSupplier, SalesDocumentKind,
    Unusable,
};

/// Kind of a record, over everything that a provider has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordKind {
    /// An item.
    Item,
    /// An account.
    Account,
    /// A supplier.
    Supplier,
    /// A sales document.
    Sale(SalesDocumentKind),
    /// A document that this gateway posts.
    Document(DocumentKind),
    /// A supplier's bill.
    Bill,
    /// The company's own settings.
    Company,
}

/// A record, named.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RecordRef {
    /// Kind.
    pub kind: RecordKind,
    /// The provider's id.
    pub external_id: String,
}

/// Where the next reading of changes begins, in the provider's own words; opaque above this crate, storable as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeCursor(pub String);

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The record is new or different; here is what it is now.
    Item(RemoteItem),
    /// As above.
    Account(RemoteAccount),
    /// As above.
    Supplier(RemoteSupplier),
    /// As above; a void shows in its state.
    Sale(Box<RemoteSale>),
    /// As above: a document of the kinds that this gateway posts, whoever posted it.
    Document(Box<PostedDocument>),
    /// As above.
    Bill(Box<RemoteBill>),
    /// The record is gone for good.
    Deleted {
        /// Which.
        record: RecordRef,
        /// When, where the provider tells.
        at: Option<DateTime<Utc>>,
    },
    /// The record changed and cannot be used as it is now.
    Unusable {
        /// Kind of record.
        kind: RecordKind,
        /// Why.
        why: Unusable,
    },
}

/// Changes since a cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeSet {
    /// The changes; one record at most once, as it is now.
    pub changes: Vec<Change>,
    /// Where the next reading begins. It overlaps this one a little, so a record may come again unchanged.
    pub next: ChangeCursor,
    /// More is waiting: read again from `next` at once.
    pub more: bool,
    /// Deletions since the cursor are all among the changes. `false` where the provider does not tell of deletions, or
    /// where the cursor was older than its memory: then only reading one record at a time proves that it is gone.
    pub deletions_known: bool,
}
