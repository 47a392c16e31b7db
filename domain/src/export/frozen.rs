//! Exports whose draft is made elsewhere: frozen from the first moment, sent by the same machine as all others.

use entity::{ExportKind, ExportState};
use serde_json::json;

use super::{
    draft::Draft,
    model::{DocumentRef, Export},
    store,
};
use crate::{
    ambient::Ambient,
    error::{Error, Result},
    integration::Integration,
    store::WriteTx,
};

/// A document with its draft.
pub(crate) struct FrozenDocument<'a> {
    pub(crate) record: DocumentRef,
    pub(crate) kind: ExportKind,
    pub(crate) label: String,
    pub(crate) draft: &'a Draft,
    pub(crate) hash: &'a str,
    pub(crate) by: &'a str,
}

/// Writes the row of a document that was planned elsewhere, due at once.
pub(crate) async fn insert_frozen(
    tx: &WriteTx,
    ambient: &Ambient,
    integration: &Integration,
    document: FrozenDocument<'_>,
) -> Result<Export> {
    let now = ambient.now();
    let row = Export {
        id: ambient.id(),
        business_id: integration.business_id,
        integration_id: integration.id,
        source: document.record.source(),
        document_id: document.record.id(),
        kind: document.kind,
        mode: integration.inventory_mode,
        state: ExportState::Pending,
        automatic: false,
        reference: document.draft.reference().to_owned(),
        series: 1,
        label: document.label,
        effective_on: document.draft.date(),
        plan_hash: Some(document.hash.to_owned()),
        draft: Some(document.draft.to_json()),
        gathered_in: None,
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
        requested_by: Some(document.by.to_owned()),
        created_at: now,
        exported_at: None,
        updated_at: now,
    };
    if store::insert(tx.connection(), row.clone()).await? {
        return Ok(row);
    }
    Err(Error::Internal(format!("the document of the export {} has one already", row.id)))
}
