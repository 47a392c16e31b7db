//! Lots that are adjusted or corrected by themselves.

use entity::{Amount, LotId, LotSource, LotStatus, MovementId, Quantity};

use super::{Book, BookError, Line, Posting, Result, open, place, refuse};
use crate::{
    money::share_half_even,
    stock::{
        engine::{Draw, OpenLot},
        model::{Cause, Lot, Posted},
    },
};

/// What the correction of a lot came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corrected {
    /// The movement; none when only consumed units are concerned.
    pub movement: Option<MovementId>,
    /// Change of stock value.
    pub value: Amount,
    /// Change that falls on units that are gone: their captured cost stays.
    pub captured: Amount,
}

impl Book {
    /// Takes from one lot, or adds to it at its own unit cost.
    ///
    /// # Errors
    /// When the quantity is zero, the lot holds less, or it is voided.
    pub fn adjust_lot(&mut self, id: LotId, by: Quantity, cause: &Cause) -> Result<Posted> {
        let lot = self.real_lot(id)?;
        self.keep_cost(lot.product_id)?;
        let size = Quantity(by.0.checked_abs().ok_or(BookError::Overflow)?);
        let queue = &mut self.account(lot.product_id)?.queue;
        let value = if by.0 < 0 {
            queue.adjust(place(&lot), by).map_err(|error| refuse(error, id))?.value.0
        } else if by.0 > 0 {
            let value = share_half_even(lot.received_value.0, by.0, lot.received_quantity.0);
            let value = value.ok_or(BookError::Overflow)?;
            // What was received tells the lot's cost better than a rest of it, which may be of a millionth.
            let more = Draw { place: place(&lot), quantity: by, value: Amount(value), status: lot.cost_status };
            queue.restore(&more).map_err(|error| refuse(error, id))?;
            value
        } else {
            return Err(BookError::Invalid);
        };
        let worth = value * by.0.signum();
        let movement = self.post_lot(&lot, by.0, worth, cause)?;
        let (quantity, value, status) = (size, Amount(value), lot.cost_status);
        Ok(Posted { movement: Some(movement), quantity, value, status, short: Quantity::ZERO, lot: Some(id) })
    }

    /// Corrects what was received, of which the document said `was` in value: `by` in quantity, `worth` in value. What is
    /// left of the lot bears its part; what falls on units that are gone is told, and changes no cost captured before
    /// (statement 58).
    ///
    /// The lot itself remembers only what it really bore. What units cost by the document follows from `was`, so that two
    /// corrections come to the same as one of both.
    ///
    /// # Errors
    /// When less is left than is to be taken off, or nothing would have been received.
    pub fn correct_lot(
        &mut self,
        id: LotId,
        was: Amount,
        (by, worth): (Quantity, Amount),
        cause: &Cause,
    ) -> Result<Corrected> {
        let lot = self.real_lot(id)?;
        self.keep_cost(lot.product_id)?;
        let overflow = || BookError::Overflow;
        let received = lot.received_quantity.0.checked_add(by.0).ok_or_else(overflow)?;
        let becomes = was.0.checked_add(worth.0).ok_or_else(overflow)?;
        let left = lot.remaining_quantity.0.checked_add(by.0).ok_or_else(overflow)?;
        if left < 0 {
            return Err(BookError::LotShort { lot: id, available: lot.remaining_quantity });
        }
        if received <= 0 || becomes < 0 {
            return Err(BookError::Invalid);
        }
        let gone = (lot.received_quantity.0 - lot.remaining_quantity.0).max(0);
        let before = share_half_even(was.0, gone, lot.received_quantity.0).ok_or_else(overflow)?;
        let after = share_half_even(becomes, gone, received).ok_or_else(overflow)?;
        let mut value = worth.0.checked_sub(after - before).ok_or_else(overflow)?;
        if left == 0 || lot.remaining_value.0.checked_add(value).ok_or_else(overflow)? < 0 {
            value = -lot.remaining_value.0;
        }
        self.refill(&lot, left, lot.remaining_value.0 + value)?;
        let movement = (by.0 != 0 || value != 0).then(|| self.post_lot(&lot, by.0, value, cause)).transpose()?;
        let row = self.lot_mut(id)?;
        row.received_quantity = Quantity(received);
        // Units that were found on top may have borne more than what was received is worth now.
        row.received_value = Amount(row.received_value.0.checked_add(value).ok_or_else(overflow)?.max(0));
        Ok(Corrected { movement, value: Amount(value), captured: Amount(worth.0 - value) })
    }

    fn refill(&mut self, lot: &Lot, quantity: i64, value: i64) -> Result<()> {
        let queue = &mut self.account(lot.product_id)?.queue;
        let changed = |error| refuse(error, lot.id);
        if lot.remaining_quantity.0 > 0 {
            queue.adjust(place(lot), Quantity(-lot.remaining_quantity.0)).map_err(changed)?;
        }
        if quantity > 0 {
            let (quantity, value) = (Quantity(quantity), Amount(value));
            queue.receive(OpenLot { quantity, value, ..open(lot) }).map_err(changed)?;
        }
        Ok(())
    }

    fn real_lot(&self, id: LotId) -> Result<Lot> {
        let lot = self.lots.get(&id).ok_or(BookError::NoLot(id))?;
        if lot.status == LotStatus::Voided || lot.source == LotSource::Shortage {
            return Err(BookError::Changed(id));
        }
        Ok(lot.clone())
    }

    fn post_lot(&mut self, lot: &Lot, quantity: i64, value: i64, cause: &Cause) -> Result<MovementId> {
        let id: MovementId = self.ids.fresh();
        let (product, status) = (lot.product_id, lot.cost_status);
        let line = Line { lot: lot.id, quantity, value, status, reverses: None };
        self.post(&Posting { id, product, quantity, value, status, reverses: None, cause }, &[line])?;
        Ok(id)
    }
}
