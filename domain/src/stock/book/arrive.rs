//! Stock that comes in: as a lot, or into the pool of a product without lots.

use entity::{Amount, CostStatus, LotId, LotSource, MovementId, ProductId, Quantity};

use super::{Book, BookError, Line, Posting, Result, open};
use crate::{
    money::{average_half_even, share_half_even},
    stock::model::{Arrival, Cause, NewLot, Posted, Shortfall, worse},
};

impl Book {
    /// Takes an arrival into stock. With lots it makes one, which settles shortages if the business wants that.
    ///
    /// # Errors
    /// When the quantity is not positive, the value is negative or a total does not fit.
    pub fn arrive(&mut self, arrival: &Arrival, cause: &Cause) -> Result<Posted> {
        if arrival.quantity.0 <= 0 || arrival.value.0 < 0 {
            return Err(BookError::Invalid);
        }
        let movement: MovementId = self.ids.fresh();
        let lot = if self.stamp.lots {
            let lot = self.lot_of(arrival, movement, cause, None)?;
            if self.stamp.settle {
                self.settle(arrival.product, cause.effective_on)?;
            }
            Some(lot)
        } else {
            self.add_to_pool(arrival, movement, cause, None)?;
            None
        };
        let (quantity, value, status) = (arrival.quantity, arrival.value, arrival.status);
        Ok(Posted { movement: Some(movement), quantity, value, status, short: Quantity::ZERO, lot })
    }

    pub(super) fn lot_of(
        &mut self,
        arrival: &Arrival,
        movement: MovementId,
        cause: &Cause,
        reverses: Option<MovementId>,
    ) -> Result<LotId> {
        let (quantity, value) = (arrival.quantity, arrival.value);
        let lot = self.new_lot(arrival.product, movement, &arrival.lot, arrival.status);
        let posting = Posting {
            id: movement,
            product: arrival.product,
            quantity: quantity.0,
            value: value.0,
            status: arrival.status,
            reverses,
            cause,
        };
        let line = Line { lot, quantity: quantity.0, value: value.0, status: arrival.status, reverses: None };
        self.post(&posting, &[line])?;
        let row = self.lot_mut(lot)?;
        (row.received_quantity, row.received_value) = (quantity, value);
        let open = open(row);
        self.account(arrival.product)?.queue.receive(open).map_err(|error| super::refuse(error, lot))?;
        Ok(lot)
    }

    /// Adds to a product without lots. What fills a negative stock is worth what arrives, not what was assumed: the
    /// difference is a movement of its own.
    pub(super) fn add_to_pool(
        &mut self,
        arrival: &Arrival,
        movement: MovementId,
        cause: &Cause,
        reverses: Option<MovementId>,
    ) -> Result<()> {
        let before = self.account(arrival.product)?.product.clone();
        let posting = Posting {
            id: movement,
            product: arrival.product,
            quantity: arrival.quantity.0,
            value: arrival.value.0,
            status: arrival.status,
            reverses,
            cause,
        };
        self.post(&posting, &[])?;
        if before.on_hand.0 < 0 {
            self.settle_pool(&before, arrival, cause)?;
        }
        let product = &mut self.account(arrival.product)?.product;
        product.cost_status =
            if before.on_hand.0 > 0 { worse(before.cost_status, arrival.status) } else { arrival.status };
        if product.on_hand.0 > 0 {
            let known = product.cost_status != CostStatus::Missing || product.value.0 > 0;
            product.average_cost = known.then(|| average_half_even(product.value, product.on_hand)).flatten();
        }
        Ok(())
    }

    fn settle_pool(&mut self, before: &crate::stock::model::Product, arrival: &Arrival, cause: &Cause) -> Result<()> {
        let owed = before.on_hand.0.checked_neg().ok_or(BookError::Overflow)?;
        let filled = owed.min(arrival.quantity.0);
        let assumed = share_half_even(before.value.0, filled, owed).ok_or(BookError::Overflow)?;
        let actual = share_half_even(arrival.value.0, filled, arrival.quantity.0).ok_or(BookError::Overflow)?;
        // `assumed` is not positive: what left was worth its opposite.
        let difference = actual.checked_add(assumed).ok_or(BookError::Overflow)?;
        if difference == 0 {
            return Ok(());
        }
        let cause = Cause { kind: entity::MovementKind::ShortageSettlement, ..cause.clone() };
        let posting = Posting {
            id: self.ids.fresh(),
            product: arrival.product,
            quantity: 0,
            value: -difference,
            status: arrival.status,
            reverses: None,
            cause: &cause,
        };
        self.post(&posting, &[])
    }

