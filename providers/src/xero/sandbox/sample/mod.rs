//! The sample organisations: a furniture maker in New Zealand, and a small one in the United Kingdom to mistake it for.
//!
//! Rule: they are made by the rules of the API, so that their books are right; ids and moments are always the same.

mod generated;
mod lists;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::{Europe::London, Pacific::Auckland, Tz};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    entities::{self, Context, Resource},
    json::{self, Record},
    store::Organisation,
};
use crate::sandbox::SandboxOptions;

/// Id of the furniture maker.
pub(super) const MAIN: &str = "a1f00000-0000-4000-8000-000000000001";
/// Id of the candle maker.
const OTHER: &str = "b2f00000-0000-4000-8000-000000000002";
/// When the first record was made (2026-01-05, in seconds).
const FIRST_STAMP: i64 = 1_767_603_600;
/// The day of the opening bill.
const OPENING: &str = "2026-01-05";

/// What makes a sample organisation.
struct Sample {
    id: &'static str,
    number: u32,
    zone: Tz,
    currency: &'static str,
    settings: Value,
    accounts: &'static str,
    contacts: &'static str,
    items: &'static str,
    documents: &'static str,
    supplier: &'static str,
}

/// Both organisations; the generated items are the first one's.
///
/// # Errors
/// When a record breaks a rule; says which.
pub(crate) fn organisations(options: &SandboxOptions) -> Result<Vec<Organisation>, String> {
    let mut main = Maker::make(&main_sample())?;
    let from = main.moment(0);
    generated::add(&mut main.organisation, options.seed, options.extra_items, from);
    Ok(vec![main.organisation, Maker::make(&other_sample())?.organisation])
}

fn main_sample() -> Sample {
    Sample {
        id: MAIN,
        number: 1,
        zone: Auckland,
        currency: "NZD",
        settings: json!({
            "Name": "Tōtara & Pine Furniture", "LegalName": "Tōtara & Pine Furniture Limited", "CountryCode": "NZ",
            "Timezone": "NEWZEALANDSTANDARDTIME", "FinancialYearEndDay": 31, "FinancialYearEndMonth": 3,
            "BaseCurrency": "NZD", "Version": "NZ", "ShortCode": "!T0tP1", "Class": "PREMIUM",
        }),
        accounts: include_str!("totara-and-pine/accounts.json"),
        contacts: include_str!("totara-and-pine/contacts.json"),
        items: include_str!("totara-and-pine/items.json"),
        documents: include_str!("totara-and-pine/documents.json"),
        supplier: "Timber Yard South Ltd",
    }
}

fn other_sample() -> Sample {
    Sample {
        id: OTHER,
        number: 2,
        zone: London,
        currency: "GBP",
        settings: json!({
            "Name": "Bramble Lane Candles", "LegalName": "Bramble Lane Candles Ltd", "CountryCode": "GB",
            "Timezone": "GMTSTANDARDTIME", "FinancialYearEndDay": 5, "FinancialYearEndMonth": 4,
            "BaseCurrency": "GBP", "Version": "UK", "ShortCode": "!Br4mb", "Class": "STANDARD",
        }),
        accounts: include_str!("bramble-lane/accounts.json"),
        contacts: include_str!("bramble-lane/contacts.json"),
        items: include_str!("bramble-lane/items.json"),
        documents: include_str!("bramble-lane/documents.json"),
        supplier: "Wick & Wax Supplies",
    }
}

/// Makes an organisation, record by record.
struct Maker {
    organisation: Organisation,
    number: u32,
    made: u32,
}

impl Maker {
    fn make(sample: &Sample) -> Result<Self, String> {
        let organisation = Organisation::empty(sample.id, sample.zone, sample.currency);
        let mut maker = Self { organisation, number: sample.number, made: 0 };
        maker.settings(sample);
        let now = maker.moment(0);
        lists::add(&mut maker.organisation, sample.currency, now);
        maker.accounts(sample)?;
        maker.contacts(sample)?;
        let opening = maker.items(sample)?;
        maker.open(sample, opening)?;
        for document in read(sample.documents)? {
            let resource = json::text(&document, "resource").and_then(entities::find).ok_or("no such resource")?;
            let record = document.get("record").and_then(Value::as_object).cloned().unwrap_or_default();
            maker.save(resource, &record, None)?;
        }
        maker.organisation.announcements.clear();
        Ok(maker)
    }

    /// The moment after so many records.
    fn moment(&self, ahead: u32) -> DateTime<Utc> {
        let start = DateTime::from_timestamp(FIRST_STAMP, 0).unwrap_or_default();
        start + TimeDelta::seconds(i64::from(self.made + ahead) * 60)
    }

