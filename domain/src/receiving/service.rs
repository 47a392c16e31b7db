//! Use-cases of receipts: draft, confirm, correct, void.

use std::collections::{HashMap, HashSet};

use entity::{
    Amount, CostStatus, LotSource, MovementKind, ProductId, Quantity, ReceiptId, ReceiptState, SourceKind, UnitCost,
};

use super::{
    model::{
        Correction, Receipt, ReceiptCorrection, ReceiptCost, ReceiptDetails, ReceiptDraft, ReceiptFilter, ReceiptLine,
    },
    rules, store, suppliers,
};
use crate::{
    ambient::Ambient,
    business::{Actor, Permission},
    catalog::products,
    error::{ErrorCode, Refusal, Result},
    export::{DocumentRef, note},
    idempotency::RequestKey,
    page::{Page, PageRequest},
    stock::{
        self, Arrival, Cause, NewLot,
        ledger::{Ledger, Writer},
    },
    store::{Db, WriteTx},
    sync::require_free_lock,
};

/// Lines of one receipt.
const LINES_MAX: usize = 1_000;

/// Receipts of all businesses.
#[derive(Debug, Clone)]
pub struct Receiving {
    pub(super) db: Db,
    pub(super) ambient: Ambient,
}

impl Receiving {
    /// Receipts in this database.
    pub fn new(db: Db, ambient: Ambient) -> Self {
        Self { db, ambient }
    }

    /// Creates a draft, or replaces one. Stock is not touched.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, `FEATURE_DISABLED`, `VALIDATION`, `INVALID_STATE` when it is no draft any more.
    pub async fn save(&self, actor: &Actor, draft: ReceiptDraft) -> Result<ReceiptDetails> {
        self.save_once(actor, draft, None).await
    }

    /// As [`Receiving::save`]; the same key with the same draft gets the receipt as it is now, and nothing happens.
    ///
    /// # Errors
    /// As [`Receiving::save`]; `IDEMPOTENCY_MISMATCH`.
    pub async fn save_once(&self, actor: &Actor, draft: ReceiptDraft, key: Option<&str>) -> Result<ReceiptDetails> {
        actor.require(Permission::ManageStock)?;
        let key = RequestKey::of("saveReceipt", key, &draft)?;
        if draft.lines.len() > LINES_MAX {
            return Err(Refusal::new(ErrorCode::Validation, "A receipt has at most 1,000 lines.").into());
        }
        let tx = self.db.write().await?;
        let numbers = (i64::from(draft.id.is_none()), 0);
        let writer = Writer { numbers, ..Writer::new(actor.business, &actor.subject) };
        let ledger = Ledger::open(&tx, &self.ambient, &writer).await?;
        if let Some(id) = RequestKey::made::<ReceiptId>(key.as_ref(), &tx, actor.business).await? {
            let found = store::receipt(tx.connection(), actor.business, id).await?;
            return details(&tx, actor, found.ok_or_else(|| Refusal::not_found("receipt", id))?).await;
        }
        require_lots(&ledger)?;
        suppliers::required(&tx, actor, draft.supplier).await?;
        let known = match draft.id {
            Some(id) => Some(required(&tx, actor, id, ReceiptState::Draft).await?),
            None => None,
        };
        let is_new = known.is_none();
        let names = names(&tx, actor, draft.lines.iter().map(|line| line.product)).await?;
        let receipt = self.draft(actor, &ledger, &draft, known);
        let details = self.details_of(receipt, &draft, &names);
        if is_new {
            store::insert_receipt(tx.connection(), details.receipt.clone()).await?;
        } else {
            store::update_receipt(tx.connection(), details.receipt.clone()).await?;
        }
        let (lines, costs) = (details.lines.clone(), details.costs.clone());
        store::replace_lines(tx.connection(), &details.receipt, lines, costs).await?;
        RequestKey::keep_made(key.as_ref(), &tx, actor.business, details.receipt.id, self.ambient.now()).await?;
        tx.commit().await?;
        Ok(details)
    }

    fn draft(&self, actor: &Actor, ledger: &Ledger<'_>, draft: &ReceiptDraft, known: Option<Receipt>) -> Receipt {
        let now = ledger.book.stamp.recorded_at;
        let base = known.unwrap_or_else(|| Receipt {
            id: self.ambient.id(),
            business_id: actor.business,
            number: ledger.opened.receipts,
            state: ReceiptState::Draft,
            supplier_id: draft.supplier,
            received_on: ledger.book.stamp.today,
            reference: None,
            note: None,
            quantity: Quantity::ZERO,
            value: Amount::ZERO,
            created_at: now,
            created_by: actor.subject.clone(),
            confirmed_at: None,
            confirmed_by: None,
            voided_at: None,
            voided_by: None,
            exported_at: None,
            updated_at: now,
        });
        Receipt {
            supplier_id: draft.supplier,
            received_on: draft.received_on.unwrap_or(ledger.book.stamp.today),
            reference: draft.reference.clone(),
            note: draft.note.clone(),
            updated_at: now,
            ..base
        }
    }

