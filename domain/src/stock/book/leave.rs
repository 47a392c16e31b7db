//! Stock that goes out: first in, first out over lots, or at the average of a product without lots.

use entity::{CostStatus, LotId, LotSource, MovementId, ProductId, Quantity};

use super::{Book, BookError, Line, Posting, Result, open};
use crate::{
    money::{average_half_even, extend_half_even, share_half_even},
    stock::{
        engine::EngineError,
        model::{Cause, NewLot, Posted, Shortfall, worse},
    },
};

impl Book {
    /// Takes `quantity` of a product out of stock.
    ///
    /// # Errors
    /// When the quantity is not positive, or there is less and that is to be refused.
    pub fn leave(
        &mut self,
        product: ProductId,
        quantity: Quantity,
        shortfall: Shortfall,
        cause: &Cause,
    ) -> Result<Posted> {
        if quantity.0 <= 0 {
            return Err(BookError::Invalid);
        }
        self.account(product)?;
        let available = self.available(product);
        let there = quantity.min(available);
        if there < quantity && shortfall == Shortfall::Refuse {
            return Err(BookError::Short { product, needed: quantity, available });
        }
        let owes = shortfall == Shortfall::Owe && self.stamp.lots;
        let short = if owes { Quantity(quantity.0 - there.0) } else { Quantity::ZERO };
        if there.is_zero() && short.is_zero() {
            return Ok(nothing());
        }
        let movement: MovementId = self.ids.fresh();
        if self.stamp.lots {
            self.leave_lots(product, movement, there, short, cause)
        } else {
            self.leave_pool(product, movement, there, cause)
        }
    }

