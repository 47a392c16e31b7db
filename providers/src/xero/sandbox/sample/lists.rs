//! Tax rates, currencies and tracking categories of a sample organisation.
//!
//! Rule: read by the API, never written by it.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::xero::sandbox::{
    entities::{self, Resource},
    store::Organisation,
};

/// Adds them.
pub(super) fn add(organisation: &mut Organisation, currency: &str, now: DateTime<Utc>) {
    let (tax, rate) = if currency == "NZD" { ("GST", 15) } else { ("VAT", 20) };
    let tax_rate = |kind: &str, name: String, rate: u32, income: bool, expenses: bool| {
        json!({
            "TaxType": kind, "Name": name, "Status": "ACTIVE", "ReportTaxType": kind, "EffectiveRate": rate,
            "DisplayTaxRate": rate, "CanApplyToAssets": true, "CanApplyToEquity": true,
            "CanApplyToExpenses": expenses, "CanApplyToLiabilities": true, "CanApplyToRevenue": income,
            "TaxComponents": [{"Name": tax, "Rate": rate, "IsCompound": false, "IsNonRecoverable": false}],
        })
    };
    let rates = [
        tax_rate("OUTPUT2", format!("{rate}% {tax} on Income"), rate, true, false),
        tax_rate("INPUT2", format!("{rate}% {tax} on Expenses"), rate, false, true),
        tax_rate("ZERORATEDOUTPUT", format!("Zero Rated {tax} on Income"), 0, true, false),
        tax_rate("NONE", format!("No {tax}"), 0, true, true),
    ];
    put(organisation, &entities::TAX_RATES, rates);
    let currencies =
        [(currency, "Home"), ("USD", "United States Dollar"), ("AUD", "Australian Dollar"), ("EUR", "Euro")];
    put(organisation, &entities::CURRENCIES, currencies.map(|(code, name)| json!({"Code": code, "Description": name})));
    let option = |number: u32, name: &str| json!({"TrackingOptionID": format!("70000000-0000-4000-8000-{number:012}"), "Name": name, "Status": "ACTIVE"});
    let region = json!({
        "TrackingCategoryID": "70000000-0000-4000-8000-000000000000", "Name": "Region", "Status": "ACTIVE",
        "Options": [option(1, "North"), option(2, "South")], "UpdatedDateUTC": now.to_rfc3339(),
    });
    put(organisation, &entities::TRACKING_CATEGORIES, [region]);
}

fn put<const N: usize>(organisation: &mut Organisation, resource: &Resource, records: [Value; N]) {
    for record in records {
        if let Value::Object(record) = record {
            organisation.put_silently(resource, record);
        }
    }
}
