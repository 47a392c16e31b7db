//! Where a person sees a record in Xero's own pages (from memory).
//!
//! Rule: the page opens in whichever organisation the person used last; Xero then offers to switch.

use url::Url;

use crate::model::{DocumentKind, RecordKind, RecordRef, SalesDocumentKind};

/// The page of a record; accounts and adjustments have none.
pub(super) fn page(app: &Url, record: &RecordRef) -> Option<Url> {
    let id = record.external_id.as_str();
    let (path, parameter): (&[&str], _) = match record.kind {
        RecordKind::Sale(SalesDocumentKind::Invoice) => (&["AccountsReceivable", "View.aspx"], Some("InvoiceID")),
        RecordKind::Sale(SalesDocumentKind::CreditMemo) => {
            (&["AccountsReceivable", "ViewCreditNote.aspx"], Some("creditNoteID"))
        }
        RecordKind::Document(DocumentKind::JournalEntry) => (&["Journal", "View.aspx"], Some("InvoiceID")),
        RecordKind::Supplier => (&["Contacts", "View", id], None),
        RecordKind::Item => (&["Accounts", "Inventory", id], None),
        RecordKind::Account
        | RecordKind::Sale(_)
        | RecordKind::Document(_)
        | RecordKind::Bill
        | RecordKind::Company => return None,
    };
    let mut url = app.clone();
    url.path_segments_mut().ok()?.pop_if_empty().extend(path);
    if let Some(parameter) = parameter {
        url.query_pairs_mut().append_pair(parameter, id);
    }
    Some(url)
}