    fn save(&mut self, resource: &Resource, record: &Record, existing: Option<&Record>) -> Result<Record, String> {
        self.made += 1;
        let now = self.moment(0);
        let context = Context {
            now,
            today: self.organisation.today(now),
            unit_decimals: 4,
            allow_backorders: false,
            id: Some(id(self.number, self.made)),
        };
        let saved = resource.save(&mut self.organisation, &context, record, existing);
        saved.map_err(|invalid| format!("{} {}: {}", resource.name, Value::Object(record.clone()), invalid.text()))
    }

    fn settings(&mut self, sample: &Sample) {
        let mut settings = sample.settings.as_object().cloned().unwrap_or_default();
        for (field, value) in [
            ("OrganisationID", sample.id),
            ("OrganisationType", "COMPANY"),
            ("OrganisationEntityType", "COMPANY"),
            ("OrganisationStatus", "ACTIVE"),
            ("Edition", "BUSINESS"),
        ] {
            json::set(&mut settings, field, value);
        }
        json::set(&mut settings, "IsDemoCompany", true);
        json::set(&mut settings, "PaysTax", true);
        let now = self.moment(0);
        json::set(&mut settings, "CreatedDateUTC", now.to_rfc3339());
        self.organisation.put_silently(&entities::ORGANISATION, settings);
    }

    fn accounts(&mut self, sample: &Sample) -> Result<(), String> {
        for mut account in read(sample.accounts)? {
            let archived = account.remove("Status").is_some();
            let mut saved = self.save(&entities::ACCOUNTS, &account, None)?;
            json::take(&mut saved, &account, &["SystemAccount"]);
            self.organisation.put_silently(&entities::ACCOUNTS, saved.clone());
            if archived {
                let end = json!({"Status": "ARCHIVED"}).as_object().cloned().unwrap_or_default();
                self.save(&entities::ACCOUNTS, &end, Some(&saved))?;
            }
        }
        Ok(())
    }

    fn contacts(&mut self, sample: &Sample) -> Result<(), String> {
        for contact in read(sample.contacts)? {
            let mut saved = self.save(&entities::CONTACTS, &contact, None)?;
            json::take(&mut saved, &contact, &["IsCustomer", "IsSupplier"]);
            self.organisation.put_silently(&entities::CONTACTS, saved);
        }
        Ok(())
    }

    /// The items; answers with code, quantity and cost of what there is at the beginning.
    fn items(&mut self, sample: &Sample) -> Result<Vec<(String, Decimal, Decimal)>, String> {
        let mut opening = Vec::new();
        for mut item in read(sample.items)? {
            let quantity = item.remove("_quantity").as_ref().and_then(json::value_decimal).unwrap_or_default();
            self.save(&entities::ITEMS, &item, None)?;
            let cost = item.get("PurchaseDetails").and_then(|details| details.get("UnitPrice"));
            let cost = cost.and_then(json::value_decimal).unwrap_or_default();
            if quantity > Decimal::ZERO {
                opening.push((json::text(&item, "Code").unwrap_or_default().to_owned(), quantity, cost));
            }
        }
        Ok(opening)
    }

    /// What is there at the beginning comes by one bill against historical adjustment (reference 3.1).
    fn open(&mut self, sample: &Sample, opening: Vec<(String, Decimal, Decimal)>) -> Result<(), String> {
        let total: Decimal = opening.iter().map(|(_, quantity, cost)| json::cents(quantity * cost)).sum();
        let line = |(code, quantity, cost): (String, Decimal, Decimal)| json!({"ItemCode": code, "Quantity": json::number(quantity), "UnitAmount": json::number(cost)});
        let mut lines: Vec<Value> = opening.into_iter().map(line).collect();
        lines.push(json!({"Description": "Opening balance", "Quantity": 1, "UnitAmount": json::number(-total),
                          "AccountCode": "840"}));
        let bill = json!({"Type": "ACCPAY", "Status": "AUTHORISED", "InvoiceNumber": "Opening balances",
                          "Contact": {"Name": sample.supplier}, "Date": OPENING, "LineAmountTypes": "NoTax",
                          "LineItems": lines});
        let bill = bill.as_object().cloned().unwrap_or_default();
        self.save(&entities::INVOICES, &bill, None).map(|_| ())
    }
}

fn read(text: &str) -> Result<Vec<Record>, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// The id of a sample record.
fn id(organisation: u32, number: u32) -> Uuid {
    Uuid::from_u64_pair(
        0x5a4d_0000_0000_4000 | (u64::from(organisation) << 32),
        0x8000_0000_0000_0000 | u64::from(number),
    )
}
