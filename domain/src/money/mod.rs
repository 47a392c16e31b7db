//! Arithmetic of money and quantity beyond adding: products, shares and spreads with named rounding, currencies.
//!
//! Rule: every rounding has a name; products are computed in 128 bits and checked. Parts of a whole add up to it.

mod currency;
mod rounding;

pub use currency::Currency;
pub use entity::{Amount, Quantity, UnitCost};
pub use rounding::{average_half_even, extend_half_even, share_half_even, spread_largest_remainder};