    /// The rows of a draft. Its figures are told as far as they make sense; what does not is refused at confirmation.
    fn details_of(
        &self,
        mut receipt: Receipt,
        draft: &ReceiptDraft,
        names: &HashMap<ProductId, String>,
    ) -> ReceiptDetails {
        let worth = rules::worth(&named(draft, names), &costs(draft)).ok();
        let mut lines = Vec::with_capacity(draft.lines.len());
        for (place, line) in draft.lines.iter().enumerate() {
            let worth = worth.as_ref().and_then(|worth| worth.get(place));
            lines.push(ReceiptLine {
                id: self.ambient.id(),
                business_id: receipt.business_id,
                receipt_id: receipt.id,
                position: position(place),
                product_id: line.product,
                quantity: line.quantity,
                unit_cost: line.unit_cost,
                lot_number: line
                    .lot_number
                    .as_deref()
                    .map(str::trim)
                    .filter(|text| !text.is_empty())
                    .map(str::to_owned),
                expires_on: line.expires_on,
                landed: worth.map_or(Amount::ZERO, |worth| worth.landed),
                value: worth.map_or(Amount::ZERO, |worth| worth.value),
                lot_id: None,
            });
        }
        let costs = draft.costs.iter().enumerate().map(|(place, cost)| ReceiptCost {
            id: self.ambient.id(),
            business_id: receipt.business_id,
            receipt_id: receipt.id,
            position: position(place),
            kind: cost.kind,
            label: cost.label.clone(),
            amount: cost.amount,
            basis: cost.basis,
        });
        let costs = costs.collect();
        total(&mut receipt, &lines);
        ReceiptDetails { receipt, lines, costs, corrections: Vec::new() }
    }

    /// Deletes a draft.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, `INVALID_STATE` when it is no draft any more.
    pub async fn delete(&self, actor: &Actor, id: ReceiptId) -> Result<()> {
        actor.require(Permission::ManageStock)?;
        let tx = self.db.write().await?;
        Ledger::open(&tx, &self.ambient, &Writer::new(actor.business, &actor.subject)).await?;
        required(&tx, actor, id, ReceiptState::Draft).await?;
        store::delete_receipt(tx.connection(), actor.business, id).await?;
        Ok(tx.commit().await?)
    }

    /// Confirms a draft: one lot per line, in stock from the day of receipt.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, `SYNC_LOCKED`, `INVALID_STATE`, `PERIOD_CLOSED`; `INVALID_QUANTITY`, `INVALID_COST` and
    /// `DUPLICATE_LOT` naming the line. Nothing is changed then.
    pub async fn confirm(&self, actor: &Actor, id: ReceiptId) -> Result<ReceiptDetails> {
        actor.require(Permission::ManageStock)?;
        let tx = self.db.write().await?;
        require_free_lock(&tx, actor.business, self.ambient.now()).await?;
        let mut ledger = Ledger::open(&tx, &self.ambient, &Writer::new(actor.business, &actor.subject)).await?;
        require_lots(&ledger)?;
        let mut receipt = required(&tx, actor, id, ReceiptState::Draft).await?;
        ledger.date(Some(receipt.received_on))?;
        let lines = store::lines(tx.connection(), actor.business, &[id]).await?;
        let costs = store::costs(tx.connection(), actor.business, &[id]).await?;
        let lines = self.checked(&tx, actor, &mut ledger, &receipt, lines, &costs).await?;
        let lines = receive(&mut ledger, &receipt, lines)?;
        total(&mut receipt, &lines);
        receipt.state = ReceiptState::Confirmed;
        receipt.confirmed_at = Some(ledger.book.stamp.recorded_at);
        receipt.confirmed_by = Some(actor.subject.clone());
        receipt.updated_at = ledger.book.stamp.recorded_at;
        ledger.write().await?;
        store::update_receipt(tx.connection(), receipt.clone()).await?;
        store::replace_lines(tx.connection(), &receipt, lines.clone(), costs.clone()).await?;
        note::receipt_confirmed(&tx, &self.ambient, &receipt, &actor.subject).await?;
        tx.commit().await?;
        Ok(ReceiptDetails { receipt, lines, costs, corrections: Vec::new() })
    }

