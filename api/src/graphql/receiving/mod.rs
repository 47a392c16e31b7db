//! Suppliers' codes, and receipts from draft to void.

mod input;
mod loader;
mod mutation;
mod query;
mod types;

pub(super) use loader::ReceivingLoaders;
pub(super) use mutation::ReceivingMutation;
pub(super) use query::ReceivingQuery;
pub use types::{Receipt, ReceiptLine};
