//! One organisation: its tables, its ledger, its stock.
//!
//! Rule: a change is tried on a copy, which takes the original's place if every rule holds.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{Cow, Table};
use crate::{
    sandbox::ledger::Ledger,
    xero::sandbox::{
        books::Stock,
        clock,
        entities::{self, Resource},
        json::{self, Record},
    },
};

/// An organisation and all its records.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Organisation {
    /// Its tenant id.
    pub(crate) id: String,
    /// Its time zone, IANA; the API tells it in a spelling of its own.
    #[serde(with = "zone_name")]
    pub(crate) zone: Tz,
    /// Home currency.
    pub(crate) currency: String,
    tables: BTreeMap<String, Table>,
    /// The entries of all documents that count.
    pub(crate) ledger: Cow<Ledger>,
    /// What moved the tracked items.
    pub(crate) stock: Cow<Stock>,
    /// Switches that a test may set.
    pub(crate) rules: Rules,
    /// The last number given, by prefix.
    numbers: BTreeMap<String, u32>,
    /// What webhooks will tell, once the change stands.
    #[serde(skip)]
    pub(crate) announcements: Vec<Announcement>,
    /// Resources whose lists have moved by a row, on demand.
    #[serde(skip)]
    pub(crate) shifted: BTreeSet<&'static str>,
}

/// Switches of one organisation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Rules {
    /// Whether its plan includes tracked inventory.
    pub(crate) inventory: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self { inventory: true }
    }
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Happened {
    /// It is new.
    Created,
    /// It is different.
    Updated,
}

/// A change that webhooks tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Announcement {
    /// The resource's name.
    pub(crate) resource: &'static str,
    /// The record's id.
    pub(crate) id: String,
    /// What became of it.
    pub(crate) happened: Happened,
}

impl Organisation {
    /// An organisation without any record.
    pub(crate) fn empty(id: &str, zone: Tz, currency: &str) -> Self {
        let mut organisation = Self {
            id: id.to_owned(),
            zone,
            currency: currency.to_owned(),
            tables: BTreeMap::new(),
            ledger: Cow::default(),
            stock: Cow::default(),
            rules: Rules::default(),
            numbers: BTreeMap::new(),
            announcements: Vec::new(),
            shifted: BTreeSet::new(),
        };
        organisation.prepare();
        organisation
    }

    /// Builds what is not stored.
    pub(crate) fn prepare(&mut self) {
        for resource in entities::RESOURCES {
            self.tables.entry(resource.name.to_owned()).or_default().prepare(resource);
        }
    }

    /// The rows of a resource.
    pub(crate) fn table(&self, resource: &Resource) -> &Table {
        static NONE: std::sync::OnceLock<Table> = std::sync::OnceLock::new();
        self.tables.get(resource.name).unwrap_or_else(|| NONE.get_or_init(Table::default))
    }

    /// The rows of a resource, to change.
    fn table_mut(&mut self, resource: &Resource) -> &mut Table {
        self.tables.entry(resource.name.to_owned()).or_default()
    }

    /// A record by id.
    pub(crate) fn find(&self, resource: &Resource, id: &str) -> Option<&Record> {
        self.table(resource).find(id)
    }

    /// Puts a record in, stamped with the moment, and remembers to tell.
    pub(crate) fn put(&mut self, resource: &'static Resource, mut record: Record, now: DateTime<Utc>) -> Record {
        json::set(&mut record, "UpdatedDateUTC", now.to_rfc3339());
        let id = json::text(&record, resource.id).unwrap_or_default().to_owned();
        let happened = if self.find(resource, &id).is_some() { Happened::Updated } else { Happened::Created };
        self.table_mut(resource).put(resource, record.clone());
        self.announcements.push(Announcement { resource: resource.name, id, happened });
        record
    }

    /// Puts a record in as it is, without a stamp or a word.
    pub(crate) fn put_silently(&mut self, resource: &Resource, record: Record) {
        self.table_mut(resource).put(resource, record);
    }

    /// Takes a record out; whether there was one.
    pub(crate) fn remove(&mut self, resource: &Resource, id: &str) -> bool {
        self.table_mut(resource).remove(resource, id)
    }

    /// The next number of a prefix, for example `INV-0007`.
    pub(crate) fn next_number(&mut self, prefix: &str) -> String {
        let number = self.numbers.entry(prefix.to_owned()).or_default();
        *number += 1;
        format!("{prefix}{number:04}")
    }

    /// Its own record: name, settings, lock dates.
    pub(crate) fn settings(&self) -> Record {
        self.find(&entities::ORGANISATION, &self.id).cloned().unwrap_or_default()
    }

    /// The name for people.
    pub(crate) fn name(&self) -> String {
        let settings = self.find(&entities::ORGANISATION, &self.id);
        settings.and_then(|settings| json::text(settings, "Name")).unwrap_or(&self.id).to_owned()
    }

    /// Today, where it is.
    pub(crate) fn today(&self, now: DateTime<Utc>) -> NaiveDate {
        now.with_timezone(&self.zone).date_naive()
    }

    /// The last day on which nothing may change any more: the later of the two lock dates (reference 3.6).
    pub(crate) fn locked_until(&self) -> Option<NaiveDate> {
        let settings = self.find(&entities::ORGANISATION, &self.id)?;
        let date = |field: &str| json::text(settings, field).and_then(clock::parse_date);
        date("PeriodLockDate").max(date("EndOfYearLockDate"))
    }
}

/// A zone as its IANA name.
mod zone_name {
    use chrono_tz::Tz;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(zone: &Tz, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(zone.name())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tz, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
