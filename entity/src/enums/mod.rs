//! Closed sets of words, stored as text in SCREAMING_SNAKE_CASE.
//!
//! Rule: a word is never renamed once released; the database holds it.

mod catalog;
mod connection;
mod stock;
mod sync;

pub use self::{
    catalog::{AccountClass, ItemType, ProductType},
    connection::{ExportMode, IntegrationStatus, InventoryMode, Role},
    stock::{CostStatus, MovementKind},
    sync::{CallOutcome, ExportRunOutcome, Severity, SkipReason, SyncKind, SyncPhase, SyncRunState, SyncTrigger},
};
