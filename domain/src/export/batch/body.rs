//! What an export run does: plans what waits, a few at a time, hands it to the workers on exports, and writes down what
//! became of each.
//!
//! Rule: everything is in the rows. A document is planned in the transaction that hands it on; a tick looks at the rows
//! alone, so a worker that takes the run up after a kill goes on where the last one was.

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use entity::{ExportId, ExportRunOutcome, IntegrationStatus, Severity, SyncPhase};
use tokio::sync::broadcast::Receiver;

use super::{
    model::{Reason, Row, to_json},
    rules::{self, Next},
    store,
};
use crate::{
    business,
    error::{Error, ErrorCode, Refusal, Result},
    export::{
        Exports,
        model::Export,
        plan::{self, Target},
        rules as export_rules,
        service::{frozen, required},
        store as exports_store,
    },
    store::WriteTx,
    sync::{Counts, Fence, Issue, Progress, Run, RunBody, store as sync_store},
};

/// Documents handed on ahead of what is in the books: enough that the workers never wait for the next one, few enough that
/// a stop leaves little under way.
const AHEAD: u64 = 32;
/// How often is looked without an announcement: other replicas' workers make none here.
const LOOK: Duration = Duration::from_millis(500);
/// Announcements of so long are looked at together.
const GATHER: Duration = Duration::from_millis(50);

/// The body of export runs.
#[derive(Debug, Clone)]
pub struct ExportRuns(Exports);

impl ExportRuns {
    /// Runs of these exports.
    pub fn new(exports: Exports) -> Self {
        Self(exports)
    }
}

#[async_trait]
impl RunBody for ExportRuns {
    async fn run(&self, fence: &Fence, run: &Run) -> Result<()> {
        let currency = business::home_currency(&self.0.db, run.business_id).await?;
        Work { exports: &self.0, fence, run, currency, stop: None }.all().await
    }

    fn ends_in_order(&self) -> bool {
        true
    }
}

/// One run at work.
struct Work<'a> {
    exports: &'a Exports,
    fence: &'a Fence,
    run: &'a Run,
    currency: String,
    /// Why nothing more is begun.
    stop: Option<Error>,
}

/// A document that ended in this tick.
struct End {
    row: Row,
    label: String,
    outcome: ExportRunOutcome,
    reasons: Vec<Reason>,
}

