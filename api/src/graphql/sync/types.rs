//! Runs, their counters, events and issues, and the lock.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use domain::sync::{Counts, Event, LockState, Run};
use entity::{
    BusinessId, SkipReason as DomainSkipReason, SyncKind as DomainKind, SyncPhase as DomainPhase,
    SyncRunState as DomainState, SyncTrigger as DomainTrigger,
};

use crate::graphql::{
    catalog::ItemType,
    common::{Notice, NoticeSeverity, moment},
    connection::Connection,
    export::{ExportRunDocument, ExportRunOutcome, documents_of},
    integration::Integration,
    paging::Asked,
    refusal::{UserError, fault},
    rows::Plain,
    scalars::DateTime,
    services::services,
};

/// A durable run of a sync.
#[derive(Debug, Clone)]
pub struct SyncRun(pub(crate) Run);

impl Plain for SyncRun {}

/// A durable run of a sync: it survives restarts, holds the business's lock while it runs, and keeps its progress.
#[Object]
impl SyncRun {
    /// Id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it syncs.
    async fn kind(&self) -> SyncKind {
        self.0.kind.into()
    }

    /// The integration.
    async fn integration(&self, ctx: &Context<'_>) -> Result<Integration> {
        let found = services(ctx)?.loaders.integrations.get(self.0.business_id, self.0.integration_id).await?;
        found.map(Integration).ok_or_else(|| fault(domain::Error::Internal("a run without an integration".to_owned())))
    }

    /// State.
    async fn state(&self) -> SyncRunState {
        self.0.state.into()
    }

    /// What started it.
    async fn trigger(&self) -> SyncTrigger {
        self.0.trigger.into()
    }

    /// Who asked for it: the `sub` of their token; null for a schedule.
    async fn requested_by(&self) -> Option<&str> {
        self.0.requested_by.as_deref()
    }

    /// What it is doing.
    async fn phase(&self) -> SyncPhase {
        self.0.phase.into()
    }

    /// Items handled. Never falls.
    async fn done(&self) -> i64 {
        self.0.done
    }

    /// Items expected; null until the accounting system has told.
    async fn total(&self) -> Option<i64> {
        self.0.total
    }

    /// What it did so far.
    async fn counts(&self) -> SyncCounts {
        Counts::from_json(&self.0.counts).into()
    }

    /// Records a person should look at.
    async fn issues(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most 1,000.", default = 100)] first: u32,
    ) -> Result<Vec<SyncIssue>> {
        let rows = services(ctx)?.syncs.issues(self.0.business_id, self.0.id, first).await.map_err(fault)?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// What the result means and what to do: for example which types the filter skipped.
    async fn advice(&self, ctx: &Context<'_>) -> Result<Vec<Notice>> {
        let advice = services(ctx)?.syncs.advice(&self.0).await.map_err(fault)?;
        Ok(advice.into_iter().map(Into::into).collect())
    }

    /// Why it failed; null when it did not.
    async fn error(&self) -> Option<UserError> {
        let code = self.0.error_code.as_deref()?;
        let message = self.0.error_message.as_deref().unwrap_or_default();
        Some(UserError::stored(code, message, self.0.error_help.as_deref(), self.0.provider_code.as_deref()))
    }

    /// When it was asked for.
    async fn created_at(&self) -> DateTime {
        moment(self.0.created_at)
    }

    /// When a worker first took it.
    async fn started_at(&self) -> Option<DateTime> {
        self.0.started_at.map(moment)
    }

    /// When it ended.
    async fn finished_at(&self) -> Option<DateTime> {
        self.0.finished_at.map(moment)
    }

    /// How often a worker took it up again after another had died.
    async fn resumed_times(&self) -> i32 {
        self.0.resumed_times
    }

    /// Number of its last event.
    async fn last_sequence(&self) -> i64 {
        self.0.last_sequence
    }

    /// Documents of an export run, in the order in which they are sent; empty for every other run.
    #[allow(clippy::too_many_arguments, reason = "Relay's four page arguments")]
    async fn documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only documents that ended like one of these.")] outcomes: Option<Vec<ExportRunOutcome>>,
        #[graphql(desc = "Documents from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Documents from the end, or before `before`; at most 250.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<ExportRunDocument>> {
        let asked = Asked::read(ctx, "exportRunDocuments", first, after, last, before)?;
        documents_of(ctx, &self.0, outcomes.unwrap_or_default(), &asked).await
    }

