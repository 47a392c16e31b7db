//! Margins: revenue, cost and margin of what was sold, by any combination of dimensions (behaviour 2.16).
//!
//! Rule: a report is nothing but a sum of the sale lines that count; the sums by month are kept in the transactions in which
//! lines begin or cease to count, and equal what adding the lines up again gives.
//! Concurrency: whoever changes what counts holds the business's book row, so sums are never changed by two at once. Reads
//! are outside a transaction: a page and its totals may be of two moments.

mod cause;
pub mod model;
pub mod rules;
mod service;
pub(crate) mod store;

pub use model::{
    Cause, Change, Dimension, Figures, Keys, MarginFilter, MarginRow, OrderField, Place, Report, StaleSum, Trouble,
};
pub use service::Margins;
