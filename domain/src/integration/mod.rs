//! Integrations: connect, keep the connection healthy, disconnect, settings (behaviour 2.1 to 2.3).
//!
//! Concurrency: one refresh at a time per integration, across tasks and processes: a short lease on the token row, no
//! transaction open over the call. A state of the OAuth flow is used once.

mod choice;
mod consent;
pub mod model;
mod observer;
pub mod rules;
mod service;
pub(crate) mod store;
mod tokens;
pub mod vault;

pub use choice::company_choices;
pub use model::{
    Company, Connected, Connecting, Health, HealthState, Integration, IntegrationChanges, Notice, ProviderSet,
    Settings, SettingsChange,
};
pub use service::Integrations;
pub(crate) use service::{for_exports, has_sync_mode, title};
pub use vault::Vault;
