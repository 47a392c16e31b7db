//! The objects of one entity: stored ones, generated ones, and odd ones put in by a test.
//!
//! Rule: a stored row hides the generated row of the same id; odd rows stand outside every rule.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::generated::{GeneratedRow, Generator};
use crate::quickbooks::sandbox::json::{self, Record};

/// The objects of one entity.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Table {
    /// Stored rows by id.
    rows: BTreeMap<u64, Record>,
    /// Highest id given so far.
    last_id: u64,
    /// Generated rows that were deleted.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    removed: BTreeSet<u64>,
    /// Rows put in by a test, as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    odd: Vec<OddRow>,
    /// Rows made on demand.
    #[serde(skip)]
    generator: Generator,
    /// Full names of stored rows, lower-case, to ids.
    #[serde(skip)]
    names: HashMap<String, u64>,
    /// Rows that listings leave out for now.
    #[serde(skip)]
    hidden: BTreeSet<u64>,
    /// What happened to rows since it was last asked for, in order.
    #[serde(skip)]
    happened: Vec<(u64, Happened)>,
}

/// What happened to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Happened {
    /// It is new.
    Created,
    /// It is different.
    Updated,
    /// It has no amounts any more.
    Voided,
    /// It is gone.
    Deleted,
}

/// A row put in by a test.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct OddRow {
    /// Its place in every listing that it is part of, from 1; at the end if `None`.
    pub(crate) at: Option<usize>,
    /// The row.
    pub(crate) record: Record,
}

/// Where a row is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowKey {
    /// By id.
    Id(u64),
    /// By its number among the odd ones.
    Odd(usize),
}

/// A row, wherever it comes from.
#[derive(Debug)]
pub(crate) enum Row<'t> {
    /// A stored or an odd one.
    Stored(&'t Record),
    /// A generated one.
    Generated(GeneratedRow),
}

impl Row<'_> {
    /// The row as an object.
    pub(crate) fn to_record(&self) -> Record {
        match self {
            Self::Stored(record) => (*record).clone(),
            Self::Generated(row) => row.to_record(),
        }
    }

    /// Writes the row as JSON text.
    pub(crate) fn write(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
        match self {
            Self::Stored(record) => serde_json::to_writer(out, record),
            Self::Generated(row) => row.write(out),
        }
    }
}

/// The name that is unique in a table: the full one where there is a hierarchy.
fn unique_name(record: &Record) -> Option<String> {
    let name = ["DisplayName", "FullyQualifiedName", "Name"].iter().find_map(|field| json::text(record, field))?;
    Some(name.to_lowercase())
}

impl Table {
    /// Builds what is not stored.
    pub(crate) fn prepare(&mut self, generator: Generator) {
        self.generator = generator;
        self.last_id = self.last_id.max(generator.last_id());
        self.happened.clear();
        self.names = self.rows.iter().filter_map(|(id, record)| Some((unique_name(record)?, *id))).collect();
    }

    /// The next free id.
    pub(crate) const fn next_id(&self) -> u64 {
        self.last_id + 1
    }

    /// Stores a row under its id, in place of any of that id.
    pub(crate) fn put(&mut self, id: u64, record: Record) {
        self.last_id = self.last_id.max(id);
        self.removed.remove(&id);
        if let Some(happened) = self.difference(id, &record) {
            self.happened.push((id, happened));
        }
        if let Some(old) = self.rows.get(&id).and_then(unique_name) {
            self.names.remove(&old);
        }
        if let Some(name) = unique_name(&record) {
            self.names.insert(name, id);
        }
        self.rows.insert(id, record);
    }

    /// What storing a row means to whoever follows the table; nothing where it is no new version. Items follow their
    /// stock without one.
    fn difference(&self, id: u64, record: &Record) -> Option<Happened> {
        let Some(old) = self.rows.get(&id) else {
            return Some(if self.generator.has(id) { Happened::Updated } else { Happened::Created });
        };
        let is_voided = |row: &Record| json::text(row, "PrivateNote").is_some_and(|note| note.starts_with("Voided"));
        let same = |field: &str| old.get(field) == record.get(field);
        match (same("SyncToken") && same("QtyOnHand"), is_voided(record) && !is_voided(old)) {
            (true, _) => None,
            (false, true) => Some(Happened::Voided),
            (false, false) => Some(Happened::Updated),
        }
    }

