//! Stock, receipts and builds (statements 23, 24, 34, 35, 43 to 60, 79, 80, 83, 84, 86 to 90 and 97), on the use-cases.
//!
//! Rule: what adds up is reckoned again by an oracle; what is refused has changed nothing.

mod builds;
mod input;
mod integrity;
mod killed;
mod lots;
mod oracle;
mod provenance;
mod receipts;
mod review;
mod sequences;
mod shortages;
mod syncs;
