//! Use-cases of exports: plan, export, retry, queue everything that waits.

use std::sync::Arc;

use entity::{BusinessId, ExportId, ExportSource, ExportState};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::{
    model::{Check, DocumentRef, Export, ExportChanges, Plan},
    note,
    plan::{self, Planned, Target},
    rules, store,
};
use crate::{
    ambient::Ambient,
    business::{Actor, Permission},
    error::{ErrorCode, Refusal, Result},
    idempotency::RequestKey,
    integration::{Integrations, Notice},
    store::{Db, WriteTx},
};

/// Exports of all businesses.
#[derive(Debug, Clone)]
pub struct Exports {
    pub(super) db: Db,
    pub(super) ambient: Ambient,
    pub(super) integrations: Integrations,
    pub(super) changes: ExportChanges,
    pub(super) nudge: Arc<Notify>,
}

/// An export that was asked for, or everything that stands in its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// It is queued, or there was nothing to send and it says so.
    Export(Box<Export>),
    /// Nothing was changed.
    Refused(Vec<Refusal>),
}

impl Exports {
    /// Exports in this database, through these integrations.
    pub fn new(db: Db, ambient: Ambient, integrations: Integrations) -> Self {
        Self { db, ambient, integrations, changes: ExportChanges::default(), nudge: Arc::new(Notify::new()) }
    }

    /// Announcements of changes.
    pub fn changes(&self) -> &ExportChanges {
        &self.changes
    }

    /// Has a worker of this process look at once for what is due.
    pub fn wake(&self) {
        self.nudge.notify_one();
    }

    /// What would be sent for a document, and everything that stands in the way. Nothing is written.
    ///
    /// # Errors
    /// `Forbidden` without [`Permission::Export`], `NOT_FOUND`, `INVALID_STATE` when there is nothing to export.
    pub async fn plan(&self, actor: &Actor, target: Target) -> Result<Plan> {
        actor.require(Permission::Export)?;
        let planned = plan::plan_for(self.db.connection(), &self.integrations, actor, target).await?;
        Ok(planned.plan)
    }

    /// Freezes a plan and queues it, if it is still the plan of that hash.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, `INVALID_STATE`, `ALREADY_EXPORTED`, `PLAN_CHANGED`, `IDEMPOTENCY_MISMATCH`. What stands in
    /// the way is an answer.
    pub async fn export(&self, actor: &Actor, target: Target, hash: &str, key: Option<&str>) -> Result<Asked> {
        actor.require(Permission::Export)?;
        let key = RequestKey::of("exportDocument", key, &(target, hash))?;
        let tx = self.db.write().await?;
        if let Some(id) = RequestKey::made::<ExportId>(key.as_ref(), &tx, actor.business).await? {
            return Ok(Asked::Export(Box::new(required(&tx, actor.business, id).await?)));
        }
        let asked = self.freeze(&tx, actor, target, Some(hash)).await?;
        let Asked::Export(export) = &asked else { return Ok(asked) };
        RequestKey::keep_made(key.as_ref(), &tx, actor.business, export.id, self.ambient.now()).await?;
        tx.commit().await?;
        self.told(export);
        Ok(asked)
    }

    /// Plans an export anew under its old reference and queues it. One that only waits for its next attempt is tried now.
    /// One that is gathered in a journal goes with all of that.
    ///
    /// # Errors
    /// As [`Exports::export`]; `INVALID_STATE` when it has not failed.
    pub async fn retry(&self, actor: &Actor, id: ExportId) -> Result<Asked> {
        actor.require(Permission::Export)?;
        let id = self.posted(self.get(actor.business, id).await?).await?.id;
        let tx = self.db.write().await?;
        let row = required(&tx, actor.business, id).await?;
        let waits = row.state == ExportState::Pending && row.draft.is_some() && row.due_at.is_some();
        if waits && row.holder.is_none() {
            let now = Export { due_at: Some(self.ambient.now()), ..row };
            store::update(tx.connection(), now.clone()).await?;
            tx.commit().await?;
            self.told(&now);
            return Ok(Asked::Export(Box::new(now)));
        }
        if !matches!(row.state, ExportState::Failed | ExportState::NotReady | ExportState::Skipped) {
            rules::may_export(&row)?;
        }
        let asked = match row.source {
            ExportSource::Journal => self.gather_anew(&tx, actor, row).await?,
            _ => self.freeze(&tx, actor, Target::Export(id), None).await?,
        };
        let Asked::Export(export) = &asked else { return Ok(asked) };
        tx.commit().await?;
        self.told(export);
        Ok(asked)
    }

