//! Queries of margins.
//!
//! Rule: a page is one statement, whatever it is grouped by; so are totals.

mod explain;
mod parts;
mod report;
mod sql;
mod summary;

pub(super) use explain::{Changed, Doubtful, changed, doubtful, lines, settled};
pub(super) use report::{count, page, total};
pub(crate) use summary::{Sign, keep};
pub(super) use summary::{rebuild, stale};
