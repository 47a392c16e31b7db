//! The properties that customers and vendors share (reference 9.6).
//!
//! Rule: one namespace of display names for all of them.

use serde_json::{Value, json};

use super::{
    Draft,
    field::{Field, Kind},
};
use crate::quickbooks::sandbox::{faults::Fault, json};

/// Characters that a display name may not have.
pub(super) const FORBIDDEN: &[char] = &[':', '\t', '\n', '\r'];

/// An address.
pub(super) const ADDRESS: &[Field] = &[
    Field::new("Id", Kind::Any),
    Field::new("Line1", Kind::Text(500)),
    Field::new("Line2", Kind::Text(500)),
    Field::new("Line3", Kind::Text(500)),
    Field::new("Line4", Kind::Text(500)),
    Field::new("Line5", Kind::Text(500)),
    Field::new("City", Kind::Text(255)),
    Field::new("Country", Kind::Text(255)),
    Field::new("CountryCode", Kind::Text(255)),
    Field::new("CountrySubDivisionCode", Kind::Text(255)),
    Field::new("PostalCode", Kind::Text(30)),
    Field::new("PostalCodeSuffix", Kind::Text(30)),
    Field::new("Lat", Kind::Text(100)),
    Field::new("Long", Kind::Text(100)),
    Field::new("Tag", Kind::Text(100)),
    Field::new("Note", Kind::Text(1000)),
];

/// A telephone number.
pub(super) const PHONE: &[Field] = &[Field::new("FreeFormNumber", Kind::Text(30))];

/// An e-mail address; compared as a whole in queries.
pub(super) const EMAIL: &[Field] = &[Field::new("Address", Kind::Text(100))];

/// A web address.
pub(super) const WEB: &[Field] = &[Field::new("URI", Kind::Text(1000))];

/// Parts of a person's name, in order.
const PARTS: [&str; 5] = ["Title", "GivenName", "MiddleName", "FamilyName", "Suffix"];

/// The rules that customers and vendors share: a name, a well-formed address, the company's currency.
///
/// # Errors
/// 6080 without any name, 2210 for an e-mail address that is none, 2220 for another currency.
pub(super) fn check(draft: &mut Draft<'_>) -> Result<(), Fault> {
    if draft.text("DisplayName").is_none() {
        let parts: Vec<&str> = PARTS.iter().filter_map(|part| draft.text(part)).collect();
        let name = parts.join(" ");
        if name.is_empty() {
            let detail = "At least one of DisplayName, Title, GivenName, MiddleName, FamilyName and Suffix is required";
            return Err(Fault::new(6080, detail).at("DisplayName"));
        }
        draft.set("DisplayName", name);
    }
    let name = draft.text("DisplayName").unwrap_or_default().to_owned();
    draft.default("PrintOnCheckName", name);
    draft.default("Active", true);
    draft.default("Balance", 0);
    check_email(draft)?;
    check_currency(draft)
}

fn check_email(draft: &Draft<'_>) -> Result<(), Fault> {
    let address = draft.record.get("PrimaryEmailAddr").and_then(|email| email.get("Address")).and_then(Value::as_str);
    let well_formed =
        |one: &str| one.trim().split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    match address {
        Some(address) if !address.split(',').all(well_formed) => {
            Err(Fault::new(2210, format!("Invalid Email Address format : {address}")).at("PrimaryEmailAddr"))
        }
        _ => Ok(()),
    }
}

fn check_currency(draft: &mut Draft<'_>) -> Result<(), Fault> {
    match json::reference(&draft.record, "CurrencyRef") {
        Some("USD") | None => {
            draft.set("CurrencyRef", us_dollar());
            Ok(())
        }
        Some(other) => {
            Err(Fault::new(2220, format!("Invalid Currency Code : {other}; multicurrency is off")).at("CurrencyRef"))
        }
    }
}

/// The currency of every sample company.
pub(super) fn us_dollar() -> Value {
    json!({"value": "USD", "name": "United States Dollar"})
}
