//! Use-cases of runs: start, cancel, follow.

use std::{fmt, sync::Arc};

use entity::{
    BusinessId, IntegrationId, IntegrationStatus, RunId, SyncKind, SyncPhase, SyncRunState, SyncTrigger, Timestamp,
};

use super::{
    bus::EventBus,
    fence::Report,
    lock::{self, Claim, Taken},
    model::{Counts, Event, IssueRow, JobQueue, LockState, Progress, Run, RunFilter, Started, SyncTiming, is_over},
    rules,
    store::{self, Ending},
};
use crate::{
    ambient::Ambient,
    business::{Actor, Permission},
    error::{ErrorCode, Refusal, Result},
    idempotency::RequestKey,
    integration::{Integration, Integrations, Notice, rules as integration_rules},
    page::{Page, PageRequest},
    store::{Db, WriteTx},
};

/// Events read at once.
const EVENTS_MAX: u64 = 500;
/// Issues read at once.
const ISSUES_MAX: u64 = 1_000;

/// Runs of all businesses.
#[derive(Clone)]
pub struct Syncs {
    pub(super) db: Db,
    pub(super) ambient: Ambient,
    pub(super) integrations: Integrations,
    pub(super) bus: EventBus,
    queue: Arc<dyn JobQueue>,
    timing: SyncTiming,
}

impl fmt::Debug for Syncs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Syncs").finish_non_exhaustive()
    }
}

impl Syncs {
    /// Runs in this database, worked on through this queue.
    pub fn new(
        db: Db,
        ambient: Ambient,
        integrations: Integrations,
        bus: EventBus,
        queue: Arc<dyn JobQueue>,
        timing: SyncTiming,
    ) -> Self {
        Self { db, ambient, integrations, bus, queue, timing }
    }

    /// Announcements of new events.
    pub fn bus(&self) -> &EventBus {
        &self.bus
    }

    /// Starts an item sync: takes the lock, writes the run, queues its job, answers at once.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, `CONNECTION_EXPIRED`, `INVALID_STATE`, `IDEMPOTENCY_MISMATCH`. A held lock is an answer.
    pub async fn start_items(
        &self,
        actor: &Actor,
        integration: IntegrationId,
        full: bool,
        key: Option<&str>,
    ) -> Result<Started> {
        actor.require(Permission::SyncItems)?;
        let integration = self.integrations.get(actor.business, integration).await?;
        let input = format!("{} {full}", integration.id);
        let key = key.map(|key| RequestKey::new("syncItems", key, &input)).transpose()?;
        let policy = rules::policy_hash(&integration_rules::settings(&integration).item_types);
        self.start(actor, &Ask { integration: &integration, kind: SyncKind::Items, full, policy, key }).await
    }

    /// Starts a run of any kind.
    pub(crate) async fn start(&self, actor: &Actor, ask: &Ask<'_>) -> Result<Started> {
        let tx = self.db.write().await?;
        if let Some(key) = &ask.key
            && let Some(run) = self.answered(&tx, actor.business, key).await?
        {
            return Ok(Started::Run(Box::new(run)));
        }
        require_connected(ask.integration)?;
        let now = self.ambient.now();
        let run = self.new_run(&tx, ask, (SyncTrigger::User, Some(&actor.subject)), now).await?;
        if let Some(held) = self.claim(&tx, &run, now).await? {
            drop(tx);
            return self.locked(actor.business, held, now).await;
        }
        self.insert(&tx, &run, now).await?;
        if let Some(key) = &ask.key {
            key.keep(&tx, actor.business, serde_json::json!({ "run": run.id.to_string() }), now).await?;
        }
        tx.commit().await?;
        self.queue_run(&run).await;
        let stored = self.run(actor.business, run.id).await?;
        Ok(Started::Run(Box::new(stored)))
    }

    pub(crate) async fn answered(&self, tx: &WriteTx, business: BusinessId, key: &RequestKey) -> Result<Option<Run>> {
        use entity::TypedId;
        let Some(answer) = key.answered(tx, business).await? else { return Ok(None) };
        let id = answer["run"].as_str().and_then(|text| RunId::parse(text).ok());
        match id {
            Some(id) => Ok(store::run(tx.connection(), business, id).await?),
            None => Ok(None),
        }
    }

