//! Queries of the stock ledger.
//!
//! Rule: a transaction loads only the lots it needs and writes everything with one statement per table.

mod book;
mod history;
mod integrity;
mod look;
mod read;
mod write;

pub(crate) use book::{
    EVERYTHING, Opened, close_before, keep_lots, lots_by_ids, open, open_lots, set_settling, taken_numbers, unseen,
};
pub(crate) use history::{entries_of, family, in_movements, on_lots};
pub(crate) use integrity::{INVARIANTS, broken};
pub(crate) use look::{
    book, consumptions, consumptions_in, count_consumptions, entries_by_ids, first_consumptions, first_lots,
    first_movements, left_of, owed_of, set_review,
};
pub(crate) use read::{
    count_lots, figures_of_lots, figures_of_products, lots_in_order, lots_of, movements_by_ids, movements_of_source,
    movements_of_sources, stocked_products,
};
pub(crate) use write::{bulk_products, columns, uuid, write};
