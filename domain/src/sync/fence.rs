//! A worker's right to write for a run.
//!
//! Rule: every transaction of a run begins here. The check is an update of the lock's row, so that no other worker can
//! take the lock before the transaction ends; it also renews the lease.

use std::time::Duration;

use entity::{BusinessId, RunId, SyncRunState, Timestamp};
use serde_json::Value;
use uuid::Uuid;

use super::{
    bus::EventBus,
    model::{Issue, Progress},
    store,
};
use crate::{
    ambient::Ambient,
    error::{Error, Result},
    store::{Db, WriteTx},
};

/// What a worker holds while it works on a run. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Fence {
    pub(super) db: Db,
    pub(super) ambient: Ambient,
    pub(super) bus: EventBus,
    /// The business.
    pub business: BusinessId,
    /// The run.
    pub run: RunId,
    /// The number that only the latest worker has.
    pub number: i64,
    pub(super) worker: Uuid,
    pub(super) lease: Duration,
}

impl Fence {
    /// Begins a transaction that only the latest worker can commit.
    ///
    /// # Errors
    /// [`Error::Fenced`] when another worker has taken the run or the lock; nothing is written then.
    pub async fn begin(&self) -> Result<WriteTx> {
        let tx = self.db.write().await?;
        let until = self.ambient.now().plus(self.lease);
        if store::renew(tx.connection(), self.business, self.run, self.number, until).await? {
            Ok(tx)
        } else {
            Err(Error::Fenced)
        }
    }

    /// Renews the lease, says that the worker lives, and tells whether a user asked to end the run.
    pub(super) async fn heartbeat(&self) -> Result<bool> {
        let tx = self.begin().await?;
        let now = self.ambient.now();
        let cancel = store::heartbeat(tx.connection(), self.business, self.run, self.worker, now).await?;
        tx.commit().await?;
        Ok(cancel)
    }

    /// Stores progress, issues and an event with the next number, in the transaction that did the work.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when a user asked to end the run; when the database refuses.
    pub async fn report(&self, tx: &WriteTx, progress: &Progress, issues: &[Issue], message: &str) -> Result<()> {
        if store::cancel_requested(tx.connection(), self.business, self.run).await? {
            return Err(Error::Cancelled);
        }
        self.tell(tx, progress, issues, message).await
    }

    /// As [`Fence::report`], also when a user asked to end the run: what was under way then has ended meanwhile.
    ///
    /// # Errors
    /// When the database refuses.
    pub(crate) async fn tell(&self, tx: &WriteTx, progress: &Progress, issues: &[Issue], message: &str) -> Result<()> {
        let report = Report { state: SyncRunState::Running, progress, message, now: self.ambient.now() };
        let sequence = store::report(tx.connection(), self.business, self.run, &report).await?;
        store::insert_issues(tx.connection(), self.business, self.run, sequence, issues).await?;
        Ok(())
    }

    /// Commits, then wakes whoever follows the run.
    ///
    /// # Errors
    /// When the database refuses; then nothing was written.
    pub async fn commit(&self, tx: WriteTx) -> Result<()> {
        tx.commit().await?;
        self.bus.announce(self.business, self.run);
        Ok(())
    }
}

/// What is stored with an event.
pub(super) struct Report<'a> {
    pub(super) state: SyncRunState,
    pub(super) progress: &'a Progress,
    pub(super) message: &'a str,
    pub(super) now: Timestamp,
}

impl Report<'_> {
    pub(super) fn counts(&self) -> Value {
        self.progress.counts.to_json()
    }
}
