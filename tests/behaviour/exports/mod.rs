//! Exports: what reaches the books, once, and what is told where nothing does (statements 31, 61 to 78, 81, 82, 85, 91 to
//! 96, 122).

mod builds;
mod checks;
mod faults;
mod gathered;
mod killed;
mod losses;
mod moved;
mod queries;
mod receipts;
mod settings;
mod special;
mod waiting;
mod watch;
mod yard;
