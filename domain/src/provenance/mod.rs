//! Provenance: where a cost comes from, and where a lot came from and went (the tree of explanation, the recall).
//!
//! Concurrency: reads alone, outside a transaction. A document recorded meanwhile may be in one level and not in the
//! next; what a level says of itself adds up all the same, because its parts are shares of the figure above them.

mod explain;
pub mod model;
pub mod rules;
mod trace;

pub use explain::Provenance;
pub use model::{CostPart, Explanation, PartKind, Subject, Toward, Trace, TraceLink};
