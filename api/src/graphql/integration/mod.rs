//! Integrations: connect, complete, reconnect, disconnect, settings, health.

mod input;
mod mutation;
mod overrides;
mod query;
mod subscription;
mod types;

pub(super) use mutation::IntegrationMutation;
pub(super) use query::IntegrationQuery;
pub(super) use subscription::IntegrationSubscription;
pub use types::{Integration, InventoryMode};
