//! Works on reconciliations that wait.
//!
//! Rule: a reconciliation may be taken up at any time after its worker fell silent; it only reads, so that it begins anew.
//! What it found is written in one transaction that checks the fence.

use std::time::Duration;

use entity::{BusinessId, ReconciliationId, ReconciliationState};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    gather::{Gather, Outcome},
    model::Reconciliation,
    service::Reconciliations,
    store,
};
use crate::error::{Error, Refusal, Result};

/// How long a reconciliation stays with a worker that says nothing.
const LEASE: Duration = Duration::from_secs(60);
/// How often the worker says that it is there.
const BEAT: Duration = Duration::from_secs(15);
/// Pause after the database failed.
const PAUSE: Duration = Duration::from_secs(10);

/// Works on reconciliations in this process.
#[derive(Debug)]
pub struct Reconciler {
    of: Reconciliations,
    worker: Uuid,
}

/// A worker's hold on a reconciliation.
#[derive(Debug, Clone, Copy)]
struct Claim {
    whose: (BusinessId, ReconciliationId),
    fence: i64,
}

impl Reconciler {
    /// A worker on these reconciliations.
    pub fn new(of: Reconciliations) -> Self {
        let worker = of.ambient.id();
        Self { of, worker }
    }

    /// Reconciliations that somebody may take now, the longest due first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn due(&self, limit: u64) -> Result<Vec<(BusinessId, ReconciliationId)>> {
        Ok(store::due(self.of.db.connection(), self.of.ambient.now(), limit).await?)
    }

    /// Waits until something may have become due in this process.
    pub async fn nudged(&self) {
        self.of.nudge.notified().await;
    }

    /// Works on a reconciliation until it has ended. Answers at once when somebody alive has it.
    ///
    /// # Errors
    /// Only when the database fails; what the accounting system refuses is an answer, not an error.
    pub async fn work(&self, business: BusinessId, id: ReconciliationId) -> Result<()> {
        let Some((claim, row)) = self.take_up((business, id)).await? else { return Ok(()) };
        let ended = CancellationToken::new();
        let _guard = ended.clone().drop_guard();
        let gather = Gather { db: &self.of.db, ambient: &self.of.ambient, integrations: &self.of.integrations };
        let found = tokio::select! {
            found = gather.reconcile(&row) => found,
            lost = self.beat(claim, &ended) => Err(lost),
        };
        let ended = match found {
            Ok(outcome) => self.succeed(claim, outcome).await,
            Err(Error::Refused(refusal)) => self.fail(claim, &refusal).await,
            Err(Error::Internal(message)) => {
                tracing::error!(%message, reconciliation = %id, "a reconciliation broke off");
                let refusal = Refusal::new(crate::ErrorCode::InvalidState, "Something went wrong on our side.")
                    .help("Try again; if it happens again, tell the operator: the log says more.");
                self.fail(claim, &refusal).await
            }
            Err(other) => Err(other),
        };
        match ended {
            Err(Error::Fenced) => {
                tracing::warn!(reconciliation = %id, "another worker took the reconciliation; nothing is written here");
                Ok(())
            }
            Err(error) => {
                self.give_back(claim).await?;
                Err(error)
            }
            Ok(()) => Ok(()),
        }
    }

    async fn take_up(&self, whose: (BusinessId, ReconciliationId)) -> Result<Option<(Claim, Reconciliation)>> {
        let now = self.of.ambient.now();
        let tx = self.of.db.write().await?;
        if !store::take_up(tx.connection(), whose, self.worker, (now, now.plus(LEASE))).await? {
            return Ok(None);
        }
        let Some(row) = store::find(tx.connection(), whose.0, whose.1).await? else { return Ok(None) };
        tx.commit().await?;
        Ok(Some((Claim { whose, fence: row.fence }, row)))
    }

    /// Renews the claim until told to end; answers when it is lost.
    async fn beat(&self, claim: Claim, ended: &CancellationToken) -> Error {
        loop {
            tokio::select! {
                () = ended.cancelled() => return Error::Cancelled,
                () = tokio::time::sleep(BEAT) => {}
            }
            match self.renew(claim).await {
                Ok(true) => {}
                Ok(false) => return Error::Fenced,
                // The claim outlives several missed beats; the next one may get through.
                Err(error) => tracing::warn!(%error, "the claim on a reconciliation could not be renewed"),
            }
        }
    }

    async fn renew(&self, claim: Claim) -> Result<bool> {
        let until = self.of.ambient.now().plus(LEASE);
        let tx = self.of.db.write().await?;
        let renewed = store::renew(tx.connection(), claim.whose, claim.fence, until).await?;
        tx.commit().await?;
        Ok(renewed)
    }

    async fn succeed(&self, claim: Claim, outcome: Outcome) -> Result<()> {
        let Outcome { found, accounts, lines, items } = outcome;
        let sums = serde_json::to_value(&found.sums).map_err(|error| Error::Internal(error.to_string()))?;
        let named: Vec<_> = accounts.iter().map(|(id, name)| json!({"id": id, "name": name})).collect();
        self.end(claim, Some((&lines, &items)), |row| Reconciliation {
            state: ReconciliationState::Done,
            accounts: named.into(),
            ours: Some(found.ours),
            theirs: Some(found.theirs),
            difference: Some(found.difference),
            sums,
            error_code: None,
            error_message: None,
            error_help: None,
            ..row
        })
        .await
    }

    async fn fail(&self, claim: Claim, refusal: &Refusal) -> Result<()> {
        self.end(claim, None, |row| Reconciliation {
            state: ReconciliationState::Failed,
            error_code: Some(refusal.code.as_str().to_owned()),
            error_message: Some(refusal.message.clone()),
            error_help: refusal.help.clone(),
            ..row
        })
        .await
    }

    async fn end(
        &self,
        claim: Claim,
        found: Option<(&[super::Line], &[super::ItemRow])>,
        change: impl FnOnce(Reconciliation) -> Reconciliation,
    ) -> Result<()> {
        let now = self.of.ambient.now();
        let tx = self.of.db.write().await?;
        if !store::renew(tx.connection(), claim.whose, claim.fence, now.plus(LEASE)).await? {
            return Err(Error::Fenced);
        }
        let row = store::find(tx.connection(), claim.whose.0, claim.whose.1).await?.ok_or(Error::Fenced)?;
        if let Some((lines, items)) = found {
            store::put_found(tx.connection(), claim.whose, lines, items).await?;
        }
        let ended = Reconciliation {
            due_at: None,
            holder: None,
            held_until: None,
            ended_at: Some(now),
            updated_at: now,
            ..row
        };
        store::update(tx.connection(), change(ended)).await?;
        Ok(tx.commit().await?)
    }

    /// Leaves it to be taken up again after a pause.
    async fn give_back(&self, claim: Claim) -> Result<()> {
        let until = self.of.ambient.now().plus(PAUSE);
        let tx = self.of.db.write().await?;
        store::renew(tx.connection(), claim.whose, claim.fence, until).await?;
        Ok(tx.commit().await?)
    }
}
