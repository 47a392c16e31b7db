//! Double-entry books for sandboxes: entries that balance, balances at the end of any day.
//!
//! Rule: an entry that does not balance is refused and changes nothing; replacing or removing a document's entry undoes
//! exactly what it did.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// One side of an entry: debits positive, credits negative, home currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// Id of the account.
    pub account: String,
    /// Amount, signed.
    pub amount: Decimal,
}

/// The entry of one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its date.
    pub date: NaiveDate,
    /// Postings that add up to zero.
    pub postings: Vec<Posting>,
}

/// An entry that does not balance: by how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("debits and credits differ by {0}")]
pub struct Unbalanced(pub Decimal);

/// All entries, by document.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Ledger {
    entries: BTreeMap<String, Entry>,
    /// Sum of each account over all days; kept, since it is asked for most.
    #[serde(skip)]
    now: Option<BTreeMap<String, Decimal>>,
}

impl Ledger {
    /// Puts a document's entry in place of what it had.
    ///
    /// # Errors
    /// When it does not balance.
    pub fn put(&mut self, document: &str, entry: Entry) -> Result<(), Unbalanced> {
        let sum: Decimal = entry.postings.iter().map(|posting| posting.amount).sum();
        if !sum.is_zero() {
            return Err(Unbalanced(sum));
        }
        self.remove(document);
        let now = self.now.get_or_insert_with(BTreeMap::new);
        for posting in &entry.postings {
            *now.entry(posting.account.clone()).or_default() += posting.amount;
        }
        self.entries.insert(document.to_owned(), entry);
        Ok(())
    }

    /// Takes a document's entry out.
    pub fn remove(&mut self, document: &str) -> Option<Entry> {
        self.warm();
        let entry = self.entries.remove(document)?;
        if let Some(now) = &mut self.now {
            for posting in &entry.postings {
                *now.entry(posting.account.clone()).or_default() -= posting.amount;
            }
        }
        Some(entry)
    }

    /// A document's entry.
    pub fn entry(&self, document: &str) -> Option<&Entry> {
        self.entries.get(document)
    }

    /// All entries, by document.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries.iter().map(|(document, entry)| (document.as_str(), entry))
    }

    /// Debits minus credits of every account that was ever posted to, at the end of a day or of all days.
    pub fn balances(&self, as_of: Option<NaiveDate>) -> BTreeMap<String, Decimal> {
        match (&self.now, as_of) {
            (Some(now), None) => now.clone(),
            _ => self.sum(|entry| as_of.is_none_or(|day| entry.date <= day)),
        }
    }

    /// What every account moved by, between two days, both included.
    pub fn movements(&self, from: NaiveDate, to: NaiveDate) -> BTreeMap<String, Decimal> {
        self.sum(|entry| (from..=to).contains(&entry.date))
    }

    fn sum(&self, counts: impl Fn(&Entry) -> bool) -> BTreeMap<String, Decimal> {
        let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
        for posting in self.entries.values().filter(|entry| counts(entry)).flat_map(|entry| &entry.postings) {
            *sums.entry(posting.account.clone()).or_default() += posting.amount;
        }
        sums
    }

    /// Sums what was read from a file.
    fn warm(&mut self) {
        if self.now.is_none() {
            self.now = Some(self.sum(|_| true));
        }
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    fn entry(day: u32, postings: &[(&str, Decimal)]) -> Entry {
        Entry {
            date: NaiveDate::from_ymd_opt(2026, 3, day).unwrap(),
            postings: postings
                .iter()
                .map(|(account, amount)| Posting { account: (*account).to_owned(), amount: *amount })
                .collect(),
        }
    }

    #[test]
    fn what_does_not_balance_is_refused_and_changes_nothing() {
        let mut ledger = Ledger::default();
        ledger.put("a", entry(1, &[("1", dec!(5)), ("2", dec!(-5))])).unwrap();
        let refused = ledger.put("a", entry(1, &[("1", dec!(5)), ("2", dec!(-4.99))]));
        assert_eq!(refused, Err(Unbalanced(dec!(0.01))));
        assert_eq!(ledger.balances(None)["1"], dec!(5));
    }

    #[test]
    fn balances_hold_at_the_end_of_a_day_and_come_back_after_a_removal() {
        let mut ledger = Ledger::default();
        ledger.put("a", entry(1, &[("1", dec!(5)), ("2", dec!(-5))])).unwrap();
        ledger.put("b", entry(3, &[("1", dec!(2)), ("2", dec!(-2))])).unwrap();
        let second = NaiveDate::from_ymd_opt(2026, 3, 2);
        assert_eq!(ledger.balances(second)["1"], dec!(5));
        assert_eq!(ledger.balances(None)["1"], dec!(7));
        ledger.put("b", entry(3, &[("1", dec!(1)), ("2", dec!(-1))])).unwrap();
        assert_eq!(ledger.balances(None)["1"], dec!(6));
        let text = serde_json::to_string(&ledger).unwrap();
        let mut ledger: Ledger = serde_json::from_str(&text).unwrap();
        ledger.remove("a");
        assert_eq!((ledger.balances(None)["1"], ledger.balances(None)["2"]), (dec!(1), dec!(-1)));
    }
}
