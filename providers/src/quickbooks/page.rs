//! A page of records (§4, §6). Pure.
//!
//! Rule: one odd record never costs the others: a page that cannot be read as a whole is read record by record.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::wire::{QueryAnswer, Scalar, read as read_json};
use crate::{
    error::ProviderError,
    model::{Unusable, UnusableReason},
    transport::Reply,
};

/// The rows of a page.
#[derive(Debug)]
pub(super) struct Rows<T> {
    /// Those that can be used.
    pub(super) records: Vec<T>,
    /// Those that cannot.
    pub(super) unusable: Vec<Unusable>,
    /// All of them.
    pub(super) count: u64,
}

impl<T> Rows<T> {
    /// The same rows, each record made into something else.
    pub(super) fn map<U>(self, change: impl FnMut(T) -> U) -> Rows<U> {
        Rows { records: self.records.into_iter().map(change).collect(), unusable: self.unusable, count: self.count }
    }
}

/// What can be said of a row of unexpected shape.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Who<'a> {
    #[serde(borrow)]
    id: Scalar<'a>,
    #[serde(borrow, alias = "DisplayName", alias = "DocNumber")]
    name: Scalar<'a>,
}

/// Reads a page. `convert` turns one row into a record; it is given the row's number on the page, from 1.
///
/// # Errors
/// `Malformed` when the answer is no page at all.
pub(super) fn read<'a, W: Deserialize<'a>, T>(
    reply: &'a Reply,
    convert: impl Fn(&W, usize) -> Result<T, Unusable>,
) -> Result<Rows<T>, ProviderError> {
    match read_json::<QueryAnswer<'_, W>>(reply) {
        Ok(answer) => {
            let rows = answer.response.records.unwrap_or_default();
            Ok(sorted(rows.iter().enumerate().map(|(index, row)| convert(row, index + 1))))
        }
        Err(_) => {
            let answer: QueryAnswer<'_, &RawValue> = read_json(reply)?;
            let rows = answer.response.records.unwrap_or_default();
            Ok(sorted(rows.iter().enumerate().map(|(index, row)| alone(row, index + 1, &convert))))
        }
    }
}

fn sorted<T>(rows: impl ExactSizeIterator<Item = Result<T, Unusable>>) -> Rows<T> {
    let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    let mut sorted = Rows { records: Vec::with_capacity(rows.len()), unusable: Vec::new(), count };
    for row in rows {
        match row {
            Ok(record) => sorted.records.push(record),
            Err(unusable) => sorted.unusable.push(unusable),
        }
    }
    sorted
}

/// One row by itself: of a page that holds an odd one, or of an answer that is no page.
pub(super) fn alone<'a, W: Deserialize<'a>, T>(
    row: &'a RawValue,
    place: usize,
    convert: impl Fn(&W, usize) -> Result<T, Unusable>,
) -> Result<T, Unusable> {
    match serde_json::from_str::<W>(row.get()) {
        Ok(wire) => convert(&wire, place),
        Err(error) => Err(odd(row, place, &error)),
    }
}

fn odd(row: &RawValue, place: usize, error: &serde_json::Error) -> Unusable {
    let who: Who<'_> = serde_json::from_str(row.get()).unwrap_or_default();
    let external_id = who.id.owned();
    let label = who.name.owned().or_else(|| external_id.clone());
    Unusable {
        external_id,
        label: label.unwrap_or_else(|| format!("record {place} of the page")),
        kind: None,
        reason: UnusableReason::InvalidField,
        detail: format!("the record cannot be read: {error}"),
    }
}