    /// Lines with their worth and a lot number each.
    async fn checked(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        ledger: &mut Ledger<'_>,
        receipt: &Receipt,
        mut lines: Vec<ReceiptLine>,
        costs: &[ReceiptCost],
    ) -> Result<Vec<ReceiptLine>> {
        if lines.is_empty() {
            return Err(Refusal::new(ErrorCode::Validation, "The receipt has no lines.")
                .help("Add what was delivered.")
                .into());
        }
        let arriving = ledger.arriving();
        let needs: Vec<_> = lines.iter().map(|line| (line.product_id, arriving)).collect();
        ledger.load(&needs).await?;
        let label = |line: &ReceiptLine| {
            let name = ledger.book.product(line.product_id).map_or_else(String::new, |product| product.name.clone());
            format!("Line {} ({name})", line.position + 1)
        };
        let figures: Vec<_> = lines.iter().map(|line| (label(line), line.quantity, line.unit_cost)).collect();
        let spread: Vec<_> = costs.iter().map(|cost| (cost.amount, cost.basis)).collect();
        let worth = rules::worth(&figures, &spread)?;
        let products: Vec<ProductId> = lines.iter().map(|line| line.product_id).collect();
        let taken = stock::store::taken_numbers(tx.connection(), actor.business, &products).await?;
        let mut taken: HashSet<(ProductId, String)> = taken.into_iter().collect();
        let mut code = None;
        // Numbers that somebody chose go before those that are made.
        for (line, (label, _, _)) in lines.iter().zip(&figures) {
            if let Some(number) = &line.lot_number
                && !taken.insert((line.product_id, number.clone()))
            {
                let message = format!("{label}: another active lot of the product has the number {number}.");
                return Err(Refusal::new(ErrorCode::DuplicateLot, message).help("Choose another lot number.").into());
            }
        }
        for (line, worth) in lines.iter_mut().zip(worth) {
            (line.landed, line.value) = (worth.landed, worth.value);
            if line.lot_number.is_none() {
                if code.is_none() {
                    let supplier = suppliers::required(tx, actor, receipt.supplier_id).await?;
                    code = Some(suppliers::code_of(tx, actor, supplier).await?);
                }
                let is_taken = |number: &str| taken.contains(&(line.product_id, number.to_owned()));
                let number = rules::lot_number(code.as_deref().unwrap_or_default(), receipt.received_on, is_taken);
                taken.insert((line.product_id, number.clone()));
                line.lot_number = Some(number);
            }
        }
        Ok(lines)
    }

    /// Corrects quantity or price of a confirmed receipt's line. What was consumed before keeps its cost.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, `SYNC_LOCKED`, `INVALID_STATE`, `PERIOD_CLOSED`, `INVALID_QUANTITY`, `INVALID_COST`;
    /// `INSUFFICIENT_STOCK` when less is left of the lot than is to be taken off.
    pub async fn correct(&self, actor: &Actor, correction: Correction) -> Result<ReceiptDetails> {
        actor.require(Permission::ManageStock)?;
        let tx = self.db.write().await?;
        require_free_lock(&tx, actor.business, self.ambient.now()).await?;
        let mut ledger = Ledger::open(&tx, &self.ambient, &Writer::new(actor.business, &actor.subject)).await?;
        let day = ledger.date(correction.effective_on)?;
        let found = store::line(tx.connection(), actor.business, correction.line).await?;
        let mut line = found.ok_or_else(|| Refusal::not_found("receipt line", correction.line))?;
        let mut receipt = required(&tx, actor, line.receipt_id, ReceiptState::Confirmed).await?;
        let lot = line.lot_id.ok_or_else(|| Refusal::not_found("lot of the receipt line", line.id))?;
        ledger.load_lots(&[lot]).await?;
        let before = line.clone();
        line.quantity = correction.quantity.unwrap_or(line.quantity);
        line.unit_cost = correction.unit_cost.unwrap_or(line.unit_cost);
        let label = format!("Line {}", line.position + 1);
        stock::rules::check_quantity(line.quantity, &label)?;
        let worth = stock::rules::check_cost(line.quantity, line.unit_cost, &label)?;
        line.value = worth
            .checked_add(line.landed)
            .ok_or_else(|| Refusal::new(ErrorCode::InvalidCost, "The value is too large."))?;
        let cause =
            Cause::new(MovementKind::ReceiptCorrection, day).of(SourceKind::Receipt, receipt.id).line(line.position);
        let by = Quantity(line.quantity.0 - before.quantity.0);
        let worth = Amount(line.value.0 - before.value.0);
        let corrected = ledger.book.correct_lot(lot, before.value, (by, worth), &cause);
        let corrected = corrected.map_err(|error| stock::rules::explain(&error, &ledger.book))?;
        let row = ReceiptCorrection {
            id: self.ambient.id(),
            business_id: actor.business,
            receipt_id: receipt.id,
            line_id: line.id,
            movement_id: corrected.movement,
            quantity: by,
            value: corrected.value,
            captured: corrected.captured,
            unit_cost_before: before.unit_cost,
            unit_cost_after: line.unit_cost,
            effective_on: day,
            recorded_at: ledger.book.stamp.recorded_at,
            recorded_by: actor.subject.clone(),
        };
        receipt.quantity = Quantity(receipt.quantity.0 + by.0);
        receipt.value = Amount(receipt.value.0 + line.value.0 - before.value.0);
        receipt.updated_at = ledger.book.stamp.recorded_at;
        ledger.write().await?;
        store::insert_correction(tx.connection(), row.clone()).await?;
        note::receipt_corrected(&tx, &self.ambient, &receipt, &row).await?;
        store::update_line(tx.connection(), line).await?;
        store::update_receipt(tx.connection(), receipt.clone()).await?;
        let details = details(&tx, actor, receipt).await?;
        tx.commit().await?;
        Ok(details)
    }

