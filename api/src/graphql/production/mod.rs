//! Bills of materials, and builds from plan to reversal.

mod boms;
mod builds;
mod input;
mod loader;
mod mutation;
mod preview;
mod query;

pub use boms::Bom;
pub(super) use boms::page as boms_page;
pub use builds::{Build, BuildLine};
pub(super) use loader::ProductionLoaders;
pub(super) use mutation::ProductionMutation;
pub(super) use query::ProductionQuery;
