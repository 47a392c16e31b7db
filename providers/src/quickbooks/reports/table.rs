//! Figures out of a report's cells (§14). Pure.
//!
//! Rule: a figure without a record to name is an error, not a figure left out; a report for another day is none.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::wire::{Cell, Report};
use crate::{
    error::{ErrorKind, ProviderError},
    model::{AccountBalance, ItemValuation},
    quickbooks::{
        record::exact,
        wire::{Scalar, read},
    },
    transport::Reply,
};

/// A row: the record's id, and the figures of the columns asked for.
type Figures<const N: usize> = (String, [Decimal; N]);

/// Debits minus credits of every account (TrialBalance).
pub(super) fn balances(reply: &Reply, day: Option<NaiveDate>) -> Result<Vec<AccountBalance>, ProviderError> {
    let rows = figures(reply, day, [&["Debit"], &["Credit"]])?;
    let balance = |(account, [debit, credit]): Figures<2>| AccountBalance { account, balance: debit - credit };
    Ok(rows.into_iter().map(balance).collect())
}

/// Quantity and value of every stock item (InventoryValuationSummary).
pub(super) fn valuations(reply: &Reply, day: Option<NaiveDate>) -> Result<Vec<ItemValuation>, ProviderError> {
    let rows = figures(reply, day, [&["Qty", "Quantity", "Qty on hand"], &["Asset Value", "Value"]])?;
    let valuation = |(item, [quantity, value]): Figures<2>| ItemValuation { item, quantity, value };
    Ok(rows.into_iter().map(valuation).collect())
}

fn figures<const N: usize>(
    reply: &Reply,
    day: Option<NaiveDate>,
    titles: [&[&str]; N],
) -> Result<Vec<Figures<N>>, ProviderError> {
    let report: Report<'_> = read(reply)?;
    if let Some(day) = day {
        holds_for(&report, day)?;
    }
    let rows = report.data();
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut places = [0; N];
    for (place, titles) in places.iter_mut().zip(titles) {
        let missing = || unusable(&format!("the report has no column `{}`", titles[0]));
        *place = report.column(titles).ok_or_else(missing)?;
    }
    rows.into_iter().filter_map(|cells| row(cells, places).transpose()).collect()
}

/// A report that was given only a range may answer as of today without an error (§14).
pub(super) fn holds_for(report: &Report<'_>, day: NaiveDate) -> Result<(), ProviderError> {
    let end = report.header.as_ref().and_then(|header| header.end_period.text());
    if end.as_deref().and_then(|end| end.get(..10)?.parse().ok()) == Some(day) {
        return Ok(());
    }
    let end = end.unwrap_or("no day at all".into());
    Err(unusable(&format!("the report was asked for as of {day} and holds for {end}")))
}

/// `None` for a row without figures, and for the sum of all rows.
fn row<const N: usize>(cells: &[Cell<'_>], places: [usize; N]) -> Result<Option<Figures<N>>, ProviderError> {
    let first = cells.first().copied().unwrap_or_default();
    let mut figures = [Decimal::ZERO; N];
    for (figure, place) in figures.iter_mut().zip(places) {
        *figure = number(first, cells.get(place).copied().unwrap_or_default().value)?;
    }
    match first.id.owned() {
        Some(id) => Ok(Some((id, figures))),
        None if figures.iter().all(Decimal::is_zero) || is_sum(first) => Ok(None),
        None => Err(unusable(&format!("the row `{}` names no record", first.value.text().unwrap_or_default()))),
    }
}

fn is_sum(first: Cell<'_>) -> bool {
    first.value.text().is_none_or(|label| label.to_ascii_uppercase().starts_with("TOTAL"))
}

/// An empty cell is zero; thousands may be set apart.
pub(super) fn number(first: Cell<'_>, cell: Scalar<'_>) -> Result<Decimal, ProviderError> {
    let Some(text) = cell.text() else { return Ok(Decimal::ZERO) };
    exact("the figure", &text.replace(',', "")).map_err(|(_, detail)| {
        let label = first.value.text().unwrap_or_default();
        unusable(&format!("the row `{label}`: {detail}"))
    })
}

/// A report that would be the same if it were asked for again.
pub(super) fn unusable(text: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Malformed, "", text)
}
