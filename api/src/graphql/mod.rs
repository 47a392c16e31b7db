//! GraphQL: what every area shares. Areas have a folder each with query, mutation, subscription, types and loader.
//!
//! Rule: numbers, ids, pages and faults look the same everywhere because they are made here.

mod analysis;
mod business;
mod call_log;
mod catalog;
mod common;
mod completion;
pub mod connection;
mod documents;
mod export;
mod facts;
pub mod fault;
mod gather;
pub mod guard;
pub mod id;
mod input;
mod integration;
pub mod loaders;
mod margin;
mod node;
pub(crate) mod numbers;
mod paging;
mod production;
mod provenance;
mod receiving;
mod reconcile;
mod refusal;
pub mod rows;
mod sales;
pub mod scalars;
mod scan;
pub mod schema;
pub mod services;
mod stock;
mod sync;
mod variables;
