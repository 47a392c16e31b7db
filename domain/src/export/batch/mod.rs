//! Export runs: everything that waits for an accounting system, sent as one run that is followed and can be stopped.
//!
//! Concurrency: a run holds the business's lock like a sync does (behaviour 2.17), so that what is planned stays as it is
//! while it is sent: syncs, builds and receipts are told `SYNC_LOCKED` meanwhile. It sends nothing itself. It plans
//! documents a few at a time and hands them to the workers on exports, which may send while the lock is an export's; what
//! keeps a document from being posted twice is the export's own row, as for any other export. Everything it knows is in
//! the rows of its documents, so that any worker may take it up after a kill at any line.

mod body;
mod model;
mod rules;
mod start;
mod store;

pub use body::ExportRuns;
pub use model::{Ended, Reason, RunDocument};
pub(super) use store::{collect_these, of_run};
