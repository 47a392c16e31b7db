//! Sales: channels, documents, lines, versions, open issues, manual sales.

mod input;
mod loader;
mod mutation;
mod query;
mod types;

pub(super) use loader::SalesLoaders;
pub(super) use mutation::SalesMutation;
pub(super) use query::SalesQuery;
pub use types::{Sale, SaleChange, SaleIssue, SaleLine, SaleStatus, SalesChannel, SalesDocumentType};
