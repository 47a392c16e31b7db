//! The drift watch: whether what was posted still stands in the books as it was sent (behaviour 2.13).
//!
//! Concurrency: whoever watches an integration has a claim on its watch, with a lease and a fence; every write checks the
//! fence and renews the lease. What is known of an export is written under its row's lock, so that a look and a decision
//! of a user never pass each other. No transaction is open over a call.

mod cycle;
mod decide;
mod store;

use std::time::Duration;

use entity::{BusinessId, IntegrationId, IntegrationStatus, Timestamp};
use uuid::Uuid;

pub(super) use decide::may_reverse;
pub use decide::{drift_differences, drift_version};
pub(super) use store::drifted;
pub(crate) use store::hasten as hasten_watch;

use super::{
    model::{Drift, Export, Watch},
    rules,
    service::Exports,
    store as exports_store,
    verify::Seen,
};
use crate::{
    error::{Error, Result},
    integration::Integration,
    store::{Connection, WriteTx},
};

/// Watches begun in one look.
const AT_ONCE: u64 = 16;

/// How often is looked, and how much is read.
#[derive(Debug, Clone, Copy)]
pub struct WatchPace {
    /// Between two cycles of an integration.
    pub every: Duration,
    /// Documents read one by one in a cycle, where the provider does not tell what changed.
    pub reads: u64,
    /// How long a watch stays with a worker that says nothing.
    pub lease: Duration,
}

/// Watches over posted documents in this process.
#[derive(Debug)]
pub struct Watcher {
    exports: Exports,
    pace: WatchPace,
    worker: Uuid,
}

/// A worker's hold on a watch.
#[derive(Debug, Clone, Copy)]
struct Claim {
    business: BusinessId,
    integration: IntegrationId,
    fence: i64,
}

impl Claim {
    fn whose(self) -> store::Whose {
        (self.business, self.integration)
    }
}

impl Watcher {
    /// A watch over these exports.
    pub fn new(exports: Exports, pace: WatchPace) -> Self {
        let worker = exports.ambient.id();
        Self { exports, pace, worker }
    }

