//! Intake: products, opening stock and bills of materials from a file, row by row (behaviour 2.5).
//!
//! Concurrency: a file is one transaction, refused while a run or build holds the business's lock. Rows come in batches, so
//! that a file of any length takes the memory of one batch; a row that cannot be taken is answered by itself and the
//! others are. A dry run does everything and keeps nothing.

mod boms;
mod model;
mod opening;
mod products;
mod service;
mod store;

pub use model::{BomGroup, BomRow, IntakeKind, OpeningRow, ProductRow, RowOutcome, RowStatus};
pub use service::{Batch, Intake};
