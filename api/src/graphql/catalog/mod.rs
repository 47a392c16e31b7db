//! Items, accounts, suppliers, products and movements.

mod input;
mod items;
mod mutation;
mod products;
mod query;
mod references;

pub(super) use mutation::CatalogMutation;
pub(super) use query::CatalogQuery;
pub use items::{Item, ItemType};
pub use products::{Product, StockMovement};
pub use references::{Account, Supplier};
