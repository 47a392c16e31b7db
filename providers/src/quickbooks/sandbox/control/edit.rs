//! Changes to objects without the API: what a person does in the service's own pages, and what should not be there.
//!
//! Rule: no rule of the API is checked; that is the point.

use serde::Deserialize;
use serde_json::{Value, json};

use super::command::company_mut;
use crate::quickbooks::sandbox::{
    clock,
    entities::{self, EntityType, derive, transaction},
    json::{self, Record},
    shared::Sandbox,
    store::OddRow,
};

/// Changes properties of an object.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Edit {
    realm: String,
    entity: String,
    id: String,
    /// Properties and their new values; `null` removes one.
    set: Record,
    /// Whether the change shows in `SyncToken` and `MetaData`.
    #[serde(default = "yes")]
    touch: bool,
}

/// Removes an object.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Removal {
    realm: String,
    entity: String,
    id: String,
}

/// Puts an object into listings as it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OddRecord {
    realm: String,
    entity: String,
    /// Its place in every listing, from 1; at the end if absent.
    at: Option<usize>,
    record: Record,
}

const fn yes() -> bool {
    true
}

fn entity(name: &str) -> Result<&'static EntityType, String> {
    let known: Vec<&str> = entities::ENTITIES.iter().map(|entity| entity.name).collect();
    entities::find(name).ok_or_else(|| format!("no entity {name}; there are {}", known.join(", ")))
}

impl Edit {
    /// A change that shows in `SyncToken` and `MetaData`.
    pub(super) fn of(realm: &str, entity: &str, id: &str, set: Record) -> Self {
        Self { realm: realm.to_owned(), entity: entity.to_owned(), id: id.to_owned(), set, touch: true }
    }

    /// Does it; answers with the object.
    ///
    /// # Errors
    /// In words, for an unknown company, entity or object.
    pub(super) fn run(self, sandbox: &Sandbox) -> Result<Value, String> {
        let entity = entity(&self.entity)?;
        let now = sandbox.clock.now();
        sandbox.change(|state| {
            let company = company_mut(state, &self.realm)?;
            let missing = || format!("no {} {} in {}", entity.name, self.id, self.realm);
            let mut record = company.find(entity.name, &self.id).ok_or_else(missing)?;
            for (name, value) in self.set {
                match value {
                    Value::Null => record.remove(&name),
                    value => record.insert(name, value),
                };
            }
            derive::derive(company, entity, &mut record);
            if self.touch {
                touch(&mut record, &clock::record_stamp(now));
            }
            let id = self.id.parse().map_err(|_| missing())?;
            company.table_mut(entity.name).put(id, record.clone());
            company.refresh_below(entity, id);
            if entity.name == "Item" {
                company.follow_quantity(&record, now);
            }
            Ok(Value::Object(record))
        })
    }
}

fn touch(record: &mut Record, stamp: &str) {
    let token: u64 = json::text(record, "SyncToken").and_then(|token| token.parse().ok()).unwrap_or_default();
    record.insert("SyncToken".to_owned(), (token + 1).to_string().into());
    record.entry("MetaData").or_insert_with(|| json!({}))["LastUpdatedTime"] = stamp.into();
}

impl Removal {
    /// Of an object.
    pub(super) fn of(realm: &str, entity: &str, id: &str) -> Self {
        Self { realm: realm.to_owned(), entity: entity.to_owned(), id: id.to_owned() }
    }

    /// Does it.
    ///
    /// # Errors
    /// In words, for an unknown company, entity or object.
    pub(super) fn run(self, sandbox: &Sandbox) -> Result<Value, String> {
        let (entity, now) = (entity(&self.entity)?, sandbox.clock.now());
        sandbox.change(|state| {
            let company = company_mut(state, &self.realm)?;
            let removed = self.id.parse().is_ok_and(|id| company.bury(entity.name, id, now));
            if entity.is_transaction() {
                let document = transaction::document(entity.name, &self.id);
                company.post(&document, None, now).map_err(|fault| fault.detail)?;
            }
            if removed { Ok(json!({})) } else { Err(format!("no {} {} in {}", entity.name, self.id, self.realm)) }
        })
    }
}

impl OddRecord {
    /// Does it.
    ///
    /// # Errors
    /// In words, for an unknown company or entity.
    pub(super) fn run(self, sandbox: &Sandbox) -> Result<Value, String> {
        let entity = entity(&self.entity)?;
        sandbox.change(|state| {
            let company = company_mut(state, &self.realm)?;
            company.table_mut(entity.name).put_odd(OddRow { at: self.at, record: self.record });
            Ok(json!({}))
        })
    }
}
