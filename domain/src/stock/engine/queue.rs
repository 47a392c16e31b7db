//! The open lots of a product.
//!
//! Rule: the first lot leaves in constant time, a new one joins at the end in constant time; only a late receipt, a
//! restoration and an adjustment look for their place.

use entity::{Amount, CostStatus, Quantity, UnitCost};

use super::{
    lot::{Consumption, Draw, EngineError, OpenLot},
    open::Open,
    place::Place,
};
use crate::money::{average_half_even, extend_half_even, share_half_even};

/// What lots hold together. Sums of them fit, so sums and differences of their parts fit too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Totals {
    quantity: i64,
    value: i64,
    /// Part of the quantity, of lots whose cost is missing.
    unknown: i64,
    /// Part of the value, of lots whose cost is missing: what is known of it.
    unknown_value: i64,
}

impl Totals {
    /// With a signed change; nothing on overflow.
    fn with(self, quantity: i64, value: i64, status: CostStatus) -> Option<Self> {
        let (unknown, unknown_value) = if status == CostStatus::Missing { (quantity, value) } else { (0, 0) };
        Some(Self {
            quantity: self.quantity.checked_add(quantity)?,
            value: self.value.checked_add(value)?,
            unknown: self.unknown.checked_add(unknown)?,
            unknown_value: self.unknown_value.checked_add(unknown_value)?,
        })
    }

    /// Without a draw, which is part of them.
    #[inline]
    fn remove<I>(&mut self, draw: &Draw<I>) {
        self.quantity -= draw.quantity.0;
        self.value -= draw.value.0;
        if draw.status == CostStatus::Missing {
            self.unknown -= draw.quantity.0;
            self.unknown_value -= draw.value.0;
        }
    }

    /// The weighted average; nothing where no cost is known.
    fn average(self) -> Option<UnitCost> {
        let value = self.value.checked_sub(self.unknown_value)?;
        average_half_even(Amount(value), Quantity(self.quantity.checked_sub(self.unknown)?))
    }
}

/// The open lots of a product, first to be consumed first, with their totals.
#[derive(Debug, Clone)]
pub struct Queue<I> {
    lots: Open<I>,
    totals: Totals,
    /// The totals before the last lot left, for the average that is kept then.
    last: Totals,
}

impl<I> Default for Queue<I> {
    fn default() -> Self {
        Self { lots: Open::default(), totals: Totals::default(), last: Totals::default() }
    }
}

/// The same lots; an average kept from before is history, not stock.
impl<I: PartialEq> PartialEq for Queue<I> {
    fn eq(&self, other: &Self) -> bool {
        self.totals == other.totals && self.lots.iter().eq(other.lots.iter())
    }
}

impl<I: Eq> Eq for Queue<I> {}

impl<I: Copy + Ord> Queue<I> {
    /// What all lots hold together.
    pub fn quantity(&self) -> Quantity {
        Quantity(self.totals.quantity)
    }

    /// What all lots are worth together.
    pub fn value(&self) -> Amount {
        Amount(self.totals.value)
    }

    /// The weighted average cost over the open lots, half to even; when none remain, the last one (behaviour 2.7).
    /// Lots whose cost is missing do not count: missing is not zero. Nothing if no cost was ever known, or if it does
    /// not fit.
    pub fn average(&self) -> Option<UnitCost> {
        let known = self.totals.quantity > self.totals.unknown;
        if known { self.totals.average() } else { self.last.average() }
    }

    /// The lots, first to be consumed first.
    pub fn lots(&self) -> impl ExactSizeIterator<Item = &OpenLot<I>> {
        self.lots.iter()
    }

    /// The lot at a place, if it is open.
    pub fn at(&self, place: Place<I>) -> Option<&OpenLot<I>> {
        self.lots.find(place).ok().and_then(|at| self.lots.get(at))
    }

    /// Adds a lot in its place, which for a late receipt is not the last one.
    ///
    /// # Errors
    /// When it is open already, its quantity is not positive, its value is negative, or a total does not fit.
    pub fn receive(&mut self, lot: OpenLot<I>) -> Result<(), EngineError> {
        if lot.quantity.0 <= 0 || lot.value.0 < 0 {
            return Err(EngineError::Invalid);
        }
        let totals = self.totals.with(lot.quantity.0, lot.value.0, lot.status).ok_or(EngineError::Overflow)?;
        if self.lots.last().is_none_or(|last| last.place < lot.place) {
            self.lots.join_last(lot);
        } else {
            let Err(at) = self.lots.find(lot.place) else { return Err(EngineError::Exists) };
            self.lots.join(at, lot);
        }
        self.totals = totals;
        Ok(())
    }

