//! The behaviour, statement by statement, through the real edge against the real sandbox.
//!
//! Rule: a test is named after its statement (`sNNN_…`) and asserts whole values; on a refusal it asserts that nothing
//! changed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test program: what is not as it should be ends the test")]

mod call_log;
mod connection;
mod database;
mod every_log;
mod every_provider;
mod exports;
mod import;
mod input;
mod item_sync;
mod lock;
mod margins;
mod permissions;
mod process;
mod progress;
mod queries;
mod reconcile;
mod sales;
mod schedules;
mod schema;
mod stock;
mod stock_api;
mod trouble;
mod year;
