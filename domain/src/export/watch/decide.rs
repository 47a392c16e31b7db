//! What people do about a drift: agree to what is there, post again what is gone, post the opposite.
//!
//! Rule: never two documents in the books for one export. What is posted again is first seen to be gone there, and looked
//! for by its reference before it is sent, as after any doubt.

use chrono::NaiveDate;
use entity::{BusinessId, DriftState, ExportId, ExportKind, ExportSource, ExportState};

use super::{known, store};
use crate::{
    business::{self, Actor, Permission},
    catalog::day_in,
    error::{ErrorCode, Refusal, Result},
    export::{
        model::{Difference, Drift, Export},
        note,
        plan::Target,
        rules::{
            self,
            drift::{Gone, how_gone},
        },
        service::{Asked, Exports, required},
        store as exports_store,
        verify::read_back,
    },
    integration::{self, Integration},
    store::WriteTx,
};

/// Where the books differ, as it was found.
pub fn drift_differences(drift: &Drift) -> Vec<Difference> {
    rules::drift::from_json(&drift.differences)
}

/// Names the differences that were found, so that somebody agrees to what they saw; nothing where there are none.
pub fn drift_version(drift: &Drift) -> Option<String> {
    (drift.state != DriftState::Same).then(|| rules::drift::version(&drift.differences))
}

impl Exports {
    /// What became of posted documents since; those that nobody had reason to look at are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn drifts(&self, business: BusinessId, exports: &[ExportId]) -> Result<Vec<Drift>> {
        Ok(store::drifts(self.db.connection(), business, exports).await?)
    }

    /// Agrees to what is in the books: only another change is reported from now on. `seen` names the differences that were
    /// looked at.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`; `INVALID_STATE` when there is nothing to agree to; `PLAN_CHANGED` when others were found
    /// since they were looked at.
    pub async fn accept_drift(&self, actor: &Actor, id: ExportId, seen: Option<&str>) -> Result<Export> {
        actor.require(Permission::Export)?;
        let id = self.posted(self.get(actor.business, id).await?).await?.id;
        let tx = self.db.write().await?;
        let export = required(&tx, actor.business, id).await?;
        let now = self.ambient.now();
        let drift = known(tx.connection(), &export, now).await?;
        if drift.state != DriftState::Drifted {
            return Err(not_drifted(&export, drift.state).into());
        }
        if seen.is_some() && seen != drift_version(&drift).as_deref() {
            return Err(changed_since(&export).into());
        }
        let accepted = Drift {
            state: DriftState::Accepted,
            accepted_version: drift.version.clone(),
            accepted_at: Some(now),
            accepted_by: Some(actor.subject.clone()),
            ..drift
        };
        store::put_drift(tx.connection(), accepted).await?;
        tx.commit().await?;
        self.changes.announce(actor.business, id);
        Ok(export)
    }

    /// Posts a document again that is gone from the books: planned anew, under its old reference where nothing bears it any
    /// more, else under a new one.
    ///
    /// # Errors
    /// As [`Exports::export`]; `INVALID_STATE` when the document is not gone; what the accounting system answered.
    pub async fn repost(&self, actor: &Actor, id: ExportId) -> Result<Asked> {
        actor.require(Permission::Export)?;
        let seen = self.posted(self.get(actor.business, id).await?).await?;
        let id = seen.id;
        let drift = known(self.db.connection(), &seen, self.ambient.now()).await?;
        if seen.state != ExportState::Synced || how_gone(&drift_differences(&drift)).is_none() {
            return Err(still_there(&seen).into());
        }
        let integration = self.integrations.get(actor.business, seen.integration_id).await?;
        let now_there = read_back(self, &integration, &seen).await??;
        let gone = how_gone(&now_there.differences).ok_or_else(|| still_there(&seen))?;

        let tx = self.db.write().await?;
        let export = required(&tx, actor.business, id).await?;
        if (export.state, &export.external_id, export.series) != (seen.state, &seen.external_id, seen.series) {
            return Err(still_there(&export).into());
        }
        let reference = match gone {
            Gone::Deleted => export.reference.clone(),
            // The voided document keeps the old one.
            Gone::Voided => rules::suffixed(&export.reference, &format!("P{}", export.series + 1)),
        };
        let again = Export {
            state: ExportState::Failed,
            reference,
            external_id: None,
            exported_at: None,
            ..note::released(export, &self.ambient)
        };
        exports_store::update(tx.connection(), again.clone()).await?;
        store::forget_drift(tx.connection(), actor.business, id).await?;
        let asked = match again.source {
            ExportSource::Journal => self.gather_anew(&tx, actor, again).await?,
            _ => self.freeze(&tx, actor, Target::Export(id), None).await?,
        };
        let Asked::Export(export) = &asked else { return Ok(asked) };
        tx.commit().await?;
        self.told(export);
        Ok(asked)
    }

    /// Makes the export of the opposite of a posted document. It waits to be planned and exported like any other.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`; `INVALID_STATE` when it is not in the books, has its opposite, or is taken back otherwise.
    pub async fn reverse(&self, actor: &Actor, id: ExportId) -> Result<Export> {
        actor.require(Permission::Export)?;
        let zone = business::time_zone(&self.db, actor.business).await?;
        let posted = self.posted(self.get(actor.business, id).await?).await?;
        let tx = self.db.write().await?;
        let export = required(&tx, actor.business, id).await?;
        let now = self.ambient.now();
        let drift = known(tx.connection(), &posted, now).await?;
        may_reverse(&export, &drift)?;
        let found = integration::store::find(tx.connection(), actor.business, export.integration_id).await?;
        let integration = found.ok_or_else(|| Refusal::not_found("integration", export.integration_id))?;
        let row = note::reversal_row(&self.ambient, &integration, &export, day_in(now, &zone), &actor.subject);
        if !exports_store::insert(tx.connection(), row.clone()).await? {
            let message = format!("{} has an export of its opposite already.", export.label);
            return Err(Refusal::new(ErrorCode::InvalidState, message)
                .help("Look for it among the exports of the document, and plan that one.")
                .into());
        }
        self.reverse_corrections(&tx, actor, (&integration, &export), row.effective_on).await?;
        tx.commit().await?;
        self.changes.announce(actor.business, row.id);
        Ok(row)
    }

    /// A receipt's corrections were posted to accounts of their own; each has an opposite of its own.
    async fn reverse_corrections(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        (integration, export): (&Integration, &Export),
        day: NaiveDate,
    ) -> Result<()> {
        if export.kind != ExportKind::Receipt {
            return Ok(());
        }
        for row in exports_store::of_corrections(tx.connection(), actor.business, export.document_id).await? {
            let row = required(tx, actor.business, row.id).await?;
            if rules::is_open(row.state) {
                let message = format!("{} is being exported as {}.", row.label, row.reference);
                return Err(Refusal::new(ErrorCode::InvalidState, message)
                    .help("Wait until its export has ended, then try again.")
                    .into());
            }
            if row.state == ExportState::Synced {
                let back = note::reversal_row(&self.ambient, integration, &row, day, &actor.subject);
                exports_store::insert(tx.connection(), back).await?;
            }
        }
        Ok(())
    }
}

