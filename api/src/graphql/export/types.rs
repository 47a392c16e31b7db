//! Exports and their attempts.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use domain::export::{
    Attempt, DocumentRef, Export as DomainExport, ExportFilter as DomainFilter, draft::Draft, waits_for, warnings,
};
use entity::{
    AccountRole as DomainRole, AttemptOutcome as DomainOutcome, ExportId, ExportKind as DomainKind, ExportSource,
    ExportState as DomainState, MovementId,
};

use super::{draft::ExportDraft, drift::ExportDrift};
use crate::graphql::{
    common::{Notice, moment},
    integration::{Integration, InventoryMode},
    node::Node,
    paging::optional_id,
    production::Build,
    receiving::Receipt,
    reconcile::Reconciliation,
    refusal::{UserError, fault},
    rows::Plain,
    scalars::{Date, DateTime, Url},
    services::{dangling, services},
    stock::StockMovement,
};

/// A document on its way into the books.
#[derive(Debug, Clone)]
pub struct Export(pub(crate) DomainExport);

impl Plain for Export {}

impl Export {
    /// The export that was posted: itself, or the journal that it is gathered in.
    fn posted(&self) -> ExportId {
        self.0.gathered_in.unwrap_or(self.0.id)
    }
}

/// A document on its way into the accounting system: one per document and kind, whatever becomes of it. It is posted
/// once, however often it is attempted.
#[Object]
impl Export {
    /// Id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Where it goes.
    async fn integration(&self, ctx: &Context<'_>) -> Result<Integration> {
        let found = services(ctx)?.loaders.integrations.get(self.0.business_id, self.0.integration_id).await?;
        found.map(Integration).ok_or_else(|| dangling("an export without an integration"))
    }

    /// The document: a build, a receipt (also for a correction of one), the stock movement of an adjustment, the
    /// reconciliation of a true-up, or, of a journal entry that gathers a day, the export itself.
    async fn document(&self, ctx: &Context<'_>) -> Result<Node> {
        document(ctx, &self.0).await?.ok_or_else(|| dangling("an export without a document"))
    }

    /// Id of the record that was exported; of a correction itself, not of its receipt.
    async fn document_id(&self) -> ID {
        match DocumentRef::of(&self.0) {
            DocumentRef::Build(id) => id.to_string(),
            DocumentRef::Receipt(id) => id.to_string(),
            DocumentRef::Correction(id) => id.to_string(),
            DocumentRef::Movement(id) => id.to_string(),
            DocumentRef::Journal(id) => id.to_string(),
            DocumentRef::TrueUp(id) => id.to_string(),
        }
        .into()
    }

    /// What people call the document, for example "Build 12".
    async fn label(&self) -> &str {
        &self.0.label
    }

    /// What is said of the document.
    async fn kind(&self) -> ExportKind {
        self.0.kind.into()
    }

    /// The mode it was, or will be, sent in: inventory adjustments or journal entries.
    async fn mode(&self) -> InventoryMode {
        self.0.mode.into()
    }

    /// State.
    async fn state(&self) -> ExportState {
        self.0.state.into()
    }

    /// Whether it is on its way by itself; while PENDING and not queued, it waits for a user.
    async fn queued(&self) -> bool {
        let on_its_way = matches!(self.0.state, DomainState::Pending | DomainState::Sending | DomainState::Uncertain);
        self.0.due_at.is_some() || (self.0.gathered_in.is_some() && on_its_way)
    }

    /// When it is tried next; null unless it is queued by itself.
    async fn next_attempt_at(&self) -> Option<DateTime> {
        self.0.due_at.map(moment)
    }

    /// Whether it goes out without a user.
    async fn automatic(&self) -> bool {
        self.0.automatic
    }

    /// Our reference in the books: the same at every attempt, at most 21 characters.
    async fn reference(&self) -> &str {
        &self.0.reference
    }

    /// Business date of the document.
    async fn effective_on(&self) -> Date {
        Date(self.0.effective_on)
    }

    /// The accounting system's id; null before it is in the books.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// Where a person sees it in the accounting system; null where there is no such page.
    async fn external_url(&self, ctx: &Context<'_>) -> Result<Option<Url>> {
        if self.0.external_id.is_none() {
            return Ok(None);
        }
        let services = services(ctx)?;
        let found = services.loaders.integrations.get(self.0.business_id, self.0.integration_id).await?;
        Ok(found.and_then(|integration| services.exports.url(&self.0, &integration)).map(Url))
    }

