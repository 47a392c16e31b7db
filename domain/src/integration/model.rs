//! Types of integrations.

use std::{collections::BTreeMap, sync::Arc};

use entity::{BusinessId, ExportMode, IntegrationId, InventoryMode, ItemType, JournalGranularity, Severity, Timestamp};
use providers::{Provider, registry::PROVIDERS, registry::ProviderEntry};
use tokio::sync::broadcast;
use url::Url;

use crate::{
    error::{ErrorCode, Refusal, Result},
    export::{OverrideChoice, RoleChoice},
};

/// An integration as stored.
pub type Integration = entity::integration::Model;

/// The company behind an integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// The provider's company id.
    pub external_id: String,
    /// Name; the external id while the name is not yet known.
    pub name: String,
}

/// Derived state of a connection (behaviour 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HealthState {
    /// Calls work.
    Healthy,
    /// The last call failed for a passing reason.
    Degraded,
    /// The grant is gone.
    Expired,
    /// Not connected.
    Disconnected,
}

/// Health with its reason and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// State.
    pub state: HealthState,
    /// Why it is not healthy.
    pub reason: Option<String>,
    /// What to do.
    pub help: Option<String>,
}

/// Something about an integration that a person should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How serious.
    pub severity: Severity,
    /// What.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// Settings of an integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where the truth for quantity and cost lies.
    pub inventory_mode: InventoryMode,
    /// Item types that are synced.
    pub item_types: Vec<ItemType>,
    /// When documents are exported.
    pub export_mode: ExportMode,
    /// How many documents a journal entry is about.
    pub journal_granularity: JournalGranularity,
    /// Prefix of document references.
    pub document_prefix: String,
    /// Minutes between scheduled item syncs.
    pub item_sync_every_minutes: Option<i32>,
    /// Minutes between scheduled sales syncs.
    pub sales_sync_every_minutes: Option<i32>,
    /// When item syncs are scheduled, as cron in the company's time zone, in place of minutes.
    pub item_sync_cron: Option<String>,
    /// When sales syncs are scheduled, as cron in the company's time zone, in place of minutes.
    pub sales_sync_cron: Option<String>,
}

/// A change of settings; what is `None` stays. `Some(None)` switches a schedule off.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettingsChange {
    /// New inventory mode.
    pub inventory_mode: Option<InventoryMode>,
    /// New item types.
    pub item_types: Option<Vec<ItemType>>,
    /// New export mode.
    pub export_mode: Option<ExportMode>,
    /// New granularity of journal entries.
    pub journal_granularity: Option<JournalGranularity>,
    /// New document prefix.
    pub document_prefix: Option<String>,
    /// New item schedule.
    pub item_sync_every_minutes: Option<Option<i32>>,
    /// New sales schedule.
    pub sales_sync_every_minutes: Option<Option<i32>>,
    /// When item syncs are scheduled, as cron; takes the place of minutes.
    pub item_sync_cron: Option<Option<String>>,
    /// When sales syncs are scheduled, as cron; takes the place of minutes.
    pub sales_sync_cron: Option<Option<String>>,
    /// Accounts chosen for roles; roles that are not named keep theirs.
    pub accounts: Vec<RoleChoice>,
    /// Accounts chosen for roles with some products; those that are not named keep theirs.
    pub overrides: Vec<OverrideChoice>,
}

/// What the beginning of a connection led to.
#[derive(Debug, Clone)]
pub enum Connecting {
    /// Send the user here to give consent.
    Consent(Url),
    /// Nobody has to consent; here it is.
    Done(Box<Integration>),
}

/// What a finished consent led to.
#[derive(Debug, Clone)]
pub struct Connected {
    /// The integration.
    pub integration: Integration,
    /// Where the user wanted to go afterwards.
    pub return_to: Option<String>,
}

/// The providers of this process: those configured, of those known.
#[derive(Debug, Clone, Default)]
pub struct ProviderSet {
    configured: Arc<BTreeMap<&'static str, Arc<dyn Provider>>>,
}

impl ProviderSet {
    /// A set of configured providers.
    pub fn new(providers: impl IntoIterator<Item = Arc<dyn Provider>>) -> Self {
        Self { configured: Arc::new(providers.into_iter().map(|provider| (provider.id(), provider)).collect()) }
    }

    /// All providers of this build, configured or not.
    pub fn known(&self) -> &'static [&'static ProviderEntry] {
        PROVIDERS
    }

    /// Whether a provider is configured.
    pub fn is_configured(&self, id: &str) -> bool {
        self.configured.contains_key(id)
    }

    /// A configured provider.
    ///
    /// # Errors
    /// A refusal that says which providers there are, or how to configure this one.
    pub fn get(&self, id: &str) -> Result<Arc<dyn Provider>> {
        if let Some(provider) = self.configured.get(id) {
            return Ok(Arc::clone(provider));
        }
        let known: Vec<&str> = PROVIDERS.iter().map(|entry| entry.id).collect();
        let refusal = if known.contains(&id) {
            Refusal::new(ErrorCode::ProviderMisconfigured, format!("The provider {id} is not configured."))
                .help(format!("The operator must set client_id and client_secret in the section [providers.{id}]."))
        } else {
            Refusal::new(ErrorCode::NotFound, format!("There is no provider {id:?}."))
                .help(format!("Providers of this gateway: {}.", known.join(", ")))
        };
        Err(refusal.at(&["input", "providerId"]).into())
    }
}

/// Announces that an integration changed; subscribers then read the row.
#[derive(Debug, Clone)]
pub struct IntegrationChanges(broadcast::Sender<(BusinessId, IntegrationId)>);

impl Default for IntegrationChanges {
    fn default() -> Self {
        Self(broadcast::channel(256).0)
    }
}

impl IntegrationChanges {
    /// Announces a change.
    pub fn announce(&self, business: BusinessId, integration: IntegrationId) {
        // Nobody listening is not an error.
        let _ = self.0.send((business, integration));
    }

    /// Listens from now on.
    pub fn listen(&self) -> broadcast::Receiver<(BusinessId, IntegrationId)> {
        self.0.subscribe()
    }
}

/// What is known of an integration's tokens, without the tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenFacts {
    /// When the access token ends.
    pub access_expires_at: Timestamp,
    /// When the refresh token ends if unused.
    pub refresh_expires_at: Option<Timestamp>,
    /// When the grant ends however often it is refreshed.
    pub refresh_hard_expires_at: Option<Timestamp>,
    /// When it was last refreshed.
    pub refreshed_at: Option<Timestamp>,
}
