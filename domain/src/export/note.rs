//! Exports of documents, made in the transaction that makes, corrects or takes back the document.
//!
//! Rule: a document that may be on its way is not changed under way; one that never went out needs nothing taken back.

use chrono::NaiveDate;
use entity::{BusinessId, ExportKind, ExportMode, ExportState, InventoryMode, MovementId};
use serde_json::json;

use super::{
    gather,
    model::{DocumentRef, Export},
    rules, store,
};
use crate::{
    ambient::Ambient,
    error::{ErrorCode, Refusal, Result},
    integration::{self, Integration},
    production::Build,
    receiving::{Receipt, ReceiptCorrection},
    store::WriteTx,
};

/// What becomes of a new export.
struct New<'a> {
    record: DocumentRef,
    kind: ExportKind,
    reference: String,
    label: String,
    date: NaiveDate,
    by: &'a str,
}

/// A row as it begins.
fn row(ambient: &Ambient, integration: &Integration, new: New<'_>) -> Export {
    let now = ambient.now();
    let automatic = integration.export_mode == ExportMode::Automatic;
    Export {
        id: ambient.id(),
        business_id: integration.business_id,
        integration_id: integration.id,
        source: new.record.source(),
        document_id: new.record.id(),
        kind: new.kind,
        mode: integration.inventory_mode,
        state: ExportState::Pending,
        automatic,
        reference: new.reference,
        gathered_in: None,
        series: 0,
        label: new.label,
        effective_on: new.date,
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
        due_at: automatic.then_some(now),
        holder: None,
        held_until: None,
        fence: 0,
        requested_by: automatic.then(|| new.by.to_owned()),
        created_at: now,
        exported_at: None,
        updated_at: now,
    }
}

/// A row for a document whose export was planned without one.
pub(super) fn row_of(
    ambient: &Ambient,
    integration: &Integration,
    document: &super::model::Document,
    by: &str,
) -> Export {
    let new = New {
        record: document.record,
        kind: document.kind,
        reference: document.reference.clone(),
        label: document.label.clone(),
        date: document.date,
        by,
    };
    by_hand(row(ambient, integration, new))
}

/// The row of the opposite of what is in the books, asked for by a user.
pub(super) fn reversal_row(
    ambient: &Ambient,
    integration: &Integration,
    original: &Export,
    day: NaiveDate,
    by: &str,
) -> Export {
    by_hand(row(ambient, integration, reversal(original, day, by)))
}

/// A row that waits for a user, whatever the settings say.
fn by_hand(row: Export) -> Export {
    Export { automatic: false, due_at: None, requested_by: None, ..row }
}

fn reversal<'a>(original: &Export, date: NaiveDate, by: &'a str) -> New<'a> {
    New {
        record: DocumentRef::of(original),
        kind: ExportKind::Reversal,
        reference: rules::suffixed(&original.reference, "R"),
        label: format!("Reversal of {}", lower(&original.label)),
        date,
        by,
    }
}

async fn add(tx: &WriteTx, ambient: &Ambient, integration: &Integration, new: New<'_>) -> Result<()> {
    store::insert(tx.connection(), row(ambient, integration, new)).await?;
    Ok(())
}

/// A build was made, or approved.
pub(crate) async fn build_made(tx: &WriteTx, ambient: &Ambient, build: &Build, day: NaiveDate, by: &str) -> Result<()> {
    let Some(integration) = integration::for_exports(tx.connection(), build.business_id).await? else { return Ok(()) };
    let new = New {
        record: DocumentRef::Build(build.id),
        kind: ExportKind::Build,
        reference: rules::build_reference(&integration.document_prefix, build.business_id, build.number),
        label: format!("Build {}", build.number),
        date: day,
        by,
    };
    add(tx, ambient, &integration, new).await
}

/// A rejected build lost something.
pub(crate) async fn build_lost(tx: &WriteTx, ambient: &Ambient, build: &Build, day: NaiveDate, by: &str) -> Result<()> {
    let Some(integration) = integration::for_exports(tx.connection(), build.business_id).await? else { return Ok(()) };
    let own = rules::build_reference(&integration.document_prefix, build.business_id, build.number);
    let new = New {
        record: DocumentRef::Build(build.id),
        kind: ExportKind::Waste,
        reference: rules::suffixed(&own, "W"),
        label: format!("Loss of build {}", build.number),
        date: day,
        by,
    };
    add(tx, ambient, &integration, new).await
}

/// A receipt was confirmed.
pub(crate) async fn receipt_confirmed(tx: &WriteTx, ambient: &Ambient, receipt: &Receipt, by: &str) -> Result<()> {
    let business = receipt.business_id;
    let Some(integration) = integration::for_exports(tx.connection(), business).await? else { return Ok(()) };
    let new = New {
        record: DocumentRef::Receipt(receipt.id),
        kind: ExportKind::Receipt,
        reference: rules::receipt_reference(&integration.document_prefix, receipt.number),
        label: format!("Receipt {}", receipt.number),
        date: receipt.received_on,
        by,
    };
    add(tx, ambient, &integration, new).await
}

