//! The record at hand: its own fields, and complaints about it. Pure.
//!
//! Rule: a field is either exact or a reason why its record cannot be used.

use std::borrow::Cow;

use chrono::NaiveDate;
use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::wire::Scalar;
use crate::model::{ItemKind, Unusable, UnusableReason};

/// Decimals that the database keeps.
const DECIMALS_MAX: u32 = 6;

/// Why one field makes its record unusable.
pub(super) type Complaint = (UnusableReason, String);

/// The record at hand, for its own fields and for complaints about it.
pub(super) struct Record<'a> {
    pub(super) id: Scalar<'a>,
    /// What people know it by.
    pub(super) name: Scalar<'a>,
    pub(super) kind: Option<ItemKind>,
    /// Its number on the page, from 1.
    pub(super) place: usize,
}

impl Record<'_> {
    pub(super) fn id(&self) -> Result<String, Unusable> {
        let missing = || (UnusableReason::MissingId, "Id is missing".to_owned());
        self.id.owned().ok_or_else(|| self.unusable(missing()))
    }

    pub(super) fn name(&self, field: &str) -> Result<String, Unusable> {
        let missing = || (UnusableReason::MissingName, format!("{field} is missing"));
        self.name.owned().ok_or_else(|| self.unusable(missing()))
    }

    /// Active unless it says otherwise (§9.1).
    pub(super) fn active(&self, field: Scalar<'_>) -> Result<bool, Unusable> {
        match field.text() {
            None => Ok(true),
            Some(text) => field.flag().ok_or_else(|| self.unusable(invalid("Active", &text))),
        }
    }

    pub(super) fn number(&self, name: &str, field: Scalar<'_>) -> Result<Option<Decimal>, Unusable> {
        field.text().map(|text| exact(name, &text)).transpose().map_err(|complaint| self.unusable(complaint))
    }

    /// A number that must be there.
    pub(super) fn needed(&self, name: &str, field: Scalar<'_>) -> Result<Decimal, Unusable> {
        self.number(name, field)?.ok_or_else(|| self.unusable(missing(name)))
    }

    /// A number with as many decimals as a decimal holds: quantities are kept or refused further up, rates and unit
    /// prices are only multiplied with.
    pub(super) fn quantity(&self, name: &str, field: Scalar<'_>) -> Result<Option<Decimal>, Unusable> {
        field.text().map(|text| parsed(name, &text)).transpose().map_err(|complaint| self.unusable(complaint))
    }

    /// A date that must be there (§8); a time behind it is left out.
    pub(super) fn date(&self, name: &str, field: Scalar<'_>) -> Result<NaiveDate, Unusable> {
        let text = field.text().ok_or_else(|| self.unusable(missing(name)))?;
        text.get(..10).unwrap_or(&text).parse().map_err(|_| self.unusable(invalid(name, &text)))
    }

    pub(super) fn unusable(&self, (reason, detail): Complaint) -> Unusable {
        let external_id = self.id.owned();
        let label = self.name.owned().or_else(|| external_id.clone());
        let label = label.unwrap_or_else(|| format!("record {} of the page", self.place));
        Unusable { external_id, label, kind: self.kind, reason, detail }
    }
}

pub(super) fn invalid(field: &str, text: &str) -> Complaint {
    (UnusableReason::InvalidField, format!("{field} `{}` cannot be read", shortened(text)))
}

pub(super) fn missing(field: &str) -> Complaint {
    (UnusableReason::InvalidField, format!("{field} is missing"))
}

fn inexact(field: &str, text: &str) -> Complaint {
    let detail = format!(
        "{field} {} cannot be kept exactly: at most {DECIMALS_MAX} decimals and 9223372036854.775807 are",
        shortened(text)
    );
    (UnusableReason::InexactNumber, detail)
}

/// A value short enough to be shown.
fn shortened(text: &str) -> Cow<'_, str> {
    if text.chars().count() <= 80 {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().take(80).chain(['…']).collect())
}

/// The number that `text` writes, if millionths hold it.
pub(super) fn exact(field: &str, text: &str) -> Result<Decimal, Complaint> {
    let number = parsed(field, text)?;
    let millionths = number.checked_mul(Decimal::from(1_000_000)).and_then(|scaled| scaled.to_i64());
    if number.scale() > DECIMALS_MAX || millionths.is_none() {
        return Err(inexact(field, text));
    }
    Ok(number)
}

/// The number that `text` writes, to its last digit.
fn parsed(field: &str, text: &str) -> Result<Decimal, Complaint> {
    if !is_number(text) {
        return Err(invalid(field, text));
    }
    let parsed = if text.contains(['e', 'E']) { Decimal::from_scientific(text) } else { Decimal::from_str_exact(text) };
    Ok(parsed.map_err(|_| inexact(field, text))?.normalize())
}

/// Whether the text is a JSON number; one in quotes follows the same grammar.
fn is_number(text: &str) -> bool {
    serde_json::from_str::<serde_json::Number>(text).is_ok()
}