    /// Attempts to send it or to find out what became of it, in order. Their calls are in `syncLogs` with this export's
    /// id as `correlationId`.
    async fn attempts(&self, ctx: &Context<'_>) -> Result<Vec<ExportAttempt>> {
        let found = services(ctx)?.loaders.exports.attempts.get(self.0.business_id, self.posted()).await?;
        Ok(found.unwrap_or_default().into_iter().map(ExportAttempt).collect())
    }

    /// Why it failed, or why it waits; null when nothing is wrong.
    async fn error(&self) -> Option<UserError> {
        let code = self.0.error_code.as_deref()?;
        let message = self.0.error_message.as_deref().unwrap_or_default();
        Some(UserError::stored(code, message, self.0.error_help.as_deref(), self.0.provider_code.as_deref()))
    }

    /// Short title of the error; null when nothing is wrong.
    async fn error_title(&self) -> Option<&str> {
        self.0.error_title.as_deref()
    }

    /// Why there is nothing to send; null unless it is SKIPPED.
    async fn skipped_because(&self) -> Option<&str> {
        self.0.error_message.as_deref().filter(|_| self.0.state == DomainState::Skipped)
    }

    /// What people should know: for example that a loss went to cost of goods sold; of NOT_READY, what is missing; of what
    /// waits for a company that is not connected, that it does.
    async fn warnings(&self, ctx: &Context<'_>) -> Result<Vec<Notice>> {
        let kept = warnings(&self.0);
        if matches!(self.0.state, DomainState::Synced | DomainState::Skipped | DomainState::Sending) {
            return Ok(kept.into_iter().map(Into::into).collect());
        }
        let found = services(ctx)?.loaders.integrations.get(self.0.business_id, self.0.integration_id).await?;
        let waits = found.and_then(|integration| waits_for(&self.0, &integration));
        Ok(waits.into_iter().chain(kept).map(Into::into).collect())
    }

    /// The journal entry of its day that it is gathered in; null where it goes by itself. Its attempts, drift and calls are
    /// that one's, its state follows it, and verifying it compares all of it.
    async fn gathered_in(&self, ctx: &Context<'_>) -> Result<Option<Export>> {
        let Some(id) = self.0.gathered_in else { return Ok(None) };
        Ok(services(ctx)?.loaders.exports.exports.get(self.0.business_id, id).await?.map(Export))
    }

    /// The exports that this journal entry of a day gathers, oldest first; empty where it is about one document.
    async fn gathers(&self, ctx: &Context<'_>) -> Result<Vec<Export>> {
        if self.0.source != ExportSource::Journal {
            return Ok(Vec::new());
        }
        let found = services(ctx)?.loaders.exports.members.get(self.0.business_id, self.0.id).await?;
        Ok(found.unwrap_or_default().into_iter().map(Export).collect())
    }

    /// What was, or is about to be, sent; null before it is planned. Of one that is gathered, what of the whole is its own.
    async fn draft(&self) -> Option<ExportDraft> {
        let draft = Draft::from_json(self.0.draft.as_ref()?)?;
        Some(ExportDraft::new(self.0.business_id, self.0.integration_id, draft))
    }

    /// What became of it in the books since; null while it is not in the books.
    async fn drift(&self, ctx: &Context<'_>) -> Result<Option<ExportDrift>> {
        if self.0.state != DomainState::Synced {
            return Ok(None);
        }
        let found = services(ctx)?.loaders.exports.drifts.get(self.0.business_id, self.posted()).await?;
        Ok(Some(ExportDrift(found)))
    }

    /// Hash of the plan that was frozen; null before.
    async fn plan_hash(&self) -> Option<&str> {
        self.0.plan_hash.as_deref()
    }