    /// A run row; it continues the latest failed one where that is sound.
    pub(super) async fn new_run(
        &self,
        tx: &WriteTx,
        ask: &Ask<'_>,
        (trigger, by): (SyncTrigger, Option<&str>),
        now: Timestamp,
    ) -> Result<Run> {
        let Ask { integration, kind, full, policy, .. } = ask;
        let previous = store::latest(tx.connection(), integration.business_id, integration.id, *kind).await?;
        let continued = previous.filter(|previous| !full && rules::may_continue(previous, policy, now));
        Ok(Run {
            id: self.ambient.id(),
            business_id: integration.business_id,
            integration_id: integration.id,
            kind: *kind,
            state: SyncRunState::Queued,
            trigger,
            requested_by: by.map(str::to_owned),
            full: *full,
            phase: SyncPhase::Queued,
            done: continued.as_ref().map_or(0, |previous| previous.done),
            total: continued.as_ref().and_then(|previous| previous.total),
            counts: Counts::default().to_json(),
            cursor: continued.as_ref().and_then(|previous| previous.cursor.clone()),
            policy_hash: policy.clone(),
            resumed_from: continued.map(|previous| previous.id),
            resumed_times: 0,
            last_sequence: 0,
            cancel_requested: false,
            error_code: None,
            error_message: None,
            error_help: None,
            provider_code: None,
            worker: None,
            heartbeat_at: None,
            created_at: now,
            started_at: None,
            finished_at: None,
        })
    }

    pub(crate) async fn claim(&self, tx: &WriteTx, run: &Run, now: Timestamp) -> Result<Option<LockState>> {
        let held_by = holder(run);
        let claim = Claim {
            business: run.business_id,
            run: run.id,
            kind: run.kind,
            held_by: &held_by,
            now,
            until: now.plus(self.timing.lease),
        };
        match lock::take(tx, &claim).await {
            Ok(()) => Ok(None),
            Err(Taken::Held(state)) => Ok(Some(*state)),
            Err(Taken::Store(error)) => Err(error.into()),
        }
    }

    pub(crate) async fn insert(&self, tx: &WriteTx, run: &Run, now: Timestamp) -> Result<()> {
        store::insert_run(tx.connection(), run.clone()).await?;
        if let Some(previous) = run.resumed_from {
            store::adopt_pages(tx.connection(), run.business_id, previous, run.id).await?;
        }
        let message = match run.resumed_from {
            Some(previous) => format!("queued; continues {previous} after {} records", run.done),
            None => "queued".to_owned(),
        };
        let progress = progress_of(run);
        let report = Report { state: SyncRunState::Queued, progress: &progress, message: &message, now };
        store::report(tx.connection(), run.business_id, run.id, &report).await?;
        Ok(())
    }

    /// A job that cannot be queued is found by the next look for orphans; the run is safe in its row.
    pub(crate) async fn queue_run(&self, run: &Run) {
        self.bus.announce(run.business_id, run.id);
        if let Err(error) = self.queue.push(run.business_id, run.id, "start").await {
            tracing::error!(%error, run = %run.id, "job could not be queued; the next look for orphans will");
        }
    }

    pub(crate) async fn locked(&self, business: BusinessId, held: LockState, now: Timestamp) -> Result<Started> {
        let run = match held.run {
            Some(run) => store::run(self.db.connection(), business, run).await?,
            None => None,
        };
        let refusal = lock::locked(&held, run.as_ref(), now).at(&["input", "integrationId"]);
        Ok(Started::Locked(Box::new(held), Box::new(refusal)))
    }

    /// Asks a run to end. A queued one ends at once, a running one at its next heartbeat.
    ///
    /// # Errors
    /// `Forbidden` without the permission to start such a run, `NOT_FOUND`; `INVALID_STATE` when it has ended.
    pub async fn cancel(&self, actor: &Actor, id: RunId) -> Result<Run> {
        let kind = store::run(self.db.connection(), actor.business, id).await?.map(|run| run.kind);
        actor.require(match kind {
            Some(SyncKind::Export) => Permission::Export,
            Some(SyncKind::Sales) => Permission::SyncSales,
            Some(SyncKind::Items | SyncKind::Build) | None => Permission::SyncItems,
        })?;
        let now = self.ambient.now();
        let tx = self.db.write().await?;
        let run = store::run(tx.connection(), actor.business, id).await?;
        let run = run.ok_or_else(|| Refusal::not_found("sync run", id).at(&["input", "runId"]))?;
        if is_over(run.state) {
            return Err(Refusal::new(ErrorCode::InvalidState, format!("The run {id} has already ended."))
                .help("Nothing to cancel.")
                .at(&["input", "runId"])
                .into());
        }
        store::request_cancel(tx.connection(), actor.business, id).await?;
        if run.state == SyncRunState::Queued {
            let refusal = Refusal::new(ErrorCode::InvalidState, "Cancelled by a user before it began.");
            let ending = Ending { state: SyncRunState::Cancelled, refusal: Some(&refusal), message: "cancelled", now };
            store::finish(tx.connection(), actor.business, id, &ending).await?;
            store::release_lock(tx.connection(), actor.business, id).await?;
        }
        tx.commit().await?;
        self.bus.announce(actor.business, id);
        self.run(actor.business, id).await
    }

