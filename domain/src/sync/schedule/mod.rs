//! Syncs that nobody asks for by hand: on a schedule, or because the accounting system announced a change (behaviour 2.20).
//!
//! Concurrency: a firing is a change of the schedule's row in the transaction that makes the run, so of several replicas one
//! fires. A scheduled run that meets a held lock is recorded as SKIPPED (statement 127); what was announced waits, at most
//! one sync of a kind.

mod announced;
pub(crate) mod rules;
mod store;

use entity::{SyncKind, SyncRunState, SyncTrigger, Timestamp};

pub use announced::Heard;

use self::rules::Step;
use super::{
    lock,
    model::{LockState, Run},
    rules as rules_of_runs,
    service::{Ask, Syncs},
    store::Ending,
};
use crate::{error::Result, integration::rules as integration_rules, sales, store::WriteTx};

/// A schedule, and what is known of it.
pub(crate) type Due = rules::Due;

impl Syncs {
    /// Fires what is due and starts what was announced. Answers how many runs began.
    ///
    /// # Errors
    /// When the database does not answer. What keeps one integration keeps no other.
    pub async fn fire_due(&self) -> Result<usize> {
        let mut begun = 0;
        for due in store::due(self.db.connection()).await? {
            match self.step(&due).await {
                Ok(began) => begun += usize::from(began),
                Err(error) => {
                    tracing::warn!(%error, integration = %due.integration, "a scheduled sync could not be begun");
                }
            }
        }
        Ok(begun)
    }

    async fn step(&self, due: &Due) -> Result<bool> {
        let now = self.ambient.now();
        match rules::step(due, now) {
            Step::Nothing => Ok(false),
            Step::Note(fired_at) => {
                let tx = self.db.write().await?;
                store::note(tx.connection(), due, fired_at).await?;
                tx.commit().await?;
                Ok(false)
            }
            Step::Fire(trigger) => self.fire(due, trigger, now).await,
        }
    }

    /// Begins the run, or records that it was skipped; leaves what was announced waiting while the lock is held.
    async fn fire(&self, due: &Due, trigger: SyncTrigger, now: Timestamp) -> Result<bool> {
        let integration = self.integrations.get(due.business, due.integration).await?;
        let tx = self.db.write().await?;
        if !store::fired(tx.connection(), due, trigger, now).await? {
            return Ok(false);
        }
        let policy = match due.kind {
            SyncKind::Sales => sales::policy_of(tx.connection(), due.business, due.integration).await?,
            _ => Some(rules_of_runs::policy_hash(&integration_rules::settings(&integration).item_types)),
        };
        // Sales were switched off since it was looked for.
        let Some(policy) = policy else { return Ok(false) };
        let ask = Ask { integration: &integration, kind: due.kind, full: false, policy, key: None };
        let run = self.new_run(&tx, &ask, (trigger, None), now).await?;
        match self.claim(&tx, &run, now).await? {
            None => {
                self.insert(&tx, &run, now).await?;
                tx.commit().await?;
                self.queue_run(&run).await;
                Ok(true)
            }
            Some(held) if trigger == SyncTrigger::Schedule => {
                self.skip(tx, &run, &held, now).await?;
                Ok(false)
            }
            Some(_) => Ok(false),
        }
    }

    async fn skip(&self, tx: WriteTx, run: &Run, held: &LockState, now: Timestamp) -> Result<()> {
        let holder = match held.run {
            Some(id) => super::store::run(tx.connection(), run.business_id, id).await?,
            None => None,
        };
        let refusal = lock::locked(held, holder.as_ref(), now)
            .help("Nothing to do: the schedule fires again; or start a sync by hand when this one has ended.");
        // What it would have continued stays with the run that has it.
        let skipped = Run { resumed_from: None, done: 0, total: None, cursor: None, ..run.clone() };
        self.insert(&tx, &skipped, now).await?;
        let ending = Ending { state: SyncRunState::Skipped, refusal: Some(&refusal), message: "skipped", now };
        super::store::finish(tx.connection(), run.business_id, run.id, &ending).await?;
        tx.commit().await?;
        self.bus.announce(run.business_id, run.id);
        Ok(())
    }
}
