//! Use-cases of integrations: connect, complete, reconnect, disconnect, settings; and sessions for provider calls.

use std::sync::Arc;

use entity::{BusinessId, IntegrationId, IntegrationStatus, Timestamp};
use providers::{Provider, Session, model::RemoteCompany, session::CallObserver};
use url::Url;

use super::{
    model::{Integration, IntegrationChanges, ProviderSet, Settings, SettingsChange, TokenFacts},
    observer::{IntegrationObserver, Notes},
    rules,
    store::{self, TokenRow},
    tokens::TokenKeeper,
    vault::Vault,
};
use crate::{
    ambient::Ambient,
    business::{Actor, Permission},
    call_log::{CallLog, Correlation},
    error::{Error, Refusal, Result},
    export,
    store::{Connection, Db},
    sync,
};

/// Integrations of all businesses.
#[derive(Debug, Clone)]
pub struct Integrations {
    pub(super) db: Db,
    pub(super) ambient: Ambient,
    pub(super) vault: Vault,
    pub(super) providers: ProviderSet,
    pub(super) log: CallLog,
    pub(super) changes: IntegrationChanges,
    notes: Notes,
    /// The gateway's own address as browsers see it; callbacks come back below it.
    public_url: Url,
}

impl Integrations {
    /// Integrations in this database, reached through these providers.
    pub fn new(db: Db, ambient: Ambient, vault: Vault, providers: ProviderSet, public_url: Url) -> Self {
        let log = CallLog::new(db.clone(), ambient.clone());
        let (changes, notes) = (IntegrationChanges::default(), Notes::default());
        Self { db, ambient, vault, providers, log, changes, notes, public_url }
    }

    /// The providers of this process.
    pub fn providers(&self) -> &ProviderSet {
        &self.providers
    }

    /// Announcements of changes.
    pub fn changes(&self) -> &IntegrationChanges {
        &self.changes
    }

    /// Where a provider sends users back to; to be registered there.
    ///
    /// # Errors
    /// When the public URL cannot carry a path.
    pub fn redirect_uri(&self, provider: &str) -> Result<Url> {
        let mut url = self.public_url.clone();
        url.path_segments_mut()
            .map_err(|()| Error::Internal("the public URL cannot carry a path".to_owned()))?
            .pop_if_empty()
            .extend(["oauth", "callback", provider]);
        Ok(url)
    }

