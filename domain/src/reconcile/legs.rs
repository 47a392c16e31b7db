//! Our side: the movements up to a day, by the document that each belongs to and where its export stands.
//!
//! Rule: every movement is in exactly one leg. The ledger is read in chunks; what is kept is a sum per document and product.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use entity::{
    Amount, BusinessId, CorrectionId, ExportId, ExportKind, ExportSource, ExportState, IntegrationId, InventoryMode,
    MovementId, MovementKind, ProductId, Quantity,
};
use uuid::Uuid;

use super::{
    model::{Leg, Part, Standing, TrueUpAmount},
    rules, store,
    store::Moved,
};
use crate::{
    error::{Error, Result},
    export::Export,
    store::Connection,
};

/// What a movement belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Key {
    Build(Uuid),
    BuildBack(Uuid),
    Receipt(Uuid),
    ReceiptBack(Uuid),
    Correction(Uuid),
    Movement(Uuid),
    Settlement(Uuid),
    There(Uuid),
    Sale(Uuid),
}

/// What a document moved.
#[derive(Debug)]
struct Folded {
    first: NaiveDate,
    last: NaiveDate,
    parts: BTreeMap<ProductId, (i64, i64)>,
}

/// Exports by document and kind.
#[derive(Debug, Default)]
struct Rows(HashMap<(Uuid, ExportKind), Export>);

impl Rows {
    async fn load(connection: &impl Connection, business: BusinessId) -> Result<Self> {
        let (mut rows, mut after) = (HashMap::new(), ExportId(Uuid::nil()));
        loop {
            let chunk = store::exports(connection, business, after).await?;
            let Some(last) = chunk.last() else { return Ok(Self(rows)) };
            after = last.id;
            rows.extend(chunk.into_iter().map(|row| ((row.document_id, row.kind), row)));
        }
    }

    /// The journal that an export is gathered in.
    fn journal_of(&self, member: &Export) -> Option<&Export> {
        self.0.get(&(member.gathered_in?.0, member.kind))
    }

    /// The first there is of some kinds, one in the books before all others.
    fn of(&self, document: Uuid, kinds: &[ExportKind]) -> Option<&Export> {
        let found: Vec<&Export> = kinds.iter().filter_map(|kind| self.0.get(&(document, *kind))).collect();
        found.iter().find(|row| row.state == ExportState::Synced).or(found.first()).copied()
    }
}

/// What a journal entry gathers of a day stands or falls together: one leg, against the one entry in the books.
fn of_journal(journal: &Export, whose: Whose) -> Leg {
    Leg {
        record: Some((ExportSource::Journal, journal.document_id)),
        export: Some(journal.id),
        label: journal.label.clone(),
        date: journal.effective_on.min(whose.on),
        standing: rules::standing(Some(journal), (whose.integration, whose.mode), whose.on),
        parts: Vec::new(),
        gathered: Vec::new(),
    }
}

/// Whose documents, and where they go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whose {
    pub(super) business: BusinessId,
    pub(super) integration: IntegrationId,
    pub(super) mode: InventoryMode,
    pub(super) on: NaiveDate,
}

/// All legs up to a day, and the first day of them.
pub(super) async fn legs(connection: &impl Connection, whose: Whose) -> Result<(Vec<Leg>, Option<NaiveDate>)> {
    let rows = Rows::load(connection, whose.business).await?;
    let folded = fold(connection, whose, &rows).await?;
    let first = folded.values().map(|folded| folded.first).min();
    let builds = store::numbers(connection, whose.business, "build").await?;
    let receipts = store::numbers(connection, whose.business, "receipt").await?;
    let names = store::product_names(connection, whose.business).await?;
    let mut told: Vec<ExportId> = Vec::new();
    let mut legs = Vec::with_capacity(folded.len());
    let mut gathered: BTreeMap<ExportId, Leg> = BTreeMap::new();
    for (key, folded) in folded {
        let export = export_of(&rows, key);
        told.extend(export.map(|row| row.id));
        if let Some(journal) = export.and_then(|row| rows.journal_of(row)) {
            told.push(journal.id);
            let leg = gathered.entry(journal.id).or_insert_with(|| of_journal(journal, whose));
            let moved = parts(folded);
            leg.gathered.push(sum(&moved)?);
            leg.parts.extend(moved);
            continue;
        }
        let label = export.map_or_else(|| label(key, (&builds, &receipts), &folded, &names), |row| row.label.clone());
        legs.push(Leg {
            record: record(key),
            export: export.map(|row| row.id),
            label,
            date: export.map_or(folded.last, |row| row.effective_on.min(whose.on)),
            standing: standing(key, export, whose),
            parts: parts(folded),
            gathered: Vec::new(),
        });
    }
    legs.extend(gathered.into_values());
    legs.extend(without_movements(&rows, &told, whose));
    legs.extend(true_ups(connection, &rows, whose).await?);
    Ok((legs, first))
}

