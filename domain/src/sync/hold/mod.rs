//! The business's lock, held for a moment by work that is no run: a build.
//!
//! Rule: held in a transaction of its own before the work begins, so that a sync is refused meanwhile; let go in the
//! transaction that does the work. Whoever lost it to somebody else writes nothing.

use std::time::Duration;

use entity::{BusinessId, SyncKind, Timestamp};

use super::{lock, rules, store as runs};
use crate::{
    error::{Error, Result},
    store::{Db, WriteTx},
};

mod store;

/// A lease that is never renewed: it ends by itself when the process dies (statement 36).
const LEASE: Duration = Duration::from_secs(300);

/// A held lock.
#[derive(Debug)]
pub(crate) struct Hold {
    business: BusinessId,
    fence: i64,
}

impl Hold {
    /// Takes the lock for a build. A run whose lease ran out loses it and is marked as failed.
    ///
    /// # Errors
    /// `SYNC_LOCKED` when somebody holds it.
    pub(crate) async fn take(db: &Db, business: BusinessId, held_by: &str, now: Timestamp) -> Result<Self> {
        let tx = db.write().await?;
        let until = now.plus(LEASE);
        if let Some(fence) = store::take(tx.connection(), business, held_by, (now, until)).await? {
            tx.commit().await?;
            return Ok(Self { business, fence });
        }
        let row = runs::lock_for_update(tx.connection(), business).await?;
        if let Some(state) = row.as_ref().and_then(|row| rules::held(row, now)) {
            let run = match state.run {
                Some(run) => runs::run(tx.connection(), business, run).await?,
                None => None,
            };
            return Err(lock::locked(&state, run.as_ref(), now).into());
        }
        if let Some(stale) = row.and_then(|row| row.run_id) {
            runs::abandon(tx.connection(), business, stale, now).await?;
            runs::release_lock(tx.connection(), business, stale).await?;
        }
        let fence = store::take(tx.connection(), business, held_by, (now, until)).await?.ok_or(Error::Fenced)?;
        tx.commit().await?;
        Ok(Self { business, fence })
    }

    /// Lets go in the transaction that did the work.
    ///
    /// # Errors
    /// [`Error::Fenced`] when somebody else has taken the lock over; nothing may be committed then.
    pub(crate) async fn release(&self, tx: &WriteTx) -> Result<()> {
        if store::release(tx.connection(), self.business, self.fence).await? { Ok(()) } else { Err(Error::Fenced) }
    }

    /// Lets go after work that came to nothing.
    pub(crate) async fn give_up(&self, db: &Db) -> Result<()> {
        let tx = db.write().await?;
        store::release(tx.connection(), self.business, self.fence).await?;
        Ok(tx.commit().await?)
    }
}

/// What holds the lock, as the lock's row says.
pub(crate) const KIND: SyncKind = SyncKind::Build;
