//! What sales do to the stock ledger: goods that go out, goods that come back, and all of it taken back.
//!
//! Rule: whoever takes back names the movements; what comes back to a named document comes back to the lots it took from,
//! last first. Histories are read before anything is changed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use entity::{
    Amount, CostStatus, LineState, LotSource, MovementId, MovementKind, ProductId, Quantity, SaleId, SourceKind,
};

use super::{
    document::takes_back,
    model::{Sale, SaleLine},
};
use crate::{
    error::Result,
    money::{extend_half_even, spread_largest_remainder},
    stock::{
        Arrival, Cause, History, NewLot, Shortfall,
        book::{Book, BookError},
        ledger::Ledger,
        model::worse,
        rules::explain,
        store as stock_store,
    },
    store::WriteTx,
};

/// The movements by which sales hold stock: their own, and those that took again what had come back of them.
pub(super) async fn movements_of(tx: &WriteTx, sales: &[&Sale]) -> Result<Vec<crate::stock::Movement>> {
    let Some(business) = sales.first().map(|sale| sale.business_id) else { return Ok(Vec::new()) };
    let sources: Vec<uuid::Uuid> = sales.iter().map(|sale| sale.id.0).collect();
    let since: BTreeMap<uuid::Uuid, _> = sales.iter().map(|sale| (sale.id.0, sale.versioned_at)).collect();
    let mut rows = Vec::new();
    for kind in [MovementKind::Sale, MovementKind::SaleReturn] {
        rows.extend(stock_store::movements_of_sources(tx.connection(), business, &sources, kind).await?);
    }
    // Those of earlier versions were taken back when these ended.
    rows.retain(|row| row.source_id.and_then(|id| since.get(&id)).is_some_and(|since| row.recorded_at >= *since));
    let mut parents: Vec<MovementId> = rows.iter().map(|row| row.id).collect();
    while !parents.is_empty() {
        let back = stock_store::family(tx.connection(), business, &parents).await?;
        let back: Vec<MovementId> = back.iter().map(|row| row.id).collect();
        let again = stock_store::family(tx.connection(), business, &back).await?;
        parents = again.iter().map(|row| row.id).collect();
        rows.extend(again);
    }
    rows.sort_by_key(|row| (row.recorded_at, row.id));
    rows.dedup_by_key(|row| row.id);
    Ok(rows)
}

/// The day on which a sale's goods come back: its own, unless that is closed by now.
pub(super) fn day_of_return(ledger: &Ledger<'_>, date: NaiveDate) -> NaiveDate {
    let stamp = &ledger.book.stamp;
    if stamp.closed_before.is_some_and(|closed| date < closed) { stamp.today } else { date }
}

/// Takes back everything that a sale holds, and what it brought. Again, nothing happens.
pub(super) async fn take_back(tx: &WriteTx, ledger: &mut Ledger<'_>, sale: &Sale) -> Result<()> {
    let movements = movements_of(tx, &[sale]).await?;
    if movements.is_empty() {
        return Ok(());
    }
    // What cannot be taken from the lots it came to is taken from others.
    let brought: Vec<(ProductId, Quantity)> =
        movements.iter().filter(|row| row.quantity.0 > 0).map(|row| (row.product_id, row.quantity)).collect();
    let histories = ledger.histories(movements).await?;
    ledger.load(&brought).await?;
    let day = day_of_return(ledger, sale.date);
    for history in histories.iter().rev() {
        let done = undo(&mut ledger.book, history, sale.id, day);
        done.map_err(|error| explain(&error, &ledger.book))?;
    }
    Ok(())
}

fn undo(book: &mut Book, history: &History, sale: SaleId, day: NaiveDate) -> std::result::Result<(), BookError> {
    if book.outstanding(history)?.is_zero() {
        return Ok(());
    }
    let cause = Cause {
        line: history.movement.source_line,
        ..Cause::new(MovementKind::SaleReversal, day).of(SourceKind::Sale, sale)
    };
    if history.movement.quantity.0 > 0 {
        book.take_back_again(history, &cause)?;
    } else {
        book.reverse(history, None, &cause)?;
    }
    Ok(())
}

/// What lines ask of the ledger before they are processed.
pub(super) fn needs(ledger: &Ledger<'_>, lines: &[SaleLine]) -> Vec<(ProductId, Quantity)> {
    let arriving = ledger.arriving();
    let due = lines.iter().filter(|line| is_due(line));
    due.filter_map(|line| Some((line.product_id?, if line.quantity.0 < 0 { arriving } else { line.quantity })))
        .collect()
}

/// Whether a line moves stock and has not done so yet.
pub(super) fn is_due(line: &SaleLine) -> bool {
    line.state == LineState::Processed && line.processed_at.is_none()
}