    /// Tells of an export that was queued elsewhere, and has it looked at.
    pub(crate) fn announce(&self, export: &Export) {
        self.told(export);
    }

    pub(super) fn told(&self, export: &Export) {
        self.changes.announce(export.business_id, export.id);
        self.wake();
    }

    /// Plans under the row's lock and puts the draft into it.
    pub(super) async fn freeze(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        target: Target,
        hash: Option<&str>,
    ) -> Result<Asked> {
        // Held before it is read, so that of two who export one document one finds the other's.
        if let Target::Export(id) = target {
            required(tx, actor.business, id).await?;
        }
        let planned = plan::plan_for(tx.connection(), &self.integrations, actor, target).await?;
        let row = self.row(tx, actor, &planned).await?;
        rules::may_export(&row)?;
        if hash.is_some_and(|hash| hash != planned.plan.hash) {
            return Err(Refusal::new(
                ErrorCode::PlanChanged,
                format!(
                    "{} is no longer what was planned: the document, an item, an account or a setting changed.",
                    row.label
                ),
            )
            .help("Plan it again, look at the new entry, and export that.")
            .at(&["input", "planHash"])
            .into());
        }
        if !planned.plan.checks.is_empty() {
            return Ok(Asked::Refused(planned.plan.checks.iter().map(refusal).collect()));
        }
        let frozen = frozen(row, &planned.plan, &self.ambient, Some(&actor.subject));
        store::update(tx.connection(), frozen.clone()).await?;
        Ok(Asked::Export(Box::new(frozen)))
    }

    /// The row of a plan, held until the transaction ends; made where the document has none.
    async fn row(&self, tx: &WriteTx, actor: &Actor, planned: &Planned) -> Result<Export> {
        if let Some(row) = &planned.row {
            return required(tx, actor.business, row.id).await;
        }
        let new = note::row_of(&self.ambient, &planned.integration, &planned.document, &actor.subject);
        if store::insert(tx.connection(), new.clone()).await? {
            return Ok(new);
        }
        let found =
            store::of_document(tx.connection(), actor.business, planned.document.record.id(), planned.document.kind);
        let found = found.await?.ok_or_else(|| Refusal::not_found("export", new.id))?;
        required(tx, actor.business, found.id).await
    }
}

/// A row with a plan's draft in it, queued; or skipped, where there is nothing to send.
pub(super) fn frozen(row: Export, plan: &Plan, ambient: &Ambient, by: Option<&str>) -> Export {
    let now = ambient.now();
    let skipped = plan.nothing.is_some();
    Export {
        mode: plan.mode,
        state: if skipped { ExportState::Skipped } else { ExportState::Pending },
        series: row.series + 1,
        plan_hash: Some(plan.hash.clone()),
        draft: Some(plan.draft.to_json()),
        warnings: notices_to_json(&plan.warnings),
        error_code: None,
        error_title: None,
        error_message: plan.nothing.clone(),
        error_help: None,
        provider_code: None,
        retries: 0,
        due_at: (!skipped).then_some(now),
        requested_by: by.map(str::to_owned).or(row.requested_by),
        updated_at: now,
        ..row
    }
}

/// Notices as they are kept.
pub(super) fn notices_to_json(notices: &[Notice]) -> Value {
    let one = |notice: &Notice| json!({"severity": notice.severity, "message": notice.message, "help": notice.help});
    Value::Array(notices.iter().map(one).collect())
}

/// What stands in the way, as a refusal.
pub(super) fn refusal(check: &Check) -> Refusal {
    Refusal::new(check.code, check.message.clone()).help(check.help.clone()).at(&["input", "documentId"])
}

/// An export, held until the transaction ends.
pub(super) async fn required(tx: &WriteTx, business: BusinessId, id: ExportId) -> Result<Export> {
    let found = store::hold(tx.connection(), business, id).await?;
    found.ok_or_else(|| Refusal::not_found("export", id).into())
}

impl From<DocumentRef> for Target {
    fn from(record: DocumentRef) -> Self {
        Self::Document(record)
    }
}
