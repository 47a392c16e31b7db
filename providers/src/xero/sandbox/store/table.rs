//! The rows of one resource, found by id and by natural key, listed in the order they were made.
//!
//! Rule: indexes are never stored; they are built when the state is read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Cow;
use crate::xero::sandbox::{
    entities::Resource,
    json::{self, Record},
};

/// The rows of one resource.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Table {
    rows: Cow<BTreeMap<u64, Cow<Record>>>,
    last: u64,
    #[serde(skip)]
    ids: Cow<BTreeMap<String, u64>>,
    #[serde(skip)]
    keys: Cow<BTreeMap<String, u64>>,
}

impl Table {
    /// Builds the indexes.
    pub(crate) fn prepare(&mut self, resource: &Resource) {
        let (mut ids, mut keys) = (BTreeMap::new(), BTreeMap::new());
        for (place, row) in self.rows.iter() {
            ids.extend(json::text(row, resource.id).map(|id| (id.to_owned(), *place)));
            keys.extend(resource.key_of(row).map(|key| (key, *place)));
        }
        (self.ids, self.keys) = (Cow::new(ids), Cow::new(keys));
    }

    /// How many rows.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// All rows, in order.
    pub(crate) fn rows(&self) -> impl DoubleEndedIterator<Item = &Record> {
        self.rows.values().map(|row| &**row)
    }

    /// The row of an id, in any case.
    pub(crate) fn find(&self, id: &str) -> Option<&Record> {
        let place = self.ids.get(id).or_else(|| self.ids.get(&id.to_lowercase()))?;
        self.rows.get(place).map(|row| &**row)
    }

    /// The row of a natural key.
    pub(crate) fn by_key(&self, key: &str) -> Option<&Record> {
        self.keys.get(&key.to_lowercase()).and_then(|place| self.rows.get(place)).map(|row| &**row)
    }

    /// Puts a row in, in place of the one with its id.
    pub(crate) fn put(&mut self, resource: &Resource, row: Record) {
        let Some(id) = json::text(&row, resource.id).map(str::to_owned) else { return };
        let place = self.ids.get(&id).copied().unwrap_or_else(|| {
            self.last += 1;
            self.last
        });
        self.forget_key(resource, place);
        if let Some(key) = resource.key_of(&row) {
            self.keys.make_mut().insert(key, place);
        }
        if !self.ids.contains_key(&id) {
            self.ids.make_mut().insert(id, place);
        }
        self.rows.make_mut().insert(place, Cow::new(row));
    }

    /// Takes a row out; whether there was one.
    pub(crate) fn remove(&mut self, resource: &Resource, id: &str) -> bool {
        let Some(place) = self.ids.get(id).copied() else { return false };
        self.forget_key(resource, place);
        self.ids.make_mut().remove(id);
        self.rows.make_mut().remove(&place).is_some()
    }

    fn forget_key(&mut self, resource: &Resource, place: u64) {
        let key = self.rows.get(&place).and_then(|row| resource.key_of(row));
        if let Some(key) = key.filter(|key| self.keys.get(key) == Some(&place)) {
            self.keys.make_mut().remove(&key);
        }
    }
}