/// Moves stock for the lines that are due, and writes into them what it came to. `named` are the histories of the
/// documents that this one takes back, oldest first.
pub(super) fn process(
    book: &mut Book,
    sale: &Sale,
    lines: &mut [SaleLine],
    named: &[History],
) -> std::result::Result<(), BookError> {
    let now = book.stamp.recorded_at;
    let mut back: BTreeMap<ProductId, Vec<usize>> = BTreeMap::new();
    for (place, line) in lines.iter_mut().enumerate() {
        let (true, Some(product)) = (is_due(line), line.product_id) else { continue };
        line.processed_at = Some(now);
        line.counted = true;
        if line.quantity.0 < 0 {
            back.entry(product).or_default().push(place);
        } else if line.quantity.0 > 0 {
            let posted = book.leave(product, line.quantity, Shortfall::Owe, &cause(sale, line, MovementKind::Sale))?;
            (line.cost, line.cost_status) = (posted.value, posted.status);
            (line.short_quantity, line.movement_id) = (posted.short, posted.movement);
        }
    }
    for (product, places) in back {
        come_back(book, sale, product, (lines, &places), named)?;
    }
    Ok(())
}

fn cause(sale: &Sale, line: &SaleLine, kind: MovementKind) -> Cause {
    Cause::new(kind, line.date).of(SourceKind::Sale, sale.id).line(line.position)
}

/// Units of one product come back: to the lots they were taken from as far as the named documents tell, the rest as a lot
/// of its own at the average cost (behaviour 2.15).
fn come_back(
    book: &mut Book,
    sale: &Sale,
    product: ProductId,
    (lines, places): (&mut [SaleLine], &[usize]),
    named: &[History],
) -> std::result::Result<(), BookError> {
    let weights: Vec<i64> = places.iter().map(|place| -lines[*place].quantity.0).collect();
    let total = weights.iter().try_fold(0_i64, |sum, part| sum.checked_add(*part)).ok_or(BookError::Overflow)?;
    let first = places.first().copied().unwrap_or_default();
    let cause = cause(sale, &lines[first], MovementKind::SaleReturn);
    let mut done = Returned { left: total, value: 0, status: CostStatus::Complete, movement: None };
    for history in named.iter().rev().filter(|history| history.movement.product_id == product) {
        let part = done.left.min(book.outstanding(history)?.0);
        if part > 0 {
            let posted = book.reverse(history, Some(Quantity(part)), &cause)?;
            done.add(part, posted.value, posted.status, posted.movement)?;
        }
    }
    if done.left > 0 {
        let left = Quantity(done.left);
        let (value, status) = match book.product(product).and_then(|row| row.average_cost) {
            Some(cost) => (extend_half_even(left, cost).ok_or(BookError::Overflow)?, CostStatus::Estimated),
            None => (Amount::ZERO, CostStatus::Missing),
        };
        let number = format!("RETURN {}", sale.number.as_deref().unwrap_or(&sale.external_id));
        let lot = NewLot::new(number, LotSource::Return, cause.effective_on);
        let posted = book.arrive(&Arrival { product, quantity: left, value, status, lot }, &cause)?;
        done.add(left.0, posted.value, posted.status, posted.movement)?;
    }
    let parts = spread_largest_remainder(Amount(done.value), &weights).ok_or(BookError::Overflow)?;
    for (place, part) in places.iter().zip(parts) {
        let line = &mut lines[*place];
        (line.cost, line.cost_status, line.movement_id) = (Amount(-part.0), done.status, done.movement);
    }
    Ok(())
}

/// What has come back so far.
struct Returned {
    left: i64,
    value: i64,
    status: CostStatus,
    movement: Option<MovementId>,
}

impl Returned {
    fn add(
        &mut self,
        quantity: i64,
        value: Amount,
        status: CostStatus,
        movement: Option<MovementId>,
    ) -> std::result::Result<(), BookError> {
        self.left -= quantity;
        self.value = self.value.checked_add(value.0).ok_or(BookError::Overflow)?;
        self.status = worse(self.status, status);
        self.movement = self.movement.or(movement);
        Ok(())
    }
}

/// The histories of the documents that a sale names, with what is left of them to come back.
pub(super) async fn named(
    tx: &WriteTx,
    ledger: &mut Ledger<'_>,
    sales: &[&Sale],
    lines: &[SaleLine],
) -> Result<Vec<History>> {
    let back: BTreeSet<ProductId> =
        lines.iter().filter(|line| is_due(line) && line.quantity.0 < 0).filter_map(|line| line.product_id).collect();
    let sold: Vec<&Sale> = sales.iter().copied().filter(|sale| !takes_back(sale.document_type)).collect();
    if back.is_empty() || sold.is_empty() {
        return Ok(Vec::new());
    }
    let mut movements = movements_of(tx, &sold).await?;
    movements.retain(|row| row.quantity.0 < 0 && back.contains(&row.product_id));
    ledger.histories(movements).await
}