    /// Sets a product without lots to what the accounting system says: one movement of the difference, or none.
    ///
    /// # Errors
    /// When a total does not fit.
    pub fn restate(&mut self, product: ProductId, quantity: Quantity, value: Amount, cause: &Cause) -> Result<()> {
        let now = self.account(product)?.product.clone();
        let by = quantity.0.checked_sub(now.on_hand.0).ok_or(BookError::Overflow)?;
        let worth = value.0.checked_sub(now.value.0).ok_or(BookError::Overflow)?;
        self.account(product)?.touched = true;
        if by == 0 && worth == 0 {
            return Ok(());
        }
        let posting = Posting {
            id: self.ids.fresh(),
            product,
            quantity: by,
            value: worth,
            status: now.cost_status,
            reverses: None,
            cause,
        };
        self.post(&posting, &[])
    }

    /// Takes an opening balance over: stock, or, where the accounting system has less than nothing, a shortage.
    ///
    /// # Errors
    /// When a total does not fit.
    pub fn open_balance(
        &mut self,
        product: ProductId,
        opening: &crate::catalog::products::rules::Restock,
        cause: &Cause,
    ) -> Result<()> {
        let (quantity, value) = (opening.quantity, opening.value);
        if quantity.0 > 0 {
            let lot = NewLot::new("OPENING", LotSource::Opening, cause.effective_on);
            self.arrive(&Arrival { product, quantity, value, status: opening.cost_status, lot }, cause)?;
        } else if self.stamp.lots && quantity.0 < 0 {
            self.leave(product, Quantity(-quantity.0), Shortfall::Owe, cause)?;
        } else {
            self.restate(product, opening.on_hand, opening.value_after, cause)?;
        }
        Ok(())
    }

    /// Changes what is known of a product beside its stock.
    ///
    /// # Errors
    /// When the product was not loaded.
    pub fn describe(
        &mut self,
        product: ProductId,
        change: impl FnOnce(&mut crate::stock::model::Product),
    ) -> Result<()> {
        let account = self.account(product)?;
        change(&mut account.product);
        account.touched = true;
        Ok(())
    }

    /// Begins to keep lots of a product: what it has becomes one legacy lot, what it owes a shortage. Stock and value
    /// stay, so the movement is empty.
    ///
    /// # Errors
    /// When the product was not loaded.
    pub fn begin_lots(&mut self, product: ProductId, cause: &Cause) -> Result<Option<LotId>> {
        let now = self.account(product)?.product.clone();
        if now.on_hand.is_zero() {
            return Ok(None);
        }
        let source = if now.on_hand.0 > 0 { LotSource::Legacy } else { LotSource::Shortage };
        let number = if now.on_hand.0 > 0 { "LEGACY" } else { "SHORTAGE" };
        let movement: MovementId = self.ids.fresh();
        let lot = self.new_lot(product, movement, &NewLot::new(number, source, cause.effective_on), now.cost_status);
        let posting =
            Posting { id: movement, product, quantity: 0, value: 0, status: now.cost_status, reverses: None, cause };
        let line = Line { lot, quantity: now.on_hand.0, value: now.value.0, status: now.cost_status, reverses: None };
        self.post(&posting, &[line])?;
        let row = self.lot_mut(lot)?;
        (row.received_quantity, row.received_value) = (now.on_hand, now.value);
        let row = row.clone();
        let account = self.account(product)?;
        if source == LotSource::Legacy {
            account.queue.receive(open(&row)).map_err(|error| super::refuse(error, lot))?;
        } else {
            account.debts.insert((row.created_at, lot));
        }
        Ok(Some(lot))
    }
}
