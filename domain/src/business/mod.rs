//! The tenant, its members, and who may do what.
//!
//! Concurrency: rows change rarely; actors are remembered for a few seconds per process, so a changed permission takes
//! effect within that time.

pub mod model;
pub mod rules;
mod service;
mod store;

pub use model::{Actor, Business, Permission};
pub use service::Businesses;
pub(crate) use service::{home_currency, time_zone, time_zone_in};
