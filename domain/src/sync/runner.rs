//! Works on a run: takes it up, keeps it alive, does its body, ends it.
//!
//! Rule: a run may be attempted at any time, by any worker, after a kill at any line. Whoever takes it up last has the
//! fence; whoever had it before can write nothing more.

use std::{collections::HashMap, fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use entity::{BusinessId, RunId, SyncKind, SyncRunState};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    bus::EventBus,
    fence::Fence,
    lock::{Claim, Taken, state},
    model::{JobQueue, Run, SyncTiming},
    rules,
    store::{self, Ending},
};
use crate::{
    ambient::Ambient,
    error::{Error, ErrorCode, Refusal, Result},
    metering::{self, AtWork},
    store::Db,
};

/// What a kind of run does.
#[async_trait]
pub trait RunBody: Send + Sync {
    /// Does the work from where the run's row says it stands. Everything written goes through the fence.
    ///
    /// # Errors
    /// Whatever ends the run as failed.
    async fn run(&self, fence: &Fence, run: &Run) -> Result<()>;

    /// Whether it looks by itself if a user asked to end the run, and ends what is under way first. Else it is cut off.
    fn ends_in_order(&self) -> bool {
        false
    }
}

/// Works on runs in this process.
pub struct Runner {
    db: Db,
    ambient: Ambient,
    bus: EventBus,
    timing: SyncTiming,
    worker: Uuid,
    /// This process has the database to itself, so any other worker is a dead one.
    alone: bool,
    bodies: HashMap<SyncKind, Arc<dyn RunBody>>,
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner").field("worker", &self.worker).finish_non_exhaustive()
    }
}

impl Runner {
    /// A runner with the bodies of the kinds it can do.
    pub fn new(
        db: Db,
        ambient: Ambient,
        bus: EventBus,
        timing: SyncTiming,
        alone: bool,
        bodies: HashMap<SyncKind, Arc<dyn RunBody>>,
    ) -> Self {
        let worker = ambient.id();
        Self { db, ambient, bus, timing, worker, alone, bodies }
    }

    /// Works on a run until it ends. Answers at once when it has ended or another worker is alive on it.
    ///
    /// # Errors
    /// Only when the database fails; a failed run is an answer, not an error.
    pub async fn work(&self, business: BusinessId, run: RunId) -> Result<()> {
        let Some((fence, run)) = self.take_up(business, run).await? else { return Ok(()) };
        let Some(body) = self.bodies.get(&run.kind) else {
            return Err(Error::Internal(format!("no worker for runs of kind {:?}", run.kind)));
        };
        let at_work = AtWork::on(&run);
        let result = self.do_alive(&fence, &run, &**body).await;
        let ended_here = self.finish(&fence, run.kind, result).await?;
        drop(at_work);
        if ended_here && let Some(run) = store::run(self.db.connection(), business, run.id).await? {
            metering::ended(&run);
        }
        Ok(())
    }

    /// Queues runs that no live worker has: after a restart, or when another replica died.
    ///
    /// # Errors
    /// When the database or the queue fails.
    pub async fn queue_orphans(&self, queue: &dyn JobQueue, silence: Duration) -> Result<usize> {
        let now = self.ambient.now();
        let orphans = store::orphans(self.db.connection(), now.minus(silence)).await?;
        // One wake-up per run, process and minute: enough to be found again if a wake-up came to nothing.
        let wake_up = format!("{}:{}", self.worker, now.0 / 60_000_000);
        for (business, run) in &orphans {
            queue.push(*business, *run, &wake_up).await.map_err(|error| Error::Internal(error.to_string()))?;
        }
        Ok(orphans.len())
    }

    /// How long a worker must have been silent, seen from the start of this process, for its run to be an orphan.
    pub fn silence(&self) -> Duration {
        if self.alone { Duration::ZERO } else { self.timing.silence }
    }

    /// The same while this process works: its own runs are alive.
    pub fn live_silence(&self) -> Duration {
        self.timing.silence
    }

