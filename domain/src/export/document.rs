//! Documents as the plan sees them: builds, losses, receipts, corrections, adjustments, and what takes them back.
//!
//! Rule: what is not in the books of this business, or has no effect on stock, is refused by name.

use entity::{
    Amount, BuildState, BusinessId, CorrectionId, ExportKind, LineKind, MovementId, MovementKind, Quantity, ReceiptId,
    ReceiptState,
};

use super::{
    model::{Document, DocumentLine, DocumentRef, Export},
    rules,
};
use crate::{
    error::{ErrorCode, Refusal, Result},
    production::{self, Build},
    receiving, stock,
    store::Connection,
};

/// What to name references with, and the row of the export, where there is one.
pub(super) struct Naming<'a> {
    pub(super) business: BusinessId,
    pub(super) prefix: &'a str,
    /// All exports of the document.
    pub(super) rows: &'a [Export],
    /// What is to be said of it; what its state says if none.
    pub(super) kind: Option<ExportKind>,
}

impl Naming<'_> {
    /// The row of a kind.
    pub(super) fn row(&self, kind: ExportKind) -> Option<&Export> {
        self.rows.iter().find(|row| row.kind == kind)
    }

    fn reference(&self, kind: ExportKind, made: impl FnOnce(&str) -> String) -> String {
        self.row(kind).map_or_else(|| made(self.prefix), |row| row.reference.clone())
    }

    /// What takes a document back has a row of its own, made when it was taken back.
    fn reversal(&self, label: &str) -> Result<&Export> {
        self.row(ExportKind::Reversal).ok_or_else(|| {
            Refusal::new(ErrorCode::InvalidState, format!("{label} was taken back before it was exported."))
                .help("There is nothing to export: the books never knew of it.")
                .into()
        })
    }
}

/// The document of a record.
///
/// # Errors
/// `NOT_FOUND`, also for another business's; `INVALID_STATE` when there is nothing to export yet, or any more.
pub(super) async fn load(connection: &impl Connection, naming: &Naming<'_>, record: DocumentRef) -> Result<Document> {
    match record {
        DocumentRef::Build(id) => {
            let found = production::store::build(connection, naming.business, id).await?;
            let build = found.ok_or_else(|| Refusal::not_found("build", id))?;
            let lines = production::store::build_lines(connection, naming.business, &[id]).await?;
            of_build(naming, &build, &lines)
        }
        DocumentRef::Receipt(id) => {
            let found = receiving::store::receipts(connection, naming.business, &[id]).await?.pop();
            let receipt = found.ok_or_else(|| Refusal::not_found("receipt", id))?;
            let lines = receiving::store::lines(connection, naming.business, &[id]).await?;
            of_receipt(naming, &receipt, &lines)
        }
        DocumentRef::Correction(id) => of_correction(connection, naming, id).await,
        DocumentRef::Movement(id) => of_movement(connection, naming, id).await,
        DocumentRef::Journal(_) => Err(invalid(
            "A journal entry of a day is made of its documents.".to_owned(),
            "Plan and export the documents; retry the journal where it failed.",
        )),
        DocumentRef::TrueUp(_) => Err(invalid(
            "A true-up is planned from a reconciliation, never by itself.".to_owned(),
            "Reconcile again, and plan the true-up from what it finds.",
        )),
    }
}

fn invalid(message: String, help: &str) -> crate::Error {
    Refusal::new(ErrorCode::InvalidState, message).help(help).into()
}

