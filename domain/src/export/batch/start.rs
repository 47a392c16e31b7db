//! Use-cases of export runs: begin one, read its documents.

use std::collections::HashMap;

use entity::{IntegrationId, SyncKind, SyncPhase, SyncRunState, SyncTrigger};

use super::{
    model::{Ended, RunDocument, from_json},
    rules, store,
};
use crate::{
    business::{Actor, Permission},
    error::{ErrorCode, Refusal, Result},
    export::{Exports, store as exports_store},
    idempotency::RequestKey,
    integration::{self, Integration},
    page::{Page, PageRequest},
    store::WriteTx,
    sync::{Counts, Run, Started, Syncs, model::is_over, require_connected},
};

impl Exports {
    /// Begins to export everything that waits for a user, for one accounting system: takes the lock, writes the run and its
    /// documents, queues its job, answers at once. Each document is planned when its turn comes; one that cannot go keeps
    /// no other back.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, `CONNECTION_EXPIRED`, `IDEMPOTENCY_MISMATCH`; `INVALID_STATE` when nothing waits. A held
    /// lock is an answer.
    pub async fn start_run(
        &self,
        syncs: &Syncs,
        actor: &Actor,
        wanted: Option<IntegrationId>,
        key: Option<&str>,
    ) -> Result<Started> {
        actor.require(Permission::Export)?;
        let key = key.map(|key| RequestKey::new("exportPending", key, &format!("{wanted:?}"))).transpose()?;
        let tx = self.db.write().await?;
        if let Some(key) = &key
            && let Some(run) = syncs.answered(&tx, actor.business, key).await?
        {
            return Ok(Started::Run(Box::new(run)));
        }
        let integration = self.destination(&tx, actor, wanted).await?;
        require_connected(&integration)?;
        let (mut run, now) = (self.new_run(&integration, actor), self.ambient.now());
        if let Some(held) = syncs.claim(&tx, &run, now).await? {
            drop(tx);
            return syncs.locked(actor.business, held, now).await;
        }
        let whose = (actor.business, integration.id);
        let found = store::collect(tx.connection(), whose, run.id).await?;
        if found == 0 {
            return Err(Refusal::new(ErrorCode::InvalidState, "Nothing waits to be exported.")
                .help("What failed is retried from its own page; what is on its way goes out by itself.")
                .into());
        }
        run.total = i64::try_from(found).ok();
        syncs.insert(&tx, &run, now).await?;
        if let Some(key) = &key {
            key.keep(&tx, actor.business, serde_json::json!({ "run": run.id.to_string() }), now).await?;
        }
        tx.commit().await?;
        syncs.queue_run(&run).await;
        Ok(Started::Run(Box::new(syncs.run(actor.business, run.id).await?)))
    }

    /// The accounting system asked for, or else the one that documents go to now.
    pub(in crate::export) async fn destination(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        wanted: Option<IntegrationId>,
    ) -> Result<Integration> {
        if let Some(wanted) = wanted {
            let found = integration::store::find(tx.connection(), actor.business, wanted).await?;
            let place = ["input", "integrationId"];
            return found.ok_or_else(|| Refusal::not_found("integration", wanted).at(&place).into());
        }
        let found = integration::for_exports(tx.connection(), actor.business).await?;
        found.ok_or_else(|| {
            Refusal::new(ErrorCode::InvalidState, "There is no accounting system to export to.")
                .help("Connect one on the integrations page.")
                .into()
        })
    }

    /// A run as it begins.
    pub(in crate::export) fn new_run(&self, integration: &Integration, actor: &Actor) -> Run {
        Run {
            id: self.ambient.id(),
            business_id: integration.business_id,
            integration_id: integration.id,
            kind: SyncKind::Export,
            state: SyncRunState::Queued,
            trigger: SyncTrigger::User,
            requested_by: Some(actor.subject.clone()),
            full: false,
            phase: SyncPhase::Queued,
            done: 0,
            total: None,
            counts: Counts::default().to_json(),
            cursor: None,
            policy_hash: String::new(),
            resumed_from: None,
            resumed_times: 0,
            last_sequence: 0,
            cancel_requested: false,
            error_code: None,
            error_message: None,
            error_help: None,
            provider_code: None,
            worker: None,
            heartbeat_at: None,
            created_at: self.ambient.now(),
            started_at: None,
            finished_at: None,
        }
    }

    /// A page of a run's documents, in the order in which they are sent; of these outcomes, if any are given.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run_documents(
        &self,
        run: &Run,
        outcomes: &[entity::ExportRunOutcome],
        request: &PageRequest,
    ) -> Result<Page<RunDocument>> {
        let connection = self.db.connection();
        let page = store::page(connection, (run.business_id, run.id), outcomes, request).await?;
        let ids: Vec<_> = page.rows.iter().map(|row| row.export_id).collect();
        let exports = exports_store::by_ids(connection, run.business_id, &ids).await?;
        let exports: HashMap<_, _> = exports.into_iter().map(|row| (row.id, row)).collect();
        let over = is_over(run.state);
        Ok(page.map(|row| {
            let ended = rules::told(&row, exports.get(&row.export_id), over);
            let reasons = if ended == Ended::OnItsWay { Vec::new() } else { from_json(row.reasons.as_ref()) };
            RunDocument { place: row.place, export: row.export_id, ended, reasons }
        }))
    }

    /// How many documents of a run match.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_run_documents(&self, run: &Run, outcomes: &[entity::ExportRunOutcome]) -> Result<u64> {
        Ok(store::count(self.db.connection(), (run.business_id, run.id), outcomes).await?)
    }
}
