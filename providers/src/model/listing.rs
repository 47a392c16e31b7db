//! Collections read page by page.
//!
//! Rule: a record that cannot be used is never dropped: it travels as [`Unusable`] with the reason.

use super::ItemKind;

/// What can be listed page by page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Collection {
    /// Items of all kinds, active and inactive.
    Items,
    /// The chart of accounts, active and inactive.
    Accounts,
    /// Vendors, active and inactive.
    Suppliers,
}

/// Where a page begins, in the provider's own words; opaque above this crate, storable as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageCursor(pub String);

/// How a collection can be read: the cursors known up front may be fetched in parallel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Number of records, where the provider tells.
    pub total: Option<u64>,
    /// Cursors of the pages known now, in order; never empty (a first page always exists).
    pub cursors: Vec<PageCursor>,
}

/// One page of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// Records that could be read.
    pub records: Vec<T>,
    /// Records that could not, each with its reason.
    pub unusable: Vec<Unusable>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<PageCursor>,
}

/// A record that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Unusable {
    /// The provider's id, where it has one.
    pub external_id: Option<String>,
    /// What to call it when talking to people: its name, else its id, else its place on the page.
    pub label: String,
    /// Kind of item, where it is an item and the kind is known.
    pub kind: Option<ItemKind>,
    /// Why.
    pub reason: UnusableReason,
    /// A sentence that names the field and the value.
    pub detail: String,
}

/// Why a record cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnusableReason {
    /// It has no id.
    MissingId,
    /// It has no name.
    MissingName,
    /// A number has more decimals, or is larger, than can be kept exactly.
    InexactNumber,
    /// A field has a value that cannot be read.
    InvalidField,
}
