//! The sample companies, read from the JSON files beside this one.
//!
//! Rule: the files hold what a person would type; references are ids alone, and everything derived is filled in here.

use serde_json::{Value, json};

use super::{
    entities::{self, EntityType, derive, field::Kind},
    json::{Record, record_id},
    store::Company,
};

/// The company that a person means to choose: a small workshop. Generated items are its own.
pub(crate) const MAIN_REALM: &str = "9341453920441001";
/// The company that a person may choose by mistake: a bakery.
const OTHER_REALM: &str = "9341453920441002";

/// Stamp of all sample rows.
const STAMP: &str = "2024-12-02T08:30:00-08:00";

/// The files of one company.
struct Files {
    realm: &'static str,
    company: &'static str,
    preferences: &'static str,
    lists: [(&'static str, &'static str); 4],
}

const FILES: [Files; 2] = [
    Files {
        realm: MAIN_REALM,
        company: include_str!("cedar-steel/company.json"),
        preferences: include_str!("cedar-steel/preferences.json"),
        lists: [
            ("Account", include_str!("cedar-steel/accounts.json")),
            ("Vendor", include_str!("cedar-steel/vendors.json")),
            ("Customer", include_str!("cedar-steel/customers.json")),
            ("Item", include_str!("cedar-steel/items.json")),
        ],
    },
    Files {
        realm: OTHER_REALM,
        company: include_str!("harbor-light/company.json"),
        preferences: include_str!("harbor-light/preferences.json"),
        lists: [
            ("Account", include_str!("harbor-light/accounts.json")),
            ("Vendor", include_str!("harbor-light/vendors.json")),
            ("Customer", include_str!("harbor-light/customers.json")),
            ("Item", include_str!("harbor-light/items.json")),
        ],
    },
];

/// The sample companies.
///
/// # Errors
/// When a file does not read; says whose and which.
pub(crate) fn companies() -> Result<Vec<Company>, String> {
    FILES.iter().map(company).collect()
}

fn company(files: &Files) -> Result<Company, String> {
    let mut company = Company::empty(files.realm);
    for (name, text) in [("CompanyInfo", files.company), ("Preferences", files.preferences)] {
        let mut record: Record = parse(files.realm, name, text)?;
        record.insert("Id".to_owned(), Value::from("1"));
        put(&mut company, name, record)?;
    }
    for (name, text) in files.lists {
        let records: Vec<Record> = parse(files.realm, name, text)?;
        records.into_iter().try_for_each(|record| put(&mut company, name, record))?;
    }
    Ok(company)
}

fn parse<T: serde::de::DeserializeOwned>(realm: &str, name: &str, text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| format!("{name} of {realm}: {error}"))
}

fn put(company: &mut Company, name: &str, mut record: Record) -> Result<(), String> {
    let entity = entities::find(name).ok_or_else(|| format!("no entity {name}"))?;
    let id = record_id(&record).ok_or_else(|| format!("{name} without an id"))?;
    expand_references(entity, &mut record);
    fill_in(entity, &mut record);
    derive::derive(company, entity, &mut record);
    company.table_mut(entity.name).put(id, record);
    Ok(())
}

/// `"81"` becomes `{"value": "81"}` where a reference stands.
fn expand_references(entity: &EntityType, record: &mut Record) {
    for field in entity.fields.iter().filter(|field| matches!(field.kind, Kind::Reference(_) | Kind::Loose)) {
        if let Some(value) = record.get_mut(field.name).filter(|value| value.is_string()) {
            *value = json!({"value": value.take()});
        }
    }
}

/// What every object of the service carries.
fn fill_in(entity: &EntityType, record: &mut Record) {
    let mut default = |name: &str, value: Value| drop(record.entry(name).or_insert(value));
    default("SyncToken", "0".into());
    default("domain", "QBO".into());
    default("sparse", false.into());
    default("MetaData", json!({"CreateTime": STAMP, "LastUpdatedTime": STAMP}));
    if entity.lists_active_only {
        default("Active", true.into());
    }
    let inventory = record.get("Type").is_some_and(|kind| kind == "Inventory");
    if entity.name == "Item" {
        record.insert("TrackQtyOnHand".to_owned(), inventory.into());
    }
    if matches!(entity.name, "Customer" | "Vendor" | "Account") {
        record.insert("CurrencyRef".to_owned(), json!({"value": "USD", "name": "United States Dollar"}));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quickbooks::sandbox::{json, store::RowKey};

    #[test]
    fn the_workshop_has_items_of_every_type_and_odd_names() {
        let companies = companies().expect("sample data");
        let items = companies[0].table("Item").expect("items");
        let records: Vec<Record> =
            items.ids().filter_map(|id| items.row(RowKey::Id(id))).map(|row| row.to_record()).collect();
        let of_type = |kind: &str| records.iter().filter(|record| json::text(record, "Type") == Some(kind)).count();
        let counts = ["Inventory", "NonInventory", "Service", "Group", "Category"].map(of_type);
        assert_eq!(counts, [34, 8, 7, 3, 10]);
        let inactive = records.iter().filter(|record| json::flag(record, "Active") == Some(false)).count();
        assert_eq!(inactive, 4);
        let longest =
            records.iter().filter_map(|record| json::text(record, "Name")).map(|name| name.chars().count()).max();
        assert_eq!(longest, Some(100));
        let bolt = items.find("25").expect("bolt");
        assert_eq!(bolt["FullyQualifiedName"], "Hardware:Fasteners:M8 x 40 Hex Bolt");
        assert_eq!(bolt["AssetAccountRef"], json!({"value": "81", "name": "Inventory Asset"}));
        assert_eq!(bolt["Level"], json!(2));
    }

    #[test]
    fn the_two_companies_share_neither_realm_nor_name() {
        let companies = companies().expect("sample data");
        let names: Vec<(String, String)> =
            companies.iter().map(|company| (company.realm.clone(), company.name())).collect();
        let expected = [(MAIN_REALM, "Cedar & Steel Workshop"), (OTHER_REALM, "Harbor Light Bakery")];
        assert_eq!(names, expected.map(|(realm, name)| (realm.to_owned(), name.to_owned())));
    }
}
