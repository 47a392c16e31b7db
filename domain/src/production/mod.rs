//! Production: bills of materials with versions, builds from plan to reversal, approval and rejection (behaviour 2.8 and
//! 2.10).
//!
//! Concurrency: an execution holds the business's lock, so syncs and builds refuse each other, and does all its work in
//! one transaction on the ledger, which also lets the lock go. Everything else is refused while the lock is held.

mod boms;
mod execute;
pub mod model;
mod read;
mod review;
pub mod rules;
mod service;
pub(crate) mod store;

pub use model::{
    Bom, BomDetails, BomFilter, BomLine, Build, BuildDetails, BuildFilter, BuildLine, BuildOrder, BuildPreview,
    LossAccount, NewBom, NewBomLine, PreviewLine, Rejection,
};
pub use service::{Plan, Production};
