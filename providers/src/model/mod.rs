//! Neutral facts: what every accounting system calls by other names, under one name.
//!
//! Rule: numbers are exact decimals, external ids are opaque strings, and a record that cannot be used is never
//! dropped: it travels as [`Unusable`] with the reason.

mod bill;
mod catalog;
mod change;
mod company;
mod ledger;
mod listing;
mod posting;
mod report;
mod sale;
mod webhook;

pub use self::{
    bill::{BillLine, RemoteBill},
    catalog::{AccountClass, ItemKind, RemoteAccount, RemoteItem, RemoteSupplier},
    change::{Change, ChangeCursor, ChangeSet, RecordKind, RecordRef},
    company::{CompanyChoice, RemoteCompany},
    ledger::{LedgerLine, LedgerPage, LedgerWindow},
    listing::{Collection, Listing, Page, PageCursor, Unusable, UnusableReason},
    posting::{
        AdjustmentDraft, AdjustmentLine, DocumentContent, DocumentKind, DocumentState, DraftHead, JournalDraft,
        JournalLine, PostedDocument, Side,
    },
    report::{AccountBalance, ItemValuation, Report, ReportDates},
    sale::{RemoteParty, RemoteSale, SaleLine, SaleRef, SaleState, SalesDocumentKind, SalesWindow},
    webhook::{WebhookEvent, WebhookOperation, WebhookRequest},
};
