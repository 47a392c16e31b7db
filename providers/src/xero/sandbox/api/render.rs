//! Records as they go over the wire: dates in the service's form, with the text beside it (reference 2).
//!
//! Rule: nothing is computed here; only written otherwise.

use serde_json::{Map, Value};

use super::string_moment;
use crate::xero::sandbox::{
    clock,
    entities::Resource,
    json::{self, Record},
};

/// Days.
const DAYS: [&str; 5] = ["Date", "DueDate", "FullyPaidOnDate", "PeriodLockDate", "EndOfYearLockDate"];
/// Days that also have a text beside them.
const WITH_TEXT: [&str; 2] = ["Date", "DueDate"];

/// Whether a text stands beside the days of this resource's records.
fn has_texts(resource: &Resource) -> bool {
    matches!(resource.name, "Invoices" | "CreditNotes")
}

/// A record as it goes over the wire.
pub(crate) fn record(resource: &Resource, record: &Record, unit_decimals: u32) -> Value {
    Value::Object(object(record, has_texts(resource), unit_decimals))
}

fn object(record: &Record, texts: bool, unit_decimals: u32) -> Map<String, Value> {
    let mut out = Map::new();
    for (name, value) in record {
        match (name.as_str(), value) {
            (day, Value::String(text)) if DAYS.contains(&day) => {
                let date = clock::parse_date(text);
                if texts && WITH_TEXT.contains(&day) {
                    out.insert(format!("{day}String"), date.map(|date| format!("{date}T00:00:00")).into());
                }
                out.insert(day.to_owned(), date.map(clock::wire_date).into());
            }
            ("UpdatedDateUTC" | "CreatedDateUTC", Value::String(text)) => {
                let at = clock::parse_moment(text);
                out.insert(format!("{name}String"), at.map(string_moment).into());
                out.insert(name.clone(), at.map(clock::wire_moment).into());
            }
            ("UnitAmount" | "UnitPrice", Value::Number(_)) => {
                let unit = json::value_decimal(value).unwrap_or_default().round_dp(unit_decimals);
                out.insert(name.clone(), json::number(unit));
            }
            (_, Value::Object(inner)) => drop(out.insert(name.clone(), object(inner, false, unit_decimals).into())),
            (_, Value::Array(rows)) => {
                let rows = rows.iter().map(|row| match row {
                    Value::Object(row) => Value::Object(object(row, false, unit_decimals)),
                    other => other.clone(),
                });
                out.insert(name.clone(), rows.collect());
            }
            _ => drop(out.insert(name.clone(), value.clone())),
        }
    }
    out
}
