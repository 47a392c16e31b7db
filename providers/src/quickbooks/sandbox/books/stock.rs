//! What stock is worth, first in first out. Pure.
//!
//! Rule: what comes and what goes are two walks along one curve of cost, rounded at the same places; so stock that is
//! gone is worth nothing to the cent. What goes before it has come takes the cost of what comes next, as the service
//! does once it has come; until then it goes at its own cost.

use rust_decimal::{Decimal, RoundingStrategy};

/// The value of each move (quantity and unit cost), in order, with the sign of its quantity.
pub(super) fn values(moves: &[(Decimal, Decimal)]) -> Vec<Decimal> {
    let mut layers = moves.iter().copied().filter(|(quantity, _)| quantity.is_sign_positive());
    let (mut layer, mut came, mut went) = ((Decimal::ZERO, Decimal::ZERO), Decimal::ZERO, Decimal::ZERO);
    let mut value = |(quantity, unit_cost): &(Decimal, Decimal)| {
        if quantity.is_sign_positive() {
            let before = came;
            came += times(*quantity, *unit_cost);
            return cents(came) - cents(before);
        }
        let (before, mut left) = (went, -*quantity);
        while !left.is_zero() {
            if layer.0.is_zero() {
                layer = layers.next().unwrap_or((left, *unit_cost));
                continue;
            }
            let taken = left.min(layer.0);
            went += times(taken, layer.1);
            (left, layer.0) = (left - taken, layer.0 - taken);
        }
        cents(before) - cents(went)
    };
    moves.iter().map(&mut value).collect()
}

/// Quantity times price; both are bounded where they come in, this bounds what a test has put past the rules.
pub(crate) fn times(quantity: Decimal, price: Decimal) -> Decimal {
    quantity.checked_mul(price).unwrap_or_default()
}

/// To the cent, half up (reference 8).
pub(crate) fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn what_came_first_goes_first_and_what_is_short_goes_at_the_cost_of_what_comes() {
        let moves = [(dec!(2), dec!(10)), (dec!(3), dec!(12)), (dec!(-4), dec!(99)), (dec!(-3), dec!(7))];
        assert_eq!(values(&moves), [dec!(20), dec!(36), dec!(-44), dec!(-26)]);
        let later = [moves[0], moves[1], moves[2], moves[3], (dec!(5), dec!(8))];
        assert_eq!(values(&later), [dec!(20), dec!(36), dec!(-44), dec!(-28), dec!(40)]);
    }

    proptest! {
        #[test]
        fn stock_that_is_gone_is_worth_nothing(
            came in prop::collection::vec((1_i64..10_000, 0_i64..100_000), 1..8),
            cuts in prop::collection::vec(1_i64..5_000, 0..8),
        ) {
            let mut moves: Vec<_> = came.iter().map(|(quantity, cost)| (Decimal::new(*quantity, 3), Decimal::new(*cost, 4))).collect();
            let mut left: Decimal = moves.iter().map(|(quantity, _)| *quantity).sum();
            for cut in cuts {
                let taken = Decimal::new(cut, 3).min(left);
                if !taken.is_zero() {
                    moves.push((-taken, dec!(1)));
                    left -= taken;
                }
            }
            if !left.is_zero() {
                moves.push((-left, dec!(1)));
            }
            prop_assert_eq!(values(&moves).iter().sum::<Decimal>(), dec!(0));
        }
    }
}
