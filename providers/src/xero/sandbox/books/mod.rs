//! The books of an organisation: what a document posts, and what it does to the stock of tracked items.
//!
//! Rule: the balance of the inventory accounts equals the sum of all cost pools, to the cent, after every change; a
//! change that would break a rule of the stock is refused whole.

mod card;
mod report;
mod stock;

pub(crate) use card::{Kind, Movement};
pub(crate) use report::{report, trial_balance};
pub(crate) use stock::Stock;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{problem::Invalid, store::Organisation};
use crate::sandbox::ledger::{Entry, Posting};

/// What a document that counts does to the books.
#[derive(Debug, Clone)]
pub(crate) struct Effect {
    /// Its date.
    pub(crate) date: NaiveDate,
    /// Its own postings, home currency; they add up to zero.
    pub(crate) postings: Vec<Posting>,
    /// What it moves, by item id.
    pub(crate) movements: Vec<(String, Movement)>,
}

/// Puts a document's effect in place of what it had; `None` takes it out of the books.
///
/// # Errors
/// When the postings do not balance, or a stock rule is broken: then nothing is to be kept of the organisation.
pub(crate) fn replace(organisation: &mut Organisation, document: &str, effect: Option<Effect>) -> Result<(), Invalid> {
    let stock = organisation.stock.make_mut();
    let mut items = stock.take_out(document);
    let ledger = organisation.ledger.make_mut();
    ledger.remove(document);
    if let Some(effect) = effect {
        let postings = merged(effect.postings);
        if !postings.is_empty() {
            let entry = Entry { date: effect.date, postings };
            ledger
                .put(document, entry)
                .map_err(|error| Invalid::new(format!("The document does not balance: {error}.")))?;
        }
        for (item, movement) in effect.movements {
            items.insert(item.clone());
            stock.put(item, movement);
        }
    }
    for item in items {
        stock.value(&item, ledger)?;
    }
    Ok(())
}

/// One posting per account, none of them zero.
fn merged(postings: Vec<Posting>) -> Vec<Posting> {
    let mut sums = std::collections::BTreeMap::<String, Decimal>::new();
    for posting in postings {
        *sums.entry(posting.account).or_default() += posting.amount;
    }
    let sums = sums.into_iter().filter(|(_, amount)| !amount.is_zero());
    sums.map(|(account, amount)| Posting { account, amount }).collect()
}
