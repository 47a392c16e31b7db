//! Documents that wait for a company that is no longer connected.
//!
//! Rule: never silent. They say what they wait for, and go to the company that took its place only when somebody says so.

use entity::{ExportId, ExportKind, ExportMode, ExportSource, ExportState, IntegrationStatus, Severity};

use super::{
    model::Export,
    note,
    service::{Exports, required},
    store,
};
use crate::{
    business::{Actor, Permission},
    error::{ErrorCode, Refusal, Result},
    integration::{self, Integration, Notice, title},
};

/// What an export waits for that cannot go out, because its company is not connected.
pub fn waits_for(export: &Export, integration: &Integration) -> Option<Notice> {
    let waits = matches!(
        export.state,
        ExportState::Pending | ExportState::NotReady | ExportState::Failed | ExportState::Uncertain
    );
    let name = title(integration);
    let notice =
        |message: String, help: &str| Notice { severity: Severity::Warning, message, help: Some(help.to_owned()) };
    match integration.status {
        IntegrationStatus::Active => None,
        _ if !waits => None,
        IntegrationStatus::Expired => Some(notice(
            format!("{} waits for {name}, whose connection expired.", export.label),
            "Reconnect on the integrations page; what is queued goes out by itself then.",
        )),
        IntegrationStatus::Pending | IntegrationStatus::Disconnected => Some(notice(
            format!("{} waits for {name}, which is not connected any more.", export.label),
            "Connect it again, or move the export to the company that is connected now and plan it for that one.",
        )),
    }
}

impl Exports {
    /// Moves a document that never reached the books to the company that is connected now; it is planned anew for that.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`; `INVALID_STATE` when it may be in the old books, is about what is, or has nowhere to go.
    pub async fn move_export(&self, actor: &Actor, id: ExportId) -> Result<Export> {
        actor.require(Permission::Export)?;
        let tx = self.db.write().await?;
        let export = required(&tx, actor.business, id).await?;
        let old = integration::store::find(tx.connection(), actor.business, export.integration_id).await?;
        let old = old.ok_or_else(|| Refusal::not_found("integration", export.integration_id))?;
        may_move(&export, &old)?;
        let new = integration::for_exports(tx.connection(), actor.business).await?;
        let new = new.filter(|new| new.id != old.id).ok_or_else(|| nowhere(&export))?;
        let automatic = new.export_mode == ExportMode::Automatic;
        let now = self.ambient.now();
        let moved = Export {
            integration_id: new.id,
            mode: new.inventory_mode,
            state: ExportState::Pending,
            automatic,
            plan_hash: None,
            draft: None,
            error_code: None,
            error_title: None,
            error_message: None,
            error_help: None,
            provider_code: None,
            retries: 0,
            warnings: serde_json::json!([]),
            ..note::released(export, &self.ambient)
        };
        let moved = Export { due_at: automatic.then_some(now), ..moved };
        store::update(tx.connection(), moved.clone()).await?;
        tx.commit().await?;
        self.told(&moved);
        Ok(moved)
    }
}

fn may_move(export: &Export, old: &Integration) -> std::result::Result<(), Refusal> {
    let refused = |message: String, help: &str| Err(Refusal::new(ErrorCode::InvalidState, message).help(help));
    let (label, name) = (&export.label, title(old));
    if old.status == IntegrationStatus::Active || old.status == IntegrationStatus::Expired {
        return refused(
            format!("{label} goes to {name}, which is connected."),
            "Only what waits for a company that was disconnected is moved. Where its connection expired, reconnect it.",
        );
    }
    let waits = matches!(
        export.state,
        ExportState::Pending | ExportState::NotReady | ExportState::Failed | ExportState::Skipped
    );
    if !waits || export.external_id.is_some() {
        return refused(
            format!("{label} is, or may be, in the books of {name} as {}.", export.reference),
            "Connect that company again; what became of it is found out there.",
        );
    }
    if export.gathered_in.is_some() || export.source == ExportSource::Journal {
        return refused(
            format!("{label} belongs to a journal entry of {name}."),
            "Connect that company again; the journal is finished there.",
        );
    }
    if matches!(export.kind, ExportKind::Reversal | ExportKind::Correction) {
        return refused(
            format!("{label} is about what is in the books of {name}."),
            "Connect that company again; it must be set right where it was posted.",
        );
    }
    Ok(())
}

fn nowhere(export: &Export) -> Refusal {
    Refusal::new(ErrorCode::InvalidState, format!("There is no other company that {} could go to.", export.label))
        .help("Connect the company whose books it is to go into, then move it.")
}
