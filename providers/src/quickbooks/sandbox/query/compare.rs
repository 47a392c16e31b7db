//! Values of rows and of statements, and how they compare.
//!
//! Rule: text compares without case, numbers exactly, moments as moments; a blank text stands for "nothing"
//! (reference 6).

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::Value;

use super::{
    super::{clock, entities::field::Kind, json},
    ast::{Comparison, Literal},
    bind::{Check, Filter, Property},
};
use crate::quickbooks::sandbox::store::Row;

/// A value that compares; nothing comes before all else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scalar {
    /// Nothing, or blank text.
    Null,
    /// True or false.
    Bool(bool),
    /// A number.
    Number(Decimal),
    /// A moment.
    Moment(DateTime<Utc>),
    /// Text, in lower case.
    Text(String),
}

/// A `LIKE` pattern: pieces of text with any text between them.
#[derive(Debug)]
pub(crate) struct Pattern {
    pieces: Vec<String>,
}

impl Pattern {
    /// Splits a pattern at its `%`.
    pub(crate) fn new(pattern: &str) -> Self {
        Self { pieces: pattern.to_lowercase().split('%').map(str::to_owned).collect() }
    }

    /// Whether a lower-case text matches.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let [first, middle @ .., last] = self.pieces.as_slice() else {
            return self.pieces.first().is_some_and(|only| only == text);
        };
        let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
        for piece in middle {
            let Some(at) = rest.find(piece.as_str()) else { return false };
            rest = &rest[at + piece.len()..];
        }
        rest.ends_with(last.as_str())
    }
}

/// A literal as a value of this kind; `None` if it cannot be one.
pub(crate) fn literal_scalar(kind: Kind, literal: &Literal) -> Option<Scalar> {
    match literal {
        Literal::Text(text) if text.trim().is_empty() => Some(Scalar::Null),
        Literal::Text(text) | Literal::Number(text) => text_scalar(kind, text),
        Literal::Bool(value) => matches!(kind, Kind::Bool).then_some(Scalar::Bool(*value)),
        Literal::CurrentDate => None,
    }
}

/// Text as a value of this kind.
fn text_scalar(kind: Kind, text: &str) -> Option<Scalar> {
    match kind {
        Kind::Bool => text.to_lowercase().parse().ok().map(Scalar::Bool),
        Kind::Decimal | Kind::Price => json::parse_decimal(text).map(Scalar::Number),
        Kind::Date | Kind::Time => clock::parse_instant(text).map(Scalar::Moment),
        Kind::Id => Some(json::parse_decimal(text).map_or_else(|| Scalar::Text(text.to_owned()), Scalar::Number)),
        _ => Some(Scalar::Text(text.to_lowercase())),
    }
}

/// The value of a property in a row.
pub(crate) fn row_scalar(row: &Row<'_>, property: Property) -> Scalar {
    match row {
        Row::Stored(record) => {
            let outer = record.get(property.outer.name);
            match property.inner {
                Some(inner) => value_scalar(inner.kind, outer.and_then(|outer| outer.get(inner.name))),
                None => value_scalar(property.outer.kind, outer),
            }
        }
        Row::Generated(item) if property.outer.name == "MetaData" => text_scalar(Kind::Time, item.stamp()),
        Row::Generated(item) => match item.scalar(property.outer.name) {
            Some(value) => value_scalar(property.outer.kind, Some(&value)),
            None => value_scalar(property.outer.kind, item.to_record().get(property.outer.name)),
        },
    }
    .unwrap_or(Scalar::Null)
}

fn value_scalar(kind: Kind, value: Option<&Value>) -> Option<Scalar> {
    match value? {
        Value::Null => None,
        Value::Bool(flag) => Some(Scalar::Bool(*flag)),
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => text_scalar(kind, text),
        Value::Number(number) => text_scalar(kind, &number.to_string()),
        Value::Object(object) => {
            let inside = object.get("value").or_else(|| object.get("Address")).or_else(|| object.get("FreeFormNumber"));
            inside.and_then(|inside| value_scalar(Kind::Text(0), Some(inside)))
        }
        Value::Array(_) => None,
    }
}

/// Whether a row passes a filter.
pub(crate) fn passes(row: &Row<'_>, filter: &Filter) -> bool {
    let value = row_scalar(row, filter.property);
    match &filter.check {
        Check::In(values) => values.contains(&value),
        Check::Like(pattern) => matches!(&value, Scalar::Text(text) if pattern.matches(text)),
        Check::Compare(Comparison::Equal, wanted) => value == *wanted,
        Check::Compare(..) if value == Scalar::Null => false,
        Check::Compare(comparison, wanted) => {
            let order = value.cmp(wanted);
            match comparison {
                Comparison::Equal => order == Ordering::Equal,
                Comparison::Less => order == Ordering::Less,
                Comparison::LessOrEqual => order != Ordering::Greater,
                Comparison::Greater => order == Ordering::Greater,
                Comparison::GreaterOrEqual => order != Ordering::Less,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("oak%", "oak table", true)]
    #[case("%table", "oak table", true)]
    #[case("%k t%", "oak table", true)]
    #[case("o%t%e", "oak table", true)]
    #[case("o%e%t", "oak table", false)]
    #[case("oak", "oak table", false)]
    #[case("oak table", "oak table", true)]
    #[case("%", "", true)]
    #[case("a%a", "a", false)]
    #[case("oak_table", "oak table", false)]
    fn like_knows_only_the_percent_sign(#[case] pattern: &str, #[case] text: &str, #[case] matches: bool) {
        assert_eq!(Pattern::new(pattern).matches(text), matches);
    }

    #[test]
    fn blank_text_is_nothing_and_numbers_compare_by_value() {
        assert_eq!(literal_scalar(Kind::Text(9), &Literal::Text(" ".to_owned())), Some(Scalar::Null));
        let quoted = literal_scalar(Kind::Decimal, &Literal::Text("100.0".to_owned()));
        assert_eq!(quoted, literal_scalar(Kind::Decimal, &Literal::Number("100".to_owned())));
        assert_eq!(literal_scalar(Kind::Bool, &Literal::Text("perhaps".to_owned())), None);
    }
}