async fn fold(connection: &impl Connection, whose: Whose, rows: &Rows) -> Result<BTreeMap<Key, Folded>> {
    let corrections = store::corrections(connection, whose.business).await?;
    let (mut folded, mut after) = (BTreeMap::new(), MovementId(Uuid::nil()));
    loop {
        let chunk = store::moved(connection, whose.business, whose.on, after).await?;
        let Some(last) = chunk.last() else { return Ok(folded) };
        after = last.id;
        for moved in &chunk {
            let entry = folded.entry(key_of(moved, &corrections, rows)).or_insert_with(|| Folded {
                first: moved.effective_on,
                last: moved.effective_on,
                parts: BTreeMap::new(),
            });
            entry.first = entry.first.min(moved.effective_on);
            entry.last = entry.last.max(moved.effective_on);
            let (quantity, value) = entry.parts.entry(moved.product_id).or_default();
            let too_large = || Error::Internal("a document's sum does not fit".to_owned());
            *quantity = quantity.checked_add(moved.quantity.0).ok_or_else(too_large)?;
            *value = value.checked_add(moved.value.0).ok_or_else(too_large)?;
        }
    }
}

/// The document of a movement. What takes a document back, or corrects it, counts with the document itself unless it has an
/// export of its own.
fn key_of(moved: &Moved, corrections: &HashMap<MovementId, CorrectionId>, rows: &Rows) -> Key {
    let source = moved.source_id.unwrap_or(moved.id.0);
    let back = rows.of(source, &[ExportKind::Reversal]).is_some();
    match moved.kind {
        MovementKind::Opening | MovementKind::ItemSync => Key::There(moved.product_id.0),
        MovementKind::BuildReverse if back => Key::BuildBack(source),
        MovementKind::BuildConsume
        | MovementKind::BuildProduce
        | MovementKind::BuildRecover
        | MovementKind::BuildReverse => Key::Build(source),
        MovementKind::ReceiptVoid if back => Key::ReceiptBack(source),
        MovementKind::ReceiptCorrection => match corrections.get(&moved.id) {
            Some(id) if rows.of(id.0, &[ExportKind::Correction]).is_some() => Key::Correction(id.0),
            _ => Key::Receipt(source),
        },
        MovementKind::Receive | MovementKind::ReceiptVoid => Key::Receipt(source),
        MovementKind::ShortageSettlement => Key::Settlement(moved.id.0),
        MovementKind::Sale | MovementKind::SaleReversal | MovementKind::SaleReturn => Key::Sale(source),
        _ => Key::Movement(moved.id.0),
    }
}

fn export_of(rows: &Rows, key: Key) -> Option<&Export> {
    match key {
        Key::Build(id) => rows.of(id, &[ExportKind::Build, ExportKind::Waste]),
        Key::BuildBack(id) | Key::ReceiptBack(id) => rows.of(id, &[ExportKind::Reversal]),
        Key::Receipt(id) => rows.of(id, &[ExportKind::Receipt]),
        Key::Correction(id) => rows.of(id, &[ExportKind::Correction]),
        Key::Movement(id) => rows.of(id, &[ExportKind::Adjustment]),
        Key::Settlement(_) | Key::There(_) | Key::Sale(_) => None,
    }
}

fn record(key: Key) -> Option<(ExportSource, Uuid)> {
    match key {
        Key::Build(id) | Key::BuildBack(id) => Some((ExportSource::Build, id)),
        Key::Receipt(id) | Key::ReceiptBack(id) => Some((ExportSource::Receipt, id)),
        Key::Correction(id) => Some((ExportSource::Correction, id)),
        Key::Movement(id) | Key::Settlement(id) => Some((ExportSource::Movement, id)),
        Key::There(_) | Key::Sale(_) => None,
    }
}