    /// Who asked for it: the `sub` of their token.
    async fn requested_by(&self) -> Option<&str> {
        self.0.requested_by.as_deref()
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime {
        moment(self.0.created_at)
    }

    /// When it reached the books.
    async fn exported_at(&self) -> Option<DateTime> {
        self.0.exported_at.map(moment)
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime {
        moment(self.0.updated_at)
    }
}

async fn document(ctx: &Context<'_>, export: &DomainExport) -> Result<Option<Node>> {
    let (business, services) = (export.business_id, services(ctx)?);
    let loaders = &services.loaders;
    Ok(match export.source {
        ExportSource::Build => {
            loaders.production.builds.get(business, export.document_id.into()).await?.map(|row| Node::Build(Build(row)))
        }
        ExportSource::Receipt => {
            let found = loaders.receiving.receipts.get(business, export.document_id.into()).await?;
            found.map(|row| Node::Receipt(Receipt(row)))
        }
        ExportSource::Correction => {
            let found = loaders.receiving.receipt_of_correction.get(business, export.document_id.into()).await?;
            found.map(|row| Node::Receipt(Receipt(row)))
        }
        ExportSource::Movement => {
            let found = loaders.stock.movements.get(business, MovementId(export.document_id)).await?;
            found.map(|row| Node::StockMovement(StockMovement(row)))
        }
        ExportSource::Journal => Some(Node::Export(Export(export.clone()))),
        ExportSource::TrueUp => {
            let found = services.reconciliations.of_true_up(business, export.document_id.into()).await;
            found.map_err(fault)?.map(|row| Node::Reconciliation(Reconciliation(row)))
        }
    })
}

/// One attempt.
#[derive(Debug, Clone)]
pub struct ExportAttempt(pub(crate) Attempt);

/// One attempt to send an export, or to find out what became of it.
#[Object]
impl ExportAttempt {
    /// 1 for the first.
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// When it began.
    async fn started_at(&self) -> DateTime {
        moment(self.0.started_at)
    }

    /// When it ended; null while it lasts.
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.ended_at.map(moment)
    }

    /// How it ended.
    async fn outcome(&self) -> AttemptOutcome {
        self.0.outcome.into()
    }

    /// What went wrong; null when nothing did.
    async fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// The accounting system's own code.
    async fn provider_code(&self) -> Option<&str> {
        self.0.provider_code.as_deref()
    }
}

/// What an account is used for in exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainRole")]
pub enum AccountRole {
    /// Sync mode: the other side of builds; of losses where there is no waste account.
    Cogs,
    /// Sync mode: the other side of receipts.
    Receiving,
    /// Losses, in both modes: rejected builds, breakage, what was received short.
    Waste,
    /// Self-managed mode: debited by builds.
    BuildDebit,
    /// Self-managed mode: credited by builds, and by losses of builds.
    BuildCredit,
    /// Self-managed mode: debited by receipts.
    ReceivingDebit,
    /// Self-managed mode: credited by receipts.
    ReceivingCredit,
}

/// What an export says of its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainKind")]
pub enum ExportKind {
    /// A build was made.
    Build,
    /// Something was delivered.
    Receipt,
    /// A rejected build lost components.
    Waste,
    /// A receipt in the books was corrected.
    Correction,
    /// A lot or a product was adjusted.
    Adjustment,
    /// A document in the books was taken back.
    Reversal,
    /// The books' stock value was brought to ours.
    TrueUp,
}

/// State of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainState")]
pub enum ExportState {
    /// It was to go by itself and something is missing; its warnings say what. The document itself works.
    NotReady,
    /// Pending export: it waits for a user, or, if queued, for a worker or the connection.
    Pending,
    /// It is being sent.
    Sending,
    /// It was sent and nobody knows what became of it; it is looked up in the books before anything else.
    Uncertain,
    /// It is in the books.
    Synced,
    /// The accounting system refused; see the error.
    Failed,
    /// There is nothing to send.
    Skipped,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainOutcome")]
pub enum AttemptOutcome {
    /// It lasts.
    Started,
    /// It is in the books.
    Synced,
    /// It was found in the books: an attempt before had put it there.
    Found,
    /// It was looked for and is not there.
    Absent,
    /// The accounting system refused.
    Refused,
    /// It failed in passing and certainly had no effect.
    Passing,
    /// Nobody knows whether it had an effect.
    Unknown,
}

/// Which exports; all given fields must match.
#[derive(Debug, Default, InputObject)]
pub struct ExportFilter {
    /// In one of these states.
    states: Option<Vec<ExportState>>,
    /// Of one of these kinds.
    kinds: Option<Vec<ExportKind>>,
    /// To this integration.
    integration_id: Option<ID>,
    /// Of this document.
    document_id: Option<ID>,
    /// Whether the books differ from what was sent, and nobody has agreed to it.
    drifted: Option<bool>,
    /// Of this export run.
    run_id: Option<ID>,
}

impl ExportFilter {
    pub(super) fn read(self) -> Result<DomainFilter> {
        Ok(DomainFilter {
            states: self.states.unwrap_or_default().into_iter().map(Into::into).collect(),
            kinds: self.kinds.unwrap_or_default().into_iter().map(Into::into).collect(),
            integration: optional_id(self.integration_id.as_ref())?,
            document: self.document_id.as_ref().map(super::input::document).transpose()?.map(DocumentRef::id),
            drifted: self.drifted,
            run: optional_id(self.run_id.as_ref())?,
        })
    }
}