    fn leave_lots(
        &mut self,
        product: ProductId,
        movement: MovementId,
        there: Quantity,
        short: Quantity,
        cause: &Cause,
    ) -> Result<Posted> {
        let mut draws = Vec::new();
        if there == self.available(product) {
            // Nothing is left after it: the cost of now is the one that stays.
            self.keep_cost(product)?;
        }
        if !there.is_zero() {
            self.account(product)?.queue.consume(there, &mut draws).map_err(|error| match error {
                EngineError::Overflow => BookError::Overflow,
                _ => BookError::Short { product, needed: there, available: Quantity::ZERO },
            })?;
        }
        let mut lines: Vec<Line> = draws.iter().map(Line::taken).collect();
        if !short.is_zero() {
            lines.push(self.owe(product, movement, short, cause)?);
        }
        let value = lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(line.value)).ok_or(BookError::Overflow)?;
        let status = lines.iter().fold(CostStatus::Complete, |status, line| worse(status, line.status));
        let quantity = -(there.0.checked_add(short.0).ok_or(BookError::Overflow)?);
        self.post(&Posting { id: movement, product, quantity, value, status, reverses: None, cause }, &lines)?;
        let (quantity, value) = (Quantity(-quantity), entity::Amount(-value));
        Ok(Posted { movement: Some(movement), quantity, value, status, short, lot: None })
    }

    /// A shortage at the average cost, as it was before this transaction's consumption; unknown where that is unknown.
    fn owe(&mut self, product: ProductId, movement: MovementId, short: Quantity, cause: &Cause) -> Result<Line> {
        let cost = self.account(product)?.product.average_cost;
        let (value, status) = match cost {
            Some(cost) => (extend_half_even(short, cost).ok_or(BookError::Overflow)?.0, CostStatus::Estimated),
            None => (0, CostStatus::Missing),
        };
        let new = NewLot::new("SHORTAGE", LotSource::Shortage, cause.effective_on);
        let lot = self.new_lot(product, movement, &new, status);
        let row = self.lot_mut(lot)?;
        (row.received_quantity, row.received_value) = (Quantity(-short.0), entity::Amount(-value));
        let created = row.created_at;
        self.account(product)?.debts.insert((created, lot));
        Ok(Line { lot, quantity: -short.0, value: -value, status, reverses: None })
    }

    fn leave_pool(
        &mut self,
        product: ProductId,
        movement: MovementId,
        there: Quantity,
        cause: &Cause,
    ) -> Result<Posted> {
        let now = &self.account(product)?.product;
        let value = share_half_even(now.value.0, there.0, now.on_hand.0).ok_or(BookError::Overflow)?;
        let status = now.cost_status;
        self.leave_pool_exactly(product, movement, (there.0, value), status, None, cause)?;
        let (quantity, value) = (there, entity::Amount(value));
        Ok(Posted { movement: Some(movement), quantity, value, status, short: Quantity::ZERO, lot: None })
    }

    fn leave_pool_exactly(
        &mut self,
        product: ProductId,
        id: MovementId,
        (quantity, value): (i64, i64),
        status: CostStatus,
        reverses: Option<MovementId>,
        cause: &Cause,
    ) -> Result<()> {
        let posting = Posting { id, product, quantity: -quantity, value: -value, status, reverses, cause };
        self.post(&posting, &[])?;
        let product = &mut self.account(product)?.product;
        if product.on_hand.0 > 0 && product.average_cost.is_some() {
            product.average_cost = average_half_even(product.value, product.on_hand);
        }
        Ok(())
    }

    /// Takes back an arrival: voids its lot, or takes the quantity out of the pool, at its value if the pool still holds
    /// that, else at the pool's average.
    ///
    /// # Errors
    /// When some of it is gone.
    pub fn unarrive(
        &mut self,
        arrival: &crate::stock::model::Movement,
        lot: Option<LotId>,
        cause: &Cause,
    ) -> Result<Posted> {
        if let Some(lot) = lot {
            return self.void_lot(lot, Some(arrival.id), cause);
        }
        let (product, quantity, value) = (arrival.product_id, arrival.quantity.0, arrival.value.0);
        if self.stamp.lots {
            // Made before lots were kept: it is in the legacy lot, if anywhere.
            let posted = self.leave(product, arrival.quantity, Shortfall::Refuse, cause)?;
            if let Some(movement) = self.movements.last_mut() {
                movement.reverses = Some(arrival.id);
            }
            return Ok(posted);
        }
        let now = &self.account(product)?.product;
        if quantity > now.on_hand.0 {
            return Err(BookError::Short { product, needed: arrival.quantity, available: now.on_hand });
        }
        let fits = if quantity == now.on_hand.0 { value == now.value.0 } else { value <= now.value.0 };
        let value = if fits {
            value
        } else {
            share_half_even(now.value.0, quantity, now.on_hand.0).ok_or(BookError::Overflow)?
        };
        let status = arrival.cost_status;
        let id: MovementId = self.ids.fresh();
        self.leave_pool_exactly(product, id, (quantity, value), status, Some(arrival.id), cause)?;
        Ok(Posted {
            movement: Some(id),
            quantity: Quantity(quantity),
            value: entity::Amount(value),
            status,
            short: Quantity::ZERO,
            lot: None,
        })
    }

    /// Voids a lot of which nothing was consumed.
    ///
    /// # Errors
    /// When something is gone from it, or it is no lot to void.
    pub fn void_lot(&mut self, id: LotId, reverses: Option<MovementId>, cause: &Cause) -> Result<Posted> {
        let lot = self.lots.get(&id).ok_or(BookError::NoLot(id))?.clone();
        let whole = lot.remaining_quantity == lot.received_quantity && lot.remaining_value == lot.received_value;
        if lot.status != entity::LotStatus::Active || !whole || lot.source == LotSource::Shortage {
            return Err(BookError::Consumed(id));
        }
        let (quantity, value) = (lot.remaining_quantity.0, lot.remaining_value.0);
        self.keep_cost(lot.product_id)?;
        let queue = &mut self.account(lot.product_id)?.queue;
        queue.void(&open(&lot)).map_err(|error| super::refuse(error, id))?;
        let movement: MovementId = self.ids.fresh();
        let posting = Posting {
            id: movement,
            product: lot.product_id,
            quantity: -quantity,
            value: -value,
            status: lot.cost_status,
            reverses,
            cause,
        };
        let line = Line { lot: id, quantity: -quantity, value: -value, status: lot.cost_status, reverses: None };
        self.post(&posting, &[line])?;
        self.lot_mut(id)?.status = entity::LotStatus::Voided;
        Ok(Posted {
            movement: Some(movement),
            quantity: lot.remaining_quantity,
            value: lot.remaining_value,
            status: lot.cost_status,
            short: Quantity::ZERO,
            lot: Some(id),
        })
    }
}

fn nothing() -> Posted {
    Posted {
        movement: None,
        quantity: Quantity::ZERO,
        value: entity::Amount::ZERO,
        status: CostStatus::Complete,
        short: Quantity::ZERO,
        lot: None,
    }
}
