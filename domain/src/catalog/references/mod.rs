//! Reference records of the accounting system: accounts and suppliers.
//!
//! Concurrency: written by sync runs and by an explicit refresh; both are idempotent upserts by external id.

pub mod model;
pub mod rules;
pub(crate) mod service;
pub(crate) mod store;

pub use model::{Account, AccountFilter, Supplier, SupplierFilter};
pub use service::References;