    /// Takes `quantity` from the first lots on and appends a draw per lot touched. What is in no lot is short; its cost
    /// is estimated by the average as it was before.
    ///
    /// # Errors
    /// When the quantity is not positive, or the estimate does not fit.
    pub fn consume(&mut self, quantity: Quantity, draws: &mut Vec<Draw<I>>) -> Result<Consumption, EngineError> {
        if quantity.0 <= 0 {
            return Err(EngineError::Invalid);
        }
        // Both positive: the difference fits.
        let short = Quantity((quantity.0 - self.totals.quantity).max(0));
        let short_value = self.estimate(short)?;
        let before = self.totals;
        let mut status = match short_value {
            _ if short.is_zero() => CostStatus::Complete,
            Some(_) => CostStatus::Estimated,
            None => CostStatus::Missing,
        };
        let mut left = quantity.0 - short.0;
        while left > 0 {
            let Some(first) = self.lots.first_mut() else { break };
            status = status.max(first.status);
            if first.quantity.0 > left {
                // A share smaller than the whole always fits, so that nothing can fail half-way.
                let value = share_half_even(first.value.0, left, first.quantity.0).ok_or(EngineError::Overflow)?;
                let draw =
                    Draw { place: first.place, quantity: Quantity(left), value: Amount(value), status: first.status };
                first.quantity.0 -= left;
                first.value.0 -= value;
                self.totals.remove(&draw);
                draws.push(draw);
                break;
            }
            let draw = Draw { place: first.place, quantity: first.quantity, value: first.value, status: first.status };
            left -= first.quantity.0;
            self.lots.leave_first();
            self.totals.remove(&draw);
            draws.push(draw);
        }
        self.keep_average(before);
        let value = Amount(before.value - self.totals.value);
        Ok(Consumption { quantity: Quantity(quantity.0 - short.0), value, short, short_value, status })
    }

    /// Takes back what a draw did, exactly: the lot gets that quantity and value back and opens again if it was
    /// exhausted; a draw that gave is taken out again. Taking back the [reversed](Draw::reversed) draw is taking it anew.
    ///
    /// # Errors
    /// When the lot cannot give exactly that any more, or a total does not fit.
    pub fn restore(&mut self, draw: &Draw<I>) -> Result<(), EngineError> {
        let Ok(at) = self.lots.find(draw.place) else { return self.reopen(draw) };
        let lot = self.lots.get_mut(at).ok_or(EngineError::Changed)?;
        if lot.status != draw.status {
            return Err(EngineError::Changed);
        }
        let totals = self.totals.with(draw.quantity.0, draw.value.0, draw.status).ok_or(EngineError::Overflow)?;
        let quantity = lot.quantity.checked_add(draw.quantity).ok_or(EngineError::Overflow)?;
        let value = lot.value.checked_add(draw.value).ok_or(EngineError::Overflow)?;
        if quantity.0 < 0 || value.0 < 0 || (quantity.is_zero() && !value.is_zero()) {
            return Err(EngineError::Changed);
        }
        (lot.quantity, lot.value) = (quantity, value);
        if quantity.is_zero() {
            self.lots.leave(at);
        }
        let before = std::mem::replace(&mut self.totals, totals);
        self.keep_average(before);
        Ok(())
    }

    /// Removes a lot of which nothing was taken, and answers what leaves with it.
    ///
    /// # Errors
    /// When the lot does not hold exactly what was received.
    pub fn void(&mut self, received: &OpenLot<I>) -> Result<Draw<I>, EngineError> {
        if self.at(received.place) != Some(received) {
            return Err(EngineError::Changed);
        }
        self.take_from(received.place, received.quantity)
    }

    /// Adjusts one lot by a signed quantity, at the lot's own cost, and answers what left it; of what was added, the
    /// draw is negative.
    ///
    /// # Errors
    /// When the quantity is zero, the lot is not open or holds less, or a total does not fit.
    pub fn adjust(&mut self, place: Place<I>, change: Quantity) -> Result<Draw<I>, EngineError> {
        let quantity = Quantity(change.0.checked_neg().ok_or(EngineError::Overflow)?);
        self.take_from(place, quantity)
    }

    /// Takes a quantity, negative to add, from one lot by the rule of the share.
    fn take_from(&mut self, place: Place<I>, quantity: Quantity) -> Result<Draw<I>, EngineError> {
        let lot = self.at(place).ok_or(EngineError::Short { available: Quantity::ZERO })?;
        if quantity.is_zero() {
            return Err(EngineError::Invalid);
        }
        if quantity > lot.quantity {
            return Err(EngineError::Short { available: lot.quantity });
        }
        let value = share_half_even(lot.value.0, quantity.0, lot.quantity.0).ok_or(EngineError::Overflow)?;
        let draw = Draw { place, quantity, value: Amount(value), status: lot.status };
        self.restore(&draw.reversed().ok_or(EngineError::Overflow)?)?;
        Ok(draw)
    }

    /// Gives a draw back to an exhausted lot.
    fn reopen(&mut self, draw: &Draw<I>) -> Result<(), EngineError> {
        if draw.quantity.0 <= 0 {
            return Err(EngineError::Changed);
        }
        let Draw { place, quantity, value, status } = *draw;
        self.receive(OpenLot { place, quantity, value, status })
    }

    /// What a quantity that is in no lot costs; nothing for no quantity and without an average.
    fn estimate(&self, short: Quantity) -> Result<Option<Amount>, EngineError> {
        if short.is_zero() {
            return Ok(None);
        }
        let Some(average) = self.average() else { return Ok(None) };
        extend_half_even(short, average).map(Some).ok_or(EngineError::Overflow)
    }

    fn keep_average(&mut self, before: Totals) {
        if self.totals.quantity == self.totals.unknown && before.quantity > before.unknown {
            self.last = before;
        }
    }
}
