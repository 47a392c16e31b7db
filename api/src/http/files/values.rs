//! Cells of an imported file into values.
//!
//! Rule: numbers are read exactly or refused; a number that could mean two things is refused, with what to say.

use chrono::NaiveDate;
use domain::{ErrorCode, Refusal};
use entity::{LineKind, ProductType, Quantity, UnitCost};
use rust_decimal::Decimal;

use super::sheet::Row;

/// A row with its columns.
pub(super) struct Cells<'a> {
    columns: &'a [String],
    row: &'a Row,
    comma: bool,
}

impl<'a> Cells<'a> {
    pub(super) fn new(columns: &'a [String], row: &'a Row, comma: bool) -> Self {
        Self { columns, row, comma }
    }

    /// A cell; none where it is empty.
    pub(super) fn text(&self, column: &str) -> Option<&'a str> {
        let place = self.columns.iter().position(|name| name == column)?;
        self.row.cells.get(place).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// A cell that must not be empty.
    pub(super) fn required(&self, column: &str) -> Result<&'a str, Refusal> {
        self.text(column).ok_or_else(|| wrong(column, "is empty", "Every row needs one."))
    }

    fn number(&self, column: &str, code: ErrorCode) -> Result<Option<Decimal>, Refusal> {
        let Some(text) = self.text(column) else { return Ok(None) };
        number(text, self.comma)
            .map(Some)
            .map_err(|(why, help)| Refusal { code, ..wrong(column, &format!("{text:?} {why}"), help) })
    }

    pub(super) fn quantity(&self, column: &str) -> Result<Option<Quantity>, Refusal> {
        let number = self.number(column, ErrorCode::InvalidQuantity)?;
        number
            .map(|number| {
                Quantity::from_decimal(number).map_err(|error| inexact(column, ErrorCode::InvalidQuantity, &error))
            })
            .transpose()
    }

    pub(super) fn cost(&self, column: &str) -> Result<Option<UnitCost>, Refusal> {
        let number = self.number(column, ErrorCode::InvalidCost)?;
        number
            .map(|number| {
                UnitCost::from_decimal(number).map_err(|error| inexact(column, ErrorCode::InvalidCost, &error))
            })
            .transpose()
    }

    pub(super) fn day(&self, column: &str) -> Result<Option<NaiveDate>, Refusal> {
        let Some(text) = self.text(column) else { return Ok(None) };
        let read = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10);
        read.map(Some).ok_or_else(|| wrong(column, &format!("{text:?} is not a day"), "Write it as YYYY-MM-DD."))
    }

    /// Yes or no; no where it is empty.
    pub(super) fn flag(&self, column: &str) -> Result<bool, Refusal> {
        match self.text(column).map(str::to_lowercase).as_deref() {
            None | Some("no" | "false" | "0" | "n") => Ok(false),
            Some("yes" | "true" | "1" | "y" | "x") => Ok(true),
            Some(other) => Err(wrong(column, &format!("{other:?} is neither yes nor no"), "Write yes or no.")),
        }
    }

    pub(super) fn product_type(&self, column: &str) -> Result<ProductType, Refusal> {
        match self.word(column).as_deref() {
            None | Some("RAW_MATERIAL") => Ok(ProductType::RawMaterial),
            Some("COMPONENT") => Ok(ProductType::Component),
            Some("SUB_ASSEMBLY" | "SUBASSEMBLY") => Ok(ProductType::SubAssembly),
            Some("FINISHED_GOOD") => Ok(ProductType::FinishedGood),
            Some(other) => {
                let help = "Write RAW_MATERIAL, COMPONENT, SUB_ASSEMBLY or FINISHED_GOOD.";
                Err(wrong(column, &format!("{other:?} is no type"), help))
            }
        }
    }

    pub(super) fn line_kind(&self, column: &str) -> Result<LineKind, Refusal> {
        match self.word(column).as_deref() {
            None | Some("COMPONENT") => Ok(LineKind::Component),
            Some("LABOUR" | "LABOR") => Ok(LineKind::Labour),
            Some("OVERHEAD") => Ok(LineKind::Overhead),
            Some("OTHER") => Ok(LineKind::Other),
            Some(other) => {
                Err(wrong(column, &format!("{other:?} is no kind"), "Write COMPONENT, LABOUR, OVERHEAD or OTHER."))
            }
        }
    }

    fn word(&self, column: &str) -> Option<String> {
        self.text(column).map(|text| text.to_uppercase().replace([' ', '-'], "_"))
    }
}

fn wrong(column: &str, why: &str, help: &str) -> Refusal {
    Refusal::new(ErrorCode::Validation, format!("{column}: {why}.")).help(help).at(&[column])
}

fn inexact(column: &str, code: ErrorCode, error: &entity::exact::InexactNumber) -> Refusal {
    Refusal { code, ..wrong(column, &error.to_string(), "Round it yourself to at most 6 decimals.") }
}

/// A number as spreadsheets write it: with a decimal mark, and groups of three only where the other mark stands after them.
fn number(text: &str, comma: bool) -> Result<Decimal, (&'static str, &'static str)> {
    let (decimal, group) = if comma { (',', '.') } else { ('.', ',') };
    let mark = if comma {
        "Say decimal=point if the file has decimal points."
    } else {
        "Say decimal=comma if the file has decimal commas."
    };
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match digits.split_once(decimal) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let grouped = whole.contains(group);
    if grouped && (fraction.is_none() || !in_threes(whole, group)) {
        return Err(("could mean two numbers", mark));
    }
    let plain: String = whole.chars().filter(|symbol| *symbol != group).collect();
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(&plain) || fraction.is_some_and(|fraction| !is_digits(fraction)) {
        return Err(("is not a number", mark));
    }
    let sign = if digits.len() < text.len() { "-" } else { "" };
    let exact = fraction.map_or_else(|| format!("{sign}{plain}"), |fraction| format!("{sign}{plain}.{fraction}"));
    if exact.len() > 40 {
        return Err(("has more digits than can be kept exactly", "Check it."));
    }
    Decimal::from_str_exact(&exact).map_err(|_| ("has more digits than can be kept exactly", "Check it."))
}

/// Whether groups have three digits each, but for the first with one to three.
fn in_threes(whole: &str, group: char) -> bool {
    let mut groups = whole.split(group);
    groups.next().is_some_and(|first| (1..=3).contains(&first.len())) && groups.all(|group| group.len() == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_exactly_or_refused() {
        for (text, comma, value) in [
            ("12", false, "12"),
            ("12.50", false, "12.50"),
            ("-0.000001", false, "-0.000001"),
            ("1,234.5", false, "1234.5"),
            ("1,234,567.89", false, "1234567.89"),
            ("12,50", true, "12.50"),
            ("1.234,5", true, "1234.5"),
            ("1,250", true, "1.250"),
        ] {
            assert_eq!(number(text, comma).unwrap().to_string(), value, "{text} {comma}");
        }
        for (text, comma) in [
            ("1,5", false),
            ("1,234", false),
            ("12,34.5", false),
            ("1.5", true),
            ("1.234", true),
            ("1 234", false),
            ("1e3", false),
            ("NaN", false),
            ("", false),
            ("-", false),
            ("+1", false),
            (".5", false),
            ("5.", false),
            ("1.2.3", false),
            ("\u{661}", false),
            ("123456789012345678901234567890", false),
            ("€5", false),
        ] {
            assert!(number(text, comma).is_err(), "{text} {comma}");
        }
    }
}
