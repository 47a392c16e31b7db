//! Shortages are settled from what has arrived since.
//!
//! Rule: each shortage exactly once; what its units really cost, less what was assumed, is a movement of its own.

use chrono::NaiveDate;
use entity::{LotId, MovementId, MovementKind, ProductId, Quantity, SourceKind};

use super::{Book, BookError, Line, Posting, Result};
use crate::{money::share_half_even, stock::model::Cause};

impl Book {
    /// Settles a product's shortages, oldest first, as far as its lots reach. Answers how many were touched.
    ///
    /// # Errors
    /// When a total does not fit.
    pub fn settle(&mut self, product: ProductId, effective_on: NaiveDate) -> Result<usize> {
        let debts: Vec<LotId> = self.account(product)?.debts.iter().map(|(_, lot)| *lot).collect();
        let mut touched = 0;
        for debt in debts {
            if self.available(product).0 <= 0 {
                break;
            }
            touched += usize::from(self.settle_one(product, debt, effective_on)?);
        }
        Ok(touched)
    }

    fn settle_one(&mut self, product: ProductId, debt: LotId, effective_on: NaiveDate) -> Result<bool> {
        let row = self.lots.get(&debt).ok_or(BookError::NoLot(debt))?;
        let (owed, assumed, status) = (-row.remaining_quantity.0, -row.remaining_value.0, row.cost_status);
        let part = owed.min(self.available(product).0);
        if part <= 0 {
            return Ok(false);
        }
        let assumed = share_half_even(assumed, part, owed).ok_or(BookError::Overflow)?;
        self.keep_cost(product)?;
        let mut draws = Vec::new();
        let queue = &mut self.account(product)?.queue;
        let actual = queue.consume(Quantity(part), &mut draws).map_err(|_| BookError::Overflow)?;
        let mut lines: Vec<Line> = draws.iter().map(Line::taken).collect();
        lines.push(Line { lot: debt, quantity: part, value: assumed, status, reverses: None });
        let cause = Cause::new(MovementKind::ShortageSettlement, effective_on)
            .of(SourceKind::Product, uuid::Uuid::from(product));
        let id: MovementId = self.ids.fresh();
        let value = assumed.checked_sub(actual.value.0).ok_or(BookError::Overflow)?;
        self.post(
            &Posting { id, product, quantity: 0, value, status: actual.status, reverses: None, cause: &cause },
            &lines,
        )?;
        let settled = self.lots.get(&debt).filter(|row| row.remaining_quantity.is_zero()).map(|row| row.created_at);
        if let Some(created) = settled {
            self.account(product)?.debts.remove(&(created, debt));
        }
        Ok(true)
    }
}
