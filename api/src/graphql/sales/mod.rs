//! Sales: channels, documents, lines, versions, open issues, manual sales.

mod input;
mod issue;
mod loader;
mod mutation;
mod query;
mod types;
mod words;

pub use issue::SaleIssue;
pub(super) use loader::SalesLoaders;
pub(super) use mutation::SalesMutation;
pub(super) use query::SalesQuery;
pub use types::{Sale, SaleLine, SalesChannel};
pub use words::{SaleChange, SaleStatus, SalesDocumentType};
