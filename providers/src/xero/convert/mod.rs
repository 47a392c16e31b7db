//! From Xero's words to neutral facts. Pure.
//!
//! Rule: a record is either whole and exact or [`Unusable`] with the reason; numbers that cannot be kept are refused,
//! never rounded. Where Xero names a record by its code, the code is handed on beside the record ([`Coded`]), because
//! only another answer knows its id.

mod catalog;
mod company;
mod journal;
mod ledger;
mod report;
mod sale;
mod zone;

use std::borrow::Cow;

use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::Deserialize;
use serde_json::value::RawValue;

pub(super) use self::{
    catalog::{ItemSlot, Listed, account, item, supplier, valuation},
    company::{OrganisationFacts, company, currencies},
    journal::{JournalRow, journal, stamped},
    ledger::{Entry, journal_entry, trade_entry},
    report::{ReportAnswer, trial_balance},
    sale::{SaleRow, What, sale},
};
use super::scalar::{Scalar, number};
use crate::model::{ItemKind, Unusable, UnusableReason};

/// Decimals that the database keeps.
const DECIMALS_MAX: u32 = 6;

/// Why one field makes its record unusable.
type Complaint = (UnusableReason, String);

/// A record, and the codes at the places where ids are still missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Coded<T, P> {
    /// The record; `None` at those places.
    pub(super) record: T,
    /// Place and code.
    pub(super) codes: Vec<(P, String)>,
}

/// The record at hand, for its own fields and for complaints about it.
struct Record<'a> {
    id: Scalar<'a>,
    name: Scalar<'a>,
    kind: Option<ItemKind>,
    place: usize,
}

impl Record<'_> {
    fn id(&self, field: &str) -> Result<String, Unusable> {
        let missing = || (UnusableReason::MissingId, format!("{field} is missing"));
        self.id.owned().ok_or_else(|| self.unusable(missing()))
    }

    fn name(&self, field: &str) -> Result<String, Unusable> {
        let missing = || (UnusableReason::MissingName, format!("{field} is missing"));
        self.name.owned().ok_or_else(|| self.unusable(missing()))
    }

    /// A number that millionths hold.
    fn exact(&self, name: &str, field: Scalar<'_>) -> Result<Option<Decimal>, Unusable> {
        field.text().map(|text| exact(name, &text)).transpose().map_err(|complaint| self.unusable(complaint))
    }

    /// A number with all its digits.
    fn number(&self, name: &str, field: Scalar<'_>) -> Result<Option<Decimal>, Unusable> {
        let read = |text: Cow<'_, str>| number(&text).ok_or_else(|| self.unusable(invalid(name, &text)));
        field.text().map(read).transpose()
    }

    fn unusable(&self, (reason, detail): Complaint) -> Unusable {
        let external_id = self.id.owned();
        let label = self.name.owned().or_else(|| external_id.clone());
        let label = label.unwrap_or_else(|| format!("record {} of the page", self.place));
        Unusable { external_id, label, kind: self.kind, reason, detail }
    }
}

/// A row of unexpected shape.
pub(super) fn unreadable(row: &RawValue, place: usize, error: &serde_json::Error) -> Unusable {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Who<'a> {
        #[serde(
            borrow,
            alias = "ItemID",
            alias = "AccountID",
            alias = "ContactID",
            alias = "InvoiceID",
            alias = "CreditNoteID",
            alias = "ManualJournalID"
        )]
        id: Scalar<'a>,
        #[serde(borrow, alias = "Name", alias = "InvoiceNumber", alias = "CreditNoteNumber", alias = "Narration")]
        name: Scalar<'a>,
    }
    let who: Who<'_> = serde_json::from_str(row.get()).unwrap_or_default();
    let record = Record { id: who.id, name: who.name, kind: None, place };
    record.unusable((UnusableReason::InvalidField, format!("the record cannot be read: {error}")))
}

fn invalid(field: &str, text: &str) -> Complaint {
    (UnusableReason::InvalidField, format!("{field} `{}` cannot be read", shortened(text)))
}

fn missing(field: &str) -> Complaint {
    (UnusableReason::InvalidField, format!("{field} is missing"))
}

/// A value short enough to be shown.
fn shortened(text: &str) -> Cow<'_, str> {
    if text.chars().count() <= 80 {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().take(80).chain(['…']).collect())
}

/// The number that `text` writes, if millionths hold it.
fn exact(field: &str, text: &str) -> Result<Decimal, Complaint> {
    let number = match number(text) {
        Some(number) => number,
        None if serde_json::from_str::<serde_json::Number>(text).is_ok() => return Err(inexact(field, text)),
        None => return Err(invalid(field, text)),
    };
    let millionths = number.checked_mul(Decimal::from(1_000_000)).and_then(|scaled| scaled.to_i64());
    if number.scale() > DECIMALS_MAX || millionths.is_none() {
        return Err(inexact(field, text));
    }
    Ok(number)
}

fn inexact(field: &str, text: &str) -> Complaint {
    let detail = format!(
        "{field} {} cannot be kept exactly: at most {DECIMALS_MAX} decimals and 9223372036854.775807 are",
        shortened(text)
    );
    (UnusableReason::InexactNumber, detail)
}
