//! Sales: synced, edited, voided, returned, recorded by hand (statements 98 to 115); trouble, and very many of them.

mod input;
mod issues;
mod manual;
mod many;
mod returns;
pub mod stall;
mod syncs;
mod trouble;
mod unasked;