/// What a build says in its state.
fn kind_of(build: &Build, rows: &[production::BuildLine]) -> Result<ExportKind> {
    let is_lost =
        |row: &production::BuildLine| row.kind == LineKind::Component && row.recovered_quantity < row.quantity;
    let label = format!("Build {}", build.number);
    match build.state {
        BuildState::Executed if build.qa => Err(invalid(
            format!("{label} waits for approval; until then nothing of it is exported."),
            "Approve or reject it first.",
        )),
        BuildState::Executed | BuildState::Approved => Ok(ExportKind::Build),
        BuildState::Rejected if !rows.iter().any(is_lost) => Err(invalid(
            format!("{label} was rejected and everything was recovered; there is nothing to export."),
            "Nothing has to be done.",
        )),
        BuildState::Rejected => Ok(ExportKind::Waste),
        BuildState::Reversed => Ok(ExportKind::Reversal),
        BuildState::Planned => Err(invalid(format!("{label} is planned."), "Execute it first.")),
        BuildState::Cancelled => Err(invalid(format!("{label} was cancelled."), "There is nothing to export.")),
    }
}

fn of_build(naming: &Naming<'_>, build: &Build, rows: &[production::BuildLine]) -> Result<Document> {
    let kind = naming.kind.map_or_else(|| kind_of(build, rows), Ok)?;
    let components = rows.iter().filter(|row| row.kind == LineKind::Component);
    let used = components.filter_map(|row| Some((row, row.product_id?)));
    let own = |prefix: &str| rules::build_reference(prefix, naming.business, build.number);
    let label = format!("Build {}", build.number);
    let day = build.decided_on.filter(|_| build.qa).or(build.effective_on);
    let day = day.ok_or_else(|| invalid(format!("{label} was not executed."), "Execute it first."))?;
    let lost_back = kind == ExportKind::Reversal && build.state == BuildState::Rejected;
    if kind == ExportKind::Waste || lost_back {
        let lost = used.map(|(row, product)| DocumentLine {
            product,
            quantity: Quantity(row.recovered_quantity.0 - row.quantity.0),
            value: Amount(row.recovered_value.0 - row.value.0),
        });
        let reference = naming.reference(ExportKind::Waste, |prefix| rules::suffixed(&own(prefix), "W"));
        let loss = Document {
            record: DocumentRef::Build(build.id),
            kind: ExportKind::Waste,
            reference,
            label: format!("Loss of build {}", build.number),
            date: build.decided_on.unwrap_or(day),
            lines: lost.collect(),
            total: build.lost_value,
            is_loss: true,
            posted: None,
        };
        return if lost_back { reversed(naming, loss, &label) } else { Ok(loss) };
    }
    let used = used.map(|(row, product)| DocumentLine {
        product,
        quantity: Quantity(-row.quantity.0),
        value: Amount(-row.value.0),
    });
    let made = DocumentLine { product: build.product_id, quantity: build.quantity, value: build.total_value };
    let made = Document {
        record: DocumentRef::Build(build.id),
        kind,
        reference: naming.reference(ExportKind::Build, own),
        label: label.clone(),
        date: day,
        lines: used.chain([made]).collect(),
        total: build.total_value,
        is_loss: false,
        posted: None,
    };
    if kind == ExportKind::Reversal { reversed(naming, made, &label) } else { Ok(made) }
}

/// The opposite of a document, on the day it was taken back.
fn reversed(naming: &Naming<'_>, document: Document, label: &str) -> Result<Document> {
    let row = naming.reversal(label)?;
    let back = |line: DocumentLine| DocumentLine {
        product: line.product,
        quantity: Quantity(-line.quantity.0),
        value: Amount(-line.value.0),
    };
    Ok(Document {
        kind: ExportKind::Reversal,
        reference: row.reference.clone(),
        label: row.label.clone(),
        date: row.effective_on,
        total: Amount(-document.total.0),
        lines: document.lines.into_iter().map(back).collect(),
        ..document
    })
}

