//! Inputs and payloads of exports.

use async_graphql::{Error, ID, InputObject, SimpleObject};
use domain::export::{DocumentRef, Target};
use entity::{BuildId, CorrectionId, ExportId, MovementId, ReceiptId, TypedId, prefix_of};

use super::{plan::ExportPlan, types::Export};
use crate::graphql::{id::unknown, paging::id, refusal::UserError, scalars::Date};

/// Reads the id of a document.
///
/// # Errors
/// `INVALID_ID` for anything else.
pub(super) fn document(given: &ID) -> Result<DocumentRef, Error> {
    Ok(match prefix_of(given) {
        Some(BuildId::PREFIX) => DocumentRef::Build(id(given)?),
        Some(ReceiptId::PREFIX) => DocumentRef::Receipt(id(given)?),
        Some(CorrectionId::PREFIX) => DocumentRef::Correction(id(given)?),
        Some(MovementId::PREFIX) => DocumentRef::Movement(id(given)?),
        _ => return Err(unknown(given)),
    })
}

/// Reads the id of a document or of an export.
pub(super) fn target(given: &ID) -> Result<Target, Error> {
    match prefix_of(given) {
        Some(ExportId::PREFIX) => Ok(Target::Export(id(given)?)),
        _ => Ok(Target::Document(document(given)?)),
    }
}

/// What to plan.
#[derive(Debug, InputObject)]
pub struct PlanExportInput {
    /// A build, a receipt, a receipt's correction, the stock movement of an adjustment, or an export.
    pub(super) document_id: ID,
}

/// The plan.
#[derive(Debug, SimpleObject)]
pub struct PlanExportPayload {
    /// The plan; null when there is nothing that could be exported.
    pub(super) plan: Option<ExportPlan>,
    /// Why not.
    pub(super) user_errors: Vec<UserError>,
}

/// What to export.
#[derive(Debug, InputObject)]
pub struct ExportDocumentInput {
    /// As in `planExport`.
    pub(super) document_id: ID,
    /// Hash of the plan that was looked at.
    pub(super) plan_hash: String,
    /// The same key with the same input gets the first answer again; 1 to 128 characters.
    pub(super) idempotency_key: Option<String>,
}

/// The export.
#[derive(Debug, SimpleObject)]
pub struct ExportDocumentPayload {
    /// The export, queued (or skipped, where there is nothing to send); null when refused. Follow it with `exportChanged`.
    pub(super) export: Option<Export>,
    /// Everything that stands in the way; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// Which export to try again.
#[derive(Debug, InputObject)]
pub struct RetryExportInput {
    /// The export.
    pub(super) export_id: ID,
}

/// The export.
#[derive(Debug, SimpleObject)]
pub struct RetryExportPayload {
    /// The export, planned anew under its old reference and queued; null when refused.
    pub(super) export: Option<Export>,
    /// Everything that stands in the way; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// Which export to compare with the books.
#[derive(Debug, InputObject)]
pub struct VerifyExportInput {
    /// The export.
    pub(super) export_id: ID,
}

/// The comparison.
#[derive(Debug, SimpleObject)]
pub struct VerifyExportPayload {
    /// The export; null when refused.
    pub(super) export: Option<Export>,
    /// Whether the books have it exactly as it was sent; null when refused.
    pub(super) matches: Option<bool>,
    /// Where the books differ.
    pub(super) differences: Vec<ExportDifference>,
    /// Why it was refused.
    pub(super) user_errors: Vec<UserError>,
}

/// A difference between what was sent and what is in the books.
#[derive(Debug, SimpleObject)]
pub struct ExportDifference {
    /// What differs: `state`, `date`, `account`, an item's external id, or a side and an account's external id.
    pub(super) what: String,
    /// As it was sent; null where nothing was.
    pub(super) sent: Option<String>,
    /// As it is in the books; null where there is nothing.
    pub(super) found: Option<String>,
}

/// Which export to move.
#[derive(Debug, InputObject)]
pub struct MoveExportInput {
    /// The export.
    pub(super) export_id: ID,
}

/// The moved export.
#[derive(Debug, SimpleObject)]
pub struct MoveExportPayload {
    /// The export, which waits to be planned for the company that is connected now; null when refused.
    pub(super) export: Option<Export>,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// Which journals to post now.
#[derive(Debug, InputObject)]
pub struct PostDayJournalsInput {
    /// The integration.
    pub(super) integration_id: ID,
    /// Those of days up to this one; up to today if left out.
    pub(super) until: Option<Date>,
}

/// The journals.
#[derive(Debug, SimpleObject)]
pub struct PostDayJournalsPayload {
    /// The journal entries' exports, queued; empty when nothing waited.
    pub(super) exports: Vec<Export>,
    /// Why it was refused.
    pub(super) user_errors: Vec<UserError>,
}