    /// Stored events after a number, in order, at most 500.
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only events after this number.", default = 0)] after_sequence: i64,
    ) -> Result<Vec<SyncEvent>> {
        let rows = services(ctx)?.syncs.events(self.0.business_id, self.0.id, after_sequence).await.map_err(fault)?;
        Ok(rows.into_iter().map(SyncEvent).collect())
    }
}

/// What a run did so far.
#[derive(Debug, Clone, SimpleObject)]
pub struct SyncCounts {
    /// Items (of a sales sync: sales) not known before.
    created: i64,
    /// Known items of which a stored field changed; reactivated ones included.
    updated: i64,
    /// Known items, nothing changed.
    unchanged: i64,
    /// Items that were active here and are inactive or gone there.
    deactivated: i64,
    /// Items passed over, each with a reason.
    skipped: i64,
    /// Records that could not be handled because of an error.
    failed: i64,
    /// Skipped items by type; items of unknown type are not in it.
    skipped_by_type: Vec<TypeCount>,
    /// Skipped items by reason.
    skipped_by_reason: Vec<ReasonCount>,
    /// Accounts read.
    accounts: i64,
    /// Suppliers read.
    suppliers: i64,
    /// Linked products brought up to date.
    products: i64,
    /// Documents that are in the books.
    posted: i64,
    /// Documents not sent because something stands in their way; they wait.
    refused: i64,
    /// Sales that were voided or deleted.
    voided: i64,
    /// Lines of sales passed over: no finished good, or an open issue.
    lines_skipped: i64,
    /// Lines of sales that had waited for their item and were processed.
    lines_retried: i64,
    /// Lines of sales of which some units were not there.
    shortages: i64,
}

impl From<Counts> for SyncCounts {
    fn from(counts: Counts) -> Self {
        let by_type = counts.skipped_by_type.into_iter();
        let by_reason = counts.skipped_by_reason.into_iter();
        Self {
            created: counts.created,
            updated: counts.updated,
            unchanged: counts.unchanged,
            deactivated: counts.deactivated,
            skipped: counts.skipped,
            failed: counts.failed,
            skipped_by_type: by_type.map(|(kind, count)| TypeCount { kind: kind.into(), count }).collect(),
            skipped_by_reason: by_reason.map(|(reason, count)| ReasonCount { reason: reason.into(), count }).collect(),
            accounts: counts.accounts,
            suppliers: counts.suppliers,
            products: counts.products,
            posted: counts.posted,
            refused: counts.refused,
            voided: counts.voided,
            lines_skipped: counts.lines_skipped,
            lines_retried: counts.lines_retried,
            shortages: counts.shortages,
        }
    }
}

/// A number of items of a type.
#[derive(Debug, Clone, SimpleObject)]
pub struct TypeCount {
    /// The type.
    #[graphql(name = "type")]
    kind: ItemType,
    /// How many.
    count: i64,
}

/// A number of items skipped for a reason.
#[derive(Debug, Clone, SimpleObject)]
pub struct ReasonCount {
    /// The reason.
    reason: SkipReason,
    /// How many.
    count: i64,
}

/// Why an item was skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainSkipReason")]
pub enum SkipReason {
    /// Its type is not selected in the settings.
    TypeNotSelected,
    /// It is a heading, not an item.
    Category,
    /// It has no id.
    MissingId,
    /// It has no name.
    MissingName,
    /// A number cannot be kept exactly.
    InexactNumber,
    /// A field cannot be read.
    InvalidField,
    /// The listing held it twice.
    Duplicate,
}

/// A record that a person should look at.
#[derive(Debug, Clone, SimpleObject)]
pub struct SyncIssue {
    /// How serious.
    severity: NoticeSeverity,
    /// Reason code.
    reason: String,
    /// What, naming the record.
    message: String,
    /// What to do.
    help: Option<String>,
    /// The record's id in the accounting system.
    external_id: Option<String>,
    /// What the record is called.
    label: Option<String>,
}

impl From<entity::sync_issue::Model> for SyncIssue {
    fn from(row: entity::sync_issue::Model) -> Self {
        Self {
            severity: row.severity.into(),
            reason: row.reason,
            message: row.message,
            help: row.help,
            external_id: row.external_id,
            label: row.label,
        }
    }
}

