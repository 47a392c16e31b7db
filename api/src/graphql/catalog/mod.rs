//! Items, accounts, suppliers and products.

mod input;
mod items;
mod mutation;
mod products;
mod query;
mod references;

pub use items::{Item, ItemType};
pub(super) use mutation::CatalogMutation;
pub use products::{CostStatus, Product, ProductType};
pub(super) use query::CatalogQuery;
pub use references::{Account, Supplier};
