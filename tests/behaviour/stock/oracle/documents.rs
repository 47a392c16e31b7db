//! What people would write down of what happens to stock.
//!
//! Rule: a document says what was done, never what it came to; piles and events are called by number and name.

use domain::stock::model::{Lot, Movement};
use entity::{CostStatus, LotSource};

use super::{
    steps::{Step, asked_back, pick, reversible},
    tables::{Tables, product},
};

/// What people call an event.
pub type Name = u128;

/// How well a cost is known, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Known {
    #[default]
    Complete,
    Estimated,
    Missing,
}

impl From<CostStatus> for Known {
    fn from(status: CostStatus) -> Self {
        match status {
            CostStatus::Complete => Self::Complete,
            CostStatus::Estimated => Self::Estimated,
            CostStatus::Missing => Self::Missing,
        }
    }
}

/// What happened.
#[derive(Debug, Clone, Copy)]
pub enum Document {
    /// A delivery.
    Receive { product: u64, on: u32, quantity: i64, value: i64, known: Known },
    /// A sale: oldest first; what is not there is owed, at the average cost as it is published, in millionths.
    Sell { product: u64, quantity: i64, average: Option<i64> },
    /// One product becomes another, with some labour.
    Build { from: u64, to: u64, quantity: i64, made: i64, labour: i64, on: u32 },
    /// A count of one pile.
    Count { pile: usize, by: i64 },
    /// The document of a pile was wrong by so much.
    Correct { pile: usize, by: i64, worth: i64 },
    /// A pile that never was.
    Void { pile: usize },
    /// So much of an event is taken back, or all that is left of it.
    Undo { name: Name, quantity: Option<i64> },
    /// What is owed is paid from what is there.
    Settle { product: u64 },
}

/// What people would write down of a step before it is done; nothing where it names what is not there.
pub fn write_down(step: Step, tables: &Tables) -> Option<Document> {
    let piles = tables.lots.values().filter(|lot| lot.source != LotSource::Shortage).count();
    let pile = |number: u64| pick(&(0..piles).collect::<Vec<_>>(), number).copied();
    Some(match step {
        Step::Receive { product, quantity, value, on, known: true } => {
            Document::Receive { product, on, quantity, value, known: Known::Complete }
        }
        Step::Receive { product, quantity, on, .. } => {
            Document::Receive { product, on, quantity, value: 0, known: Known::Missing }
        }
        Step::Sell { product: number, quantity, .. } => {
            let average = tables.products[&product(number)].average_cost.map(|cost| cost.0);
            Document::Sell { product: number, quantity, average }
        }
        Step::Build { from, to, quantity, made, labour, on } => {
            Document::Build { from, to, quantity, made, labour, on }
        }
        Step::Adjust { lot, by, .. } => Document::Count { pile: pile(lot)?, by },
        Step::Correct { lot, by, worth, .. } => Document::Correct { pile: pile(lot)?, by, worth },
        Step::Void { lot, .. } => Document::Void { pile: pile(lot)? },
        Step::Reverse { movement, part, .. } => {
            let rows: Vec<&Movement> = reversible(tables);
            let movement = pick(&rows, movement)?;
            let quantity = asked_back(&tables.history(movement), part).map(|quantity| quantity.0);
            Document::Undo { name: movement.id.0.as_u128(), quantity }
        }
        Step::Settle { product, .. } => Document::Settle { product },
    })
}

/// Piles and debts as the ledger has them, in the order they were made.
pub fn rows(tables: &Tables) -> (Vec<&Lot>, Vec<&Lot>) {
    tables.lots.values().partition(|lot| lot.source != LotSource::Shortage)
}
