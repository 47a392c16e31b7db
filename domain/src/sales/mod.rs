//! Sales: channels, documents that become sales, versions, returns, voids, open issues (behaviour 2.15).
//!
//! Concurrency: a channel of an integration is written by its sync runs alone, through their fence, but for lines whose
//! item is linked meanwhile: those are processed in the transaction that links, which is refused while a run holds the
//! lock. Manual sales are refused then, too.

mod body;
mod document;
mod draft;
mod ledger;
mod manual;
pub mod model;
mod process;
mod retry;
pub mod rules;
mod service;
mod store;

pub use body::SalesSync;
pub use document::{Document, DocumentKey, DocumentLine, DocumentState};
pub use model::{
    Channel, ChannelChange, Fix, IssueFilter, NewSale, NewSaleLine, Sale, SaleDetails, SaleFilter, SaleIssue, SaleLine,
    SaleVersion,
};
pub(crate) use retry::items_linked;
pub use service::Sales;
