//! Decisions about sales: what a document comes to, what its lines are about, what to do with it.
//!
//! Rule: pure. The parts of a document in home currency add up to the document in home currency.

mod decide;
mod matching;
mod price;
#[cfg(test)]
mod tests;

pub use decide::{Action, decide};
pub use matching::{Known, KnownItem, Match, match_line};
pub use price::{Priced, PricedLine, Trouble, price};
