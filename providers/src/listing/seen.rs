//! What of a listing was given out already, so that nothing is given out twice.
//!
//! Rule: a record that comes again is left out if it is as it was, or older; one that changed meanwhile is news and comes
//! again. What is kept is bounded: beyond [`KEPT_MAX`] records the oldest half is forgotten, and then a repeat may pass,
//! which costs its reader nothing but the work.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use chrono::{DateTime, Utc};

use crate::model::{Page, RemoteAccount, RemoteItem, RemoteSale, RemoteSupplier, Unusable};

/// Records kept in mind for one listing, about 3 MB at most: a collection that shifts while it is read repeats what was
/// on the pages just before.
const KEPT_MAX: usize = 50_000;

/// A record of a listing: what tells it from others, and its later reading from an earlier one.
pub trait Record: Hash {
    /// What it is known by.
    fn key(&self) -> impl Hash + '_;

    /// When the provider last changed it.
    fn changed_at(&self) -> Option<DateTime<Utc>>;
}

macro_rules! records {
    ($($record:ty),*) => {$(
        impl Record for $record {
            fn key(&self) -> impl Hash + '_ {
                &self.external_id
            }

            fn changed_at(&self) -> Option<DateTime<Utc>> {
                self.updated_at
            }
        }
    )*};
}
records!(RemoteItem, RemoteAccount, RemoteSupplier);

impl Record for RemoteSale {
    fn key(&self) -> impl Hash + '_ {
        (self.kind, &self.external_id)
    }

    fn changed_at(&self) -> Option<DateTime<Utc>> {
        self.updated_at
    }
}

/// What was given out of a record. Two records of one hash are told apart by what is in them, so none is ever lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reading {
    content: u64,
    /// Microseconds; `None` where the provider does not tell.
    changed_at: Option<i64>,
}

impl Reading {
    /// Whether this one, which came later, tells nothing new.
    fn adds_nothing_to(self, given: Self) -> bool {
        let older = self.changed_at.zip(given.changed_at).is_some_and(|(this, given)| this < given);
        older || self.content == given.content
    }
}

/// Records given out, in two generations of which the older one is dropped when the younger is full.
#[derive(Debug)]
pub(super) struct Seen {
    young: HashMap<u64, Reading>,
    old: HashMap<u64, Reading>,
    generation_max: usize,
}

impl Default for Seen {
    fn default() -> Self {
        Self::keeping(KEPT_MAX)
    }
}

impl Seen {
    fn keeping(records: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), generation_max: (records / 2).max(1) }
    }

    /// The page without what was given out already. Of several readings of one record only the last that is news stays.
    pub(super) fn sift<T: Record>(&mut self, mut page: Page<T>) -> Page<T> {
        let mut given: HashMap<u64, usize> = HashMap::new();
        let mut is_given = vec![false; page.records.len()];
        for (place, record) in page.records.iter().enumerate() {
            let (key, reading) = reading(record);
            if self.is_news(key, reading) {
                is_given[place] = true;
                if let Some(before) = given.insert(key, place) {
                    is_given[before] = false;
                }
            }
        }
        let mut is_given = is_given.into_iter();
        page.records.retain(|_| is_given.next().unwrap_or(true));
        page.unusable.retain(|record| match &record.external_id {
            Some(id) => self.is_news(hash(&("unusable", id)), odd_reading(record)),
            None => true,
        });
        page
    }

    fn is_news(&mut self, key: u64, reading: Reading) -> bool {
        let given = self.young.get(&key).or_else(|| self.old.get(&key)).copied();
        if given.is_some_and(|given| reading.adds_nothing_to(given)) {
            return false;
        }
        if self.young.len() >= self.generation_max {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, reading);
        true
    }
}

fn reading<T: Record>(record: &T) -> (u64, Reading) {
    let changed_at = record.changed_at().map(|moment| moment.timestamp_micros());
    (hash(&record.key()), Reading { content: hash(record), changed_at })
}

fn odd_reading(record: &Unusable) -> Reading {
    Reading { content: hash(record), changed_at: None }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::UnusableReason;

    fn record(id: &str, name: &str, second: Option<i64>) -> RemoteSupplier {
        RemoteSupplier {
            external_id: id.to_owned(),
            version: None,
            name: name.to_owned(),
            email: None,
            phone: None,
            currency: None,
            active: true,
            updated_at: second.and_then(|second| DateTime::from_timestamp(second, 0)),
        }
    }

    fn odd(id: Option<&str>, detail: &str) -> Unusable {
        Unusable {
            external_id: id.map(str::to_owned),
            label: "x".to_owned(),
            kind: None,
            reason: UnusableReason::InvalidField,
            detail: detail.to_owned(),
        }
    }

    fn sift(seen: &mut Seen, records: &[RemoteSupplier], unusable: &[Unusable]) -> (Vec<String>, usize) {
        let page = seen.sift(Page { records: records.to_vec(), unusable: unusable.to_vec(), next: None });
        (
            page.records.into_iter().map(|record| format!("{}{}", record.external_id, record.name)).collect(),
            page.unusable.len(),
        )
    }

    #[test]
    fn what_comes_again_is_left_out_unless_it_is_news() {
        let mut seen = Seen::default();
        let first = [record("1", "a", Some(5)), record("2", "a", Some(5)), record("3", "a", None)];
        assert_eq!(sift(&mut seen, &first, &[]).0, ["1a", "2a", "3a"]);
        let again =
            [record("2", "a", Some(5)), record("1", "b", Some(6)), record("3", "b", None), record("4", "a", None)];
        assert_eq!(sift(&mut seen, &again, &[]).0, ["1b", "3b", "4a"]);
        let older = [record("1", "a", Some(5)), record("1", "b", Some(6)), record("1", "c", Some(6))];
        assert_eq!(sift(&mut seen, &older, &[]).0, ["1c"], "of one moment the later reading counts");
        assert_eq!(sift(&mut seen, &[record("1", "b", Some(6))], &[]).0, ["1b"], "a change of the same moment");
        assert_eq!(sift(&mut seen, &[record("1", "a", Some(5))], &[]).0, [""; 0]);
    }

    #[test]
    fn of_two_readings_on_a_page_the_last_news_is_given() {
        let mut seen = Seen::default();
        let page = [record("1", "a", None), record("2", "a", None), record("1", "b", None), record("2", "a", None)];
        assert_eq!(sift(&mut seen, &page, &[]).0, ["2a", "1b"]);
    }

    #[test]
    fn records_that_cannot_be_used_are_told_once() {
        let mut seen = Seen::default();
        let odds = [odd(Some("1"), "bad"), odd(None, "bad"), odd(None, "bad")];
        assert_eq!(sift(&mut seen, &[], &odds).1, 3);
        assert_eq!(sift(&mut seen, &[record("1", "a", None)], &odds), (vec!["1a".to_owned()], 2));
        assert_eq!(sift(&mut seen, &[], &[odd(Some("1"), "worse")]).1, 1);
    }

    #[test]
    fn memory_is_bounded_and_forgets_the_oldest() {
        let mut seen = Seen::keeping(4);
        for number in 0..100 {
            assert_eq!(sift(&mut seen, &[record(&number.to_string(), "a", None)], &[]).0.len(), 1);
            assert!(seen.young.len() + seen.old.len() <= 4);
        }
        assert_eq!(sift(&mut seen, &[record("99", "a", None), record("98", "a", None)], &[]).0, [""; 0]);
        assert_eq!(sift(&mut seen, &[record("0", "a", None)], &[]).0, ["0a"]);
    }
}
