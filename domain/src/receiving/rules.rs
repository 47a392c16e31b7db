//! Decisions about receipts: what lines are worth with their landed costs, codes of suppliers, numbers of lots.

use std::collections::HashSet;

use chrono::NaiveDate;
use entity::{Amount, CostBasis, Quantity, UnitCost};

use crate::{
    error::{ErrorCode, Refusal},
    money::spread_largest_remainder,
    stock::rules::{LARGEST, check_cost, check_quantity},
};

/// What a line is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worth {
    /// Its share of the landed costs.
    pub landed: Amount,
    /// Quantity at the price, with the landed costs.
    pub value: Amount,
}

/// What each line is worth: quantity at the price, and its share of every landed cost by value or quantity. The shares
/// of a cost add up to it.
///
/// # Errors
/// `INVALID_QUANTITY` or `INVALID_COST` naming the line.
pub fn worth(lines: &[(String, Quantity, UnitCost)], costs: &[(Amount, CostBasis)]) -> Result<Vec<Worth>, Refusal> {
    let mut values = Vec::with_capacity(lines.len());
    for (name, quantity, cost) in lines {
        check_quantity(*quantity, name)?;
        values.push(check_cost(*quantity, *cost, name)?.0);
    }
    let quantities: Vec<i64> = lines.iter().map(|(_, quantity, _)| quantity.0).collect();
    let mut landed = vec![0_i64; lines.len()];
    for (amount, basis) in costs {
        let weights = if *basis == CostBasis::Value { &values } else { &quantities };
        if amount.0 < 0 || amount.0 > LARGEST {
            return Err(Refusal::new(
                ErrorCode::InvalidCost,
                format!("A landed cost must not be negative; it is {amount}."),
            ));
        }
        let shares = spread_largest_remainder(*amount, weights).ok_or_else(too_large)?;
        for (sum, share) in landed.iter_mut().zip(shares) {
            *sum = sum.checked_add(share.0).ok_or_else(too_large)?;
        }
    }
    let worth = |(landed, value): (&i64, &i64)| {
        let value = value.checked_add(*landed).ok_or_else(too_large)?;
        Ok(Worth { landed: Amount(*landed), value: Amount(value) })
    };
    landed.iter().zip(&values).map(worth).collect()
}

fn too_large() -> Refusal {
    Refusal::new(ErrorCode::InvalidCost, "The receipt's value is too large to be kept exactly.")
        .help("Check quantities and costs for a misplaced point.")
}

/// A code as typed: 3 or 4 letters and digits, in capitals.
///
/// # Errors
/// `VALIDATION`.
pub fn check_code(code: &str) -> Result<String, Refusal> {
    let code = code.trim().to_ascii_uppercase();
    if (3..=4).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(code);
    }
    Err(Refusal::new(ErrorCode::Validation, "A supplier's code has 3 or 4 letters and digits.")
        .help("For example ABC.")
        .at(&["input", "code"]))
}

/// A code from a name that nobody has: its first three letters or digits; where those are taken, with a fourth.
pub fn code_from(name: &str, taken: &HashSet<String>) -> Option<String> {
    let letters = name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase());
    let mut stem: String = letters.take(3).collect();
    while stem.len() < 3 {
        stem.push('X');
    }
    if !taken.contains(&stem) {
        return Some(stem);
    }
    let fourth = ('2'..='9').chain('A'..='Z').map(|last| format!("{stem}{last}"));
    let any = || (0..46_656_u32).map(in_base_36);
    fourth.chain(any()).find(|code| !taken.contains(code))
}

fn in_base_36(number: u32) -> String {
    let digit = |place: u32| char::from_digit(number / 36_u32.pow(place) % 36, 36).unwrap_or('0').to_ascii_uppercase();
    [digit(2), digit(1), digit(0)].iter().collect()
}

/// The number of a lot that nobody named: code and day, with a counter where that is taken (behaviour 2.6 and 3.33).
pub fn lot_number(code: &str, day: NaiveDate, is_taken: impl Fn(&str) -> bool) -> String {
    let plain = format!("{code}-{}", day.format("%Y%m%d"));
    if !is_taken(&plain) {
        return plain;
    }
    (1_u32..).map(|counter| format!("{plain}-{counter:03}")).find(|number| !is_taken(number)).unwrap_or(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(quantity: i64, cost: i64) -> (String, Quantity, UnitCost) {
        ("Line 1 (Oak)".to_owned(), Quantity(quantity), UnitCost(cost))
    }

    #[test]
    fn landed_costs_are_spread_and_add_up() {
        let lines = [line(5_000_000, 2_000_000), line(7_000_000, 3_000_000)];
        let costs = [(Amount(10_000_000), CostBasis::Quantity), (Amount(1_000_000), CostBasis::Value)];
        let worth = worth(&lines, &costs).unwrap();
        // 10 by quantity 5 : 7, 1 by value 10 : 21.
        assert_eq!(worth[0], Worth { landed: Amount(4_166_667 + 322_581), value: Amount(14_489_248) });
        assert_eq!(worth[1], Worth { landed: Amount(5_833_333 + 677_419), value: Amount(27_510_752) });
        assert_eq!(worth.iter().map(|worth| worth.value.0).sum::<i64>(), 42_000_000);
    }

    #[test]
    fn a_bad_line_is_named() {
        for (bad, code) in [
            (line(0, 1), ErrorCode::InvalidQuantity),
            (line(-1, 1), ErrorCode::InvalidQuantity),
            (line(i64::MAX, 1), ErrorCode::InvalidQuantity),
            (line(1_000_000, -1), ErrorCode::InvalidCost),
            (line(LARGEST, LARGEST), ErrorCode::InvalidCost),
        ] {
            let refusal = worth(&[bad], &[]).unwrap_err();
            assert_eq!(refusal.code, code);
            assert!(refusal.message.starts_with("Line 1 (Oak): "), "{}", refusal.message);
        }
    }

    #[test]
    fn codes_come_from_names_and_differ() {
        let mut taken = HashSet::new();
        assert_eq!(code_from("Abc Metals", &taken), Some("ABC".to_owned()));
        taken.insert("ABC".to_owned());
        assert_eq!(code_from("abc-wood", &taken), Some("ABC2".to_owned()));
        assert_eq!(code_from("Ö", &taken), Some("XXX".to_owned()));
        assert_eq!(check_code(" ab1 ").unwrap(), "AB1");
        assert!(check_code("AB").is_err() && check_code("ABCDE").is_err() && check_code("AÖC").is_err());
    }

    #[test]
    fn lot_numbers_have_code_and_day() {
        let day = NaiveDate::from_ymd_opt(2026, 4, 4).unwrap();
        assert_eq!(lot_number("ABC", day, |_| false), "ABC-20260404");
        assert_eq!(lot_number("ABC", day, |number| number.len() < 16), "ABC-20260404-001");
    }
}