fn of_receipt(naming: &Naming<'_>, receipt: &receiving::Receipt, rows: &[receiving::ReceiptLine]) -> Result<Document> {
    let label = format!("Receipt {}", receipt.number);
    let state_kind = match receipt.state {
        ReceiptState::Draft => return Err(invalid(format!("{label} is a draft."), "Confirm it first.")),
        ReceiptState::Confirmed => ExportKind::Receipt,
        ReceiptState::Voided => ExportKind::Reversal,
    };
    let kind = naming.kind.unwrap_or(state_kind);
    let line = |row: &receiving::ReceiptLine| DocumentLine {
        product: row.product_id,
        quantity: row.quantity,
        value: row.value,
    };
    let document = Document {
        record: DocumentRef::Receipt(receipt.id),
        kind,
        reference: naming.reference(ExportKind::Receipt, |prefix| rules::receipt_reference(prefix, receipt.number)),
        label: label.clone(),
        date: receipt.received_on,
        lines: rows.iter().map(line).collect(),
        total: receipt.value,
        is_loss: false,
        posted: None,
    };
    if kind == ExportKind::Reversal { reversed(naming, document, &label) } else { Ok(document) }
}

async fn of_correction(connection: &impl Connection, naming: &Naming<'_>, id: CorrectionId) -> Result<Document> {
    let found = receiving::store::correction(connection, naming.business, id).await?;
    let row = found.ok_or_else(|| Refusal::not_found("receipt correction", id))?;
    let number = receipt_number(connection, naming.business, row.receipt_id).await?;
    let kind = naming.kind.unwrap_or(ExportKind::Correction);
    let Some(export) = naming.row(kind) else {
        return Err(invalid(
            format!("The correction of receipt {number} has no export of its own."),
            "It was made before the receipt was exported, so the receipt's export has it in it.",
        ));
    };
    let line = receiving::store::lines_by_ids(connection, naming.business, &[row.line_id]).await?.pop();
    let product = line.map(|line| line.product_id).ok_or_else(|| Refusal::not_found("receipt line", row.line_id))?;
    let change = Amount(row.value.0 + row.captured.0);
    let is_loss = row.quantity.0 < 0;
    let document = Document {
        record: DocumentRef::Correction(id),
        kind: ExportKind::Correction,
        reference: export.reference.clone(),
        label: export.label.clone(),
        date: row.effective_on,
        lines: vec![DocumentLine { product, quantity: row.quantity, value: change }],
        total: if is_loss { Amount(-change.0) } else { change },
        is_loss,
        posted: None,
    };
    if kind == ExportKind::Reversal { reversed(naming, document, &export.label) } else { Ok(document) }
}

async fn receipt_number(connection: &impl Connection, business: BusinessId, id: ReceiptId) -> Result<i64> {
    let found = receiving::store::receipts(connection, business, &[id]).await?.pop();
    Ok(found.ok_or_else(|| Refusal::not_found("receipt", id))?.number)
}

async fn of_movement(connection: &impl Connection, naming: &Naming<'_>, id: MovementId) -> Result<Document> {
    let found = stock::store::movements_by_ids(connection, naming.business, &[id]).await?.pop();
    let row = found.ok_or_else(|| Refusal::not_found("stock movement", id))?;
    if !matches!(row.kind, MovementKind::LotAdjustment | MovementKind::StockAdjustment) {
        return Err(invalid(
            format!("The movement {id} is no adjustment."),
            "Export the receipt or build that it belongs to.",
        ));
    }
    let kind = ExportKind::Adjustment;
    let back = naming.kind == Some(ExportKind::Reversal);
    let document = Document {
        record: DocumentRef::Movement(id),
        kind,
        reference: naming.reference(kind, |prefix| rules::adjustment_reference(prefix, id)),
        label: naming.row(kind).map_or_else(|| "Stock adjustment".to_owned(), |export| export.label.clone()),
        date: row.effective_on,
        lines: vec![DocumentLine { product: row.product_id, quantity: row.quantity, value: row.value }],
        total: Amount(-row.value.0),
        // What takes it back goes to the account that it went to.
        is_loss: back || row.quantity.0 < 0,
        posted: None,
    };
    let label = document.label.clone();
    if back { reversed(naming, document, &label) } else { Ok(document) }
}
