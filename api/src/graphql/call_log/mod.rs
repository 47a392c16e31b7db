//! The log of provider calls.

mod query;
mod types;

pub(super) use query::CallLogQuery;
pub use types::SyncLogEntry;
