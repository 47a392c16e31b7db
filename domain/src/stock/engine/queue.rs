//! The open lots of a product.
//!
//! Rule: the first lot leaves in constant time, a new one joins at the end in constant time; only a late receipt and a
//! restoration look for their place.

use std::collections::VecDeque;

use entity::CostStatus;

use super::place::Place;
use crate::money::share_half_even;

/// A lot with something left. Figures are in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenLot<I> {
    /// Its place in the order of consumption.
    pub place: Place<I>,
    /// What is left.
    pub quantity: i64,
    /// The value of what is left.
    pub value: i64,
    /// How well that value is known.
    pub status: CostStatus,
}

/// What one movement took from, or gave back to, one lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draw<I> {
    /// The lot.
    pub lot: I,
    /// Quantity taken.
    pub quantity: i64,
    /// Value taken.
    pub value: i64,
    /// How well that value is known.
    pub status: CostStatus,
}

/// Why the engine refuses; nothing has changed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// There is less than that.
    #[error("only {available} millionths are there")]
    Short {
        /// What there is, in millionths.
        available: i64,
    },
    /// A quantity that is not positive, or a value that is negative.
    #[error("a quantity must be positive, a value must not be negative")]
    Invalid,
    /// A sum does not fit.
    #[error("the sum is too large to be kept exactly")]
    Overflow,
    /// The lot does not hold exactly that any more.
    #[error("the lot is not as it was")]
    Changed,
}

/// The open lots of a product, first to be consumed first, with their totals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue<I> {
    lots: VecDeque<OpenLot<I>>,
    quantity: i64,
    value: i64,
}

impl<I> Default for Queue<I> {
    fn default() -> Self {
        Self { lots: VecDeque::new(), quantity: 0, value: 0 }
    }
}

impl<I: Copy + Ord> Queue<I> {
    /// What all lots hold together.
    pub fn quantity(&self) -> i64 {
        self.quantity
    }

    /// What all lots are worth together.
    pub fn value(&self) -> i64 {
        self.value
    }

    /// The lots, first to be consumed first.
    pub fn lots(&self) -> impl ExactSizeIterator<Item = &OpenLot<I>> {
        self.lots.iter()
    }

    /// Adds a lot in its place.
    ///
    /// # Errors
    /// When its quantity is not positive, its value is negative, or a total does not fit.
    pub fn insert(&mut self, lot: OpenLot<I>) -> Result<(), EngineError> {
        if lot.quantity <= 0 || lot.value < 0 {
            return Err(EngineError::Invalid);
        }
        let quantity = self.quantity.checked_add(lot.quantity).ok_or(EngineError::Overflow)?;
        let value = self.value.checked_add(lot.value).ok_or(EngineError::Overflow)?;
        if self.lots.back().is_none_or(|last| last.place < lot.place) {
            self.lots.push_back(lot);
        } else {
            let place = self.lots.partition_point(|other| other.place < lot.place);
            self.lots.insert(place, lot);
        }
        (self.quantity, self.value) = (quantity, value);
        Ok(())
    }

    /// Takes `quantity` from the first lots on, appends a draw per lot touched, and answers the value taken.
    ///
    /// # Errors
    /// When the quantity is not positive or there is less.
    pub fn take(&mut self, quantity: i64, draws: &mut Vec<Draw<I>>) -> Result<i64, EngineError> {
        if quantity <= 0 {
            return Err(EngineError::Invalid);
        }
        if quantity > self.quantity {
            return Err(EngineError::Short { available: self.quantity });
        }
        let mut left = quantity;
        let mut taken = 0_i64;
        while let Some(first) = self.lots.front_mut() {
            let lot = first.place.id();
            if first.quantity > left {
                let value = share_half_even(first.value, left, first.quantity).ok_or(EngineError::Overflow)?;
                first.quantity -= left;
                first.value -= value;
                draws.push(Draw { lot, quantity: left, value, status: first.status });
                // A part of the total, which was checked when the lot joined.
                taken += value;
                break;
            }
            draws.push(Draw { lot, quantity: first.quantity, value: first.value, status: first.status });
            left -= first.quantity;
            taken += first.value;
            self.lots.pop_front();
            if left == 0 {
                break;
            }
        }
        self.quantity -= quantity;
        self.value -= taken;
        Ok(taken)
    }

    /// Takes `quantity` from one lot by the same rule.
    ///
    /// # Errors
    /// When the lot is not open, or holds less.
    pub fn take_from(&mut self, place: Place<I>, quantity: i64) -> Result<Draw<I>, EngineError> {
        let at = self.find(place).ok_or(EngineError::Short { available: 0 })?;
        let lot = self.lots[at];
        if quantity <= 0 {
            return Err(EngineError::Invalid);
        }
        if quantity > lot.quantity {
            return Err(EngineError::Short { available: lot.quantity });
        }
        let value = share_half_even(lot.value, quantity, lot.quantity).ok_or(EngineError::Overflow)?;
        self.take_exactly(place, quantity, value)
    }

    /// Takes exactly this quantity and value from one lot, as when a restoration is taken back.
    ///
    /// # Errors
    /// When the lot cannot give exactly that.
    pub fn take_exactly(&mut self, place: Place<I>, quantity: i64, value: i64) -> Result<Draw<I>, EngineError> {
        let at = self.find(place).ok_or(EngineError::Changed)?;
        let lot = &mut self.lots[at];
        let rest = (lot.quantity.checked_sub(quantity), lot.value.checked_sub(value));
        let (Some(quantity_left @ 0..), Some(value_left @ 0..)) = rest else { return Err(EngineError::Changed) };
        if quantity_left == 0 && value_left != 0 {
            return Err(EngineError::Changed);
        }
        let draw = Draw { lot: place.id(), quantity, value, status: lot.status };
        if quantity_left == 0 {
            self.lots.remove(at);
        } else {
            (lot.quantity, lot.value) = (quantity_left, value_left);
        }
        self.quantity -= quantity;
        self.value -= value;
        Ok(draw)
    }

    /// Gives quantity and value back to a lot, which opens again if it was used up.
    ///
    /// # Errors
    /// As [`Queue::insert`].
    pub fn give_back(&mut self, lot: OpenLot<I>) -> Result<(), EngineError> {
        let Some(at) = self.find(lot.place) else { return self.insert(lot) };
        if lot.quantity < 0 || lot.value < 0 {
            return Err(EngineError::Invalid);
        }
        let quantity = self.quantity.checked_add(lot.quantity).ok_or(EngineError::Overflow)?;
        let value = self.value.checked_add(lot.value).ok_or(EngineError::Overflow)?;
        // Parts of totals that fit.
        self.lots[at].quantity += lot.quantity;
        self.lots[at].value += lot.value;
        (self.quantity, self.value) = (quantity, value);
        Ok(())
    }

    /// The lot at a place, if it is open.
    pub fn at(&self, place: Place<I>) -> Option<&OpenLot<I>> {
        self.find(place).map(|at| &self.lots[at])
    }

    fn find(&self, place: Place<I>) -> Option<usize> {
        self.lots.binary_search_by(|lot| lot.place.cmp(&place)).ok()
    }
}
