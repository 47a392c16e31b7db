//! Journal entries that gather a day's documents of a kind.
//!
//! A journal is an export of its own: it has the draft, the reference, the attempts and the claim, and goes through the
//! state machine like any other. Its members point to it; their state is written from its own, in the same transaction.
//!
//! Concurrency: journals of an integration are made one after the other, under its row's lock. A member is taken out of
//! every worker's hands (its fence rises), so it is not sent by itself while it is gathered. A journal's row is held
//! before its members'.

mod step;
pub(super) mod store;

use chrono::NaiveDate;
use entity::{
    BusinessId, ExportId, ExportKind, ExportSource, ExportState, IntegrationId, InventoryMode, JournalGranularity,
};
use serde_json::json;

use super::{
    draft::{Draft, Journal},
    model::Export,
    note,
    plan::{self, Target},
    rules,
    service::{Asked, Exports, frozen as with_draft, refusal, required},
    store as exports_store,
};
use crate::{
    ambient::Ambient,
    business::{self, Actor, Permission},
    catalog::day_in,
    error::{ErrorCode, Refusal, Result},
    integration::{self, Integration, title},
    store::WriteTx,
};

/// Gathers what waits of a day and kind; nothing where nothing does. The integration's row is held.
async fn gather(
    tx: &WriteTx,
    ambient: &Ambient,
    integration: &Integration,
    (kind, day): (ExportKind, NaiveDate),
) -> Result<Option<Export>> {
    let whose = (integration.business_id, integration.id);
    let now = ambient.now();
    let place = store::count(tx.connection(), whose, (kind, day)).await? + 1;
    let id: ExportId = ambient.id();
    if store::take(tx.connection(), whose, (kind, day), id, now).await? == 0 {
        return Ok(None);
    }
    let journal = Export {
        id,
        business_id: integration.business_id,
        integration_id: integration.id,
        source: ExportSource::Journal,
        document_id: id.0,
        kind,
        mode: InventoryMode::SelfManaged,
        state: ExportState::Pending,
        automatic: false,
        reference: rules::journal_reference(&integration.document_prefix, kind, day, place),
        gathered_in: None,
        series: 0,
        label: String::new(),
        effective_on: day,
        plan_hash: None,
        draft: None,
        warnings: json!([]),
        external_id: None,
        error_code: None,
        error_title: None,
        error_message: None,
        error_help: None,
        provider_code: None,
        attempts: 0,
        retries: 0,
        due_at: Some(now),
        holder: None,
        held_until: None,
        fence: 0,
        requested_by: None,
        created_at: now,
        exported_at: None,
        updated_at: now,
    };
    let journal = drafted(tx, ambient, journal).await?;
    exports_store::insert(tx.connection(), journal.clone()).await?;
    Ok(Some(journal))
}

/// A journal with the draft of its members as they are; skipped where it has none any more.
async fn drafted(tx: &WriteTx, ambient: &Ambient, journal: Export) -> Result<Export> {
    let members = store::members(tx.connection(), journal.business_id, &[journal.id]).await?;
    let requested_by = members.first().and_then(|member| member.requested_by.clone());
    let automatic = members.iter().all(|member| member.automatic);
    let drafted = members.into_iter().filter_map(|member| journal_of(&member).map(|draft| (member, draft)));
    let members: Vec<(Export, Journal)> = drafted.collect();
    if members.is_empty() {
        return Ok(emptied(journal, ambient));
    }
    let label = rules::journal_label(journal.kind, members.len(), journal.effective_on);
    let draft = rules::gathered(&journal.reference, journal.effective_on, &label, &members);
    let nothing = draft.lines.is_empty();
    let now = ambient.now();
    Ok(Export {
        state: if nothing { ExportState::Skipped } else { ExportState::Pending },
        series: journal.series + 1,
        draft: Some(Draft::Journal(draft).to_json()),
        due_at: (!nothing).then_some(now),
        label,
        automatic,
        requested_by,
        retries: 0,
        error_code: None,
        error_title: None,
        error_message: None,
        error_help: None,
        provider_code: None,
        updated_at: now,
        ..journal
    })
}

fn journal_of(export: &Export) -> Option<Journal> {
    match Draft::from_json(export.draft.as_ref()?)? {
        Draft::Journal(journal) => Some(journal),
        Draft::Adjustment(_) => None,
    }
}

/// A journal without documents.
fn emptied(journal: Export, ambient: &Ambient) -> Export {
    let message = Some("All of its documents were taken out of it before it was posted.".to_owned());
    Export {
        state: ExportState::Skipped,
        draft: None,
        error_code: None,
        error_title: None,
        error_message: message,
        error_help: None,
        ..note::released(journal, ambient)
    }
}

/// Holds the journal that an export is gathered in, before the export itself.
pub(super) async fn hold_journal(tx: &WriteTx, export: &Export) -> Result<()> {
    if let Some(journal) = export.gathered_in {
        exports_store::hold(tx.connection(), export.business_id, journal).await?;
    }
    Ok(())
}

