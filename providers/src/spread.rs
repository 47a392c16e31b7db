//! Spreads an amount over parts so that the parts add up to it exactly.
//!
//! Rule: the largest remainders get the last units; the same input gives the same parts.

use rust_decimal::{Decimal, prelude::ToPrimitive};

/// Shares of `amount` by weight, in units of the last of `scale` decimals. Weights may be zero or negative (their sizes
/// count); where all are zero, the first part takes everything. `None` when a number is too large to be kept exactly.
pub fn spread(amount: Decimal, weights: &[Decimal], scale: u32) -> Option<Vec<Decimal>> {
    let Some(last) = weights.len().checked_sub(1) else { return Some(Vec::new()) };
    let total = weights.iter().try_fold(Decimal::ZERO, |sum, weight| sum.checked_add(weight.abs()))?;
    if total.is_zero() {
        return Some((0..=last).map(|index| if index == 0 { amount } else { Decimal::ZERO }).collect());
    }
    let unit = Decimal::new(1, scale);
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    for (index, weight) in weights.iter().enumerate() {
        let exact = amount.checked_mul(weight.abs())?.checked_div(total)?;
        let part = exact.trunc_with_scale(scale);
        parts.push(part);
        remainders.push((index, (exact - part).abs()));
    }
    let left = amount - parts.iter().sum::<Decimal>();
    remainders.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let units = (left / unit).trunc().to_i64()?;
    let step = if units < 0 { -unit } else { unit };
    for (index, _) in remainders.iter().cycle().take(usize::try_from(units.unsigned_abs()).ok()?) {
        parts[*index] += step;
    }
    // What is finer than the last decimal (an amount that had more of them) stays with the first part.
    let rest = amount - parts.iter().sum::<Decimal>();
    parts[0] += rest;
    Some(parts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn the_largest_remainders_get_the_last_units() {
        let parts = spread(dec!(10.00), &[dec!(1), dec!(1), dec!(1)], 2);
        assert_eq!(parts, Some(vec![dec!(3.34), dec!(3.33), dec!(3.33)]));
        let parts = spread(dec!(-0.05), &[dec!(7), dec!(3)], 2);
        assert_eq!(parts, Some(vec![dec!(-0.04), dec!(-0.01)]));
    }

    #[test]
    fn weights_of_nothing_leave_all_to_the_first() {
        assert_eq!(spread(dec!(4.20), &[dec!(0), dec!(0)], 2), Some(vec![dec!(4.20), dec!(0)]));
        assert_eq!(spread(dec!(4.20), &[], 2), Some(vec![]));
    }

    proptest! {
        #[test]
        fn parts_add_up(amount in -1_000_000_000_i64..1_000_000_000, weights in prop::collection::vec(0_i64..1_000_000, 1..60)) {
            let amount = Decimal::new(amount, 2);
            let weights: Vec<Decimal> = weights.into_iter().map(|weight| Decimal::new(weight, 2)).collect();
            let parts = spread(amount, &weights, 2).unwrap();
            prop_assert_eq!(parts.iter().sum::<Decimal>(), amount);
            let unit = Decimal::new(1, 2);
            let total: Decimal = weights.iter().sum();
            for (part, weight) in parts.iter().zip(&weights) {
                prop_assert!(part.scale() <= 2);
                if !total.is_zero() {
                    prop_assert!((*part - amount * *weight / total).abs() <= unit);
                }
            }
        }
    }
}