impl Work<'_> {
    async fn all(mut self) -> Result<()> {
        let mut changes = self.exports.changes().listen();
        loop {
            self.look_for_a_stop().await?;
            let open = store::open(self.exports.db.connection(), self.whose(), AHEAD).await?;
            if open.is_empty() {
                return self.stop.map_or(Ok(()), Err);
            }
            let ends = self.tick(open).await?;
            if ends.is_empty() {
                heard(&mut changes, self.fence).await;
            } else {
                self.keep(ends).await?;
            }
        }
    }

    fn whose(&self) -> (entity::BusinessId, entity::RunId) {
        (self.run.business_id, self.run.id)
    }

    /// Whether a user asked to end the run, or the connection is gone. What was not begun then waits as before.
    async fn look_for_a_stop(&mut self) -> Result<()> {
        let (business, run) = self.whose();
        if self.stop.is_none() {
            let connection = self.exports.db.connection();
            if sync_store::cancel_requested(connection, business, run).await? {
                self.stop = Some(Error::Cancelled);
            } else {
                let integration = self.exports.integrations.get(business, self.run.integration_id).await?;
                self.stop = disconnected(integration.status).map(Into::into);
            }
        }
        if self.stop.is_some() {
            let tx = self.fence.begin().await?;
            store::return_unbegun(tx.connection(), (business, run), self.exports.ambient.now()).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// One look at the open documents: begins those that wait; answers those that have ended.
    async fn tick(&mut self, open: Vec<Row>) -> Result<Vec<End>> {
        let ids: Vec<ExportId> = open.iter().map(|row| row.export_id).collect();
        let exports = exports_store::by_ids(self.exports.db.connection(), self.run.business_id, &ids).await?;
        let mut exports: HashMap<ExportId, Export> = exports.into_iter().map(|row| (row.id, row)).collect();
        let now = self.exports.ambient.now();
        let mut ends = Vec::new();
        for row in open {
            let gone = || Error::Internal(format!("the export {} is gone", row.export_id));
            let export = exports.remove(&row.export_id).ok_or_else(gone)?;
            if self.stop.is_none() && rules::out_of_patience(&export, now) {
                self.stop = Some(unreachable(&export).into());
            }
            match rules::next(&row, &export, self.stop.is_some(), now) {
                Next::Wait => {}
                Next::Begin => ends.extend(self.begin(row).await?),
                Next::TakeBack => ends.extend(self.take_back(row, &export).await?),
                Next::End(outcome) => {
                    let why = |_: &ExportRunOutcome| outcome != ExportRunOutcome::Posted;
                    let reasons = Some(outcome).filter(why).and_then(|_| Reason::of(&export)).into_iter().collect();
                    ends.push(End { row, label: export.label, outcome, reasons });
                }
            }
        }
        Ok(ends)
    }

    /// Plans a document and hands it on, under its row's lock; answers it when it cannot go.
    async fn begin(&mut self, row: Row) -> Result<Option<End>> {
        let now = self.exports.ambient.now();
        let tx = self.fence.begin().await?;
        let export = required(&tx, row.business_id, row.export_id).await?;
        if !rules::waits(&export) {
            // Somebody was quicker; the next look tells what became of it.
            return Ok(None);
        }
        let reasons = match self.planned(&tx, &export).await? {
            Ok(frozen) => {
                exports_store::update(tx.connection(), frozen.clone()).await?;
                store::begin(tx.connection(), &row, now).await?;
                tx.commit().await?;
                self.exports.told(&frozen);
                return Ok(None);
            }
            Err(reasons) => reasons,
        };
        drop(tx);
        let expired = ErrorCode::ConnectionExpired.as_str();
        if reasons.iter().all(|reason| reason.code == expired) {
            // The next look at the connection ends the run.
            return Ok(None);
        }
        Ok(Some(End { row, label: export.label, outcome: ExportRunOutcome::Refused, reasons }))
    }

    /// The export with its draft in it, or everything that stands in its way.
    async fn planned(&self, tx: &WriteTx, export: &Export) -> Result<std::result::Result<Export, Vec<Reason>>> {
        let (business, target) = ((export.business_id, self.currency.as_str()), Target::Export(export.id));
        let planned = match plan::plan(tx.connection(), &self.exports.integrations, business, target).await {
            Ok(planned) => planned.plan,
            Err(Error::Refused(refusal)) => return Ok(Err(vec![(&*refusal).into()])),
            Err(other) => return Err(other),
        };
        if !planned.checks.is_empty() {
            return Ok(Err(planned.checks.iter().map(Into::into).collect()));
        }
        let by = self.run.requested_by.as_deref();
        Ok(Ok(frozen(export.clone(), &planned, &self.exports.ambient, by)))
    }

    /// Takes back what nobody has begun to send; one that a worker took meanwhile is waited for.
    async fn take_back(&self, row: Row, export: &Export) -> Result<Option<End>> {
        let tx = self.fence.begin().await?;
        let now = self.exports.ambient.now();
        let taken = store::take_back(tx.connection(), (row.business_id, row.export_id), now).await?;
        tx.commit().await?;
        self.exports.changes().announce(row.business_id, row.export_id);
        let reasons = Reason::of(export).into_iter().collect();
        let (label, outcome) = (export.label.clone(), ExportRunOutcome::Returned);
        Ok(taken.then_some(End { row, label, outcome, reasons }))
    }

    /// Writes down what became of documents, with the progress that it is.
    async fn keep(&self, ends: Vec<End>) -> Result<()> {
        let (tx, now) = (self.fence.begin().await?, self.exports.ambient.now());
        let mut issues = Vec::new();
        for end in ends {
            issues.extend(issue(&end));
            let (outcome, reasons) = (Some(end.outcome), to_json(&end.reasons));
            store::end(tx.connection(), Row { outcome, reasons, ended_at: Some(now), ..end.row }).await?;
        }
        let ended = store::counts(tx.connection(), self.whose()).await?;
        let of = |outcome| ended.get(&outcome).copied().unwrap_or(0);
        let counts = Counts {
            posted: of(ExportRunOutcome::Posted),
            failed: of(ExportRunOutcome::Failed),
            refused: of(ExportRunOutcome::Refused),
            skipped: of(ExportRunOutcome::Skipped),
            ..Counts::default()
        };
        // What was returned was not done.
        let done = counts.posted + counts.failed + counts.refused + counts.skipped;
        let message = format!("{} of {} in the books", counts.posted, self.run.total.unwrap_or_default());
        let (phase, total) = (SyncPhase::Documents, self.run.total);
        let progress = Progress { phase, done, total, cursor: None, counts };
        self.fence.tell(&tx, &progress, &issues, &message).await?;
        self.fence.commit(tx).await
    }
}

/// Waits until exports may have changed.
async fn heard(changes: &mut Receiver<(entity::BusinessId, ExportId)>, fence: &Fence) {
    let ours = async {
        while let Ok((business, _)) = changes.recv().await {
            if business == fence.business {
                break;
            }
        }
        tokio::time::sleep(GATHER).await;
    };
    // Running out of time is no error: it only makes us look.
    let _ = tokio::time::timeout(LOOK, ours).await;
}

/// What a person should look at.
fn issue(end: &End) -> Option<Issue> {
    let severity = match end.outcome {
        ExportRunOutcome::Posted | ExportRunOutcome::Skipped | ExportRunOutcome::Returned => return None,
        ExportRunOutcome::Failed => Severity::Error,
        ExportRunOutcome::Refused | ExportRunOutcome::Left => Severity::Warning,
    };
    let first = end.reasons.first();
    Some(Issue {
        severity,
        reason: first.map_or_else(|| "INVALID_STATE".to_owned(), |reason| reason.code.clone()),
        message: first.map_or_else(
            || format!("Nobody knows yet whether {} is in the books.", end.label),
            |reason| format!("{}: {}", end.label, reason.message),
        ),
        help: first.and_then(|reason| reason.help.clone()),
        external_id: None,
        label: Some(end.label.clone()),
    })
}

/// Why a run ends when its connection is gone.
fn disconnected(status: IntegrationStatus) -> Option<Refusal> {
    let help = "Reconnect on the integrations page, then export again: what was not sent waits as before.";
    let (code, message) = match status {
        IntegrationStatus::Active => return None,
        IntegrationStatus::Expired => (ErrorCode::ConnectionExpired, "The connection expired during the run."),
        _ => (ErrorCode::InvalidState, "The accounting system was disconnected during the run."),
    };
    Some(Refusal::new(code, message).help(help))
}

/// Why a run ends when the accounting system keeps it waiting.
fn unreachable(export: &Export) -> Refusal {
    let code = export.error_code.as_deref().and_then(ErrorCode::parse).unwrap_or(ErrorCode::ProviderUnavailable);
    let told = export.error_message.as_deref().unwrap_or(export_rules::title(code));
    Refusal::new(code, format!("{} could not be sent for more than a minute: {told}", export.label))
        .help("Export again when the accounting system answers: what was not sent waits as before.")
}
