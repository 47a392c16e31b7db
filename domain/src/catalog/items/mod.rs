//! Accounting items: what a listing means for the local copies, and reading them.
//!
//! Concurrency: written by sync runs alone, through their fence.

pub mod model;
pub mod rules;
mod service;
pub(crate) mod store;

pub use model::{Item, ItemColumns, ItemFilter, ItemOrder};
pub use service::Items;
