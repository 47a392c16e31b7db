//! Whether a record meets a filter.
//!
//! Rule: a field that is not there meets no comparison but `!=` and `== null`; texts are compared in any case, as the
//! service does (from memory).

use std::cmp::Ordering;

use serde_json::Value;

use super::ast::{Comparison, Condition, Function, Literal, Path};
use crate::xero::sandbox::{
    clock,
    json::{self, Record},
};

impl Condition {
    /// Whether it holds.
    pub(crate) fn holds(&self, record: &Record) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(record)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(record)),
            Self::Flag(path) => path.find(record).and_then(Value::as_bool) == Some(true),
            Self::Function(path, function, argument) => {
                let text = path.find(record).and_then(Value::as_str).map(str::to_lowercase);
                text.is_some_and(|text| function.holds(&text, &argument.to_lowercase()))
            }
            Self::Compare(path, comparison, literal) => compare(path.find(record), *comparison, literal),
        }
    }
}

impl Function {
    fn holds(self, text: &str, argument: &str) -> bool {
        match self {
            Self::Contains => text.contains(argument),
            Self::StartsWith => text.starts_with(argument),
            Self::EndsWith => text.ends_with(argument),
        }
    }
}

impl Path {
    /// The value at this place.
    pub(crate) fn find<'r>(&self, record: &'r Record) -> Option<&'r Value> {
        let (first, rest) = self.0.split_first()?;
        let found = rest.iter().try_fold(record.get(first)?, |value, name| value.get(name));
        found.filter(|value| !value.is_null())
    }
}

fn compare(value: Option<&Value>, comparison: Comparison, literal: &Literal) -> bool {
    let Some(value) = value else {
        return match comparison {
            Comparison::Equal => *literal == Literal::Null,
            Comparison::Unequal => *literal != Literal::Null,
            _ => false,
        };
    };
    match (order(value, literal), comparison) {
        (Some(order), Comparison::Equal) => order == Ordering::Equal,
        (Some(order), Comparison::Unequal) => order != Ordering::Equal,
        (Some(order), Comparison::Less) => order == Ordering::Less,
        (Some(order), Comparison::LessOrEqual) => order != Ordering::Greater,
        (Some(order), Comparison::Greater) => order == Ordering::Greater,
        (Some(order), Comparison::GreaterOrEqual) => order != Ordering::Less,
        (None, comparison) => comparison == Comparison::Unequal,
    }
}

/// How a value stands to a literal of its kind.
fn order(value: &Value, literal: &Literal) -> Option<Ordering> {
    match literal {
        Literal::Text(text) | Literal::Guid(text) => Some(value.as_str()?.to_lowercase().cmp(&text.to_lowercase())),
        Literal::Number(number) => Some(json::value_decimal(value)?.cmp(number)),
        Literal::Bool(flag) => Some(value.as_bool()?.cmp(flag)),
        Literal::Moment(moment) => Some(moment_of(value.as_str()?)?.cmp(moment)),
        Literal::Null => None,
    }
}

fn moment_of(text: &str) -> Option<chrono::DateTime<chrono::Utc>> {
    match clock::plain_date(text) {
        Some(day) => day.and_hms_opt(0, 0, 0).map(|at| at.and_utc()),
        None => clock::parse_moment(text),
    }
}
