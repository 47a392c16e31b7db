//! Lists of exports, and reads for the levels of an answer: there the caller has checked who asks, and names the business.

use std::collections::HashMap;

use entity::{BusinessId, ExportId, IntegrationId, Severity};
use providers::{
    Provider,
    model::{DocumentKind, RecordKind, RecordRef},
};
use serde_json::Value;
use url::Url;
use uuid::Uuid;

use super::{
    draft::Draft,
    model::{Attempt, ChosenAccount, Export, ExportFilter, OverrideRow},
    rules,
    service::Exports,
    store,
};
use crate::{
    business::{Actor, Permission},
    error::{Refusal, Result},
    integration::{Integration, Notice},
    page::{Page, PageRequest},
};

impl Exports {
    /// A page of exports, newest first.
    ///
    /// # Errors
    /// `Forbidden` without [`Permission::ReadCatalog`].
    pub async fn page(&self, actor: &Actor, filter: &ExportFilter, request: &PageRequest) -> Result<Page<Export>> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::page(self.db.connection(), actor.business, filter, request).await?)
    }

    /// How many exports match.
    ///
    /// # Errors
    /// As [`Exports::page`].
    pub async fn count(&self, actor: &Actor, filter: &ExportFilter) -> Result<u64> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::count(self.db.connection(), actor.business, filter).await?)
    }

    /// One export.
    ///
    /// # Errors
    /// `NOT_FOUND`, also for another business's.
    pub async fn get(&self, business: BusinessId, id: ExportId) -> Result<Export> {
        let found = store::find(self.db.connection(), business, id).await?;
        found.ok_or_else(|| Refusal::not_found("export", id).into())
    }

    /// Exports by id; unknown ones are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn by_ids(&self, business: BusinessId, ids: &[ExportId]) -> Result<Vec<Export>> {
        Ok(store::by_ids(self.db.connection(), business, ids).await?)
    }

    /// Exports of documents, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of_documents(&self, business: BusinessId, documents: &[Uuid]) -> Result<Vec<Export>> {
        Ok(store::of_documents(self.db.connection(), business, documents).await?)
    }

    /// Attempts of exports, in order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn attempts(&self, business: BusinessId, exports: &[ExportId]) -> Result<Vec<Attempt>> {
        Ok(store::attempts(self.db.connection(), business, exports).await?)
    }

    /// Accounts chosen for integrations, by role.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn chosen(
        &self,
        business: BusinessId,
        integrations: &[IntegrationId],
    ) -> Result<HashMap<IntegrationId, Vec<ChosenAccount>>> {
        let mut by_integration: HashMap<IntegrationId, Vec<ChosenAccount>> = HashMap::new();
        for row in store::chosen(self.db.connection(), business, integrations).await? {
            by_integration.entry(row.integration_id).or_default().push(row);
        }
        Ok(by_integration)
    }

    /// Accounts chosen for roles with some products, by integration.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn overrides(
        &self,
        business: BusinessId,
        integrations: &[IntegrationId],
    ) -> Result<HashMap<IntegrationId, Vec<OverrideRow>>> {
        let mut by_integration: HashMap<IntegrationId, Vec<OverrideRow>> = HashMap::new();
        for row in store::overrides(self.db.connection(), business, integrations).await? {
            by_integration.entry(row.integration_id).or_default().push(row);
        }
        Ok(by_integration)
    }

    /// What people should know about an integration's accounts.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn notices(&self, integration: &Integration) -> Result<Vec<Notice>> {
        let chosen = store::chosen(self.db.connection(), integration.business_id, &[integration.id]).await?;
        Ok(rules::choice_notices(integration.inventory_mode, &chosen))
    }

    /// How many exports to an integration wait for somebody.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn waiting(&self, business: BusinessId, integration: IntegrationId) -> Result<u64> {
        Ok(store::waiting(self.db.connection(), business, integration).await?)
    }

    /// Where a person sees the posted document; nothing where the accounting system has no such page.
    pub fn url(&self, export: &Export, integration: &Integration) -> Option<Url> {
        let external_id = export.external_id.clone()?;
        let kind = match Draft::from_json(export.draft.as_ref()?)?.document_kind() {
            DocumentKind::InventoryAdjustment => RecordKind::Document(DocumentKind::InventoryAdjustment),
            DocumentKind::JournalEntry => RecordKind::Document(DocumentKind::JournalEntry),
        };
        let provider = self.integrations.providers().get(&integration.provider).ok()?;
        let provider: &dyn Provider = &*provider;
        provider.document_url(integration.company_external_id.as_deref()?, &RecordRef { kind, external_id })
    }
}

/// Notices of an export.
pub fn warnings(export: &Export) -> Vec<Notice> {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let severity = |value: &Value| match value.get("severity").and_then(Value::as_str) {
        Some("INFO") => Severity::Info,
        Some("ERROR") => Severity::Error,
        _ => Severity::Warning,
    };
    let rows = export.warnings.as_array().into_iter().flatten();
    rows.filter_map(|value| {
        Some(Notice { severity: severity(value), message: text(value, "message")?, help: text(value, "help") })
    })
    .collect()
}
