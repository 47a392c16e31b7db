//! The trial balance. The reference names its scope alone (§1.3); its shape is that of all Xero reports, from memory:
//! `Reports[0].Rows[]`, sections within sections, cells that are texts, the account's id as an attribute of its cells.
//!
//! Rule: columns are found by their titles, never by their place, and a figure that cannot be read is an error: a
//! balance left out would read as zero.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::super::{
    error::malformed,
    scalar::{Scalar, number},
};
use crate::{
    error::ProviderError,
    model::{AccountBalance, Report},
};

/// The report's own words.
#[derive(Debug, Deserialize)]
pub(in crate::xero) struct ReportAnswer<'a> {
    #[serde(borrow, rename = "Reports")]
    reports: Vec<ReportBody<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ReportBody<'a> {
    #[serde(borrow)]
    report_titles: Vec<Scalar<'a>>,
    #[serde(borrow)]
    rows: Vec<Row<'a>>,
}

/// A heading, a section with rows of its own, a row, or a sum.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Row<'a> {
    #[serde(borrow)]
    row_type: Scalar<'a>,
    #[serde(borrow)]
    cells: Option<Vec<Cell<'a>>>,
    #[serde(borrow)]
    rows: Option<Vec<Row<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Cell<'a> {
    #[serde(borrow)]
    value: Scalar<'a>,
    #[serde(borrow)]
    attributes: Option<Vec<Attribute<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Attribute<'a> {
    #[serde(borrow)]
    id: Scalar<'a>,
    #[serde(borrow)]
    value: Scalar<'a>,
}

/// Where the two figures stand.
#[derive(Debug, Clone, Copy)]
struct Columns {
    debit: usize,
    credit: usize,
}

/// Balances as the report states them. The year-to-date columns hold what a trial balance is: accounts of the balance
/// sheet since ever, those of profit and loss since the year began. The others hold the month alone.
///
/// # Errors
/// `Malformed` when columns, an account's id or a figure cannot be read.
pub(in crate::xero) fn trial_balance(
    answer: &ReportAnswer<'_>,
    asked: Option<NaiveDate>,
) -> Result<Report<AccountBalance>, ProviderError> {
    let report = answer.reports.first().ok_or_else(|| malformed("the answer holds no report"))?;
    let heading = report.rows.iter().find(|row| row.row_type.is("Header"));
    let columns = heading.and_then(columns).ok_or_else(|| malformed("the report has no debit and credit columns"))?;
    let mut rows = Vec::new();
    for row in &report.rows {
        collect(row, columns, &mut rows)?;
    }
    let stated = report.report_titles.iter().find_map(|title| as_at(&title.text()?));
    Ok(Report { as_of: asked.map(|asked| stated.unwrap_or(asked)), rows })
}

fn columns(heading: &Row<'_>) -> Option<Columns> {
    let titles = heading.cells.as_deref()?;
    let at = |title: &str| titles.iter().position(|cell| cell.value.is(title));
    let year = (at("YTD Debit"), at("YTD Credit"));
    let (debit, credit) =
        if let (Some(debit), Some(credit)) = year { (debit, credit) } else { (at("Debit")?, at("Credit")?) };
    Some(Columns { debit, credit })
}

fn collect(row: &Row<'_>, columns: Columns, into: &mut Vec<AccountBalance>) -> Result<(), ProviderError> {
    for inner in row.rows.iter().flatten() {
        collect(inner, columns, into)?;
    }
    if row.row_type.is("Row") {
        into.push(balance(row.cells.as_deref().unwrap_or_default(), columns)?);
    }
    Ok(())
}

fn balance(cells: &[Cell<'_>], columns: Columns) -> Result<AccountBalance, ProviderError> {
    let attributes = || cells.iter().flat_map(|cell| cell.attributes.iter().flatten());
    let account = attributes().find(|attribute| attribute.id.is("account")).and_then(|found| found.value.owned());
    let account = account.ok_or_else(|| malformed("a row of the report names no account"))?;
    let figure = |at: usize| {
        let text = cells.get(at).and_then(|cell| cell.value.owned()).unwrap_or_default();
        if text.is_empty() {
            return Ok(Decimal::ZERO);
        }
        number(&text).ok_or_else(|| malformed(&format!("the figure `{text}` of account {account} cannot be read")))
    };
    let (debit, credit) = (figure(columns.debit)?, figure(columns.credit)?);
    let balance =
        debit.checked_sub(credit).ok_or_else(|| malformed(&format!("the balance of {account} is too large")))?;
    Ok(AccountBalance { account, balance })
}

/// The day in "As at 31 March 2026".
fn as_at(title: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(title.strip_prefix("As at ")?, "%d %B %Y").ok()
}
