//! GraphQL: what every area shares. Areas have a folder each with query, mutation, subscription, types and loader.
//!
//! Rule: numbers, ids, pages and faults look the same everywhere because they are made here.

mod analysis;
mod completion;
pub mod connection;
mod documents;
mod facts;
pub mod fault;
pub mod guard;
pub mod id;
pub(crate) mod numbers;
pub mod scalars;
mod scan;
mod variables;