fn standing(key: Key, export: Option<&Export>, whose: Whose) -> Standing {
    match key {
        Key::There(_) => Standing::FromThere,
        Key::Sale(_) => Standing::Sale,
        Key::Settlement(_) => Standing::Nothing(
            "A shortage was settled at what it really cost; the books keep what was assumed.".to_owned(),
        ),
        _ => rules::standing(export, (whose.integration, whose.mode), whose.on),
    }
}

fn label(
    key: Key,
    (builds, receipts): (&HashMap<Uuid, i64>, &HashMap<Uuid, i64>),
    folded: &Folded,
    names: &HashMap<ProductId, String>,
) -> String {
    let number = |numbers: &HashMap<Uuid, i64>, id: &Uuid| {
        numbers.get(id).map(|number| format!(" {number}")).unwrap_or_default()
    };
    let product = || folded.parts.keys().next().and_then(|id| names.get(id)).cloned().unwrap_or_default();
    match key {
        Key::Build(id) => format!("Build{}", number(builds, &id)),
        Key::BuildBack(id) => format!("Reversal of build{}", number(builds, &id)),
        Key::Receipt(id) => format!("Receipt{}", number(receipts, &id)),
        Key::ReceiptBack(id) => format!("Reversal of receipt{}", number(receipts, &id)),
        Key::Correction(_) => "Correction of a receipt".to_owned(),
        Key::Movement(_) => format!("Adjustment of {}", product()),
        Key::Settlement(_) => format!("Settlement of a shortage of {}", product()),
        Key::There(_) => format!("Stock taken over of {}", product()),
        Key::Sale(_) => "Sale".to_owned(),
    }
}

fn sum(parts: &[Part]) -> Result<Amount> {
    let sum = parts.iter().try_fold(Amount::ZERO, |sum, part| sum.checked_add(part.value));
    sum.ok_or_else(|| Error::Internal("a document's sum does not fit".to_owned()))
}

fn parts(folded: Folded) -> Vec<Part> {
    let part = |(product, (quantity, value))| Part { product, quantity: Quantity(quantity), value: Amount(value) };
    folded.parts.into_iter().map(part).collect()
}

/// What was posted by a day although our movements of it are of later days, or of none.
fn without_movements(rows: &Rows, told: &[ExportId], whose: Whose) -> Vec<Leg> {
    let told: std::collections::HashSet<&ExportId> = told.iter().collect();
    let left = rows.0.values().filter(|row| row.state == ExportState::Synced && row.source != ExportSource::TrueUp);
    let left = left
        .filter(|row| row.integration_id == whose.integration && row.gathered_in.is_none() && !told.contains(&row.id));
    let leg = |row: &Export| {
        let standing = rules::standing(Some(row), (whose.integration, whose.mode), whose.on);
        matches!(standing, Standing::Posted { .. }).then(|| Leg {
            record: Some((row.source, row.document_id)),
            export: Some(row.id),
            label: row.label.clone(),
            date: row.effective_on,
            standing,
            parts: Vec::new(),
            gathered: Vec::new(),
        })
    };
    left.filter_map(leg).collect()
}

async fn true_ups(connection: &impl Connection, rows: &Rows, whose: Whose) -> Result<Vec<Leg>> {
    let mut legs = Vec::new();
    for row in store::true_ups(connection, whose.business, whose.integration, whose.on).await? {
        let Some(export) = rows.of(row.id.0, &[ExportKind::TrueUp]) else { continue };
        let Some(external_id) = export.external_id.clone().filter(|_| export.state == ExportState::Synced) else {
            continue;
        };
        let amounts: Vec<TrueUpAmount> = serde_json::from_value(row.amounts)
            .map_err(|error| Error::Internal(format!("the true-up {} cannot be read: {error}", row.id)))?;
        legs.push(Leg {
            record: Some((ExportSource::TrueUp, row.id.0)),
            export: Some(export.id),
            label: export.label.clone(),
            date: row.on_day,
            standing: Standing::TrueUp { external_id, amounts },
            parts: Vec::new(),
            gathered: Vec::new(),
        });
    }
    Ok(legs)
}
