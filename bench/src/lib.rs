//! Measurements of the whole path, run by `make bench`; see README.md for what each suite shows.
//!
//! Rule: only ratios within one run count, because machines differ and are noisy; every figure is the median of three
//! rounds in which the things compared take turns. What must hold exactly (rows written, statements, refused calls) fails
//! the run; a missed goal is marked in the table.
#![allow(clippy::float_arithmetic, reason = "ratios of times; no money passes through here")]

pub mod child;
pub mod company;
pub mod compare;
pub mod database;
pub mod engine;
pub mod exports;
pub mod gateway;
pub mod invoices;
pub mod limiter;
pub mod load;
pub mod margins;
pub mod pages;
pub mod peak;
pub mod raw;
pub mod replay;
pub mod report;
pub mod rig;
pub mod sales;
pub mod sandbox;
pub mod stock;
pub mod suite;
pub mod sync;
pub mod throttle;
