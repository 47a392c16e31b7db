//! Stock, receipts and builds as a client of the API meets them.

mod builds;
mod files;
mod input;
mod lots;
mod permissions;
mod provenance;
mod queries;
mod receipts;