/// A confirmed receipt was corrected. Where it is not in the books yet, its own export will say it as it is now.
pub(crate) async fn receipt_corrected(
    tx: &WriteTx,
    ambient: &Ambient,
    receipt: &Receipt,
    correction: &ReceiptCorrection,
) -> Result<()> {
    let Some(original) = original(tx, receipt.business_id, DocumentRef::Receipt(receipt.id)).await? else {
        return Ok(());
    };
    if original.state != ExportState::Synced {
        return begin_anew(tx, ambient, original).await;
    }
    let found = integration::store::find(tx.connection(), receipt.business_id, original.integration_id).await?;
    let Some(integration) = found else { return Ok(()) };
    let place = store::count_corrections(tx.connection(), receipt.business_id, receipt.id).await?;
    let new = New {
        record: DocumentRef::Correction(correction.id),
        kind: ExportKind::Correction,
        reference: rules::suffixed(&original.reference, &format!("C{place}")),
        label: format!("Correction {place} of receipt {}", receipt.number),
        date: correction.effective_on,
        by: &correction.recorded_by,
    };
    add(tx, ambient, &integration, new).await
}

/// A lot or a product was adjusted. The accounting system keeps quantities in sync mode alone (behaviour 3.11).
pub(crate) async fn adjusted(
    tx: &WriteTx,
    ambient: &Ambient,
    business: BusinessId,
    movement: Option<MovementId>,
    (label, date, by): (&str, NaiveDate, &str),
) -> Result<()> {
    let Some(movement) = movement else { return Ok(()) };
    let found = integration::for_exports(tx.connection(), business).await?;
    let Some(integration) = found.filter(|row| row.inventory_mode == InventoryMode::Sync) else { return Ok(()) };
    let new = New {
        record: DocumentRef::Movement(movement),
        kind: ExportKind::Adjustment,
        reference: rules::adjustment_reference(&integration.document_prefix, movement),
        label: format!("Adjustment of {label}"),
        date,
        by,
    };
    add(tx, ambient, &integration, new).await
}

/// A build or a receipt was taken back: what is in the books gets its opposite, what is not stays out of them. So does
/// what was said of its corrections: each is taken back where it was posted.
///
/// # Errors
/// `INVALID_STATE` while it may be on its way.
pub(crate) async fn taken_back(
    tx: &WriteTx,
    ambient: &Ambient,
    (business, record): (BusinessId, DocumentRef),
    day: NaiveDate,
    by: &str,
) -> Result<()> {
    if let DocumentRef::Receipt(id) = record {
        for correction in store::of_corrections(tx.connection(), business, id.0).await? {
            if let Some(correction) = held(tx, business, correction).await? {
                withdraw(tx, ambient, correction, day, by).await?;
            }
        }
    }
    let Some(original) = original(tx, business, record).await? else { return Ok(()) };
    withdraw(tx, ambient, original, day, by).await
}

/// Takes back what an export said, or keeps it from being said.
async fn withdraw(tx: &WriteTx, ambient: &Ambient, original: Export, day: NaiveDate, by: &str) -> Result<()> {
    if original.state == ExportState::Synced {
        let found = integration::store::find(tx.connection(), original.business_id, original.integration_id).await?;
        let Some(integration) = found else { return Ok(()) };
        return add(tx, ambient, &integration, reversal(&original, day, by)).await;
    }
    let original = gather::leave(tx, ambient, original).await?;
    let skipped = Export {
        state: ExportState::Skipped,
        error_code: None,
        error_title: None,
        error_message: Some(format!("{} was taken back before it was exported.", original.label)),
        error_help: None,
        ..released(original, ambient)
    };
    Ok(store::update(tx.connection(), skipped).await?)
}

/// The export that a later change of the document is about, which nobody is sending.
async fn original(tx: &WriteTx, business: BusinessId, record: DocumentRef) -> Result<Option<Export>> {
    let rows = store::of_documents(tx.connection(), business, &[record.id()]).await?;
    let Some(row) = rows.into_iter().find(|row| matches!(row.kind, ExportKind::Build | ExportKind::Receipt)) else {
        return Ok(None);
    };
    held(tx, business, row).await
}

/// An export that nobody is sending, read again under its lock, so that no worker begins to send it meanwhile.
async fn held(tx: &WriteTx, business: BusinessId, row: Export) -> Result<Option<Export>> {
    gather::hold_journal(tx, &row).await?;
    let Some(row) = store::hold(tx.connection(), business, row.id).await? else { return Ok(None) };
    if rules::is_open(row.state) {
        let message = format!("{} is being exported as {}.", row.label, row.reference);
        return Err(Refusal::new(ErrorCode::InvalidState, message)
            .help("Wait until its export has ended, then try again.")
            .into());
    }
    Ok(Some(row))
}

/// Forgets a draft that is no longer true. One that a user had agreed to waits for the user again.
async fn begin_anew(tx: &WriteTx, ambient: &Ambient, export: Export) -> Result<()> {
    if export.draft.is_none() || export.state != ExportState::Pending {
        return Ok(());
    }
    let export = gather::leave(tx, ambient, export).await?;
    let due_at = export.automatic.then(|| ambient.now());
    let anew = Export { due_at, plan_hash: None, draft: None, ..released(export, ambient) };
    Ok(store::update(tx.connection(), anew).await?)
}

/// A label in the middle of a sentence.
fn lower(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// Out of every worker's hands: the fence rises, so that whoever had it can write nothing more.
pub(super) fn released(export: Export, ambient: &Ambient) -> Export {
    Export {
        due_at: None,
        holder: None,
        held_until: None,
        fence: export.fence + 1,
        updated_at: ambient.now(),
        ..export
    }
}
