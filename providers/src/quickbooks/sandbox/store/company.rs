//! One company: its tables, by entity.
//!
//! Rule: one name, one contact: customers and vendors are looked up together (reference 9.6).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Generator, Table};
use crate::quickbooks::sandbox::{entities, json::Record};

/// A company and all its objects.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Company {
    /// Its id in paths and callbacks.
    pub(crate) realm: String,
    /// One table per entity, by the entity's name.
    pub(crate) tables: BTreeMap<String, Table>,
}

impl Company {
    /// A company without any object.
    pub(crate) fn empty(realm: &str) -> Self {
        let tables = entities::ENTITIES.iter().map(|entity| (entity.name.to_owned(), Table::default())).collect();
        Self { realm: realm.to_owned(), tables }
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

    /// The name for people.
    pub(crate) fn name(&self) -> String {
        let info = self.single("CompanyInfo").unwrap_or_default();
        info.get("CompanyName").and_then(|name| name.as_str()).unwrap_or(&self.realm).to_owned()
    }
}
