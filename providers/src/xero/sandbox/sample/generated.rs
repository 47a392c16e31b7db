//! Items made on demand, the same ones for the same seed.
//!
//! Rule: an item follows from the seed and its number alone. One in twenty is tracked, with nothing on hand.

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::id;
use crate::{
    sandbox::mix,
    xero::sandbox::{entities, json, store::Organisation},
};

/// The first generated item's number; the sample's own stay below.
const FIRST: u32 = 10_001;

const MATERIALS: [&str; 8] = ["Oak", "Pine", "Rimu", "Kauri", "Walnut", "Ash", "Beech", "Tōtara"];
const PRODUCTS: [&str; 12] =
    ["Bracket", "Shelf", "Hinge", "Table Leg", "Panel", "Dowel", "Handle", "Frame", "Drawer", "Rail", "Plate", "Knob"];

/// Adds so many items.
pub(super) fn add(organisation: &mut Organisation, seed: u64, count: u32, from: DateTime<Utc>) {
    for number in 0..count {
        let made = from + TimeDelta::seconds(i64::from(number));
        if let Value::Object(item) = item(seed, number, made) {
            organisation.put_silently(&entities::ITEMS, item);
        }
    }
}

fn item(seed: u64, number: u32, made: DateTime<Utc>) -> Value {
    let noise = mix(seed, u64::from(number));
    let pick = |shift: u32, from: &[&'static str]| {
        usize::try_from(noise >> shift).ok().and_then(|at| from.get(at % from.len())).copied().unwrap_or_default()
    };
    let tracked = noise.is_multiple_of(20);
    let name = format!("{} {} {:06}", pick(40, &MATERIALS), pick(48, &PRODUCTS), number + 1);
    let mut item = json!({
        "ItemID": id(1, FIRST + number), "Code": format!("GEN-{:06}", number + 1), "Name": name,
        "Description": format!("{name}, made to order"), "IsSold": true, "IsPurchased": true,
        "IsTrackedAsInventory": tracked, "UpdatedDateUTC": made.to_rfc3339(),
        "SalesDetails": {"UnitPrice": cents(noise >> 16, 500, 60_000), "AccountCode": "200", "TaxType": "OUTPUT2"},
        "PurchaseDetails": {"UnitPrice": cents(noise >> 24, 100, 20_000), "TaxType": "INPUT2"},
    });
    if tracked {
        item["PurchaseDetails"]["COGSAccountCode"] = "310".into();
        item["InventoryAssetAccountCode"] = "630".into();
    } else {
        item["PurchaseDetails"]["AccountCode"] = "300".into();
    }
    item
}

/// An amount from `least` cents, below `least + spread`.
fn cents(noise: u64, least: u64, spread: u64) -> Value {
    json::number(Decimal::new(i64::try_from(least + noise % spread).unwrap_or_default(), 2))
}