    /// Voids a confirmed receipt of which nothing was consumed.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, `SYNC_LOCKED`, `INVALID_STATE`, `PERIOD_CLOSED`; `LOT_CONSUMED` naming the lot.
    pub async fn void(&self, actor: &Actor, id: ReceiptId) -> Result<ReceiptDetails> {
        actor.require(Permission::ManageStock)?;
        let tx = self.db.write().await?;
        require_free_lock(&tx, actor.business, self.ambient.now()).await?;
        let mut ledger = Ledger::open(&tx, &self.ambient, &Writer::new(actor.business, &actor.subject)).await?;
        let day = ledger.date(None)?;
        let mut receipt = required(&tx, actor, id, ReceiptState::Confirmed).await?;
        ledger.date(Some(receipt.received_on))?;
        let lines = store::lines(tx.connection(), actor.business, &[id]).await?;
        let lots: Vec<_> = lines.iter().filter_map(|line| line.lot_id).collect();
        ledger.load_lots(&lots).await?;
        ledger.require_unused(&lots).await?;
        for line in &lines {
            let Some(lot) = line.lot_id else { continue };
            let made_by = ledger.book.lot(lot).map(|lot| lot.movement_id);
            let cause = Cause::new(MovementKind::ReceiptVoid, day).of(SourceKind::Receipt, id).line(line.position);
            let voided = ledger.book.void_lot(lot, made_by, &cause);
            voided.map_err(|error| stock::rules::explain(&error, &ledger.book))?;
        }
        receipt.state = ReceiptState::Voided;
        receipt.voided_at = Some(ledger.book.stamp.recorded_at);
        receipt.voided_by = Some(actor.subject.clone());
        receipt.updated_at = ledger.book.stamp.recorded_at;
        ledger.write().await?;
        store::update_receipt(tx.connection(), receipt.clone()).await?;
        let record = (actor.business, DocumentRef::Receipt(id));
        note::taken_back(&tx, &self.ambient, record, day, &actor.subject).await?;
        let details = details(&tx, actor, receipt).await?;
        tx.commit().await?;
        Ok(details)
    }

    /// A page of receipts, newest first.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn page(&self, actor: &Actor, filter: &ReceiptFilter, request: &PageRequest) -> Result<Page<Receipt>> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::page(self.db.connection(), actor.business, filter, request).await?)
    }

    /// How many receipts match.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn count(&self, actor: &Actor, filter: &ReceiptFilter) -> Result<u64> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::count(self.db.connection(), actor.business, filter).await?)
    }

    /// Receipts with everything on them, in the order of `ids`; unknown ones are left out.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn details(&self, actor: &Actor, ids: &[ReceiptId]) -> Result<Vec<ReceiptDetails>> {
        actor.require(Permission::ReadCatalog)?;
        let (connection, business) = (self.db.connection(), actor.business);
        let receipts = store::receipts(connection, business, ids).await?;
        let lines = store::lines(connection, business, ids).await?;
        let costs = store::costs(connection, business, ids).await?;
        let corrections = store::corrections(connection, business, ids).await?;
        let of = |receipt: Receipt| ReceiptDetails {
            lines: lines.iter().filter(|line| line.receipt_id == receipt.id).cloned().collect(),
            costs: costs.iter().filter(|cost| cost.receipt_id == receipt.id).cloned().collect(),
            corrections: corrections.iter().filter(|row| row.receipt_id == receipt.id).cloned().collect(),
            receipt,
        };
        let mut found: HashMap<ReceiptId, Receipt> = receipts.into_iter().map(|row| (row.id, row)).collect();
        Ok(ids.iter().filter_map(|id| found.remove(id)).map(of).collect())
    }
}

