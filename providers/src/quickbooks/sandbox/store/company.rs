//! One company: its tables, by entity.
//!
//! Rule: one name, one contact: customers and vendors are looked up together (reference 9.6).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Generator, Replays, Table};
use crate::quickbooks::sandbox::{
    books::Books,
    entities::{self, EntityType, derive},
    json::{self, Record},
};

/// A company and all its objects.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Company {
    /// Its id in paths and callbacks.
    pub(crate) realm: String,
    /// One table per entity, by the entity's name.
    pub(crate) tables: BTreeMap<String, Table>,
    /// Switches that a test may set.
    #[serde(default)]
    pub(crate) rules: CompanyRules,
    /// What all documents post.
    #[serde(default)]
    pub(crate) books: Books,
    /// Transactions that were deleted.
    #[serde(default)]
    pub(crate) deleted: Vec<Deleted>,
    /// Answers to writes that carried a request id (reference 3).
    #[serde(default)]
    pub(crate) replays: Replays,
}

/// A transaction that was deleted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Deleted {
    /// Its entity.
    pub(crate) entity: String,
    /// Its id.
    pub(crate) id: String,
    /// When.
    pub(crate) at: DateTime<Utc>,
}

/// Switches of one company.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct CompanyRules {
    /// Whether an update of an item may change its quantity; the service ignores it (reference 9.1).
    pub(crate) quantity_updates: bool,
}

impl Company {
    /// A company without any object.
    pub(crate) fn empty(realm: &str) -> Self {
        let tables = entities::ENTITIES.iter().map(|entity| (entity.name.to_owned(), Table::default())).collect();
        let (rules, books, deleted, replays) = Default::default();
        Self { realm: realm.to_owned(), tables, rules, books, deleted, replays }
    }

    /// Builds what is not stored.
    pub(crate) fn prepare(&mut self, generator: Generator) {
        for entity in entities::ENTITIES {
            self.tables.entry(entity.name.to_owned()).or_default();
        }
        for (name, table) in &mut self.tables {
            let generator = if name == "Item" { generator } else { Generator::default() };
            table.prepare(generator);
        }
        self.open_books();
    }

    /// Removes a transaction; that it is gone can be asked for (reference 11).
    pub(crate) fn bury(&mut self, entity: &str, id: u64, at: DateTime<Utc>) -> bool {
        let removed = self.table_mut(entity).remove(id);
        if removed {
            self.deleted.push(Deleted { entity: entity.to_owned(), id: id.to_string(), at });
        }
        removed
    }

    /// The next id of a transaction: all kinds share one sequence (reference 8).
    pub(crate) fn next_transaction_id(&self) -> u64 {
        let tables = entities::transaction::TRANSACTIONS.iter().filter_map(|name| self.table(name));
        tables.map(Table::next_id).max().unwrap_or(1)
    }

    /// The table of an entity.
    pub(crate) fn table(&self, entity: &str) -> Option<&Table> {
        self.tables.get(entity)
    }

    /// The table of an entity, to change.
    pub(crate) fn table_mut(&mut self, entity: &str) -> &mut Table {
        self.tables.entry(entity.to_owned()).or_default()
    }

    /// A stored or generated object by its id.
    pub(crate) fn find(&self, entity: &str, id: &str) -> Option<Record> {
        self.table(entity)?.find(id)
    }

    /// The single row of `CompanyInfo` or `Preferences`.
    pub(crate) fn single(&self, entity: &str) -> Option<Record> {
        self.find(entity, "1")
    }

    /// A value of the list that says what the company has subscribed to (reference 9.7).
    fn name_value(&self, name: &str) -> Option<String> {
        let info = self.single("CompanyInfo")?;
        let pairs = info.get("NameValue")?.as_array()?;
        let pair = pairs.iter().find(|pair| pair["Name"] == name)?;
        pair["Value"].as_str().map(str::to_owned)
    }

    /// Sets a value of that list, if one is given.
    pub(crate) fn set_name_value(&mut self, name: &str, value: Option<String>) {
        let (Some(value), Some(mut info)) = (value, self.single("CompanyInfo")) else { return };
        if let Some(pairs) = info.get_mut("NameValue").and_then(Value::as_array_mut) {
            pairs.retain(|pair| pair["Name"] != name);
            pairs.push(json!({"Name": name, "Value": value}));
        }
        self.table_mut("CompanyInfo").put(1, info);
    }

    /// Whether the subscription includes inventory: Plus and above (reference 15.11).
    pub(crate) fn tracks_inventory(&self) -> bool {
        let offering = self.name_value("OfferingSku").unwrap_or_default();
        offering.contains("Plus") || offering.contains("Advanced")
    }

    /// Whether the subscription has lapsed: writes are then refused (reference 5 at 6190).
    pub(crate) fn is_lapsed(&self) -> bool {
        let status = self.name_value("SubscriptionStatus");
        status.is_some_and(|status| !matches!(status.as_str(), "PAID" | "TRIAL" | "TRIAL_OPT_IN" | "SUBSCRIBED"))
    }

    /// Brings everything that hangs below an object up to date with its name.
    pub(crate) fn refresh_below(&mut self, entity: &EntityType, id: u64) {
        let parent = id.to_string();
        let below = |record: &Record| json::reference(record, "ParentRef") == Some(parent.as_str());
        let children: Vec<(u64, Record)> = match self.table(entity.name) {
            Some(table) => {
                table.stored().filter(|(_, record)| below(record)).map(|(id, row)| (id, row.clone())).collect()
            }
            None => return,
        };
        for (child, mut record) in children {
            derive::derive(self, entity, &mut record);
            self.table_mut(entity.name).put(child, record);
            self.refresh_below(entity, child);
        }
    }

    /// The name for people.
    pub(crate) fn name(&self) -> String {
        let info = self.single("CompanyInfo").unwrap_or_default();
        info.get("CompanyName").and_then(|name| name.as_str()).unwrap_or(&self.realm).to_owned()
    }
}
