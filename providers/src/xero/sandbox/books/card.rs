//! The stock card of one tracked item: its movements in the order of their days, valued at average cost (reference 3.1).
//!
//! Rule: pure. Nothing on hand is worth nothing; what rounding or a late receipt leaves goes to the cost of goods sold.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::xero::sandbox::json::cents;

/// What a movement does. Costs are in home currency and are part of the document's own entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    /// A bill brings goods at a cost.
    Receipt(Decimal),
    /// A supplier's credit takes goods and cost away.
    Reduction(Decimal),
    /// A sale takes goods at average cost; whether also those that are not there.
    Issue(bool),
    /// A customer's credit brings goods back at average cost.
    Return,
}

/// A movement of one item by one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Movement {
    /// The document.
    pub(crate) document: String,
    /// Its date.
    pub(crate) date: NaiveDate,
    /// Its place among the documents of that day; settled by the stock.
    pub(crate) place: u64,
    /// The line's place in it.
    pub(crate) line: usize,
    /// What it does.
    pub(crate) kind: Kind,
    /// Of how much; above zero.
    pub(crate) quantity: Decimal,
    /// The item's inventory account.
    pub(crate) asset: String,
    /// The item's cost of goods sold.
    pub(crate) cost_of_sales: String,
}

/// What is on hand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OnHand {
    /// Quantity; below zero only by backorders.
    pub(crate) quantity: Decimal,
    /// Value, home currency.
    pub(crate) value: Decimal,
    /// The last average cost while there was something.
    average: Decimal,
}

/// Why a movement cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Short {
    /// Less than nothing would be on hand.
    Quantity,
    /// The cost pool would be below zero.
    Value,
}

impl OnHand {
    /// Applies a movement; answers with what it moves from the cost of goods sold to the inventory account beside the
    /// document's own entry, signed.
    ///
    /// # Errors
    /// When there is not enough.
    pub(crate) fn apply(&mut self, movement: &Movement) -> Result<Decimal, Short> {
        let quantity = movement.quantity;
        let moved = match movement.kind {
            Kind::Receipt(cost) => self.receive(quantity, cost),
            Kind::Reduction(cost) => self.reduce(quantity, cost)?,
            Kind::Issue(beyond) => self.issue(quantity, beyond)?,
            Kind::Return => {
                let cost = cents(self.unit() * quantity);
                (self.quantity, self.value) = (self.quantity + quantity, self.value + cost);
                cost
            }
        };
        let left = if self.quantity.is_zero() { std::mem::take(&mut self.value) } else { Decimal::ZERO };
        if self.quantity > Decimal::ZERO {
            self.average = self.value / self.quantity;
        }
        Ok(moved - left)
    }

    /// What one is worth.
    fn unit(&self) -> Decimal {
        if self.quantity > Decimal::ZERO { self.value / self.quantity } else { self.average }
    }

    /// Goods that were sold before they came are valued anew at what they cost in the end.
    fn receive(&mut self, quantity: Decimal, cost: Decimal) -> Decimal {
        let was_short = self.quantity < Decimal::ZERO;
        (self.quantity, self.value) = (self.quantity + quantity, self.value + cost);
        if !was_short || self.quantity <= Decimal::ZERO {
            return Decimal::ZERO;
        }
        let worth = cents(cost / quantity * self.quantity);
        worth - std::mem::replace(&mut self.value, worth)
    }

    fn reduce(&mut self, quantity: Decimal, cost: Decimal) -> Result<Decimal, Short> {
        if quantity > self.quantity {
            return Err(Short::Quantity);
        }
        if cost > self.value {
            return Err(Short::Value);
        }
        (self.quantity, self.value) = (self.quantity - quantity, self.value - cost);
        Ok(Decimal::ZERO)
    }

    fn issue(&mut self, quantity: Decimal, beyond: bool) -> Result<Decimal, Short> {
        if quantity > self.quantity && !beyond {
            return Err(Short::Quantity);
        }
        let cost = if quantity == self.quantity { self.value } else { cents(self.unit() * quantity) };
        (self.quantity, self.value) = (self.quantity - quantity, self.value - cost);
        Ok(-cost)
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    fn movement(kind: Kind, quantity: Decimal) -> Movement {
        let (document, asset, cost_of_sales) = ("d".to_owned(), "a".to_owned(), "c".to_owned());
        Movement { document, date: NaiveDate::default(), place: 0, line: 0, kind, quantity, asset, cost_of_sales }
    }

    fn after(movements: &[(Kind, Decimal)]) -> (Decimal, Decimal, Vec<Result<Decimal, Short>>) {
        let mut on_hand = OnHand::default();
        let moved = movements.iter().map(|(kind, quantity)| on_hand.apply(&movement(*kind, *quantity))).collect();
        (on_hand.quantity, on_hand.value, moved)
    }

    #[test]
    fn issues_take_the_average_and_the_last_one_takes_what_is_left() {
        let (quantity, value, moved) = after(&[
            (Kind::Receipt(dec!(10)), dec!(3)),
            (Kind::Issue(false), dec!(1)),
            (Kind::Issue(false), dec!(1)),
            (Kind::Issue(false), dec!(1)),
        ]);
        assert_eq!((quantity, value), (dec!(0), dec!(0)));
        assert_eq!(moved, [Ok(dec!(0)), Ok(dec!(-3.33)), Ok(dec!(-3.34)), Ok(dec!(-3.33))]);
    }

    #[test]
    fn less_than_nothing_is_refused_unless_backorders_are_allowed() {
        let (quantity, value, moved) = after(&[
            (Kind::Receipt(dec!(10)), dec!(2)),
            (Kind::Issue(false), dec!(3)),
            (Kind::Reduction(dec!(11)), dec!(1)),
            (Kind::Issue(true), dec!(3)),
            (Kind::Receipt(dec!(18)), dec!(3)),
        ]);
        assert_eq!(moved[1..3], [Err(Short::Quantity), Err(Short::Value)]);
        assert_eq!(moved[3..], [Ok(dec!(-15)), Ok(dec!(-1))]);
        assert_eq!((quantity, value), (dec!(2), dec!(12)));
    }

    #[test]
    fn a_return_comes_back_at_the_average_also_where_nothing_is_left() {
        let (quantity, value, moved) =
            after(&[(Kind::Receipt(dec!(8)), dec!(4)), (Kind::Issue(false), dec!(4)), (Kind::Return, dec!(1))]);
        assert_eq!((quantity, value, moved[2]), (dec!(1), dec!(2), Ok(dec!(2))));
    }
}
