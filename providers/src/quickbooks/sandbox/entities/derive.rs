//! What follows from the rest of an object: full names, levels, classification, names of references.
//!
//! Rule: a client never writes these; they are computed whenever an object is stored.

use serde_json::Value;

use super::{EntityType, account_type, field::Kind};
use crate::quickbooks::sandbox::{
    json::{self, Record},
    store::Company,
};

/// Fills in all that follows from the rest.
pub(crate) fn derive(company: &Company, entity: &EntityType, record: &mut Record) {
    name_references(company, entity, record);
    match entity.name {
        "Item" => place(company, entity, record, "SubItem"),
        "Account" => {
            place(company, entity, record, "SubAccount");
            classify(record);
        }
        "Customer" => place(company, entity, record, "Job"),
        _ => {}
    }
}

/// The name of an object in references to it.
pub(crate) fn reference_name(record: &Record) -> Option<&str> {
    ["FullyQualifiedName", "DisplayName", "Name"].iter().find_map(|field| json::text(record, field))
}

fn name_references(company: &Company, entity: &EntityType, record: &mut Record) {
    for field in entity.fields {
        let Kind::Reference(target) = field.kind else { continue };
        let Some(id) = json::reference(record, field.name).map(str::to_owned) else { continue };
        let name = company.find(target, &id).and_then(|target| reference_name(&target).map(str::to_owned));
        if let Some(Value::Object(reference)) = record.get_mut(field.name) {
            reference.remove("type");
            match name {
                Some(name) => reference.insert("name".to_owned(), name.into()),
                None => reference.remove("name"),
            };
        }
    }
}

/// The full name and level from the parent's, and the flag that says "has a parent".
fn place(company: &Company, entity: &EntityType, record: &mut Record, flag: &str) {
    let own = entity.name_field.and_then(|field| json::text(record, field)).unwrap_or_default().to_owned();
    let parent = json::reference(record, "ParentRef").and_then(|id| company.find(entity.name, id));
    let parent_name = parent.as_ref().and_then(|parent| json::text(parent, "FullyQualifiedName"));
    let full = parent_name.map_or_else(|| own.clone(), |parent| format!("{parent}:{own}"));
    let level = full.matches(':').count();
    record.insert("FullyQualifiedName".to_owned(), full.into());
    match (parent.is_some(), entity.name) {
        (true, "Account") => drop(record.insert(flag.to_owned(), true.into())),
        (true, _) => {
            record.insert(flag.to_owned(), true.into());
            record.insert("Level".to_owned(), level.into());
        }
        (false, "Item") => {
            record.remove(flag);
            record.remove("Level");
        }
        (false, _) => {
            record.insert(flag.to_owned(), false.into());
            record.remove("Level");
        }
    }
}

/// Classification, and the balances that every account has.
fn classify(record: &mut Record) {
    let classification = json::text(record, "AccountType").and_then(account_type::classification);
    if let Some(classification) = classification {
        record.insert("Classification".to_owned(), classification.into());
    }
    let balance = record.entry("CurrentBalance").or_insert_with(|| 0.into()).clone();
    record.insert("CurrentBalanceWithSubAccounts".to_owned(), balance);
}
