//! Stock: so far only the cost engine, which decides what a movement takes from which lot and at what value.
//!
//! Rule: nothing here reads or writes a database yet. The ledger's tables, queries and use-cases come next and post what
//! the engine answers; until then no product's stock is moved by it.

pub mod engine;
