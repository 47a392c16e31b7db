//! Reversals of many: what is in the books of a run or of some days, taken back by its opposite after a plan.
//!
//! Rule: what was looked at is what is done. The plan is made by writing the opposites and planning them like any other
//! export, in a transaction that is given up; carrying it out does the same once more and commits it only if the hash is
//! the same. What cannot be reversed is in the plan too, with the reason, and stays as it is. Our own stock is not touched.

mod plan;
mod store;

use chrono::NaiveDate;
use entity::{ExportKind, IntegrationId, RunId};

use super::{
    batch,
    model::{Entry, Export, Plan},
    service::Exports,
};
use crate::{
    business::{self, Actor, Permission},
    catalog::day_in,
    error::{ErrorCode, Refusal, Result},
    idempotency::RequestKey,
    sync::{Started, Syncs, require_connected},
};

/// Documents of one plan at most: it is made in one transaction.
const DOCUMENTS_MAX: usize = 500;

/// What is to be reversed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReversalScope {
    /// What an export run posted.
    Run(RunId),
    /// What is in the books of these days, by the date of the document.
    Days {
        /// First day.
        from: NaiveDate,
        /// Last day.
        to: NaiveDate,
        /// Only of these kinds; of all, if there are none.
        kinds: Vec<ExportKind>,
        /// Where they were posted; where documents go now, if none is given.
        integration: Option<IntegrationId>,
    },
}

/// What would be reversed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReversalPlan {
    /// Where.
    pub integration: IntegrationId,
    /// Names everything that decides what is posted.
    pub hash: String,
    /// Every document in the scope, the oldest first.
    pub documents: Vec<Reversal>,
    /// What all opposites together do to each account.
    pub entries: Vec<Entry>,
}

/// A document in the scope of a reversal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversal {
    /// The export that is in the books.
    pub export: Export,
    /// The opposite's reference.
    pub reference: String,
    /// What would be posted; none where it cannot be reversed.
    pub plan: Option<Plan>,
    /// Why it cannot.
    pub refusals: Vec<Refusal>,
}

impl Exports {
    /// What would be reversed, and what cannot be. Nothing is kept and no call is made.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`; `INVALID_STATE` when nothing of the scope is in the books, or too much for one plan.
    pub async fn plan_reversal(&self, actor: &Actor, scope: &ReversalScope) -> Result<ReversalPlan> {
        actor.require(Permission::Export)?;
        let zone = business::time_zone(&self.db, actor.business).await?;
        let tx = self.db.write().await?;
        let integration = self.place(&tx, actor, scope).await?;
        let day = day_in(self.ambient.now(), &zone);
        // The transaction ends here without a commit: the opposites were never made.
        Ok(plan::made(self, &tx, actor, &integration, (scope, day)).await?.0)
    }

    /// Carries a plan out as an export run, if it is still the plan of that hash.
    ///
    /// # Errors
    /// As [`Exports::plan_reversal`]; `PLAN_CHANGED`, `CONNECTION_EXPIRED`, `IDEMPOTENCY_MISMATCH`; `INVALID_STATE` when
    /// nothing can be reversed. A held lock is an answer.
    pub async fn reverse_posted(
        &self,
        syncs: &Syncs,
        actor: &Actor,
        (scope, hash): (&ReversalScope, &str),
        key: Option<&str>,
    ) -> Result<Started> {
        actor.require(Permission::Export)?;
        let key = key.map(|key| RequestKey::new("reversePosted", key, &format!("{scope:?} {hash}"))).transpose()?;
        let zone = business::time_zone(&self.db, actor.business).await?;
        let tx = self.db.write().await?;
        if let Some(key) = &key
            && let Some(run) = syncs.answered(&tx, actor.business, key).await?
        {
            return Ok(Started::Run(Box::new(run)));
        }
        let integration = self.place(&tx, actor, scope).await?;
        require_connected(&integration)?;
        let (mut run, now) = (self.new_run(&integration, actor), self.ambient.now());
        if let Some(held) = syncs.claim(&tx, &run, now).await? {
            drop(tx);
            return syncs.locked(actor.business, held, now).await;
        }
        let (plan, rows) = plan::made(self, &tx, actor, &integration, (scope, day_in(now, &zone))).await?;
        if plan.hash != hash {
            return Err(changed().into());
        }
        if rows.is_empty() {
            return Err(Refusal::new(ErrorCode::InvalidState, "Nothing of this can be reversed.")
                .help("The plan tells of each document why, and what to do.")
                .into());
        }
        run.total = i64::try_from(rows.len()).ok();
        batch::collect_these(tx.connection(), (actor.business, run.id), &rows).await?;
        syncs.insert(&tx, &run, now).await?;
        if let Some(key) = &key {
            key.keep(&tx, actor.business, serde_json::json!({ "run": run.id.to_string() }), now).await?;
        }
        tx.commit().await?;
        rows.iter().for_each(|row| self.changes.announce(actor.business, *row));
        syncs.queue_run(&run).await;
        Ok(Started::Run(Box::new(syncs.run(actor.business, run.id).await?)))
    }
}

fn changed() -> Refusal {
    Refusal::new(ErrorCode::PlanChanged, "What would be reversed is no longer what was planned.")
        .help("Plan it again, look at what is different, and reverse that.")
        .at(&["input", "planHash"])
}
