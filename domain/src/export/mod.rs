//! Exports: builds, receipts, losses, corrections and reversals on their way into the books (behaviour 2.11 to 2.14).
//!
//! Concurrency: whoever works on an export holds a claim on its row, with a lease and a fence; every write of the work
//! checks the fence. Nothing is sent from a state that was not committed first, and what may have been sent is looked up
//! before it is sent again. A document gets its export in the transaction that makes it.

mod accounts;
mod batch;
mod document;
pub mod draft;
mod frozen;
mod gather;
mod mode;
pub mod model;
mod moved;
pub(crate) mod note;
mod outcome;
mod plan;
mod poster;
mod read;
mod reversal;
pub mod rules;
mod service;
pub(crate) mod store;
mod verify;
mod watch;

pub(crate) use accounts::{Choices, choose, loss_account};
pub use batch::{Ended, ExportRuns, Reason, RunDocument};
pub(crate) use frozen::{FrozenDocument, insert_frozen};
pub(crate) use gather::granularity_changed;
pub use mode::{Blocked, ModeChange, PendingKind};
pub use model::{
    Attempt, Check, CheckRecord, ChosenAccount, Difference, DocumentRef, Drift, Entry, Export, ExportChanges,
    ExportFilter, OverrideChoice, OverrideOf, OverrideRow, Plan, RoleChoice, Verification,
};
pub use moved::waits_for;
pub use plan::Target;
pub use poster::Poster;
pub use read::warnings;
pub use reversal::{Reversal, ReversalPlan, ReversalScope};
pub use service::{Asked, Exports};
pub(crate) use store::chosen_of as chosen_accounts;
pub(crate) use watch::hasten_watch;
pub use watch::{WatchPace, Watcher, drift_differences, drift_version};