    /// One run.
    ///
    /// # Errors
    /// `NOT_FOUND`, also for another business's.
    pub async fn run(&self, business: BusinessId, id: RunId) -> Result<Run> {
        let found = store::run(self.db.connection(), business, id).await?;
        found.ok_or_else(|| Refusal::not_found("sync run", id).into())
    }

    /// Runs by id; unknown ones are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn by_ids(&self, business: BusinessId, ids: &[RunId]) -> Result<Vec<Run>> {
        Ok(store::runs(self.db.connection(), business, ids).await?)
    }

    /// The latest item sync of each integration.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn latest(&self, business: BusinessId, integrations: &[IntegrationId]) -> Result<Vec<Run>> {
        self.latest_of(business, integrations, SyncKind::Items).await
    }

    /// The latest run of a kind of each integration.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn latest_of(
        &self,
        business: BusinessId,
        integrations: &[IntegrationId],
        kind: SyncKind,
    ) -> Result<Vec<Run>> {
        Ok(store::latest_many(self.db.connection(), business, integrations, kind).await?)
    }

    /// A page of runs, newest first.
    ///
    /// # Errors
    /// `Forbidden` without [`Permission::ReadCatalog`].
    pub async fn page(&self, actor: &Actor, filter: &RunFilter, request: &PageRequest) -> Result<Page<Run>> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::page(self.db.connection(), actor.business, filter, request).await?)
    }

    /// How many runs match.
    ///
    /// # Errors
    /// As [`Syncs::page`].
    pub async fn count(&self, actor: &Actor, filter: &RunFilter) -> Result<u64> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::count(self.db.connection(), actor.business, filter).await?)
    }

    /// Stored events of a run after a number, in order, at most 500.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn events(&self, business: BusinessId, run: RunId, after: i64) -> Result<Vec<Event>> {
        Ok(store::events(self.db.connection(), business, run, after, EVENTS_MAX).await?)
    }

    /// The first issues of a run, at most 1,000.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn issues(&self, business: BusinessId, run: RunId, limit: u32) -> Result<Vec<IssueRow>> {
        Ok(store::issues(self.db.connection(), business, run, u64::from(limit).min(ISSUES_MAX)).await?)
    }

    /// What a run's result means and what to do about it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn advice(&self, run: &Run) -> Result<Vec<Notice>> {
        let integration = self.integrations.get(run.business_id, run.integration_id).await?;
        let selected = integration_rules::settings(&integration).item_types;
        Ok(rules::advice(run, &Counts::from_json(&run.counts), &selected))
    }

    /// The lock, when it is held.
    ///
    /// # Errors
    /// `Forbidden` without [`Permission::ReadCatalog`].
    pub async fn lock(&self, actor: &Actor) -> Result<Option<LockState>> {
        actor.require(Permission::ReadCatalog)?;
        let row = store::lock_row(self.db.connection(), actor.business).await?;
        Ok(row.as_ref().and_then(|row| lock::state(row, self.ambient.now())))
    }
}

/// What run is asked for.
pub(crate) struct Ask<'a> {
    pub(crate) integration: &'a Integration,
    pub(crate) kind: SyncKind,
    pub(crate) full: bool,
    /// What its counters depend on; a failed run with another policy is not continued.
    pub(crate) policy: String,
    pub(crate) key: Option<RequestKey>,
}

/// Who holds the lock for a run, in words.
pub(super) fn holder(run: &Run) -> String {
    let what = match run.kind {
        SyncKind::Items => "item sync",
        SyncKind::Sales => "sales sync",
        SyncKind::Export => "export",
        SyncKind::Build => "build",
    };
    match (&run.requested_by, run.trigger) {
        (Some(subject), _) => format!("{what} by {subject}"),
        (None, SyncTrigger::Webhook) => format!("{what} that the accounting system asked for"),
        (None, _) => format!("scheduled {what}"),
    }
}

fn progress_of(run: &Run) -> Progress {
    Progress {
        phase: run.phase,
        done: run.done,
        total: run.total,
        cursor: run.cursor.clone(),
        counts: Counts::from_json(&run.counts),
    }
}

/// Refuses what needs a connected integration.
pub(crate) fn require_connected(integration: &Integration) -> Result<()> {
    let place = &["input", "integrationId"];
    match integration.status {
        IntegrationStatus::Active => Ok(()),
        IntegrationStatus::Expired => Err(Refusal::new(
            ErrorCode::ConnectionExpired,
            format!("Connection expired: {}.", integration.expired_reason.as_deref().unwrap_or("reconnect")),
        )
        .help("Reconnect on the integrations page; settings, items and links stay.")
        .at(place)
        .into()),
        IntegrationStatus::Pending | IntegrationStatus::Disconnected => {
            Err(Refusal::new(ErrorCode::InvalidState, "This integration is not connected.")
                .help("Connect it first.")
                .at(place)
                .into())
        }
    }
}