    /// Integrations whose cycle is due, the longest due first. A watch begins with the first document in the books.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn due(&self) -> Result<Vec<(BusinessId, IntegrationId)>> {
        let connection = self.exports.db.connection();
        for whose in store::unwatched(connection).await? {
            self.begin_watch(whose, self.pace.every).await?;
        }
        Ok(store::due(connection, self.exports.ambient.now(), AT_ONCE).await?)
    }

    /// A cycle, if it is due. Answers at once when somebody alive has it.
    ///
    /// # Errors
    /// As [`Watcher::look`].
    pub async fn look_if_due(&self, business: BusinessId, integration: IntegrationId) -> Result<()> {
        self.cycle((business, integration), self.exports.ambient.now()).await
    }

    /// A cycle now: what changed in the books since the last one is compared with what was sent. Answers at once when
    /// somebody alive has it.
    ///
    /// # Errors
    /// What the accounting system answered, or the database; nothing is lost then, the next cycle begins where this one
    /// broke off.
    pub async fn look(&self, business: BusinessId, integration: IntegrationId) -> Result<()> {
        self.begin_watch((business, integration), Duration::ZERO).await?;
        self.cycle((business, integration), Timestamp(i64::MAX)).await
    }

    async fn begin_watch(&self, whose: store::Whose, after: Duration) -> Result<()> {
        let tx = self.exports.db.write().await?;
        store::begin(tx.connection(), whose, self.exports.ambient.now().plus(after)).await?;
        Ok(tx.commit().await?)
    }

    async fn cycle(&self, whose: store::Whose, due_by: Timestamp) -> Result<()> {
        let Some((claim, watch)) = self.take_up(whose, due_by).await? else { return Ok(()) };
        match self.look_at_books(claim, watch).await {
            Ok(()) => self.end(claim, None).await,
            Err(Error::Fenced) => {
                tracing::warn!(integration = %claim.integration, "another worker took the watch; nothing more is written here");
                Ok(())
            }
            Err(error) => {
                self.end(claim, Some(error.to_string())).await?;
                Err(error)
            }
        }
    }

    async fn take_up(&self, whose: store::Whose, due_by: Timestamp) -> Result<Option<(Claim, Watch)>> {
        let now = self.exports.ambient.now();
        let tx = self.exports.db.write().await?;
        let span = (now, now.plus(self.pace.lease), due_by);
        if !store::take_up(tx.connection(), whose, self.worker, span).await? {
            return Ok(None);
        }
        let Some(watch) = store::find(tx.connection(), whose).await? else { return Ok(None) };
        tx.commit().await?;
        let claim = Claim { business: whose.0, integration: whose.1, fence: watch.fence };
        Ok(Some((claim, watch)))
    }

    /// Begins a transaction that holds the watch as this worker has it.
    async fn begin(&self, claim: Claim) -> Result<WriteTx> {
        let tx = self.exports.db.write().await?;
        let until = self.exports.ambient.now().plus(self.pace.lease);
        if store::renew(tx.connection(), claim.whose(), claim.fence, until).await? {
            return Ok(tx);
        }
        Err(Error::Fenced)
    }

    /// Changes the watch as this worker has it.
    async fn keep(&self, claim: Claim, change: impl FnOnce(Watch) -> Watch) -> Result<()> {
        let tx = self.begin(claim).await?;
        let Some(watch) = store::find(tx.connection(), claim.whose()).await? else { return Err(Error::Fenced) };
        store::update(tx.connection(), change(watch)).await?;
        Ok(tx.commit().await?)
    }

    /// Gives the watch back until the next cycle.
    async fn end(&self, claim: Claim, trouble: Option<String>) -> Result<()> {
        let now = self.exports.ambient.now();
        let due_at = now.plus(self.pace.every);
        let ended = |watch: Watch| Watch {
            due_at,
            holder: None,
            held_until: None,
            checked_at: if trouble.is_none() { Some(now) } else { watch.checked_at },
            trouble,
            ..watch
        };
        match self.keep(claim, ended).await {
            Err(Error::Fenced) => Ok(()),
            other => other,
        }
    }

    /// The integration, while it is connected.
    async fn connected(&self, claim: Claim) -> Result<Option<Integration>> {
        let found = self.exports.integrations.get(claim.business, claim.integration).await?;
        Ok((found.status == IntegrationStatus::Active).then_some(found))
    }
}

/// What is known of an export, or that nothing is.
pub(super) async fn known(connection: &impl Connection, export: &Export, now: Timestamp) -> Result<Drift> {
    let found = store::drifts(connection, export.business_id, &[export.id]).await?.pop();
    Ok(found.unwrap_or_else(|| rules::drift::unseen(export, now)))
}

impl Exports {
    /// Writes down what was seen of a posted document, unless it is no longer the export's document, and tells if it is news.
    pub(super) async fn write_down(&self, tx: WriteTx, export: &Export, seen: &Seen) -> Result<()> {
        let now = self.ambient.now();
        let held = exports_store::hold(tx.connection(), export.business_id, export.id).await?;
        let same = |row: &Export| {
            (row.state, &row.external_id, row.series) == (export.state, &export.external_id, export.series)
        };
        if !held.is_some_and(|row| same(&row)) {
            return Ok(());
        }
        let before = known(tx.connection(), export, now).await?;
        let after = rules::drift::judge(before.clone(), &seen.differences, seen.version.clone(), now);
        let is_news = rules::drift::is_news(&before, &after);
        store::put_drift(tx.connection(), after).await?;
        tx.commit().await?;
        if is_news {
            self.changes.announce(export.business_id, export.id);
        }
        Ok(())
    }
}
