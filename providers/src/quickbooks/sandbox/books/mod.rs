//! The books of a company: what each document posts, what stock is worth, what accounts stand at.
//!
//! Rule: a document's effect is put in and taken out whole; stock is costed anew in order of dates whenever it moves, so
//! that an edit or a deletion in the past leaves what the books would say had it never been otherwise (reference 9.3).

mod keep;
mod stock;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub(crate) use self::{
    keep::{AccountLine, stands},
    stock::{cents, times},
};
pub(crate) use crate::sandbox::ledger::Posting;
use crate::sandbox::ledger::{Entry, Ledger, Unbalanced};

/// What a document does to the books.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Effect {
    /// Its date.
    pub(crate) date: NaiveDate,
    /// Postings that follow from the document alone; they add up to zero.
    pub(crate) postings: Vec<Posting>,
    /// Stock that comes or goes; what it is worth is found here.
    pub(crate) moves: Vec<Move>,
}

/// Stock that comes or goes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Move {
    /// Id of the item.
    pub(crate) item: String,
    /// Quantity; negative for what goes.
    pub(crate) quantity: Decimal,
    /// What a unit costs that comes; also one that goes where nothing is left to go.
    pub(crate) unit_cost: Decimal,
    /// The item's asset account.
    pub(crate) asset: String,
    /// The account on the other side.
    pub(crate) against: String,
    /// What it is worth, with the sign of the quantity; found by costing.
    #[serde(default)]
    pub(crate) value: Decimal,
}

/// An effect in its place.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    /// Order among effects of one day.
    sequence: u64,
    effect: Effect,
}

/// The books of a company.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Books {
    ledger: Ledger,
    effects: BTreeMap<String, Kept>,
    /// The documents that move an item.
    items: BTreeMap<String, BTreeSet<String>>,
    sequence: u64,
    opened: bool,
}

/// What a change of the books has touched.
#[derive(Debug, Default)]
struct Touched {
    items: BTreeSet<String>,
    accounts: BTreeSet<String>,
    documents: BTreeSet<String>,
}

impl Touched {
    fn add(&mut self, effect: &Effect) {
        self.accounts.extend(effect.postings.iter().map(|posting| posting.account.clone()));
        for movement in &effect.moves {
            self.items.insert(movement.item.clone());
            self.accounts.extend([movement.asset.clone(), movement.against.clone()]);
        }
    }
}

impl Books {
    /// Puts the effect of a document in place of what it had; nothing in its place takes it out.
    ///
    /// # Errors
    /// When its postings do not balance; nothing is changed then.
    fn put(&mut self, document: &str, effect: Option<Effect>) -> Result<Touched, Unbalanced> {
        let sum: Decimal = effect.iter().flat_map(|effect| &effect.postings).map(|posting| posting.amount).sum();
        if !sum.is_zero() {
            return Err(Unbalanced(sum));
        }
        let mut touched = Touched::default();
        let sequence = self.take_out(document, &mut touched);
        if let Some(effect) = effect {
            touched.add(&effect);
            for movement in &effect.moves {
                self.items.entry(movement.item.clone()).or_default().insert(document.to_owned());
            }
            self.effects.insert(document.to_owned(), Kept { sequence, effect });
            touched.documents.insert(document.to_owned());
        }
        for item in touched.items.clone() {
            self.cost(&item, &mut touched);
        }
        for document in touched.documents.clone() {
            self.enter(&document, &mut touched)?;
        }
        Ok(touched)
    }

    /// Takes a document out; the place that it had, or the next.
    fn take_out(&mut self, document: &str, touched: &mut Touched) -> u64 {
        self.ledger.remove(document);
        let Some(kept) = self.effects.remove(document) else {
            self.sequence += 1;
            return self.sequence;
        };
        touched.add(&kept.effect);
        for item in &touched.items {
            if let Some(documents) = self.items.get_mut(item) {
                documents.remove(document);
            }
        }
        kept.sequence
    }

    /// Costs all moves of an item anew, first in first out.
    fn cost(&mut self, item: &str, touched: &mut Touched) {
        let mut moves = Vec::new();
        for document in self.items.get(item).into_iter().flatten() {
            let Some(kept) = self.effects.get(document) else { continue };
            for (index, movement) in kept.effect.moves.iter().enumerate().filter(|(_, movement)| movement.item == item)
            {
                let place = (kept.effect.date, kept.sequence, index);
                moves.push((place, document.clone(), movement.quantity, movement.unit_cost));
            }
        }
        moves.sort_by_key(|(place, ..)| *place);
        let figures: Vec<_> = moves.iter().map(|(_, _, quantity, unit_cost)| (*quantity, *unit_cost)).collect();
        for (((_, _, index), document, ..), value) in moves.into_iter().zip(stock::values(&figures)) {
            let kept = self.effects.get_mut(&document);
            let Some(movement) = kept.and_then(|kept| kept.effect.moves.get_mut(index)) else { continue };
            if movement.value != value {
                movement.value = value;
                touched.documents.insert(document);
            }
        }
    }

    /// Enters a document in the ledger as it stands.
    fn enter(&mut self, document: &str, touched: &mut Touched) -> Result<(), Unbalanced> {
        let Some(Kept { effect, .. }) = self.effects.get(document) else { return Ok(()) };
        touched.add(&Effect { moves: effect.moves.clone(), postings: Vec::new(), date: effect.date });
        let mut postings = effect.postings.clone();
        for movement in &effect.moves {
            postings.push(Posting { account: movement.asset.clone(), amount: movement.value });
            postings.push(Posting { account: movement.against.clone(), amount: -movement.value });
        }
        self.ledger.put(document, Entry { date: effect.date, postings })
    }

    /// Quantity and value of an item, at the end of a day or of all days.
    fn stock(&self, item: &str, as_of: Option<NaiveDate>) -> (Decimal, Decimal) {
        let documents = self.items.get(item).into_iter().flatten().filter_map(|document| self.effects.get(document));
        let counted = documents.filter(|kept| as_of.is_none_or(|day| kept.effect.date <= day));
        let moves = counted.flat_map(|kept| &kept.effect.moves).filter(|movement| movement.item == item);
        moves.fold((Decimal::ZERO, Decimal::ZERO), |(quantity, value), movement| {
            (quantity + movement.quantity, value + movement.value)
        })
    }
}
