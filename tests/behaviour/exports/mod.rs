//! Exports: what reaches the books, once, and what is told where nothing does (statements 31, 61 to 78, 81, 82, 85, 91 to
//! 96, 122).

mod batch;
mod builds;
mod checks;
mod drill;
mod faults;
mod gathered;
mod journals;
mod killed;
mod large;
mod losses;
mod many;
mod moved;
mod queries;
mod receipts;
mod replicas;
mod reversal;
mod settings;
mod special;
mod waiting;
mod watch;
pub mod yard;
