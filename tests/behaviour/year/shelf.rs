//! Which units of a product each document takes, told apart by the order in which they came: first in, first out.
//!
//! Rule: this knows no lots, no costs and no ledger; it only says in which order units go. Two histories that end with
//! the same units for a document must end with the same cost for it.

use std::collections::BTreeMap;

/// Runs of units, from the first (included) to the last (not included).
pub type Units = Vec<(i64, i64)>;

/// The units of one product that are there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shelf {
    /// Runs by their first unit; no two of them touch.
    runs: BTreeMap<i64, i64>,
    received: i64,
}

impl Shelf {
    pub fn receive(&mut self, count: i64) {
        let from = self.received;
        self.received += count;
        self.put(from, self.received);
    }

    pub fn count(&self) -> i64 {
        self.runs.iter().map(|(from, to)| to - from).sum()
    }

    /// Takes the first units; those that are there.
    pub fn take(&mut self, mut count: i64) -> Units {
        let mut taken = Units::new();
        while count > 0 {
            let Some((from, to)) = self.runs.pop_first() else { break };
            let upto = to.min(from + count);
            taken.push((from, upto));
            count -= upto - from;
            if upto < to {
                self.runs.insert(upto, to);
            }
        }
        taken
    }

    pub fn give(&mut self, units: &[(i64, i64)]) {
        for (from, to) in units {
            self.put(*from, *to);
        }
    }

    /// How many of its units another one does not have.
    pub fn beyond(&self, other: &Self) -> i64 {
        let mut both = 0;
        for (from, to) in &self.runs {
            let others = other.runs.range(..to).filter(|(_, end)| *end > from);
            both += others.map(|(start, end)| to.min(end) - from.max(start)).sum::<i64>();
        }
        self.count() - both
    }

    fn put(&mut self, mut from: i64, mut to: i64) {
        if let Some((start, end)) = self.runs.range(..=from).next_back().map(|(start, end)| (*start, *end))
            && end >= from
        {
            (from, to) = (start, to.max(end));
        }
        if let Some(end) = self.runs.remove(&to) {
            to = end;
        }
        self.runs.insert(from, to);
    }
}

/// The last units of some, which leave them.
pub fn last_of(units: &mut Units, mut count: i64) -> Units {
    let mut back = Units::new();
    while count > 0 {
        let Some((from, to)) = units.pop() else { break };
        let start = from.max(to - count);
        back.push((start, to));
        count -= to - start;
        if start > from {
            units.push((from, start));
        }
    }
    back.reverse();
    back
}

#[test]
fn units_go_in_the_order_they_came_and_come_back_to_their_places() {
    let mut shelf = Shelf::default();
    shelf.receive(10);
    shelf.receive(5);
    let mut first = shelf.take(4);
    let second = shelf.take(8);
    assert_eq!((first.clone(), second, shelf.count()), (vec![(0, 4)], vec![(4, 12)], 3));
    let back = last_of(&mut first, 3);
    assert_eq!((back.clone(), first), (vec![(1, 4)], vec![(0, 1)]));
    shelf.give(&back);
    assert_eq!(shelf.take(4), vec![(1, 4), (12, 13)]);
    let other = Shelf { runs: BTreeMap::from([(0, 14)]), received: 15 };
    assert_eq!((shelf.count(), shelf.beyond(&other), other.beyond(&shelf)), (2, 1, 13));
}
