//! Use-cases of accounts and suppliers: read them, refresh the chart of accounts.

use std::collections::HashMap;

use entity::{AccountId, BusinessId, IntegrationId, SupplierId};
use providers::{listing::stream_pages, model::RemoteAccount};

use super::{
    model::{Account, AccountFilter, Supplier, SupplierFilter},
    rules, store,
};
use crate::{
    ambient::Ambient,
    business::{Actor, Permission},
    call_log::Correlation,
    error::Result,
    integration::Integrations,
    page::{Page, PageRequest},
    store::Db,
};

/// Accounts and suppliers of all businesses.
#[derive(Debug, Clone)]
pub struct References {
    db: Db,
    ambient: Ambient,
    integrations: Integrations,
}

impl References {
    /// References in this database.
    pub fn new(db: Db, ambient: Ambient, integrations: Integrations) -> Self {
        Self { db, ambient, integrations }
    }

    /// A page of an integration's accounts, by name.
    ///
    /// # Errors
    /// `Forbidden` without [`Permission::ReadCatalog`].
    pub async fn accounts(
        &self,
        actor: &Actor,
        integration: IntegrationId,
        filter: &AccountFilter,
        request: &PageRequest,
    ) -> Result<Page<Account>> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::accounts(self.db.connection(), actor.business, integration, filter, request).await?)
    }

    /// How many accounts match.
    ///
    /// # Errors
    /// As [`References::accounts`].
    pub async fn count_accounts(
        &self,
        actor: &Actor,
        integration: IntegrationId,
        filter: &AccountFilter,
    ) -> Result<u64> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::count_accounts(self.db.connection(), actor.business, integration, filter).await?)
    }

    /// Accounts by id; unknown ones are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn accounts_by_ids(&self, business: BusinessId, ids: &[AccountId]) -> Result<Vec<Account>> {
        Ok(store::accounts_by_ids(self.db.connection(), business, ids).await?)
    }

    /// Accounts by integration and external id; unknown ones are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn accounts_by_external_ids(
        &self,
        business: BusinessId,
        keys: &[(IntegrationId, String)],
    ) -> Result<HashMap<(IntegrationId, String), Account>> {
        let rows = store::accounts_by_external_ids(self.db.connection(), business, keys).await?;
        Ok(rows.into_iter().map(|row| ((row.integration_id, row.external_id.clone()), row)).collect())
    }

    /// A page of suppliers, by name.
    ///
    /// # Errors
    /// `Forbidden` without [`Permission::ReadCatalog`].
    pub async fn suppliers(
        &self,
        actor: &Actor,
        filter: &SupplierFilter,
        request: &PageRequest,
    ) -> Result<Page<Supplier>> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::suppliers(self.db.connection(), actor.business, filter, request).await?)
    }

    /// How many suppliers match.
    ///
    /// # Errors
    /// As [`References::suppliers`].
    pub async fn count_suppliers(&self, actor: &Actor, filter: &SupplierFilter) -> Result<u64> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::count_suppliers(self.db.connection(), actor.business, filter).await?)
    }

    /// Suppliers by id; unknown ones are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn suppliers_by_ids(&self, business: BusinessId, ids: &[SupplierId]) -> Result<Vec<Supplier>> {
        Ok(store::suppliers_by_ids(self.db.connection(), business, ids).await?)
    }

    /// Reads the chart of accounts again, now. Answers how many accounts there are.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, or what the provider answered; accounts of pages read before stay written.
    pub async fn refresh_accounts(&self, actor: &Actor, integration: IntegrationId) -> Result<i64> {
        actor.require(Permission::ConfigureSettings)?;
        let integration = self.integrations.get(actor.business, integration).await?;
        let (provider, session) = self.integrations.session(&integration, Correlation::default())?;
        let mut pages = stream_pages::<RemoteAccount>(provider, session, None, 2).await?;
        let mut read = 0;
        while let Some(page) = pages.next().await {
            let (_, page) = page?;
            read += i64::try_from(page.records.len()).unwrap_or(i64::MAX);
            let tx = self.db.write().await?;
            let hashes = store::account_hashes(tx.connection(), actor.business, integration.id).await?;
            let rows = changed_accounts(&page.records, &hashes, &self.ambient, actor.business, integration.id);
            store::upsert_accounts(tx.connection(), rows).await?;
            tx.commit().await?;
        }
        Ok(read)
    }
}

/// Rows of accounts that are new or differ from what is stored.
pub(crate) fn changed_accounts(
    records: &[RemoteAccount],
    hashes: &HashMap<String, i64>,
    ambient: &Ambient,
    business: BusinessId,
    integration: IntegrationId,
) -> Vec<Account> {
    let now = ambient.now();
    records
        .iter()
        .map(|remote| rules::account(ambient.id(), business, integration, remote, now))
        .filter(|row| hashes.get(&row.external_id) != Some(&row.content_hash))
        .collect()
}
