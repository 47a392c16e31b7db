//! Every call to an accounting system, with what was sent and what came back (behaviour 2.18).
//!
//! Concurrency: an entry is written when its attempt has ended, by whoever made the call; entries are never changed.

mod model;
mod service;
mod store;

pub use model::{CallEntry, CallFilter, Correlation};
pub use service::CallLog;