/// Takes an export that is not being sent out of its journal, both rows held. A journal that waits is drafted anew without
/// it; one that failed is, when it is retried.
pub(super) async fn leave(tx: &WriteTx, ambient: &Ambient, export: Export) -> Result<Export> {
    let Some(id) = export.gathered_in else { return Ok(export) };
    let journal = required(tx, export.business_id, id).await?;
    let left = Export { gathered_in: None, ..export };
    exports_store::update(tx.connection(), left.clone()).await?;
    let others = store::members(tx.connection(), left.business_id, &[id]).await?;
    let journal = if others.is_empty() {
        emptied(journal, ambient)
    } else if journal.state == ExportState::Pending {
        let due_at = Some(ambient.now());
        Export { due_at, draft: None, ..note::released(journal, ambient) }
    } else {
        journal
    };
    exports_store::update(tx.connection(), journal).await?;
    Ok(left)
}

/// After the granularity of journals changed: what waits is looked at under the new one.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn granularity_changed(tx: &WriteTx, ambient: &Ambient, integration: &Integration) -> Result<()> {
    let whose = (integration.business_id, integration.id);
    Ok(store::wake_waiting(tx.connection(), whose, ambient.now()).await?)
}

impl Exports {
    /// Posts the journals of days that are not over yet, or whose turn has not come.
    ///
    /// # Errors
    /// `Forbidden` without [`Permission::Export`], `NOT_FOUND`; `INVALID_STATE` where journals gather no days.
    pub async fn post_journals(
        &self,
        actor: &Actor,
        id: IntegrationId,
        until: Option<NaiveDate>,
    ) -> Result<Vec<Export>> {
        actor.require(Permission::Export)?;
        let zone = business::time_zone(&self.db, actor.business).await?;
        let tx = self.db.write().await?;
        store::hold(tx.connection(), (actor.business, id)).await?;
        let found = integration::store::find(tx.connection(), actor.business, id).await?;
        let integration = found.ok_or_else(|| Refusal::not_found("integration", id).at(&["input", "integrationId"]))?;
        if integration.journal_granularity != JournalGranularity::DayAndKind {
            return Err(one_each(&integration).into());
        }
        let until = until.unwrap_or_else(|| day_in(self.ambient.now(), &zone));
        let mut journals = Vec::new();
        for day in store::days(tx.connection(), (actor.business, id), until).await? {
            journals.extend(gather(&tx, &self.ambient, &integration, day).await?);
        }
        tx.commit().await?;
        for journal in &journals {
            self.told(journal);
        }
        self.tell_members(actor.business, &journals).await?;
        Ok(journals)
    }

    /// Announces that members of journals changed.
    pub(super) async fn tell_members(&self, business: BusinessId, journals: &[Export]) -> Result<()> {
        let ids: Vec<ExportId> = journals.iter().map(|journal| journal.id).collect();
        for member in store::members(self.db.connection(), business, &ids).await? {
            self.changes.announce(business, member.id);
        }
        Ok(())
    }

    /// Exports gathered in journals, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn members(&self, business: BusinessId, journals: &[ExportId]) -> Result<Vec<Export>> {
        Ok(store::members(self.db.connection(), business, journals).await?)
    }

    /// The export that was posted: the journal, where an export is gathered in one.
    pub(super) async fn posted(&self, export: Export) -> Result<Export> {
        match export.gathered_in {
            Some(journal) => self.get(export.business_id, journal).await,
            None => Ok(export),
        }
    }

    /// Plans the documents of a journal anew and drafts it anew, under its old reference. It keeps its documents, because
    /// an attempt before may have brought them into the books.
    pub(super) async fn gather_anew(&self, tx: &WriteTx, actor: &Actor, journal: Export) -> Result<Asked> {
        let mut refusals = Vec::new();
        for member in store::members(tx.connection(), actor.business, &[journal.id]).await? {
            let planned = plan::plan_for(tx.connection(), &self.integrations, actor, Target::Export(member.id)).await?;
            let plan = planned.plan;
            if plan.mode != InventoryMode::SelfManaged {
                return Err(another_mode(&journal).into());
            }
            refusals.extend(plan.checks.iter().map(refusal));
            let gathered_in = member.gathered_in.filter(|_| plan.nothing.is_none());
            let anew = with_draft(member, &plan, &self.ambient, Some(&actor.subject));
            exports_store::update(tx.connection(), Export { gathered_in, due_at: None, ..anew }).await?;
        }
        if !refusals.is_empty() {
            return Ok(Asked::Refused(refusals));
        }
        let journal = drafted(tx, &self.ambient, Export { state: ExportState::Failed, ..journal }).await?;
        exports_store::update(tx.connection(), journal.clone()).await?;
        store::mirror(tx.connection(), &journal).await?;
        Ok(Asked::Export(Box::new(journal)))
    }
}

fn one_each(integration: &Integration) -> Refusal {
    let message =
        format!("Journal entries for {} are one per document; none waits for the end of its day.", title(integration));
    Refusal::new(ErrorCode::InvalidState, message)
        .help("What is queued goes out by itself. To gather days, set the granularity to DAY_AND_KIND.")
        .at(&["input", "integrationId"])
}

fn another_mode(journal: &Export) -> Refusal {
    let message = format!("{} was made in self-managed mode, which the integration has left.", journal.label);
    Refusal::new(ErrorCode::InvalidState, message)
        .help("Change back to self-managed mode, retry it, then change the mode again.")
}