    async fn take_up(&self, business: BusinessId, id: RunId) -> Result<Option<(Fence, Run)>> {
        let now = self.ambient.now();
        let tx = self.db.write().await?;
        store::ensure_lock(tx.connection(), business).await?;
        let lock = store::lock_for_update(tx.connection(), business).await?;
        let lock = lock.ok_or_else(|| Error::Internal("the lock row is missing".to_owned()))?;
        let Some(run) = store::run(tx.connection(), business, id).await? else { return Ok(None) };
        let dead = self.alone && run.worker != Some(self.worker);
        let silence = if dead { Duration::ZERO } else { self.timing.silence };
        if !rules::may_take_up(&run, silence, now) {
            return Ok(None);
        }
        if let Some(other) = state(&lock, now).filter(|held| held.run != Some(id)) {
            let refusal = super::lock::locked(&other, None, now);
            let ending =
                Ending { state: SyncRunState::Skipped, refusal: Some(&refusal), message: "the lock was held", now };
            store::finish(tx.connection(), business, id, &ending).await?;
            tx.commit().await?;
            self.bus.announce(business, id);
            return Ok(None);
        }
        let until = now.plus(self.timing.lease);
        if lock.run_id == Some(id) {
            store::raise_fence(tx.connection(), business, until).await?;
        } else {
            let held_by = super::service::holder(&run);
            let claim = Claim { business, run: id, kind: run.kind, held_by: &held_by, now, until };
            if let Err(taken) = super::lock::take(&tx, &claim).await {
                return match taken {
                    Taken::Store(error) => Err(error.into()),
                    Taken::Held(_) => Ok(None),
                };
            }
        }
        store::take_up(tx.connection(), &run, self.worker, now).await?;
        let run = store::run(tx.connection(), business, id).await?;
        tx.commit().await?;
        let fence = Fence {
            db: self.db.clone(),
            ambient: self.ambient.clone(),
            bus: self.bus.clone(),
            business,
            run: id,
            number: lock.fence + 1,
            worker: self.worker,
            lease: self.timing.lease,
        };
        Ok(run.map(|run| (fence, run)))
    }

    /// Runs the body while a heartbeat renews the lease; a lost lock or a user's wish ends the body.
    async fn do_alive(&self, fence: &Fence, run: &Run, body: &dyn RunBody) -> Result<()> {
        let ended = CancellationToken::new();
        // Also when this is given up midway: a heart that went on would keep a dead run's lock.
        let _guard = ended.clone().drop_guard();
        let beating = beat(fence.clone(), self.timing.heartbeat, body.ends_in_order(), ended.clone());
        let heart = tokio::spawn(beating);
        let abort = heart.abort_handle();
        let result = tokio::select! {
            result = body.run(fence, run) => result,
            stopped = heart => Err(stopped.unwrap_or_else(|error| Error::Internal(error.to_string()))),
        };
        ended.cancel();
        abort.abort();
        result
    }

    /// Ends the run, and answers whether it was still this worker's to end.
    async fn finish(&self, fence: &Fence, kind: SyncKind, result: Result<()>) -> Result<bool> {
        if let Err(Error::Fenced) = &result {
            tracing::warn!(run = %fence.run, fence = fence.number, "another worker took the run; nothing more is written here");
            return Ok(false);
        }
        let now = self.ambient.now();
        let tx = match fence.begin().await {
            Err(Error::Fenced) => return Ok(false),
            other => other?,
        };
        let refusal = result.as_ref().err().map(|error| reason(fence, kind, error));
        let state = match &result {
            Ok(()) if store::has_issues(tx.connection(), fence.business, fence.run).await? => {
                SyncRunState::SucceededWithIssues
            }
            Ok(()) => SyncRunState::Succeeded,
            Err(Error::Cancelled) => SyncRunState::Cancelled,
            Err(_) => SyncRunState::Failed,
        };
        let message = refusal.as_ref().map_or("done", |refusal| refusal.message.as_str());
        let ending = Ending { state, refusal: refusal.as_ref(), message, now };
        store::finish(tx.connection(), fence.business, fence.run, &ending).await?;
        if result.is_ok() {
            store::delete_pages(tx.connection(), fence.business, fence.run).await?;
        }
        store::release_lock(tx.connection(), fence.business, fence.run).await?;
        fence.commit(tx).await?;
        Ok(true)
    }
}

/// Renews the lease until told to end; answers why the run must end.
async fn beat(fence: Fence, every: Duration, in_order: bool, ended: CancellationToken) -> Error {
    loop {
        tokio::select! {
            () = ended.cancelled() => return Error::Cancelled,
            () = tokio::time::sleep(every) => {}
        }
        match fence.heartbeat().await {
            Ok(false) => {}
            Ok(true) if in_order => {}
            Ok(true) => return Error::Cancelled,
            Err(Error::Fenced) => return Error::Fenced,
            // The lease outlives many missed beats; the next one may get through.
            Err(error) => tracing::warn!(%error, run = %fence.run, "heartbeat failed"),
        }
    }
}

fn reason(fence: &Fence, kind: SyncKind, error: &Error) -> Refusal {
    match error {
        Error::Refused(refusal) => (**refusal).clone(),
        Error::Cancelled => Refusal::new(ErrorCode::InvalidState, "Cancelled by a user.").help(match kind {
            SyncKind::Export => "What was sent is in the books; what was not begun waits as before.",
            _ => "What was committed is kept; the next sync continues from there.",
        }),
        other => {
            tracing::error!(error = %other, run = %fence.run, "run failed");
            Refusal::new(
                ErrorCode::InvalidState,
                format!("Something went wrong inside the gateway (reference {}).", fence.run),
            )
            .help("Try again; if it happens again, give the operator this reference: the log has the detail under it.")
        }
    }
}
