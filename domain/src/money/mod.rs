//! Arithmetic of money and quantity beyond adding: multiplication with named rounding.
//!
//! Rule: every rounding has a name; products are computed in 128 bits and checked.

use entity::{Amount, Quantity, UnitCost, exact::ONE};

/// The value of `quantity` units at `cost` each, rounded half to even at the millionth; nothing on overflow.
pub fn extend_half_even(quantity: Quantity, cost: UnitCost) -> Option<Amount> {
    let product = i128::from(quantity.0).checked_mul(i128::from(cost.0))?;
    i64::try_from(div_half_even(product, i128::from(ONE))).ok().map(Amount)
}

/// `dividend ÷ divisor` for a positive divisor, a tie going to the even neighbour.
fn div_half_even(dividend: i128, divisor: i128) -> i128 {
    let quotient = dividend.div_euclid(divisor);
    let twice = dividend.rem_euclid(divisor) * 2;
    let up = twice > divisor || (twice == divisor && quotient % 2 != 0);
    quotient + i128::from(up)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_to_the_even_neighbour_on_both_sides_of_zero() {
        let cases = [(5, 2, 2), (7, 2, 4), (-5, 2, -2), (-7, 2, -4), (6, 4, 2), (10, 4, 2), (-6, 4, -2), (1, 3, 0)];
        for (dividend, divisor, expected) in cases {
            assert_eq!(div_half_even(dividend, divisor), expected, "{dividend} / {divisor}");
        }
    }

    #[test]
    fn eight_units_at_two_fifty_are_worth_twenty() {
        assert_eq!(extend_half_even(Quantity(8_000_000), UnitCost(2_500_000)), Some(Amount(20_000_000)));
        assert_eq!(extend_half_even(Quantity(i64::MAX), UnitCost(i64::MAX)), None);
    }
}
