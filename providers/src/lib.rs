//! Accounting providers: one trait, neutral facts, and a folder per provider.
//!
//! Rule: this crate knows neither tables nor GraphQL, and no provider is named outside its own folder and its one line
//! in [`registry`]. What a provider can do is data ([`Capability`]); what it cannot do is an error that agrees with it.

pub mod books_file;
pub mod capability;
pub mod clock;
pub mod error;
pub mod listing;
pub mod model;
pub mod oauth;
pub mod provider;
pub mod quickbooks;
pub mod registry;
pub mod sandbox;
pub mod session;
pub mod settings;
pub mod spread;
#[cfg(test)]
mod testing;
pub mod transport;
pub mod xero;

pub use capability::Capability;
pub use error::{ErrorKind, Outcome, ProviderError, Retry};
pub use provider::Provider;
pub use session::{CallObserver, CallRecord, Session, TokenSource};
