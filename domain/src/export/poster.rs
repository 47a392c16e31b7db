//! Works on an export: takes it up, freezes a draft where there is none, sends it, finds out what became of it.
//!
//! Rule: an export may be attempted at any time, by any worker, after a kill at any line. Nothing is sent from a state
//! that was not committed first; whatever may have been sent is looked up before it is sent again. Whoever takes an
//! export up last has the fence; whoever had it before can write nothing more.

use std::{sync::Arc, time::Duration};

use entity::{AttemptOutcome, BusinessId, ExportId, ExportSource, ExportState, IntegrationStatus};
use providers::{ErrorKind, Outcome, Provider, ProviderError, Retry, Session, model::PostedDocument};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    draft::Sendable,
    gather,
    model::{Attempt, Export},
    outcome::{attempt, ended, let_go, refusal_of, taken, with_error},
    plan::{self, Target},
    rules,
    service::{Exports, frozen as with_draft, notices_to_json},
    store,
    verify::{correlation, differences, frozen},
};
use crate::{
    business,
    error::{Error, ErrorCode, Refusal, Result},
    integration::Notice,
    store::WriteTx,
    sync::{SyncTiming, may_send},
};

/// Pause after a refusal that another attempt may find gone, while the connection looks well.
const PAUSE: Duration = Duration::from_secs(30);
/// Pause while the business's lock is held.
const LOCKED: Duration = Duration::from_secs(1);
/// Steps of one take-up: enough to look up, send, and look up again.
const STEPS_MAX: usize = 6;

/// Works on exports in this process.
#[derive(Debug)]
pub struct Poster {
    pub(super) exports: Exports,
    timing: SyncTiming,
    worker: Uuid,
    /// This process has the database to itself, so any other worker is a dead one.
    alone: bool,
}

/// A worker's hold on an export.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claim {
    pub(super) business: BusinessId,
    pub(super) id: ExportId,
    fence: i64,
}

/// Whether there is more to do.
pub(super) enum Step {
    More(Box<Export>),
    Done,
}

impl Poster {
    /// A worker on these exports.
    pub fn new(exports: Exports, timing: SyncTiming, alone: bool) -> Self {
        let worker = exports.ambient.id();
        Self { exports, timing, worker, alone }
    }

