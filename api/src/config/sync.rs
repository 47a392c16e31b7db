//! `[sync]`: how synchronisation runs hold their lock and read ahead.
//!
//! Rule: a lease outlives several missed heartbeats, or a live worker would lose it.

use super::{problem::Problem, section::section};

section! {
    /// How synchronisation runs hold their lock and read ahead.
    Sync at "sync" {
        /// Seconds after which the lock of a dead worker ends. `STOCKBRIDGE_SYNC__LEASE_SECONDS`
        lease_seconds: u64 = 300,
        /// Seconds between two renewals of the lock by a live worker. `STOCKBRIDGE_SYNC__HEARTBEAT_SECONDS`
        heartbeat_seconds: u64 = 5,
        /// Pages fetched ahead of the one being stored. `STOCKBRIDGE_SYNC__PREFETCH_PAGES`
        prefetch_pages: u32 = 8,
        /// Runs that this process works on at the same time. `STOCKBRIDGE_SYNC__WORKERS`
        workers: u32 = 4,
    }
}

impl Sync {
    pub(super) fn check(&self) -> Result<(), Problem> {
        Problem::unless(self.heartbeat_seconds > 0, "sync.heartbeat_seconds", "must be at least 1")?;
        Problem::unless(
            self.heartbeat_seconds.saturating_mul(3) <= self.lease_seconds,
            "sync.heartbeat_seconds",
            "must be at most a third of sync.lease_seconds",
        )?;
        Problem::unless(self.workers > 0, "sync.workers", "must be at least 1")
    }
}