/// Makes a lot of each line.
fn receive(ledger: &mut Ledger<'_>, receipt: &Receipt, mut lines: Vec<ReceiptLine>) -> Result<Vec<ReceiptLine>> {
    for line in &mut lines {
        let number = line.lot_number.clone().unwrap_or_default();
        let lot = NewLot {
            expires_on: line.expires_on,
            supplier: Some(receipt.supplier_id),
            receipt: Some((receipt.id, line.id)),
            ..NewLot::new(number, LotSource::Receipt, receipt.received_on)
        };
        let (product, quantity, value) = (line.product_id, line.quantity, line.value);
        let arrival = Arrival { product, quantity, value, status: CostStatus::Complete, lot };
        let cause = Cause::new(MovementKind::Receive, receipt.received_on)
            .of(SourceKind::Receipt, receipt.id)
            .line(line.position);
        let posted = ledger.book.arrive(&arrival, &cause);
        line.lot_id = posted.map_err(|error| stock::rules::explain(&error, &ledger.book))?.lot;
    }
    Ok(lines)
}

fn total(receipt: &mut Receipt, lines: &[ReceiptLine]) {
    receipt.quantity = Quantity(lines.iter().fold(0, |sum, line| line.quantity.0.saturating_add(sum)));
    receipt.value = Amount(lines.iter().fold(0, |sum, line| line.value.0.saturating_add(sum)));
}

fn named(draft: &ReceiptDraft, names: &HashMap<ProductId, String>) -> Vec<(String, Quantity, UnitCost)> {
    let name = |product| names.get(product).cloned().unwrap_or_default();
    draft.lines.iter().map(|line| (name(&line.product), line.quantity, line.unit_cost)).collect()
}

fn costs(draft: &ReceiptDraft) -> Vec<(Amount, entity::CostBasis)> {
    draft.costs.iter().map(|cost| (cost.amount, cost.basis)).collect()
}

fn position(place: usize) -> i32 {
    i32::try_from(place).unwrap_or(i32::MAX)
}

/// Names of products, all of which the business must have.
async fn names(
    tx: &WriteTx,
    actor: &Actor,
    ids: impl Iterator<Item = ProductId>,
) -> Result<HashMap<ProductId, String>> {
    let ids: Vec<ProductId> = ids.collect();
    let found = products::store::by_ids(tx.connection(), actor.business, &ids).await?;
    let names: HashMap<ProductId, String> = found.into_iter().map(|row| (row.id, row.name)).collect();
    match ids.iter().find(|id| !names.contains_key(id)) {
        Some(missing) => Err(Refusal::not_found("product", missing).into()),
        None => Ok(names),
    }
}

async fn details(tx: &WriteTx, actor: &Actor, receipt: Receipt) -> Result<ReceiptDetails> {
    let (connection, business, id) = (tx.connection(), actor.business, [receipt.id]);
    Ok(ReceiptDetails {
        receipt,
        lines: store::lines(connection, business, &id).await?,
        costs: store::costs(connection, business, &id).await?,
        corrections: store::corrections(connection, business, &id).await?,
    })
}

async fn required(tx: &WriteTx, actor: &Actor, id: ReceiptId, state: ReceiptState) -> Result<Receipt> {
    let found = store::receipt(tx.connection(), actor.business, id).await?;
    let receipt = found.ok_or_else(|| Refusal::not_found("receipt", id))?;
    if receipt.state == state {
        return Ok(receipt);
    }
    let is = match receipt.state {
        ReceiptState::Draft => "a draft",
        ReceiptState::Confirmed => "confirmed",
        ReceiptState::Voided => "voided",
    };
    let help = match receipt.state {
        ReceiptState::Draft => "Confirm it first, or delete it.",
        ReceiptState::Confirmed => "Correct a line, or void it.",
        ReceiptState::Voided => "Make a new receipt.",
    };
    Err(Refusal::new(ErrorCode::InvalidState, format!("Receipt {} is {is}.", receipt.number)).help(help).into())
}

fn require_lots(ledger: &Ledger<'_>) -> Result<()> {
    if ledger.book.stamp.lots {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::FeatureDisabled, "Receiving is off.").help("Enable receiving first.").into())
}