    /// Exports that somebody may take now, the longest due first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn due(&self, limit: u64) -> Result<Vec<(BusinessId, ExportId)>> {
        let alone = self.alone.then_some(self.worker);
        Ok(store::due(self.exports.db.connection(), self.exports.ambient.now(), alone, limit).await?)
    }

    /// Waits until something may have become due in this process.
    pub async fn nudged(&self) {
        self.exports.nudge.notified().await;
    }

    /// Works on an export until it has ended or has to wait. Answers at once when somebody alive has it.
    ///
    /// # Errors
    /// Only when the database fails; a refused export is an answer, not an error.
    pub async fn work(&self, business: BusinessId, id: ExportId) -> Result<()> {
        let Some((claim, export)) = self.take_up(business, id).await? else { return Ok(()) };
        let ended = CancellationToken::new();
        let _guard = ended.clone().drop_guard();
        let done = tokio::select! {
            done = self.steps(claim, export) => done,
            lost = self.beat(claim, &ended) => Err(lost),
        };
        match done {
            Err(Error::Fenced) => {
                tracing::warn!(export = %id, fence = claim.fence, "another worker took the export; nothing more is written here");
                Ok(())
            }
            Err(error) => {
                self.give_back(claim, PAUSE).await?;
                Err(error)
            }
            Ok(()) => Ok(()),
        }
    }

    async fn take_up(&self, business: BusinessId, id: ExportId) -> Result<Option<(Claim, Export)>> {
        let now = self.exports.ambient.now();
        let tx = self.exports.db.write().await?;
        let span = (now, now.plus(self.timing.silence));
        if !store::take_up(tx.connection(), (business, id), self.worker, self.alone, span).await? {
            return Ok(None);
        }
        let Some(mut export) = store::find(tx.connection(), business, id).await? else { return Ok(None) };
        if export.state == ExportState::Sending {
            // Whoever was sending it is dead: it may be in the books, or not.
            export.state = ExportState::Uncertain;
            store::end_attempts(tx.connection(), (business, id), now).await?;
            store::update(tx.connection(), export.clone()).await?;
            gather::store::mirror(tx.connection(), &export).await?;
        }
        tx.commit().await?;
        Ok(Some((Claim { business, id, fence: export.fence }, export)))
    }

    /// Renews the claim until told to end; answers when it is lost.
    async fn beat(&self, claim: Claim, ended: &CancellationToken) -> Error {
        loop {
            tokio::select! {
                () = ended.cancelled() => return Error::Cancelled,
                () = tokio::time::sleep(self.timing.heartbeat) => {}
            }
            match self.renew(claim).await {
                Ok(true) => {}
                Ok(false) => return Error::Fenced,
                // The claim outlives several missed beats; the next one may get through.
                Err(error) => tracing::warn!(%error, export = %claim.id, "the claim on an export could not be renewed"),
            }
        }
    }

    async fn renew(&self, claim: Claim) -> Result<bool> {
        let until = self.exports.ambient.now().plus(self.timing.silence);
        let tx = self.exports.db.write().await?;
        let renewed = store::renew(tx.connection(), claim.business, claim.id, claim.fence, until).await?;
        tx.commit().await?;
        Ok(renewed)
    }

    async fn steps(&self, claim: Claim, mut export: Export) -> Result<()> {
        let mut looked = false;
        for _ in 0..STEPS_MAX {
            let step = match export.state {
                ExportState::Uncertain => {
                    looked = true;
                    self.look_up(claim, export).await?
                }
                ExportState::Pending if export.draft.is_none() && export.source == ExportSource::Journal => {
                    self.draft_journal(claim, export).await?
                }
                ExportState::Pending if export.draft.is_none() => self.freeze(claim, export).await?,
                ExportState::Pending if export.series > 1 && export.attempts > 0 && !looked => {
                    // A draft before this one was sent under the same reference: nothing is taken on trust.
                    looked = true;
                    self.look_up(claim, export).await?
                }
                ExportState::Pending => match self.gather(claim, &export).await? {
                    Some(step) => step,
                    None => self.send(claim, export).await?,
                },
                _ => Step::Done,
            };
            match step {
                Step::More(next) => export = *next,
                Step::Done => return Ok(()),
            }
        }
        self.give_back(claim, PAUSE).await
    }

    /// Begins a transaction that holds the row as this worker has it.
    pub(super) async fn begin(&self, claim: Claim) -> Result<WriteTx> {
        let tx = self.exports.db.write().await?;
        self.hold(&tx, claim).await?;
        Ok(tx)
    }

    /// Holds the row until the transaction ends, as this worker has it.
    async fn hold(&self, tx: &WriteTx, claim: Claim) -> Result<()> {
        match store::hold(tx.connection(), claim.business, claim.id).await? {
            Some(row) if self.has(claim, &row) => Ok(()),
            _ => Err(Error::Fenced),
        }
    }

    /// Whether this worker still has a row.
    pub(super) fn has(&self, claim: Claim, row: &Export) -> bool {
        row.fence == claim.fence && row.holder == Some(self.worker)
    }

    /// Writes an export, and with a journal the state of its members.
    pub(super) async fn keep(&self, tx: WriteTx, export: Export) -> Result<Export> {
        let now = self.exports.ambient.now();
        // While it is held, every write renews the claim: what was read of it before may be older than the last beat.
        let held_until = export.holder.map(|_| now.plus(self.timing.silence));
        let export = Export { updated_at: now, held_until, ..export };
        store::update(tx.connection(), export.clone()).await?;
        let of_day = export.source == ExportSource::Journal;
        if of_day {
            gather::store::mirror(tx.connection(), &export).await?;
        }
        tx.commit().await?;
        self.exports.changes.announce(export.business_id, export.id);
        if of_day {
            self.exports.tell_members(export.business_id, std::slice::from_ref(&export)).await?;
        }
        Ok(export)
    }

    /// Leaves an export as it is, to be taken up again after a pause.
    async fn give_back(&self, claim: Claim, pause: Duration) -> Result<()> {
        let tx = match self.begin(claim).await {
            Err(Error::Fenced) => return Ok(()),
            other => other?,
        };
        let Some(row) = store::find(tx.connection(), claim.business, claim.id).await? else { return Ok(()) };
        let due_at = row.due_at.map(|_| self.exports.ambient.now().plus(pause));
        self.keep(tx, let_go(Export { due_at, ..row })).await.map(|_| ())
    }

    /// Plans an export that goes by itself, under its row's lock. What is missing is no failure: it waits for a user.
    async fn freeze(&self, claim: Claim, export: Export) -> Result<Step> {
        let tx = self.begin(claim).await?;
        let currency = business::home_currency(&self.exports.db, claim.business).await?;
        let target = Target::Export(claim.id);
        let planned =
            plan::plan(tx.connection(), &self.exports.integrations, (claim.business, &currency), target).await;
        let planned = match planned {
            Ok(planned) => planned,
            Err(Error::Refused(refusal)) => {
                let skipped = Export { state: ExportState::Skipped, error_message: Some(refusal.message), ..export };
                self.keep(tx, ended(skipped)).await?;
                return Ok(Step::Done);
            }
            Err(other) => return Err(other),
        };
        let plan = planned.plan;
        let waits = plan.checks.iter().all(|check| check.code == ErrorCode::ConnectionExpired);
        if !plan.checks.is_empty() && waits {
            self.keep(tx, let_go(export)).await?;
            return Ok(Step::Done);
        }
        if !plan.checks.is_empty() {
            let notice = |check: &super::model::Check| Notice {
                severity: entity::Severity::Info,
                message: check.message.clone(),
                help: Some(check.help.clone()),
            };
            let notices: Vec<Notice> = plan.checks.iter().map(notice).collect();
            let missing = Export { state: ExportState::NotReady, warnings: notices_to_json(&notices), ..export };
            self.keep(tx, ended(missing)).await?;
            return Ok(Step::Done);
        }
        let frozen = with_draft(export, &plan, &self.exports.ambient, None);
        if frozen.state == ExportState::Skipped {
            self.keep(tx, ended(frozen)).await?;
            return Ok(Step::Done);
        }
        Ok(Step::More(Box::new(self.keep(tx, frozen).await?)))
    }

    /// Provider and session of an export's integration, if it is connected.
    async fn reach(&self, export: &Export) -> Result<Option<(Arc<dyn Provider>, Session)>> {
        let integration = self.exports.integrations.get(export.business_id, export.integration_id).await?;
        if integration.status != IntegrationStatus::Active {
            return Ok(None);
        }
        Ok(Some(self.exports.integrations.session(&integration, correlation(export))?))
    }

    /// Commits that it is being sent, sends it, and commits what came of it.
    async fn send(&self, claim: Claim, export: Export) -> Result<Step> {
        let (provider, session) = match self.reach(&export).await {
            Ok(Some(reached)) => reached,
            Ok(None) => return self.wait(claim, export, Duration::ZERO, None).await,
            Err(Error::Refused(refusal)) => return self.fail(claim, export, *refusal, None).await,
            Err(other) => return Err(other),
        };
        let draft = frozen(&export)?;
        let request_id = format!("{}-{}", export.id.0, export.series);
        let sendable = draft.sendable(request_id);
        let sendable =
            sendable.ok_or_else(|| Error::Internal(format!("the draft of the export {} is not whole", export.id)))?;
        let Some(export) = self.sending(claim, export).await? else { return Ok(Step::Done) };
        let posted = match &sendable {
            Sendable::Adjustment(draft) => provider.post_adjustment(&session, draft).await,
            Sendable::Journal(draft) => provider.post_journal(&session, draft).await,
        };
        match posted {
            Ok(posted) => self.succeed(claim, export, &posted, AttemptOutcome::Synced).await,
            Err(error) => self.sent_in_vain(claim, export, error).await,
        }
    }

    /// The state that a kill leaves behind while it is sent. Nothing while an item sync runs: it would read quantities of
    /// before with documents of after. An export run's lock is there for this.
    async fn sending(&self, claim: Claim, export: Export) -> Result<Option<Export>> {
        let now = self.exports.ambient.now();
        // The lock before the row, as an export run has them: the other way round the two could wait for each other.
        let tx = self.exports.db.write().await?;
        let may_send = may_send(&tx, claim.business, now).await?;
        self.hold(&tx, claim).await?;
        if !may_send {
            let due_at = Some(now.plus(LOCKED));
            self.keep(tx, let_go(Export { due_at, ..export })).await?;
            return Ok(None);
        }
        let export = Export { state: ExportState::Sending, attempts: export.attempts + 1, ..export };
        store::put_attempt(tx.connection(), attempt(&export, AttemptOutcome::Started, now, None)).await?;
        Ok(Some(self.keep(tx, export).await?))
    }

    /// A post that did not succeed: unknown, passing, or refused.
    async fn sent_in_vain(&self, claim: Claim, export: Export, error: ProviderError) -> Result<Step> {
        if error.outcome == Outcome::Unknown {
            let tx = self.begin(claim).await?;
            let now = self.exports.ambient.now();
            let row = attempt(&export, AttemptOutcome::Unknown, now, Some(&error));
            store::put_attempt(tx.connection(), row).await?;
            let retries = export.retries + 1;
            let uncertain = Export { state: ExportState::Uncertain, retries, ..with_error(export, &error) };
            return Ok(Step::More(Box::new(self.keep(tx, uncertain).await?)));
        }
        let passing = error.is_transient()
            || matches!(error.kind, ErrorKind::ConnectionExpired | ErrorKind::TokenRejected | ErrorKind::Stale);
        let outcome = if passing { AttemptOutcome::Passing } else { AttemptOutcome::Refused };
        let row = attempt(&export, outcome, self.exports.ambient.now(), Some(&error));
        let pending = Export { state: ExportState::Pending, ..export };
        if passing {
            self.again(claim, pending, &error, row).await
        } else {
            self.fail(claim, pending, refusal_of(&error), Some(row)).await
        }
    }

    /// After a failure in passing: waits as advised, or longer each time; gives up in the end.
    async fn again(&self, claim: Claim, export: Export, error: &ProviderError, row: Attempt) -> Result<Step> {
        let row = Some(row);
        let export = with_error(export, error);
        if matches!(error.kind, ErrorKind::ConnectionExpired | ErrorKind::TokenRejected) {
            let connected = self.reach(&export).await.is_ok_and(|reached| reached.is_some());
            // Once expired it is not due before somebody reconnects; else it would be tried in a circle.
            return self.wait(claim, export, if connected { PAUSE } else { Duration::ZERO }, row).await;
        }
        let advice = match error.retry {
            Retry::Backoff(advice) => advice,
            Retry::Never | Retry::AfterRefresh => None,
        };
        let export = Export { retries: export.retries + 1, ..export };
        match rules::retry_pause(export.retries, advice) {
            Some(pause) => self.wait(claim, export, pause, row).await,
            // What may have been sent is never given up: only a look at the books can tell.
            None if export.state == ExportState::Uncertain => self.wait(claim, export, PAUSE * 10, row).await,
            None => self.fail(claim, export, refusal_of(error), row).await,
        }
    }

    /// Waits, with the attempt that came to nothing, if there was one.
    async fn wait(&self, claim: Claim, export: Export, pause: Duration, row: Option<Attempt>) -> Result<Step> {
        let tx = self.begin(claim).await?;
        if let Some(row) = row {
            store::put_attempt(tx.connection(), row).await?;
        }
        let due_at = Some(self.exports.ambient.now().plus(pause));
        self.keep(tx, let_go(Export { due_at, ..export })).await?;
        Ok(Step::Done)
    }

    /// Fails, with the attempt that was refused, if there was one.
    async fn fail(&self, claim: Claim, export: Export, refusal: Refusal, row: Option<Attempt>) -> Result<Step> {
        let tx = self.begin(claim).await?;
        if let Some(row) = row {
            store::put_attempt(tx.connection(), row).await?;
        }
        let failed = Export {
            state: ExportState::Failed,
            error_code: Some(refusal.code.as_str().to_owned()),
            error_title: Some(rules::title(refusal.code).to_owned()),
            error_message: Some(refusal.message),
            error_help: refusal.help,
            provider_code: refusal.provider_code,
            ..export
        };
        self.keep(tx, ended(failed)).await?;
        Ok(Step::Done)
    }

    async fn succeed(
        &self,
        claim: Claim,
        export: Export,
        posted: &PostedDocument,
        outcome: AttemptOutcome,
    ) -> Result<Step> {
        let now = self.exports.ambient.now();
        let tx = self.begin(claim).await?;
        store::put_attempt(tx.connection(), attempt(&export, outcome, now, None)).await?;
        let synced = Export {
            state: ExportState::Synced,
            external_id: Some(posted.external_id.clone()),
            exported_at: Some(now),
            error_code: None,
            error_title: None,
            error_message: None,
            error_help: None,
            provider_code: None,
            ..export
        };
        store::mark_document(tx.connection(), &synced, now).await?;
        for member in gather::store::members(tx.connection(), synced.business_id, &[synced.id]).await? {
            store::mark_document(tx.connection(), &member, now).await?;
        }
        self.keep(tx, ended(synced)).await?;
        Ok(Step::Done)
    }

    /// Asks the books for our reference: there, it is the document; not there, it may be sent.
    async fn look_up(&self, claim: Claim, export: Export) -> Result<Step> {
        let (provider, session) = match self.reach(&export).await {
            Ok(Some(reached)) => reached,
            Ok(None) => return self.wait(claim, export, Duration::ZERO, None).await,
            Err(Error::Refused(_)) => return self.wait(claim, export, PAUSE, None).await,
            Err(other) => return Err(other),
        };
        let draft = frozen(&export)?;
        let export = Export { attempts: export.attempts + 1, ..export };
        let found = provider.find_posted(&session, draft.document_kind(), &export.reference, draft.date()).await;
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                let row = attempt(&export, AttemptOutcome::Passing, self.exports.ambient.now(), Some(&error));
                return self.again(claim, export, &error, row).await;
            }
        };
        if let Some(ours) = found.iter().find(|document| differences(&draft, document).is_empty()) {
            return self.succeed(claim, export, ours, AttemptOutcome::Found).await;
        }
        if let Some(other) = found.first() {
            let refusal = taken(&export, other, &differences(&draft, other));
            let row = attempt(&export, AttemptOutcome::Found, self.exports.ambient.now(), None);
            return self.fail(claim, export, refusal, Some(row)).await;
        }
        let tx = self.begin(claim).await?;
        let row = attempt(&export, AttemptOutcome::Absent, self.exports.ambient.now(), None);
        store::put_attempt(tx.connection(), row).await?;
        let pending = self.keep(tx, Export { state: ExportState::Pending, ..export }).await?;
        // At once after the first doubt; then with pauses, and not for ever.
        match rules::retry_pause(pending.retries, None) {
            _ if pending.retries <= 1 => Ok(Step::More(Box::new(pending))),
            Some(pause) => self.wait(claim, pending, pause, None).await,
            None => {
                let message =
                    format!("{} was sent {} times, and never reached the books.", pending.label, pending.retries);
                let refusal = Refusal::new(ErrorCode::ProviderUnavailable, message)
                    .help("Look at the calls of this export, then try again.");
                self.fail(claim, pending, refusal, None).await
            }
        }
    }
}
