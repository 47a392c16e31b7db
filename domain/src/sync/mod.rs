//! Sync runs: durable, locked, fenced, resumable, with progress (behaviour 2.17; invariants 5 to 7).
//!
//! Concurrency: one lock per business. Its holder is a run; each worker that takes the run up raises the fence, and every
//! write of the run checks the fence in the same transaction. A live worker renews the lease; a dead one's lease ends
//! after five minutes, or at once when the same run is taken up again.

mod bus;
mod fence;
pub(crate) mod hold;
mod lock;
pub mod model;
pub mod rules;
mod runner;
mod schedule;
mod service;
pub(crate) mod store;

pub use bus::EventBus;
pub use fence::Fence;
pub(crate) use lock::may_send;
pub use lock::require_free_lock;
pub use model::{Counts, Event, Issue, JobQueue, LockState, Progress, QueueError, Run, RunFilter, Started, SyncTiming};
pub use runner::{RunBody, Runner};
pub use schedule::Heard;
pub(crate) use schedule::rules::check_cron;
pub(crate) use service::Ask;
pub use service::Syncs;
pub(crate) use service::require_connected;
