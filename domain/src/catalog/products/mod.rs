//! Products: the business's own stock records; imported from items, linked to items, following items in sync mode.
//!
//! Concurrency: imports and links hold the business's lock row until they commit, so no run starts in between.

pub(crate) mod follow;
mod import;
pub mod model;
pub mod rules;
mod service;
pub(crate) mod store;

pub use model::{
    Drift, ImportOutcome, ImportSelection, ImportStatus, Linked, Movement, MovementFilter, NewProduct, Product,
    ProductChange, ProductFilter, ProductOrder,
};
pub use service::Products;
