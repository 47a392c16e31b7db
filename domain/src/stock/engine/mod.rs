//! The cost engine: a product's open lots in the order of their consumption, with quantity and value.
//!
//! Rule: pure, and without allocation per movement. Taking part of a lot takes `round_half_even(remaining value × taken ÷
//! remaining quantity)`, taking the rest takes the remaining value, so value in = value out + value on hand, always. Every
//! sum is checked; on a refusal nothing has changed.
//!
//! The engine keeps no history. What it cannot see, the ledger answers for: that a draw is restored once, and to a lot
//! that was not voided meanwhile.

mod lot;
mod open;
mod place;
mod queue;
#[cfg(test)]
mod tests;

pub use lot::{Consumption, Draw, EngineError, OpenLot};
pub use place::Place;
pub use queue::Queue;
