//! The rows of an answer (§2). Pure.
//!
//! Rule: one odd record never costs the others: an answer that cannot be read as a whole is read record by record.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    convert::unreadable,
    request::PAGE_SIZE,
    wire::{Envelope, Pagination, read as read_json},
};
use crate::{error::ProviderError, model::Unusable, transport::Reply};

/// Rows, each read or complained about, in their order.
#[derive(Debug)]
pub(super) struct Rows<T> {
    /// The rows.
    pub(super) rows: Vec<Result<T, Unusable>>,
    /// More pages are to come.
    pub(super) full: bool,
}

impl<T> Rows<T> {
    /// No rows, as of an answer that says that nothing changed.
    fn none() -> Self {
        Self { rows: Vec::new(), full: false }
    }
}

/// Reads an answer; each row is given to `convert` with its number, from 1. "Not modified" is no rows (§2.1).
///
/// # Errors
/// `Malformed` when the answer is no collection at all.
pub(super) fn read<'a, W: Deserialize<'a>, T>(
    reply: &'a Reply,
    convert: impl Fn(&W, usize) -> Result<T, Unusable>,
) -> Result<Rows<T>, ProviderError> {
    if reply.status == 304 {
        return Ok(Rows::none());
    }
    if let Ok(answer) = read_json::<Envelope<'_, W>>(reply) {
        let full = is_full(answer.records.len(), answer.pagination.as_ref());
        let rows = answer.records.iter().enumerate().map(|(index, row)| convert(row, index + 1)).collect();
        return Ok(Rows { rows, full });
    }
    let answer: Envelope<'_, &RawValue> = read_json(reply)?;
    let full = is_full(answer.records.len(), answer.pagination.as_ref());
    let alone = |(index, row): (usize, &&'a RawValue)| {
        let wire = serde_json::from_str::<W>(row.get());
        wire.map_err(|error| unreadable(row, index + 1, &error)).and_then(|wire| convert(&wire, index + 1))
    };
    Ok(Rows { rows: answer.records.iter().enumerate().map(alone).collect(), full })
}

/// Whether another page follows: as the answer says, and where it does not, as its length says.
fn is_full(count: usize, pagination: Option<&Pagination<'_>>) -> bool {
    let number = |field: super::scalar::Scalar<'_>| field.text().and_then(|text| text.parse::<u64>().ok());
    let said = pagination.and_then(|at| Some((number(at.page)?, number(at.page_count)?)));
    said.map_or(count >= PAGE_SIZE, |(page, pages)| page < pages)
}