    /// What happened to rows since it was last asked for.
    pub(crate) fn take_happened(&mut self) -> Vec<(u64, Happened)> {
        std::mem::take(&mut self.happened)
    }

    /// Removes a row; whether there was one.
    pub(crate) fn remove(&mut self, id: u64) -> bool {
        let stored = self.rows.remove(&id);
        if let Some(name) = stored.as_ref().and_then(unique_name) {
            self.names.remove(&name);
        }
        let generated = self.generator.has(id) && self.removed.insert(id);
        let removed = stored.is_some() || generated;
        if removed {
            self.happened.push((id, Happened::Deleted));
        }
        removed
    }

    /// A row by its id, odd ones last.
    pub(crate) fn find(&self, id: &str) -> Option<Record> {
        let by_id = id.parse().ok().and_then(|id| self.row(RowKey::Id(id)));
        let odd = || self.odd.iter().find(|odd| json::text(&odd.record, "Id") == Some(id));
        by_id.map(|row| row.to_record()).or_else(|| odd().map(|odd| odd.record.clone()))
    }

    /// The row of a key.
    pub(crate) fn row(&self, key: RowKey) -> Option<Row<'_>> {
        match key {
            RowKey::Odd(number) => self.odd.get(number).map(|odd| Row::Stored(&odd.record)),
            RowKey::Id(id) => match self.rows.get(&id) {
                Some(record) => Some(Row::Stored(record)),
                None if self.removed.contains(&id) => None,
                None => self.generator.row(id).map(Row::Generated),
            },
        }
    }

    /// Whether the row of an id is active; a row that does not say so is.
    pub(crate) fn is_active(&self, id: u64) -> bool {
        match self.rows.get(&id) {
            Some(record) => json::flag(record, "Active") != Some(false),
            None => self.generator.is_active(id),
        }
    }

    /// Ids of all rows but the odd ones, in order.
    pub(crate) fn ids(&self) -> impl Iterator<Item = u64> {
        let generated = self.generator.ids();
        let before = self.rows.range(..generated.start).map(|(id, _)| *id);
        let after = self.rows.range(generated.end..).map(|(id, _)| *id);
        let all = before.chain(generated.filter(|id| !self.removed.contains(id))).chain(after);
        all.filter(|id| !self.hidden.contains(id))
    }

    /// The stored rows with their ids.
    pub(crate) fn stored(&self) -> impl Iterator<Item = (u64, &Record)> {
        self.rows.iter().map(|(id, record)| (*id, record))
    }

    /// Number of rows but the odd ones.
    pub(crate) fn len(&self) -> usize {
        self.ids().count()
    }

    /// The odd rows.
    pub(crate) fn odd(&self) -> &[OddRow] {
        &self.odd
    }

    /// Puts an odd row in.
    pub(crate) fn put_odd(&mut self, row: OddRow) {
        self.odd.push(row);
    }

    /// Leaves the first row out of listings until [`Table::show_all`].
    pub(crate) fn hide_first(&mut self) {
        let first = self.ids().next();
        self.hidden.extend(first);
    }

    /// Puts all rows back into listings.
    pub(crate) fn show_all(&mut self) {
        self.hidden.clear();
    }

    /// Takes all odd rows out.
    pub(crate) fn clear_odd(&mut self) {
        self.odd.clear();
    }

    /// The id of the row that has this full name.
    pub(crate) fn id_of_name(&self, name: &str) -> Option<u64> {
        let name = name.to_lowercase();
        let generated = || self.generator.id_of_name(&name).filter(|id| !self.rows.contains_key(id));
        self.names.get(&name).copied().or_else(|| generated().filter(|id| !self.removed.contains(id)))
    }
}
