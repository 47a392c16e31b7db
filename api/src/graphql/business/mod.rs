//! Who asks, for which business, with which permissions.

mod query;
mod types;

pub(super) use query::BusinessQuery;
pub use types::Business;
