//! Invoices, bills and credit notes: one shape, one life cycle (reference 3.4, 3.5).
//!
//! Rule: what is approved is in the books, and nothing else; amounts are computed here, never taken from the client.

mod allocation;
mod effect;
mod kind;
mod line;
mod save;
mod totals;

pub(crate) use allocation::allocate;
pub(crate) use kind::DocumentType;
pub(crate) use totals::recount;

pub(super) use effect::home;
pub(super) use line::LineAmounts;
pub(super) use save::{save_credit_note, save_invoice, take_date};
