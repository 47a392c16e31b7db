//! The order of a list: `order=Date DESC, InvoiceNumber`.
//!
//! Rule: rows that are equal keep the order they were made in.

use std::{borrow::Borrow, cmp::Ordering};

use serde_json::Value;

use super::ast::Path;
use crate::xero::sandbox::json::{self, Record};

/// Fields to sort by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Order(Vec<(Path, bool)>);

impl Order {
    /// Parses the parameter.
    ///
    /// # Errors
    /// In words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let keys = text.split(',').map(|key| key.split_whitespace().collect::<Vec<_>>());
        let keys = keys.map(|words| {
            let (path, descending) = match words.as_slice() {
                [path] => (path, false),
                [path, way] if way.eq_ignore_ascii_case("ASC") => (path, false),
                [path, way] if way.eq_ignore_ascii_case("DESC") => (path, true),
                _ => return Err(format!("Syntax error in order '{text}'")),
            };
            Ok((Path(path.split('.').map(str::to_owned).collect()), descending))
        });
        keys.collect::<Result<_, _>>().map(Self)
    }

    /// All fields that it names, by their first part.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|(path, _)| path.0.first()).map(String::as_str)
    }

    /// Sorts rows.
    pub(crate) fn sort<R: Borrow<Record>>(&self, rows: &mut [R]) {
        rows.sort_by(|a, b| {
            let (a, b) = (a.borrow(), b.borrow());
            let keys = self.0.iter().map(|(path, descending)| {
                let order = compare(path.find(a), path.find(b));
                if *descending { order.reverse() } else { order }
            });
            keys.fold(Ordering::Equal, Ordering::then)
        });
    }
}

fn compare(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    match (a, b) {
        (Some(Value::Number(_)), Some(Value::Number(_))) => {
            a.and_then(json::value_decimal).cmp(&b.and_then(json::value_decimal))
        }
        (Some(Value::String(a)), Some(Value::String(b))) => a.to_lowercase().cmp(&b.to_lowercase()),
        (Some(Value::Bool(a)), Some(Value::Bool(b))) => a.cmp(b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}
