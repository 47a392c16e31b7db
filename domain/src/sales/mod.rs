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

/// What a sales sync of an integration depends on; none while it has no active channel.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn policy_of(
    connection: &impl crate::store::Connection,
    business: entity::BusinessId,
    integration: entity::IntegrationId,
) -> crate::Result<Option<String>> {
    let channel = store::channel_of(connection, business, integration).await?;
    Ok(channel.filter(|channel| channel.active).as_ref().map(service::policy))
}
