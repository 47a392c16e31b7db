//! Reconciliation: our stock value against the provider's inventory accounts, every difference in a class.
//!
//! Concurrency: a reconciliation is a row that a worker takes up with a lease and a fence; its result is written in one
//! transaction that checks the fence, so that a worker that was thought dead writes nothing. It reads and never changes the
//! books; a true-up is an export like any other.

mod gather;
mod legs;
pub mod model;
mod remote;
pub mod rules;
mod service;
mod store;
mod true_up;
mod worker;

pub use model::{
    Ask, CLASSES, ItemRow, Line, Reconciliation, ReconciliationFilter, Sum, TrueUp, TrueUpAmount, TrueUpAsk,
    TrueUpEntry, TrueUpPlan,
};
pub use service::{Reconciliations, account_names, sums_of};
pub use true_up::PostedTrueUpExport;
pub use worker::Reconciler;
