//! Small readers of JSON records, and exact numbers in and out of them.
//!
//! Rule: a number is read from and written as its decimal text; no float in between.

use rust_decimal::Decimal;
use serde_json::{Map, Number, Value};

/// One object of the service, as it goes over the wire.
pub(crate) type Record = Map<String, Value>;

/// A text field that is there and not blank.
pub(crate) fn text<'r>(record: &'r Record, field: &str) -> Option<&'r str> {
    record.get(field).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
}

/// A boolean field.
pub(crate) fn flag(record: &Record, field: &str) -> Option<bool> {
    record.get(field).and_then(Value::as_bool)
}

/// A decimal field, given as a number or as text (reference 8).
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

/// The id in a reference field.
pub(crate) fn reference<'r>(record: &'r Record, field: &str) -> Option<&'r str> {
    record.get(field)?.get("value")?.as_str().filter(|id| !id.is_empty())
}

/// The id of a record as the number it is kept under.
pub(crate) fn record_id(record: &Record) -> Option<u64> {
    text(record, "Id")?.parse().ok()
}

/// The lines of a document.
pub(crate) fn lines(record: &Record) -> impl Iterator<Item = &Record> {
    record.get("Line").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

/// A decimal as a JSON number without trailing zeros (reference 8).
pub(crate) fn number(value: Decimal) -> Value {
    value.normalize().to_string().parse::<Number>().map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_keep_every_digit_and_lose_trailing_zeros() {
        let record: Record = serde_json::from_str(r#"{"a": 19.1234567, "b": "12.50", "c": 3.000}"#).expect("json");
        assert_eq!(decimal(&record, "a").map(number), Some("19.1234567".parse().map(Value::Number).expect("number")));
        assert_eq!(number(decimal(&record, "b").expect("b")).to_string(), "12.5");
        assert_eq!(number(decimal(&record, "c").expect("c")).to_string(), "3");
    }

    #[test]
    fn an_empty_reference_is_no_reference() {
        let record = json!({"A": {"value": ""}, "B": {"value": "7", "name": ""}});
        let record = record.as_object().expect("object");
        assert_eq!(reference(record, "A"), None);
        assert_eq!(reference(record, "B"), Some("7"));
    }
}
