//! Exports: what reaches the books, once, and what is told where nothing does (statements 31, 61 to 78, 81, 82, 85, 91 to
//! 96, 122).

mod builds;
mod faults;
mod killed;
mod losses;
mod queries;
mod receipts;
mod settings;
mod waiting;
mod watch;
pub mod yard;
