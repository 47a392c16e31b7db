//! Why our stock value differs from the books. Pure.
//!
//! Rule: every millionth of our stock and every cent of their accounts is in exactly one line, so the classes add up to the
//! difference by the way they are made; that they do is checked all the same, and what does not is an error. What is left
//! of their own lines against their own balance is a line of its own, never hidden.

mod ours;
mod standing;
mod theirs;
mod true_up;

use std::collections::{BTreeMap, HashMap};

use entity::{Amount, ProductId, ReconciliationClass};
use providers::model::{DocumentKind, RecordKind};

pub use standing::{FIRST_SIGHT, standing};
pub use true_up::{Sides, true_up_plan};

use super::model::{CLASSES, Facts, Found, FoundLine, Leg, Sum, TheirLine};
use crate::error::{Error, Result};
use ours::Follow;

/// Sorts everything that both sides say into lines.
///
/// # Errors
/// `Internal` when a sum does not fit or the classes do not add up.
pub fn classify(facts: &Facts) -> Result<Found> {
    let mut sorting = Sorting::new(facts);
    for leg in &facts.legs {
        sorting.leg(leg)?;
    }
    sorting.theirs()?;
    sorting.ended()
}

/// What is found so far.
struct Sorting<'a> {
    facts: &'a Facts,
    /// Their lines of documents that we posted.
    posted: HashMap<(DocumentKind, String), Vec<&'a TheirLine>>,
    /// All others, in their order.
    unpaired: Vec<&'a TheirLine>,
    /// What was taken over from there, by product.
    followed: BTreeMap<ProductId, Follow>,
    lines: Vec<FoundLine>,
    parity: BTreeMap<ProductId, i64>,
    /// Products by the ids of their items.
    owners: HashMap<&'a str, ProductId>,
}

fn too_large() -> Error {
    Error::Internal("a sum of the reconciliation does not fit".to_owned())
}

fn add(one: i64, other: i64) -> Result<i64> {
    one.checked_add(other).ok_or_else(too_large)
}

fn less(one: i64, other: i64) -> Result<i64> {
    one.checked_sub(other).ok_or_else(too_large)
}

fn total(amounts: impl Iterator<Item = i64>) -> Result<i64> {
    let sum: i128 = amounts.map(i128::from).sum();
    i64::try_from(sum).map_err(|_| too_large())
}

impl<'a> Sorting<'a> {
    fn new(facts: &'a Facts) -> Self {
        let mut posted: HashMap<(DocumentKind, String), Vec<&TheirLine>> =
            facts.legs.iter().filter_map(posted_as).map(|key| (key, Vec::new())).collect();
        let mut unpaired = Vec::new();
        for line in &facts.lines {
            let key = match (line.line.kind, line.line.external_id.as_deref()) {
                (Some(RecordKind::Document(kind)), Some(id)) => Some((kind, id.to_owned())),
                _ => None,
            };
            match key.as_ref().and_then(|key| posted.get_mut(key)) {
                Some(lines) => lines.push(line),
                None => unpaired.push(line),
            }
        }
        let (followed, lines, parity) = (BTreeMap::new(), Vec::new(), BTreeMap::new());
        let owners = facts.items.iter().map(|(product, item)| (item.external_id.as_str(), *product)).collect();
        Self { facts, posted, unpaired, followed, lines, parity, owners }
    }

    /// Adds a line, unless it is nothing.
    fn push(&mut self, line: FoundLine) -> Result<()> {
        if line.amount.is_zero() {
            return Ok(());
        }
        if let (ReconciliationClass::ValueParity, Some(product)) = (line.class, line.product) {
            let sum = self.parity.entry(product).or_default();
            *sum = add(*sum, line.amount.0)?;
        }
        self.lines.push(line);
        Ok(())
    }

    /// An amount at the currency's minor unit.
    fn rounded(&self, amount: i64) -> Result<i64> {
        self.facts.currency.round_half_even(Amount(amount)).map(|amount| amount.0).ok_or_else(too_large)
    }

    fn name(&self, product: ProductId) -> String {
        self.facts.products.get(&product).cloned().unwrap_or_else(|| product.to_string())
    }

    /// An amount with its currency.
    fn money(&self, amount: i64) -> String {
        format!("{} {}", Amount(amount), self.facts.currency.code())
    }

    fn ended(mut self) -> Result<Found> {
        let ours = total(self.facts.legs.iter().flat_map(|leg| &leg.parts).map(|part| part.value.0))?;
        let theirs = self.facts.balance.0;
        let difference = less(ours, theirs)?;
        let mut sums: BTreeMap<ReconciliationClass, Sum> = BTreeMap::new();
        for line in &self.lines {
            let sum = sums.entry(line.class).or_default();
            (sum.amount, sum.lines) = (add(sum.amount, line.amount.0)?, sum.lines + 1);
        }
        let classified = total(sums.values().map(|sum| sum.amount))?;
        if classified != difference {
            return Err(Error::Internal(format!(
                "the classes of a reconciliation add up to {} and the difference is {}",
                Amount(classified),
                Amount(difference)
            )));
        }
        let place = |class| CLASSES.iter().position(|known| *known == class);
        self.lines.sort_by_key(|line| (place(line.class), line.date));
        let parity = self.parity.into_iter().filter(|(_, amount)| *amount != 0);
        Ok(Found {
            ours: Amount(ours),
            theirs: Amount(theirs),
            difference: Amount(difference),
            lines: self.lines,
            sums,
            parity: parity.map(|(product, amount)| (product, Amount(amount))).collect(),
        })
    }
}

/// What a posted document is known by there.
fn posted_as(leg: &Leg) -> Option<(DocumentKind, String)> {
    use super::model::Standing;
    match &leg.standing {
        Standing::Posted { external_id, draft } => Some((draft.document_kind(), external_id.clone())),
        Standing::TrueUp { external_id, .. } => Some((DocumentKind::JournalEntry, external_id.clone())),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
