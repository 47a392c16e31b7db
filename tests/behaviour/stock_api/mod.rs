//! Stock, receipts and builds as a client of the API meets them.

mod builds;
mod input;
mod lots;
mod permissions;
mod queries;
mod receipts;
