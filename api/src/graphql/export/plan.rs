//! Plans: what would be sent, what stands in the way, what it would do to the books.

use async_graphql::{Context, ID, Object, Result};
use domain::export::{Check, CheckRecord, Entry, Plan};
use entity::{BusinessId, IntegrationId};

use super::{
    draft::ExportDraft,
    types::{AccountRole, Export, ExportKind},
};
use crate::graphql::{
    catalog::{Account, Item, Product},
    common::{Money, Notice},
    integration::{Integration, InventoryMode},
    node::Node,
    refusal::{ErrorCode, fault},
    services::{money, services},
};

/// A plan.
#[derive(Debug, Clone)]
pub struct ExportPlan(pub(super) Plan);

/// What would be sent for a document. Nothing was written, and no call was made.
#[Object]
impl ExportPlan {
    /// Names everything that decides what is sent; to be handed to `exportDocument`.
    async fn hash(&self) -> &str {
        &self.0.hash
    }

    /// Whether it can be exported now: nothing stands in the way, and there is something to send.
    async fn ready(&self) -> bool {
        self.0.ready()
    }

    /// What stands in the way, all of it; empty when nothing does.
    async fn checks(&self) -> Vec<ExportCheck> {
        self.0.checks.iter().map(|check| ExportCheck(self.0.business, check.clone())).collect()
    }

    /// What people should know: for example that a loss goes to cost of goods sold.
    async fn warnings(&self) -> Vec<Notice> {
        self.0.warnings.iter().cloned().map(Into::into).collect()
    }

    /// Why there is nothing to send; null when there is. Exporting it marks it SKIPPED.
    async fn nothing_because(&self) -> Option<&str> {
        self.0.nothing.as_deref()
    }

    /// What would be sent.
    async fn draft(&self) -> ExportDraft {
        ExportDraft::new(self.0.business, self.0.integration, self.0.draft.clone())
    }

    /// Debits and credits per account; they balance.
    async fn entries(&self) -> Vec<LedgerEntryPreview> {
        let of = |entry: &Entry| LedgerEntryPreview(self.0.business, self.0.integration, entry.clone());
        self.0.entries.iter().map(of).collect()
    }

    /// What is said of the document.
    async fn kind(&self) -> ExportKind {
        self.0.kind.into()
    }

    /// The mode: inventory adjustments or journal entries.
    async fn mode(&self) -> InventoryMode {
        self.0.mode.into()
    }

    /// Where it would go.
    async fn integration(&self, ctx: &Context<'_>) -> Result<Integration> {
        let found = services(ctx)?.loaders.integrations.get(self.0.business, self.0.integration).await?;
        found.map(Integration).ok_or_else(|| fault(domain::Error::Internal("a plan without an integration".to_owned())))
    }

    /// The export that the document has already; null for the first.
    async fn export(&self, ctx: &Context<'_>) -> Result<Option<Export>> {
        let Some(id) = self.0.export else { return Ok(None) };
        Ok(services(ctx)?.loaders.exports.exports.get(self.0.business, id).await?.map(Export))
    }
}

/// Something that stands in the way.
#[derive(Debug, Clone)]
pub struct ExportCheck(BusinessId, Check);

/// Something that stands in the way of an export, with the way out.
#[Object]
impl ExportCheck {
    /// Code to branch on.
    async fn code(&self) -> ErrorCode {
        self.1.code.into()
    }

    /// Short title.
    async fn title(&self) -> &str {
        self.1.title
    }

    /// A sentence that names the record.
    async fn message(&self) -> &str {
        &self.1.message
    }

    /// What to do.
    async fn help(&self) -> &str {
        &self.1.help
    }

    /// The role of the account that is missing or wrong; null where it is about none.
    async fn role(&self) -> Option<AccountRole> {
        self.1.role.map(Into::into)
    }

    /// Id of the record that it is about.
    async fn record_id(&self) -> Option<ID> {
        let id = match self.1.record? {
            CheckRecord::Product(id) => id.to_string(),
            CheckRecord::Item(id) => id.to_string(),
            CheckRecord::Account(id) => id.to_string(),
            CheckRecord::Integration(id) => id.to_string(),
        };
        Some(id.into())
    }

    /// The record that it is about: a product, an item, an account or the integration.
    async fn record(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        let Some(record) = self.1.record else { return Ok(None) };
        let services = services(ctx)?;
        let loaders = &services.loaders;
        Ok(match record {
            CheckRecord::Product(id) => loaders.products.get(self.0, id).await?.map(|row| Node::Product(Product(row))),
            CheckRecord::Item(id) => loaders.items.get(self.0, id).await?.map(|row| Node::Item(Item(row))),
            CheckRecord::Account(id) => {
                let rows = services.references.accounts_by_ids(self.0, &[id]).await.map_err(fault)?;
                rows.into_iter().next().map(|row| Node::Account(Account(row)))
            }
            CheckRecord::Integration(id) => {
                loaders.integrations.get(self.0, id).await?.map(|row| Node::Integration(Integration(row)))
            }
        })
    }
}

/// What a document does to one account.
#[derive(Debug, Clone)]
pub struct LedgerEntryPreview(BusinessId, IntegrationId, Entry);

impl LedgerEntryPreview {
    pub(super) fn new(business: BusinessId, integration: IntegrationId, entry: Entry) -> Self {
        Self(business, integration, entry)
    }
}

/// What a document does to one account.
#[Object]
impl LedgerEntryPreview {
    /// The account as it is now; null while it is not chosen or not known.
    async fn account(&self, ctx: &Context<'_>) -> Result<Option<Account>> {
        let Some(external_id) = self.2.account.clone() else { return Ok(None) };
        Ok(services(ctx)?.loaders.accounts.get(self.0, (self.1, external_id)).await?.map(Account))
    }

    /// Its name.
    async fn account_name(&self) -> &str {
        &self.2.name
    }

    /// Sum of debits.
    async fn debit(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.2.debit).await
    }

    /// Sum of credits.
    async fn credit(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.2.credit).await
    }

    /// The accounting system costs the goods by itself; these amounts are what our own costs say.
    async fn estimated(&self) -> bool {
        self.2.estimated
    }
}
