//! Opening stock of a file: through the ledger like everything else.
//!
//! Rule: only products that never moved have an opening stock, so a file that comes again adds nothing.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use entity::{Amount, CostStatus, LotSource, MovementKind, ProductId, SourceKind};

use super::{
    model::{OpeningRow, RowOutcome},
    service::{Batch, named},
    store,
};
use crate::{
    catalog::Product,
    error::{ErrorCode, Refusal, Result},
    stock::{
        self, Arrival, Cause, NewLot,
        ledger::{Ledger, Writer},
    },
};

/// A row that may be taken.
struct Fit {
    product: ProductId,
    number: String,
    day: NaiveDate,
    value: Amount,
    status: CostStatus,
}

impl Batch {
    /// Gives products their opening stock. One outcome per row, in their order.
    ///
    /// # Errors
    /// When the database does not answer, or the whole would be too large to be kept exactly.
    pub async fn opening(&mut self, rows: Vec<OpeningRow>) -> Result<Vec<RowOutcome>> {
        let found = self.by_sku(rows.iter().map(|row| row.sku.to_lowercase()).collect()).await?;
        let ids: BTreeSet<ProductId> = found.values().flatten().map(|product| product.id).collect();
        let ids: Vec<ProductId> = ids.into_iter().collect();
        let mut moved = store::moved(self.tx.connection(), self.actor.business, &ids).await?;
        moved.retain(|id| !self.opened.contains(id));
        let writer = Writer::new(self.actor.business, &self.actor.subject);
        let mut ledger = Ledger::open(&self.tx, &self.ambient, &writer).await?;
        let arriving = ledger.arriving();
        ledger.load(&ids.iter().map(|id| (*id, arriving)).collect::<Vec<_>>()).await?;
        let mut outcomes = Vec::with_capacity(rows.len());
        for row in rows {
            let fit = match fit(&row, &found, &moved, &self.numbers, &ledger) {
                Ok(fit) => fit,
                Err(reason) => {
                    outcomes.push(RowOutcome::failed(row.row, reason));
                    continue;
                }
            };
            let lot = NewLot { expires_on: row.expires_on, ..NewLot::new(&fit.number, LotSource::Opening, fit.day) };
            let (product, quantity) = (fit.product, row.quantity);
            let arrival = Arrival { product, quantity, value: fit.value, status: fit.status, lot };
            let cause = Cause::new(MovementKind::Opening, fit.day).of(SourceKind::Import, product);
            let arrived = ledger.book.arrive(&arrival, &cause);
            arrived.map_err(|error| stock::rules::explain(&error, &ledger.book))?;
            self.opened.insert(product);
            self.numbers.insert((product, fit.number));
            outcomes.push(RowOutcome::created(row.row, product));
        }
        ledger.write().await?;
        Ok(outcomes)
    }
}

fn fit(
    row: &OpeningRow,
    found: &HashMap<String, Option<Product>>,
    moved: &HashSet<ProductId>,
    numbers: &HashSet<(ProductId, String)>,
    ledger: &Ledger<'_>,
) -> std::result::Result<Fit, Refusal> {
    let product = named(found, &row.sku)?;
    if moved.contains(&product.id) {
        return Err(Refusal::new(ErrorCode::InvalidState, format!("{} has moved before.", product.name))
            .help("Correct its stock by an adjustment instead."));
    }
    stock::rules::check_quantity(row.quantity, &product.name)?;
    let day = stock::rules::check_date(row.received_on, &ledger.book.stamp)?;
    let (value, status) = match row.unit_cost {
        Some(cost) => (stock::rules::check_cost(row.quantity, cost, &product.name)?, CostStatus::Complete),
        None => (Amount::ZERO, CostStatus::Missing),
    };
    let taken = |number: &str| numbers.contains(&(product.id, number.to_owned()));
    let number = match &row.lot_number {
        Some(number) if taken(number) => {
            let message = format!("{}: another lot of the product has the number {number}.", product.name);
            return Err(Refusal::new(ErrorCode::DuplicateLot, message).help("Choose another lot number."));
        }
        Some(number) => number.clone(),
        None => crate::receiving::rules::lot_number("OPEN", day, taken),
    };
    Ok(Fit { product: product.id, number, day, value, status })
}
