//! Where a cost comes from, and where a lot came from and went.

mod query;
mod types;

pub(super) use query::ProvenanceQuery;
pub use types::CostTree;