fn not_drifted(export: &Export, state: DriftState) -> Refusal {
    let message = match state {
        DriftState::Accepted => format!("What became of {} in the books was agreed to already.", export.label),
        _ => format!("{} is in the books as it was sent, as far as is known.", export.label),
    };
    Refusal::new(ErrorCode::InvalidState, message).help("Verify it to compare it with the books now.")
}

fn changed_since(export: &Export) -> Refusal {
    let message = format!("{} was changed in the books again since you looked.", export.label);
    Refusal::new(ErrorCode::PlanChanged, message)
        .help("Look at the differences as they are now, then accept those.")
        .at(&["input", "version"])
}

fn still_there(export: &Export) -> Refusal {
    let message =
        format!("{} is not known to be gone from the books; posted again, it might be there twice.", export.label);
    Refusal::new(ErrorCode::InvalidState, message).help(
        "Only what was deleted or voided there is posted again. An edited document: accept it, or set it right there.",
    )
}

/// Whether the opposite of an export may be posted.
///
/// # Errors
/// `INVALID_STATE` with the way out.
pub(in crate::export) fn may_reverse(export: &Export, drift: &Drift) -> std::result::Result<(), Refusal> {
    let refused = |message: String, help: &str| Err(Refusal::new(ErrorCode::InvalidState, message).help(help));
    if export.state != ExportState::Synced {
        return refused(format!("{} is not in the books.", export.label), "There is nothing to post the opposite of.");
    }
    if export.source == ExportSource::Journal {
        return refused(
            format!("{} is about several documents.", export.label),
            "Reverse its documents one by one; each posts the opposite of its own amounts alone.",
        );
    }
    if export.kind == ExportKind::Reversal {
        return refused(
            format!("{} is an opposite itself; what it took out of the books stays out.", export.label),
            "Adjust or correct the stock where the document is to count again; that is exported in turn.",
        );
    }
    if how_gone(&drift_differences(drift)).is_some() {
        return refused(
            format!("{} is gone from the books; its opposite would take it out twice.", export.label),
            "Accept that it is gone, or post it again.",
        );
    }
    Ok(())
}
