//! Small readers of JSON records, and exact numbers in and out of them.
//!
//! Rule: a number is read from and written as its decimal text; no float in between.

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Map, Number, Value};

/// One object of the service, nearly as it goes over the wire: dates are kept as `2026-03-01` and moments as RFC 3339,
/// and take the service's form on their way out ([`super::api::render`]).
pub(crate) type Record = Map<String, Value>;

/// A text field that is there and not blank.
pub(crate) fn text<'r>(record: &'r Record, field: &str) -> Option<&'r str> {
    record.get(field).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// A text field inside an object field.
pub(crate) fn inner<'r>(record: &'r Record, field: &str, inner: &str) -> Option<&'r str> {
    record.get(field)?.as_object().and_then(|object| text(object, inner))
}

/// A boolean field, also written as text (reference 2).
pub(crate) fn flag(record: &Record, field: &str) -> Option<bool> {
    match record.get(field)? {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => text.to_ascii_lowercase().parse().ok(),
        _ => None,
    }
}

/// A decimal field, given as a number or as text.
pub(crate) fn decimal(record: &Record, field: &str) -> Option<Decimal> {
    record.get(field).and_then(value_decimal)
}

/// The decimal in a value, given as a number or as text.
pub(crate) fn value_decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => parse_decimal(&number.to_string()),
        Value::String(text) => parse_decimal(text.trim()),
        _ => None,
    }
}

/// Reads a decimal, also in scientific notation.
pub(crate) fn parse_decimal(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok()
}

/// The objects in an array field.
pub(crate) fn objects<'r>(record: &'r Record, field: &str) -> impl Iterator<Item = &'r Record> {
    record.get(field).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

/// A decimal as a JSON number without trailing zeros.
pub(crate) fn number(value: Decimal) -> Value {
    value.normalize().to_string().parse::<Number>().map_or(Value::Null, Value::Number)
}

/// An amount as a JSON number with two decimals (reference 2).
pub(crate) fn amount(value: Decimal) -> Value {
    let mut value = cents(value);
    value.rescale(2);
    value.to_string().parse::<Number>().map_or(Value::Null, Value::Number)
}

/// Rounded to two decimals, halves away from zero.
pub(crate) fn cents(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// Sets a field.
pub(crate) fn set(record: &mut Record, field: &str, value: impl Into<Value>) {
    record.insert(field.to_owned(), value.into());
}

/// Copies fields that are given; `null` takes one away.
pub(crate) fn take(record: &mut Record, from: &Record, fields: &[&str]) {
    for field in fields {
        match from.get(*field) {
            None => {}
            Some(Value::Null) => drop(record.remove(*field)),
            Some(value) => set(record, field, value.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn amounts_have_two_decimals_and_numbers_no_trailing_zeros() {
        let record: Record = serde_json::from_str(r#"{"a": 19.125, "b": "12.50", "c": 3.000}"#).expect("json");
        assert_eq!(amount(decimal(&record, "a").expect("a")).to_string(), "19.13");
        assert_eq!(number(decimal(&record, "b").expect("b")).to_string(), "12.5");
        assert_eq!(number(decimal(&record, "c").expect("c")).to_string(), "3");
        assert_eq!(cents(dec!(-0.005)), dec!(-0.01));
    }

    #[test]
    fn flags_are_read_as_other_languages_write_them() {
        let record: Record = serde_json::from_str(r#"{"a": "True", "b": false, "c": 1}"#).expect("json");
        assert_eq!((flag(&record, "a"), flag(&record, "b"), flag(&record, "c")), (Some(true), Some(false), None));
    }
}
