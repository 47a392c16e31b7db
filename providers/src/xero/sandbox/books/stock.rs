//! The stock cards of all tracked items.
//!
//! Rule: after any change a card is worked through from its first movement, so that a document that is edited, voided or
//! dated back leaves the books as if it had always been so.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::card::{Movement, OnHand, Short};
use crate::{
    sandbox::ledger::{Entry, Ledger, Posting},
    xero::sandbox::problem::Invalid,
};

/// All cards, by item.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Stock {
    cards: BTreeMap<String, Card>,
    /// Which items each document moves.
    moved: BTreeMap<String, BTreeSet<String>>,
    /// The order in which documents first moved anything; a document keeps its place.
    places: BTreeMap<String, u64>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Card {
    movements: Vec<Movement>,
    on_hand: OnHand,
    /// Entries in the ledger that this card has made.
    entries: BTreeSet<String>,
}

impl Stock {
    /// Quantity and value of an item.
    pub(crate) fn on_hand(&self, item: &str) -> (Decimal, Decimal) {
        let on_hand = self.cards.get(item).map(|card| card.on_hand).unwrap_or_default();
        (on_hand.quantity, on_hand.value)
    }

    /// Takes a document's movements out; the items that it moved.
    pub(super) fn take_out(&mut self, document: &str) -> BTreeSet<String> {
        let items = self.moved.remove(document).unwrap_or_default();
        for item in &items {
            if let Some(card) = self.cards.get_mut(item) {
                card.movements.retain(|movement| movement.document != document);
            }
        }
        items
    }

    /// Adds a movement, in the document's place among those of its day.
    pub(super) fn put(&mut self, item: String, mut movement: Movement) {
        let next = u64::try_from(self.places.len()).unwrap_or(u64::MAX);
        movement.place = *self.places.entry(movement.document.clone()).or_insert(next);
        self.moved.entry(movement.document.clone()).or_default().insert(item.clone());
        let movements = &mut self.cards.entry(item).or_default().movements;
        let at = movements.partition_point(|other| {
            (other.date, other.place, other.line) <= (movement.date, movement.place, movement.line)
        });
        movements.insert(at, movement);
    }

    /// Works through a card and puts its entries into the ledger in place of those it had.
    ///
    /// # Errors
    /// When there would not have been enough at some time.
    pub(super) fn value(&mut self, item: &str, ledger: &mut Ledger) -> Result<(), Invalid> {
        let Some(card) = self.cards.get_mut(item) else { return Ok(()) };
        let mut on_hand = OnHand::default();
        let mut entries = BTreeMap::<String, Entry>::new();
        for movement in &card.movements {
            let moved = on_hand.apply(movement).map_err(|short| refusal(movement, short))?;
            if !moved.is_zero() {
                let key = format!("{}/stock/{item}", movement.document);
                let entry = entries.entry(key).or_insert_with(|| Entry { date: movement.date, postings: Vec::new() });
                let posting = |account: &str, amount| Posting { account: account.to_owned(), amount };
                entry.postings.push(posting(&movement.asset, moved));
                entry.postings.push(posting(&movement.cost_of_sales, -moved));
            }
        }
        for stale in std::mem::take(&mut card.entries) {
            ledger.remove(&stale);
        }
        card.on_hand = on_hand;
        card.entries = entries.keys().cloned().collect();
        for (key, entry) in entries {
            ledger.put(&key, entry).map_err(|error| Invalid::new(error.to_string()))?;
        }
        Ok(())
    }
}

fn refusal(movement: &Movement, short: Short) -> Invalid {
    let day = movement.date.format("%-d %B %Y");
    Invalid::new(match short {
        Short::Quantity => format!(
            "There are not enough items on hand on {day}: the quantity of a tracked item cannot fall below zero. \
             Receive it by a bill first, or allow backorders."
        ),
        Short::Value => {
            format!("The total cost pool of a tracked item cannot fall below zero, as it would on {day}.")
        }
    })
}