    /// The actor's integrations, oldest first.
    ///
    /// # Errors
    /// `Forbidden` without [`Permission::ReadCatalog`].
    pub async fn list(&self, actor: &Actor, include_disconnected: bool) -> Result<Vec<Integration>> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::list(self.db.connection(), actor.business, include_disconnected).await?)
    }

    /// Integrations by id; unknown ones are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn by_ids(&self, business: BusinessId, ids: &[IntegrationId]) -> Result<Vec<Integration>> {
        Ok(store::find_many(self.db.connection(), business, ids).await?)
    }

    /// One integration.
    ///
    /// # Errors
    /// `NOT_FOUND`, also for another business's.
    pub async fn get(&self, business: BusinessId, id: IntegrationId) -> Result<Integration> {
        let found = store::find(self.db.connection(), business, id).await?;
        found.ok_or_else(|| Refusal::not_found("integration", id).at(&["input", "integrationId"]).into())
    }

    /// What is known of the tokens; nothing when disconnected.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn token_facts(&self, business: BusinessId, id: IntegrationId) -> Result<Option<TokenFacts>> {
        Ok(store::token(self.db.connection(), business, id).await?.map(|row| TokenFacts {
            access_expires_at: row.access_expires_at,
            refresh_expires_at: row.refresh_expires_at,
            refresh_hard_expires_at: row.refresh_hard_expires_at,
            refreshed_at: row.refreshed_at,
        }))
    }

    /// Reads company settings from the provider and stores them.
    ///
    /// # Errors
    /// What the provider answered.
    pub async fn read_company(&self, integration: &Integration, correlation: Correlation) -> Result<RemoteCompany> {
        let (provider, session) = self.session(integration, correlation)?;
        let company = provider.company(&session).await?;
        let tx = self.db.write().await?;
        store::set_company(tx.connection(), integration.business_id, integration.id, &company, self.ambient.now())
            .await?;
        tx.commit().await?;
        Ok(company)
    }

    /// Provider and session for calls of an integration.
    ///
    /// # Errors
    /// A refusal that says how to get a working connection.
    pub fn session(&self, integration: &Integration, correlation: Correlation) -> Result<(Arc<dyn Provider>, Session)> {
        let provider = self.providers.get(&integration.provider)?;
        let company = integration.company_external_id.clone();
        let company = company.ok_or_else(|| Error::Internal("integration without a company".to_owned()))?;
        let observer = self.observer(&*provider, integration.business_id, Some(integration.id), correlation);
        let tokens = TokenKeeper {
            db: self.db.clone(),
            vault: self.vault.clone(),
            ambient: self.ambient.clone(),
            provider: Arc::clone(&provider),
            observer: Arc::clone(&observer),
            changes: self.changes.clone(),
            business: integration.business_id,
            integration: integration.id,
        };
        Ok((provider, Session { company, tokens: Arc::new(tokens), observer }))
    }

    pub(super) fn observer(
        &self,
        provider: &dyn Provider,
        business: BusinessId,
        integration: Option<IntegrationId>,
        correlation: Correlation,
    ) -> Arc<dyn CallObserver> {
        Arc::new(IntegrationObserver {
            db: self.db.clone(),
            ambient: self.ambient.clone(),
            log: self.log.clone(),
            changes: self.changes.clone(),
            provider: provider.id(),
            business,
            integration,
            correlation,
            notes: self.notes.clone(),
        })
    }

    /// Disconnects: forgets the tokens, gives the grant back where possible, keeps all data. Answers the integration and
    /// whether the provider took the grant back.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`; `SYNC_LOCKED` while a run uses the connection.
    pub async fn disconnect(&self, actor: &Actor, id: IntegrationId) -> Result<(Integration, bool)> {
        actor.require(Permission::ManageConnections)?;
        let integration = self.get(actor.business, id).await?;
        if integration.status == IntegrationStatus::Disconnected {
            return Ok((integration, true));
        }
        let tokens = store::token(self.db.connection(), actor.business, id).await?;
        let disconnected = self.forget(&integration).await?;
        let revoked = match tokens {
            Some(row) => self.revoke(&integration, &row).await,
            None => true,
        };
        self.changes.announce(actor.business, id);
        Ok((disconnected, revoked))
    }

    async fn forget(&self, integration: &Integration) -> Result<Integration> {
        let now = self.ambient.now();
        let tx = self.db.write().await?;
        sync::require_free_lock(&tx, integration.business_id, now).await?;
        let disconnected = Integration {
            status: IntegrationStatus::Disconnected,
            disconnected_at: Some(now),
            trouble: None,
            trouble_since: None,
            updated_at: now,
            ..integration.clone()
        };
        store::update(tx.connection(), disconnected.clone()).await?;
        store::delete_token(tx.connection(), integration.business_id, integration.id).await?;
        tx.commit().await?;
        Ok(disconnected)
    }

    async fn revoke(&self, integration: &Integration, row: &TokenRow) -> bool {
        let revoke = async {
            let provider = self.providers.get(&integration.provider)?;
            let tokens = self
                .vault
                .open(integration.business_id, integration.id, &row.sealed)
                .map_err(|error| Error::Internal(error.to_string()))?;
            let correlation = Correlation::default();
            let observer = self.observer(&*provider, integration.business_id, Some(integration.id), correlation);
            let company = integration.company_external_id.as_deref();
            Ok::<(), Error>(provider.revoke(&tokens.refresh, company, observer).await?)
        };
        match revoke.await {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, integration = %integration.id, "the grant could not be given back");
                false
            }
        }
    }

    /// Changes settings.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, a refusal that names the wrong field; `SYNC_LOCKED` when the inventory mode is changed
    /// during a run.
    pub async fn change_settings(
        &self,
        actor: &Actor,
        id: IntegrationId,
        change: SettingsChange,
    ) -> Result<Integration> {
        actor.require(Permission::ConfigureSettings)?;
        let now = self.ambient.now();
        let tx = self.db.write().await?;
        let integration = store::find(tx.connection(), actor.business, id).await?;
        let integration =
            integration.ok_or_else(|| Refusal::not_found("integration", id).at(&["input", "integrationId"]))?;
        let capability = self.capability(&integration)?;
        let before = rules::settings(&integration);
        let (roles, overrides) = (change.accounts.clone(), change.overrides.clone());
        let after = rules::change_settings(&before, change, capability)?;
        if after.inventory_mode != before.inventory_mode {
            sync::require_free_lock(&tx, actor.business, now).await?;
        }
        let changed = with_settings(integration, &after, now);
        let choices = export::Choices { roles: &roles, overrides: &overrides };
        export::choose(&tx, actor, &changed, choices, now).await?;
        store::update(tx.connection(), changed.clone()).await?;
        if after.journal_granularity != before.journal_granularity {
            export::granularity_changed(&tx, &self.ambient, &changed).await?;
        }
        tx.commit().await?;
        self.changes.announce(actor.business, id);
        Ok(changed)
    }

    pub(crate) fn capability(&self, integration: &Integration) -> Result<&'static providers::Capability> {
        let entry = self.providers.known().iter().find(|entry| entry.id == integration.provider);
        let entry = entry.ok_or_else(|| Error::Internal(format!("unknown provider {:?}", integration.provider)))?;
        Ok(&entry.capability)
    }
}

/// What people call an integration.
pub(crate) fn title(integration: &Integration) -> String {
    let name = integration.company_name.as_deref().or(integration.company_external_id.as_deref());
    name.unwrap_or("this connection").to_owned()
}

fn with_settings(integration: Integration, settings: &Settings, now: Timestamp) -> Integration {
    Integration {
        inventory_mode: settings.inventory_mode,
        item_types: rules::item_types_to_json(&settings.item_types),
        export_mode: settings.export_mode,
        journal_granularity: settings.journal_granularity,
        document_prefix: settings.document_prefix.clone(),
        item_sync_every_minutes: settings.item_sync_every_minutes,
        sales_sync_every_minutes: settings.sales_sync_every_minutes,
        item_sync_cron: settings.item_sync_cron.clone(),
        sales_sync_cron: settings.sales_sync_cron.clone(),
        updated_at: now,
        ..integration
    }
}

/// Whether an accounting system owns the business's quantities.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn has_sync_mode(tx: &crate::store::WriteTx, business: BusinessId) -> Result<bool> {
    let rows = store::list(tx.connection(), business, false).await?;
    let connected = |status| !matches!(status, IntegrationStatus::Pending | IntegrationStatus::Disconnected);
    Ok(rows.iter().any(|row| connected(row.status) && row.inventory_mode == entity::InventoryMode::Sync))
}

/// The integration that documents go to: the one connected first, in whatever health. A document goes to one place only.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn for_exports(connection: &impl Connection, business: BusinessId) -> Result<Option<Integration>> {
    let rows = store::list(connection, business, false).await?;
    let connected =
        |row: &Integration| !matches!(row.status, IntegrationStatus::Pending | IntegrationStatus::Disconnected);
    Ok(rows.into_iter().find(connected))
}
