//! Exports: plans, documents on their way into the books, and what became of them.

mod batch;
mod draft;
mod drift;
mod input;
mod loader;
mod mode;
mod mutation;
mod plan;
mod query;
mod reversal;
mod subscription;
mod types;

pub(super) use batch::{BatchMutation, ExportRunDocument, ExportRunOutcome, documents_of};
pub(super) use drift::DriftMutation;
pub(super) use loader::{ExportLoaders, export_of, exports_of};
pub(super) use mutation::ExportMutation;
pub(super) use query::ExportQuery;
pub(super) use reversal::ReversalMutation;
pub(super) use subscription::ExportSubscription;
pub use types::{AccountRole, Export};
