//! Where a document stands, in words that name the way out.

use chrono::NaiveDate;
use entity::{ExportState, IntegrationId, InventoryMode};

use crate::{
    export::{Export, draft::Draft},
    reconcile::model::Standing,
};

/// What is said of a document that has no export.
pub const FIRST_SIGHT: &str = "It has no export yet.";

/// Where a document stands by its export, at the end of a day.
pub fn standing(
    export: Option<&Export>,
    (integration, mode): (IntegrationId, InventoryMode),
    on: NaiveDate,
) -> Standing {
    let waiting = |reason: String, help: &str| Standing::Waiting { reason, help: help.to_owned() };
    let Some(export) = export else {
        let help = match mode {
            InventoryMode::Sync => "Export it from its own page, once it is decided about.",
            InventoryMode::SelfManaged => {
                "Export it from its own page; adjustments are not posted by themselves in self-managed mode."
            }
        };
        return waiting(FIRST_SIGHT.to_owned(), help);
    };
    if export.integration_id != integration {
        let reason = format!("{} belongs to the books of another company.", export.label);
        return waiting(reason, "Enter it there by hand, or as an opening.");
    }
    let draft = export.draft.as_ref().and_then(Draft::from_json);
    match (export.state, &export.external_id, draft) {
        (ExportState::Synced, Some(external_id), Some(draft)) if draft.date() <= on => {
            Standing::Posted { external_id: external_id.clone(), draft }
        }
        (ExportState::Synced, _, Some(draft)) => {
            let reason = format!("Posted as {} with the date {}, after this day.", export.reference, draft.date());
            waiting(reason, "Reconcile at a later day.")
        }
        (ExportState::Skipped, ..) => {
            Standing::Nothing(export.error_message.clone().unwrap_or_else(|| "There was nothing to send.".to_owned()))
        }
        (state, ..) => waiting(reason(export, state), help(state)),
    }
}

fn reason(export: &Export, state: ExportState) -> String {
    let why = export.error_message.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    match state {
        ExportState::Pending if export.due_at.is_some() => "Its export is queued.".to_owned(),
        ExportState::Pending => "Its export waits for somebody to send it.".to_owned(),
        ExportState::NotReady => "Its export could not go by itself: something is missing.".to_owned(),
        ExportState::Sending | ExportState::Uncertain => "Its export is on its way.".to_owned(),
        ExportState::Failed => format!("Its export was refused{why}"),
        ExportState::Synced | ExportState::Skipped => format!("Its export is {state:?}{why}."),
    }
}

fn help(state: ExportState) -> &'static str {
    match state {
        ExportState::Pending | ExportState::NotReady => "Plan and send it on the exports page.",
        ExportState::Failed => "Mend what its export says, then try it again.",
        _ => "Wait for it to end, then reconcile again.",
    }
}
