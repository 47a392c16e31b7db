//! Margins: reports, and what is behind their figures.

mod explain;
mod input;
mod query;
mod types;

pub(super) use query::MarginQuery;
