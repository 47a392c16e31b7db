//! The stock ledger: movements, lots, costs, shortages, their history, and the proof that all of it adds up (behaviour
//! 2.6 and 2.7; invariants 1 to 3).
//!
//! Concurrency: whoever writes to a business's ledger first locks its book row, so transactions follow one another and
//! each is recorded later than the one before. Builds hold the business's lock besides; everything else is refused while
//! it is held.

pub mod book;
pub mod engine;
pub mod history;
mod integrity;
pub(crate) mod ledger;
pub mod model;
mod read;
pub mod rules;
mod service;
pub(crate) mod store;

pub use integrity::Broken;
pub use model::{
    Arrival, AsOf, Cause, Entry, Figures, History, Lot, LotFilter, LotOrder, Movement, NewLot, OpenDraw, Posted,
    Shortfall,
};
pub use read::{Settings, SettingsChange};
pub use service::{Adjustment, Consumption, Stock};
