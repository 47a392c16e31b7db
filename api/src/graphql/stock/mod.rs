//! Lots, movements, shortages, adjustments; stock at any moment, and the proof that it adds up.

mod input;
mod integrity;
mod loader;
mod lots;
mod moments;
mod movements;
mod mutation;
mod query;
mod shortages;

pub(super) use loader::StockLoaders;
pub use lots::{Lot, LotConsumption, LotStatus};
pub(super) use lots::{consumptions_in, lots_of};
pub use moments::{StockFigures, product_at};
pub use movements::StockMovement;
pub(super) use movements::{lot_or_shortage, movements_of};
pub(super) use mutation::StockMutation;
pub(super) use query::StockQuery;
pub use shortages::Shortage;
