//! What the engine is told and what it answers: open lots, draws, consumptions, refusals.
//!
//! Rule: a draw says everything that is needed to take it back.

use entity::{Amount, CostStatus, Quantity};

use super::place::Place;

/// A lot with something left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenLot<I> {
    /// Its place in the order of consumption.
    pub place: Place<I>,
    /// What is left; positive.
    pub quantity: Quantity,
    /// The value of what is left; not negative. While the cost is missing, the part of it that is known: labour that
    /// went into a build of a component without a cost.
    pub value: Amount,
    /// How well that value is known.
    pub status: CostStatus,
}

/// What one movement took from one lot. What it gave is a draw of negative quantity and value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draw<I> {
    /// The lot.
    pub place: Place<I>,
    /// Quantity taken.
    pub quantity: Quantity,
    /// Value taken.
    pub value: Amount,
    /// How well that value is known.
    pub status: CostStatus,
}

impl<I: Copy> Draw<I> {
    /// The draw that undoes this one; nothing for a figure that has no opposite.
    pub fn reversed(self) -> Option<Self> {
        let quantity = Quantity(self.quantity.0.checked_neg()?);
        let value = Amount(self.value.0.checked_neg()?);
        Some(Self { quantity, value, ..self })
    }
}

/// What a consumption took and cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consumption {
    /// Taken from lots.
    pub quantity: Quantity,
    /// Value taken from lots.
    pub value: Amount,
    /// Asked for, but in no lot.
    pub short: Quantity,
    /// Cost of the short part at the weighted average; nothing if there is no average. No lot loses it.
    pub short_value: Option<Amount>,
    /// The worst of the lots touched; a short part is at best estimated.
    pub status: CostStatus,
}

/// Why the engine refuses; nothing has changed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The lot holds less.
    #[error("the lot holds only {available}; take at most that, or from another lot")]
    Short {
        /// What it holds.
        available: Quantity,
    },
    /// A quantity that is not positive, or a value that is negative.
    #[error("a quantity must be positive and a value must not be negative")]
    Invalid,
    /// The lot is already open.
    #[error("the lot is already there; adjust it instead of receiving it again")]
    Exists,
    /// A sum does not fit.
    #[error("the sum is too large to be kept exactly; split the movement")]
    Overflow,
    /// The lot does not hold exactly that any more.
    #[error("the lot is not as it was; reverse what was done to it since, first")]
    Changed,
}
