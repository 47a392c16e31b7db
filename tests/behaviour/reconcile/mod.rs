//! Reconciliation: our stock value against the books, every difference in its class, to the last millionth (issue 5,
//! "Reconciliation" and "Value parity").

mod desk;
mod kept_here;
mod killed;
mod month;
mod rules;
