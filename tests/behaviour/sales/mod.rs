//! Sales: synced, edited, voided, returned, recorded by hand (statements 98 to 115).

mod input;
mod issues;
mod manual;
mod returns;
pub mod stall;
mod syncs;
