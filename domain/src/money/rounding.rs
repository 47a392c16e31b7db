//! Rounding by name: half to even for products and shares, largest remainder for spreading a total over lines.
//!
//! Rule: nothing wraps and nothing is lost; what does not fit is no answer.

use entity::{Amount, Quantity, UnitCost, exact::ONE};

/// The value of `quantity` units at `cost` each, rounded half to even at the millionth; nothing on overflow.
pub fn extend_half_even(quantity: Quantity, cost: UnitCost) -> Option<Amount> {
    // Two 64-bit factors always fit.
    let product = i128::from(quantity.0) * i128::from(cost.0);
    i64::try_from(div_half_even(product, i128::from(ONE))).ok().map(Amount)
}

/// The cost per unit of `quantity` units worth `value`, rounded half to even at the millionth; nothing for no units and
/// on overflow.
pub fn average_half_even(value: Amount, quantity: Quantity) -> Option<UnitCost> {
    if quantity.0 <= 0 {
        return None;
    }
    let scaled = i128::from(value.0) * i128::from(ONE);
    i64::try_from(div_half_even(scaled, i128::from(quantity.0))).ok().map(UnitCost)
}

/// `value × part ÷ whole`, rounded half to even, for a positive `whole`; nothing on overflow and for any other `whole`.
///
/// In 64 bits wherever the product fits, since a 128-bit division costs as much as the rest of a consumption.
#[inline]
pub fn share_half_even(value: i64, part: i64, whole: i64) -> Option<i64> {
    if whole <= 0 {
        return None;
    }
    if let (Ok(value), Ok(part), Ok(whole)) = (u64::try_from(value), u64::try_from(part), u64::try_from(whole))
        && let Some(product) = value.checked_mul(part)
    {
        let (quotient, rest) = (product / whole, product % whole);
        // Both below 2^63: twice the rest fits.
        let twice = rest * 2;
        let up = twice > whole || (twice == whole && quotient % 2 == 1);
        return i64::try_from(quotient + u64::from(up)).ok();
    }
    let product = i128::from(value) * i128::from(part);
    i64::try_from(div_half_even(product, i128::from(whole))).ok()
}

/// `dividend ÷ divisor` for a positive divisor, a tie going to the even neighbour.
pub(super) fn div_half_even(dividend: i128, divisor: i128) -> i128 {
    let quotient = dividend.div_euclid(divisor);
    let twice = dividend.rem_euclid(divisor) * 2;
    let up = twice > divisor || (twice == divisor && quotient % 2 != 0);
    quotient + i128::from(up)
}

/// Spreads `total` over lines in proportion to their weights, so that the parts add up to it: each part is rounded
/// towards zero, and the millionths left over go to the largest remainders, of equal ones to the first. Weights of zero
/// alone count as equal. Nothing for no weights and for a negative weight.
pub fn spread_largest_remainder(total: Amount, weights: &[i64]) -> Option<Vec<Amount>> {
    if weights.is_empty() || weights.iter().any(|weight| *weight < 0) {
        return None;
    }
    let equal = weights.iter().all(|weight| *weight == 0);
    // Below 2^63 each, and the total's magnitude is at most 2^63: no product leaves 128 bits.
    let weight = |weight: i64| if equal { 1 } else { i128::from(weight) };
    let whole: i128 = weights.iter().map(|line| weight(*line)).sum();
    let (magnitude, sign) = (i128::from(total.0.unsigned_abs()), i128::from(total.0.signum()));
    let mut parts: Vec<i128> = weights.iter().map(|line| magnitude * weight(*line) / whole).collect();
    // Fewer than there are lines.
    let left = usize::try_from(magnitude - parts.iter().sum::<i128>()).ok()?;
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|line| std::cmp::Reverse(magnitude * weight(weights[*line]) % whole));
    for line in order.into_iter().take(left) {
        parts[line] += 1;
    }
    parts.into_iter().map(|part| i64::try_from(part * sign).ok().map(Amount)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
        assert_eq!(average_half_even(Amount(20_000_000), Quantity(8_000_000)), Some(UnitCost(2_500_000)));
        assert_eq!(average_half_even(Amount(1), Quantity::ZERO), None);
        assert_eq!(average_half_even(Amount(i64::MAX), Quantity(1)), None);
    }

    #[test]
    fn a_third_of_ten_goes_to_the_largest_remainder_first() {
        let spread = |total, weights: &[i64]| {
            let parts = spread_largest_remainder(Amount(total), weights);
            parts.map(|parts| parts.into_iter().map(|part| part.0).collect::<Vec<_>>())
        };
        assert_eq!(spread(10, &[1, 1, 1]), Some(vec![4, 3, 3]));
        assert_eq!(spread(-10, &[1, 1, 1]), Some(vec![-4, -3, -3]));
        assert_eq!(spread(100, &[1, 2, 4]), Some(vec![14, 29, 57]));
        assert_eq!(spread(5, &[0, 0]), Some(vec![3, 2]));
        assert_eq!(spread(5, &[0, 7]), Some(vec![0, 5]));
        assert_eq!(spread(i64::MIN, &[i64::MAX]), Some(vec![i64::MIN]));
        assert_eq!(spread(5, &[]), None);
        assert_eq!(spread(5, &[-1, 2]), None);
    }

    proptest! {
        #[test]
        fn both_ways_of_dividing_agree(value: i64, part: i64, whole in 1_i64..) {
            let exact = div_half_even(i128::from(value) * i128::from(part), i128::from(whole));
            prop_assert_eq!(share_half_even(value, part, whole), i64::try_from(exact).ok());
        }

        #[test]
        fn small_shares_agree_too(value in 0_i64..3_000_000_000, part in 0_i64..3_000_000_000, whole in 1_i64..5_000) {
            let exact = div_half_even(i128::from(value) * i128::from(part), i128::from(whole));
            prop_assert_eq!(share_half_even(value, part, whole), i64::try_from(exact).ok());
        }

        #[test]
        fn parts_add_up_and_are_within_one_of_their_share(
            total: i64,
            weights in proptest::collection::vec(0_i64..1_000_000_000_000, 1..40),
        ) {
            let parts = spread_largest_remainder(Amount(total), &weights).unwrap();
            prop_assert_eq!(parts.iter().map(|part| i128::from(part.0)).sum::<i128>(), i128::from(total));
            let whole: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            for (part, weight) in parts.iter().zip(&weights) {
                if whole > 0 {
                    let off = i128::from(part.0) * whole - i128::from(total) * i128::from(*weight);
                    prop_assert!(off.abs() < whole);
                }
            }
        }
    }
}