/// One stored step of a run.
#[derive(Debug, Clone)]
pub struct SyncEvent(pub(super) Event);

/// One stored step of a run. Numbers of a run's events rise by one, its counters never fall.
#[Object]
impl SyncEvent {
    /// The run as it is now.
    async fn run(&self, ctx: &Context<'_>) -> Result<SyncRun> {
        let found = services(ctx)?.loaders.runs.get(self.0.business_id, self.0.run_id).await?;
        found.map(SyncRun).ok_or_else(|| fault(domain::Error::Internal("an event without a run".to_owned())))
    }

    /// Number within the run, from 1.
    async fn sequence(&self) -> i64 {
        self.0.sequence
    }

    /// When.
    async fn at(&self) -> DateTime {
        moment(self.0.at)
    }

    /// What the run was doing.
    async fn phase(&self) -> SyncPhase {
        self.0.phase.into()
    }

    /// Items handled then.
    async fn done(&self) -> i64 {
        self.0.done
    }

    /// Items expected then.
    async fn total(&self) -> Option<i64> {
        self.0.total
    }

    /// What it had done then.
    async fn counts(&self) -> SyncCounts {
        Counts::from_json(&self.0.counts).into()
    }

    /// For people.
    async fn message(&self) -> Option<&str> {
        Some(self.0.message.as_str())
    }

    /// State then.
    async fn state(&self) -> SyncRunState {
        self.0.state.into()
    }
}

/// The held lock of a business.
#[derive(Debug, Clone)]
pub struct SyncLock {
    pub(crate) business: BusinessId,
    pub(crate) state: LockState,
}

impl SyncLock {
    /// The lock of a business.
    pub(in crate::graphql) fn new(business: BusinessId, state: LockState) -> Self {
        Self { business, state }
    }
}

/// The held lock of a business: one sync or build at a time. It ends by itself when its holder dies.
#[Object]
impl SyncLock {
    /// The run that holds it.
    async fn run(&self, ctx: &Context<'_>) -> Result<Option<SyncRun>> {
        let Some(id) = self.state.run else { return Ok(None) };
        Ok(services(ctx)?.loaders.runs.get(self.business, id).await?.map(SyncRun))
    }

    /// Who holds it, for people.
    async fn held_by(&self) -> &str {
        &self.state.held_by
    }

    /// What it does.
    async fn kind(&self) -> SyncKind {
        self.state.kind.into()
    }

    /// Since when.
    async fn acquired_at(&self) -> DateTime {
        moment(self.state.acquired_at)
    }

    /// Until when, unless the holder renews it, which a living one does.
    async fn expires_at(&self) -> DateTime {
        moment(self.state.expires_at)
    }

    /// Rises each time a worker takes the lock up.
    async fn fence(&self) -> i64 {
        self.state.fence
    }
}

/// What a run syncs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainKind")]
pub enum SyncKind {
    /// Items, accounts and suppliers.
    Items,
    /// Sales documents.
    Sales,
    /// Documents sent to the accounting system.
    Export,
    /// A build; no run.
    Build,
}

/// State of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainState")]
pub enum SyncRunState {
    /// Waiting for a worker.
    Queued,
    /// A worker has it.
    Running,
    /// Ended, nothing to report.
    Succeeded,
    /// Ended; some records need attention.
    SucceededWithIssues,
    /// Ended by an error; what was committed stays.
    Failed,
    /// Ended by a user.
    Cancelled,
    /// Not started: the lock was held.
    Skipped,
}

/// What started a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainTrigger")]
pub enum SyncTrigger {
    /// A user.
    User,
    /// The schedule.
    Schedule,
    /// The accounting system's announcement.
    Webhook,
}

/// What a run is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainPhase")]
pub enum SyncPhase {
    /// Waiting.
    Queued,
    /// Reading company settings.
    Company,
    /// Reading the chart of accounts.
    Accounts,
    /// Reading suppliers.
    Suppliers,
    /// Reading items.
    Items,
    /// Bringing linked products up to date.
    Products,
    /// Marking items that are gone.
    Deactivations,
    /// Reading sales documents, or sending documents to the books.
    Documents,
    /// Looking for sales documents that are gone.
    Missing,
    /// Processing sales documents in order of their date.
    Processing,
    /// Trying again what could not be processed before.
    Issues,
    /// Ended.
    Done,
}
