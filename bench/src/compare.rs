//! Numbers of several rounds, and goals.
//!
//! Rule: a median of ratios, each of one round, not a ratio of medians: what disturbs a round disturbs both sides of it.

use std::time::Duration;

/// Rounds of everything that is compared.
pub const ROUNDS: usize = 3;

/// The middle value; of an even number of values the upper middle one.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The median of a figure of each round.
pub fn middle<T>(rounds: &[T], figure: impl Fn(&T) -> f64) -> f64 {
    median(rounds.iter().map(figure).collect())
}

/// How many times `b` fits into `a`.
pub fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}

/// A count as a number to divide by.
pub fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// `1.23 ≤ 2, met`.
pub fn at_most(value: f64, goal: f64, unit: &str) -> String {
    let verdict = if value <= goal { "met" } else { "MISSED" };
    format!("{value:.2}{unit} ≤ {goal}{unit}, {verdict}")
}

/// `1.23 ≥ 1, met`.
pub fn at_least(value: f64, goal: f64, unit: &str) -> String {
    let verdict = if value >= goal { "met" } else { "MISSED" };
    format!("{value:.2}{unit} ≥ {goal}{unit}, {verdict}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_value_is_taken_whatever_the_order() {
        assert!((median(vec![9.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_goal_is_met_at_its_limit() {
        assert_eq!(at_most(2.0, 2.0, " s"), "2.00 s ≤ 2 s, met");
        assert_eq!(at_most(2.01, 2.0, ""), "2.01 ≤ 2, MISSED");
        assert_eq!(at_least(2.0, 2.0, " s"), "2.00 s ≥ 2 s, met");
        assert_eq!(at_least(1.99, 2.0, ""), "1.99 ≥ 2, MISSED");
    }
}
