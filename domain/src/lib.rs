//! The business of Stockbridge: one folder per area, each with its types, its pure decisions, its queries and its
//! use-cases.
//!
//! Rule: decisions (`rules.rs`) are pure; SeaORM lives only in files named `store.rs`; no transaction is open across a
//! remote call; every finder takes the business.

pub mod ambient;
pub mod business;
pub mod call_log;
pub mod catalog;
pub mod error;
pub mod export;
pub mod idempotency;
pub mod intake;
pub mod integration;
pub mod margin;
#[cfg(feature = "measure")]
pub mod measure;
pub mod metering;
pub mod money;
pub mod page;
pub mod production;
pub mod provenance;
pub mod receiving;
pub mod reconcile;
pub mod sales;
pub mod stock;
pub mod store;
pub mod sync;

pub use ambient::Ambient;
pub use error::{Error, ErrorCode, Refusal, Result};
