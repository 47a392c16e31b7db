//! Export runs: everything that waits, sent as one run; its documents and what became of each.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use domain::{
    export::{Ended, Reason, RunDocument},
    sync::{Run, Started},
};
use entity::{BusinessId, ExportRunOutcome as DomainOutcome};

use super::types::Export;
use crate::graphql::{
    connection::Connection,
    paging::{Asked, Key, count, optional_id},
    refusal::{UserError, answered, fault},
    rows::Plain,
    services::{actor, dangling, services},
    sync::{SyncLock, SyncRun},
};

/// What to export.
#[derive(Debug, Default, InputObject)]
pub struct ExportPendingInput {
    /// The accounting system; the one that documents go to now, if none is given.
    integration_id: Option<ID>,
    /// Same key and same input: the same run again, nothing new is started. 1 to 128 characters.
    idempotency_key: Option<String>,
}

/// The started run.
#[derive(Debug, SimpleObject)]
pub struct ExportPendingPayload {
    /// The run: follow it with `syncProgress`, stop it with `cancelSync`; null when refused.
    run: Option<SyncRun>,
    /// With SYNC_LOCKED: who holds the lock.
    lock: Option<SyncLock>,
    /// Why it was refused; nothing was started then.
    user_errors: Vec<UserError>,
}

/// Mutations of export runs.
#[derive(Debug, Default)]
pub struct BatchMutation;

/// Mutations of export runs.
#[Object]
impl BatchMutation {
    /// Exports everything that waits for a user as one run, and answers at once with the run to follow. It holds the lock:
    /// syncs, builds and receipts are refused with SYNC_LOCKED until it has ended or was stopped. Permission: EXPORT.
    async fn export_pending(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to export.", default_with = "ExportPendingInput::default()")] input: ExportPendingInput,
    ) -> Result<ExportPendingPayload> {
        let (actor, services) = (actor(ctx).await?, services(ctx)?);
        let (integration, key) = (optional_id(input.integration_id.as_ref())?, input.idempotency_key.as_deref());
        let started = services.exports.start_run(&services.syncs, &actor, integration, key).await;
        let (started, user_errors) = answered(started)?;
        Ok(match started {
            None => ExportPendingPayload { run: None, lock: None, user_errors },
            Some(Started::Run(run)) => ExportPendingPayload { run: Some(SyncRun(*run)), lock: None, user_errors },
            Some(Started::Locked(state, refusal)) => ExportPendingPayload {
                run: None,
                lock: Some(SyncLock { business: actor.business, state: *state }),
                user_errors: vec![(*refusal).into()],
            },
        })
    }
}

/// What became of a document in an export run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ExportRunOutcome {
    /// Its turn has not come.
    Waiting,
    /// On its way.
    OnItsWay,
    /// It is in the books.
    Posted,
    /// The accounting system refused it; correct the cause, then `retryExport`.
    Failed,
    /// Something stands in its way; it was not sent, and waits.
    Refused,
    /// There was nothing to send.
    Skipped,
    /// The run ended before it was sent; it waits as before.
    Returned,
}

impl From<Ended> for ExportRunOutcome {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Waiting => Self::Waiting,
            Ended::OnItsWay | Ended::As(DomainOutcome::Left) => Self::OnItsWay,
            Ended::As(DomainOutcome::Posted) => Self::Posted,
            Ended::As(DomainOutcome::Failed) => Self::Failed,
            Ended::As(DomainOutcome::Refused) => Self::Refused,
            Ended::As(DomainOutcome::Skipped) => Self::Skipped,
            Ended::As(DomainOutcome::Returned) => Self::Returned,
        }
    }
}

impl ExportRunOutcome {
    /// How it is kept; nothing for what is open.
    fn kept(self) -> Option<DomainOutcome> {
        Some(match self {
            Self::Waiting => return None,
            Self::OnItsWay => DomainOutcome::Left,
            Self::Posted => DomainOutcome::Posted,
            Self::Failed => DomainOutcome::Failed,
            Self::Refused => DomainOutcome::Refused,
            Self::Skipped => DomainOutcome::Skipped,
            Self::Returned => DomainOutcome::Returned,
        })
    }
}

/// A document of an export run.
#[derive(Debug, Clone)]
pub struct ExportRunDocument(BusinessId, RunDocument);

impl Plain for ExportRunDocument {}

/// A document of an export run, and what became of it in that run.
#[Object]
impl ExportRunDocument {
    /// Place in the run, from 1.
    async fn place(&self) -> i64 {
        self.1.place
    }

    /// The document's export, as it is now.
    async fn export(&self, ctx: &Context<'_>) -> Result<Export> {
        let found = services(ctx)?.loaders.exports.exports.get(self.0, self.1.export).await?;
        found.map(Export).ok_or_else(|| dangling("a run's document without an export"))
    }

    /// What became of it in this run; what a later retry did is told by the export.
    async fn outcome(&self) -> ExportRunOutcome {
        self.1.ended.into()
    }

    /// Why it is not in the books, with the way out; empty where it is, and while it is open.
    async fn reasons(&self) -> Vec<UserError> {
        let shown = |reason: &Reason| {
            UserError::stored(&reason.code, &reason.message, reason.help.as_deref(), reason.provider_code.as_deref())
        };
        self.1.reasons.iter().map(shown).collect()
    }
}

/// A page of a run's documents.
pub(in crate::graphql) async fn documents_of(
    ctx: &Context<'_>,
    run: &Run,
    outcomes: Vec<ExportRunOutcome>,
    asked: &Asked,
) -> Result<Connection<ExportRunDocument>> {
    let exports = services(ctx)?.exports.clone();
    let kept: Vec<DomainOutcome> = outcomes.iter().filter_map(|outcome| outcome.kept()).collect();
    let page = exports.run_documents(run, &kept, &asked.request()).await.map_err(fault)?;
    let (business, of) = (run.business_id, run.clone());
    let total = count(move || {
        let (exports, run, kept) = (exports.clone(), of.clone(), kept.clone());
        Box::pin(async move { exports.count_run_documents(&run, &kept).await.map_err(fault) })
    });
    let key = |row: &RunDocument| Key::Number(row.place, row.export.0);
    asked.connection(page, key, |row| ExportRunDocument(business, row), total)
}
