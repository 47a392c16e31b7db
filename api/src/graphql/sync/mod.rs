//! Sync runs: start, cancel, follow.

mod input;
mod mutation;
mod query;
mod subscription;
mod types;

pub(super) use mutation::SyncMutation;
pub(super) use query::SyncQuery;
pub(super) use subscription::SyncSubscription;
pub use types::{SyncLock, SyncRun};
