//! What to do with a document, given what is stored of it.

use entity::SaleStatus;

use crate::sales::{
    document::{Document, DocumentState},
    model::Sale,
};

/// What to do with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It never counted here and does not count now.
    Ignore,
    /// What is stored is what it is, or newer.
    Unchanged,
    /// It is new.
    Create,
    /// It was edited: take back, then process it as it is now.
    Redo,
    /// It counts again after it did not: process it as it is now.
    Restore,
    /// It was voided: take back.
    Void,
    /// It was deleted: take back what counts, and say so.
    Delete,
}

/// Decides. A void that is seen again changes nothing (statement 108), nor does a document that is older than what is
/// stored of it.
pub fn decide(stored: Option<&Sale>, document: &Document) -> Action {
    use DocumentState::{Deleted, Draft, Posted, Voided};
    let Some(sale) = stored else {
        return if document.state == Posted { Action::Create } else { Action::Ignore };
    };
    let older = document.updated_at.zip(sale.external_updated_at).is_some_and(|(new, old)| new < old.0);
    if older && document.state != Deleted {
        return Action::Unchanged;
    }
    match (sale.status, document.state) {
        (SaleStatus::Posted, Posted) if sale.content_hash == document.content_hash() => Action::Unchanged,
        (SaleStatus::Posted, Posted) => Action::Redo,
        (SaleStatus::Posted, Voided | Draft) => Action::Void,
        (SaleStatus::Posted | SaleStatus::Voided, Deleted) => Action::Delete,
        (SaleStatus::Voided | SaleStatus::Deleted, Posted) => Action::Restore,
        (SaleStatus::Voided | SaleStatus::Deleted, _) => Action::Unchanged,
    }
}
