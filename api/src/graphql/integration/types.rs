//! Providers and integrations.

use async_graphql::{ComplexObject, Context, Enum, ID, Object, Result, SimpleObject};
use domain::export::ChosenAccount;
use domain::integration::{
    Health, HealthState as DomainHealthState, Integration as DomainIntegration, company_choices, rules,
};
use entity::{
    AccountRole as DomainRole, ExportMode as DomainExportMode, IntegrationStatus as DomainStatus,
    InventoryMode as DomainMode, JournalGranularity as DomainGranularity,
};
use providers::{
    Capability as DomainCapability, capability::Authorization as DomainAuthorization,
    model::ReportDates as DomainReportDates, registry::ProviderEntry,
};

use crate::graphql::{
    catalog::{Account, ItemType},
    common::{Notice, moment},
    export::AccountRole,
    refusal::fault,
    sales::SalesDocumentType,
    scalars::{Date, DateTime},
    services::services,
    sync::SyncRun,
};

use super::overrides::AccountOverride;

/// An accounting system.
#[derive(Debug, Clone, Copy)]
pub struct Provider(pub(super) &'static ProviderEntry);

/// An accounting system that this gateway can connect to.
#[Object]
impl Provider {
    /// Short, stable id.
    async fn id(&self) -> &str {
        self.0.id
    }

    /// Name for people.
    async fn name(&self) -> &str {
        self.0.name
    }

    /// Whether the operator has configured it.
    async fn configured(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(services(ctx)?.integrations.providers().is_configured(self.0.id))
    }

    /// What it can do.
    async fn capability(&self) -> Capability {
        Capability::from(&self.0.capability)
    }
}

/// What an accounting system can do.
#[derive(Debug, Clone, SimpleObject)]
pub struct Capability {
    /// How a company is connected.
    authorization: Authorization,
    /// Quantities of items can be adjusted (needed for sync mode).
    inventory_adjustments: bool,
    /// Journal entries can be posted (needed for self-managed mode).
    journal_entries: bool,
    /// Journal entries can be left as drafts for a person to post.
    journal_drafts: bool,
    /// For which dates balances of accounts can be had.
    account_balances: ReportDates,
    /// For which dates quantity and value of items can be had.
    item_valuation: ReportDates,
    /// The lines of accounts can be listed with the documents behind them (needed to reconcile).
    ledger_lines: bool,
    /// A person can be led to a document in the accounting system's own pages.
    deep_links: bool,
    /// Changes can be asked for since a moment.
    change_feed: bool,
    /// It announces changes by itself.
    webhooks: bool,
    /// Suppliers can be listed.
    suppliers: bool,
    /// One consent can cover several companies.
    multiple_companies: bool,
    /// Types of item it knows.
    item_types: Vec<ItemType>,
    /// Sales documents that can be read.
    sales_documents: Vec<SalesDocumentType>,
    /// Largest page, records.
    page_size_max: u32,
    /// Requests allowed per minute and company.
    requests_per_minute: u32,
    /// Requests that may be under way at once per company.
    concurrent_requests: u32,
    /// A repeated write is not carried out twice.
    write_idempotency: bool,
}

impl From<&DomainCapability> for Capability {
    fn from(capability: &DomainCapability) -> Self {
        Self {
            authorization: capability.authorization.into(),
            inventory_adjustments: capability.inventory_adjustments,
            journal_entries: capability.journal_entries,
            journal_drafts: capability.journal_drafts,
            account_balances: capability.account_balances.into(),
            item_valuation: capability.item_valuation.into(),
            ledger_lines: capability.ledger_lines,
            deep_links: capability.deep_links,
            change_feed: capability.change_feed,
            webhooks: capability.webhooks,
            suppliers: capability.suppliers,
            multiple_companies: capability.multiple_companies,
            item_types: capability.item_kinds.iter().map(|kind| rules::item_type(*kind).into()).collect(),
            sales_documents: capability.sales_documents.iter().map(|kind| (*kind).into()).collect(),
            page_size_max: capability.page_size_max,
            requests_per_minute: capability.requests_per_minute,
            concurrent_requests: capability.concurrent_requests,
            write_idempotency: capability.write_idempotency,
        }
    }
}

/// How a company is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainAuthorization")]
pub enum Authorization {
    /// The user gives consent at the accounting system.
    Consent,
    /// The operator's configuration says where the company is.
    Configured,
}

/// For which dates a report can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainReportDates")]
pub enum ReportDates {
    /// Not at all.
    None,
    /// As of now only.
    Now,
    /// As of now and of the end of any day.
    AnyDay,
}

/// A link of the business to one company in one accounting system.
#[derive(Debug, Clone)]
pub struct Integration(pub(crate) DomainIntegration);

/// A link of the business to one company in one accounting system.
#[Object]
impl Integration {
    /// Id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The accounting system.
    async fn provider(&self) -> Result<Provider> {
        let entry = providers::registry::find(&self.0.provider);
        entry.map(Provider).ok_or_else(|| {
            fault(domain::Error::Internal(format!("this build does not know the provider {:?}", self.0.provider)))
        })
    }

    /// Status.
    async fn status(&self) -> IntegrationStatus {
        self.0.status.into()
    }

    /// Whether calls work, and why not.
    async fn health(&self, ctx: &Context<'_>) -> Result<IntegrationHealth> {
        let facts = services(ctx)?.integrations.token_facts(self.0.business_id, self.0.id).await.map_err(fault)?;
        let Health { state, reason, help } = rules::health(&self.0);
        Ok(IntegrationHealth {
            state: state.into(),
            reason,
            help,
            last_call_at: self.0.last_call_at.map(moment),
            last_success_at: self.0.last_success_at.map(moment),
            last_refresh_at: facts.and_then(|facts| facts.refreshed_at).map(moment),
        })
    }

    /// The company; null before the first consent.
    async fn company(&self) -> Option<Company> {
        let external_id = self.0.company_external_id.clone()?;
        Some(Company {
            name: self.0.company_name.clone().unwrap_or_else(|| external_id.clone()),
            external_id,
            country: self.0.company_country.clone(),
            currency: self.0.company_currency.clone(),
            edition: self.0.company_edition.clone(),
            multicurrency: self.0.company_multicurrency,
            inventory_enabled: self.0.company_inventory,
            book_close_date: self.0.company_book_close_date.map(Date),
            time_zone: self.0.company_time_zone.clone(),
        })
    }

    /// Companies to pick from with `selectCompany`; empty unless the integration is pending.
    async fn company_choices(&self) -> Vec<CompanyChoice> {
        company_choices(&self.0)
            .into_iter()
            .map(|choice| CompanyChoice {
                name: choice.name.unwrap_or_else(|| choice.external_id.clone()),
                external_id: choice.external_id,
            })
            .collect()
    }

    /// When it was last connected.
    async fn connected_at(&self) -> Option<DateTime> {
        self.0.connected_at.map(moment)
    }

    /// Who connected it: the `sub` of their token.
    async fn connected_by(&self) -> Option<&str> {
        self.0.connected_by.as_deref()
    }

    /// When the access token ends; it is refreshed before. Null when disconnected.
    async fn access_token_expires_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime>> {
        let facts = services(ctx)?.integrations.token_facts(self.0.business_id, self.0.id).await.map_err(fault)?;
        Ok(facts.map(|facts| moment(facts.access_expires_at)))
    }

    /// When the connection ends unless it is used before, or for good. Null when disconnected or unknown.
    async fn refresh_token_expires_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime>> {
        let facts = services(ctx)?.integrations.token_facts(self.0.business_id, self.0.id).await.map_err(fault)?;
        let ends = facts.into_iter().flat_map(|facts| [facts.refresh_expires_at, facts.refresh_hard_expires_at]);
        Ok(ends.flatten().min().map(moment))
    }

    /// Settings.
    async fn settings(&self) -> IntegrationSettings {
        let settings = rules::settings(&self.0);
        IntegrationSettings {
            of: self.0.clone(),
            inventory_mode: settings.inventory_mode.into(),
            item_types: settings.item_types.into_iter().map(Into::into).collect(),
            export_mode: settings.export_mode.into(),
            journal_granularity: settings.journal_granularity.into(),
            document_prefix: settings.document_prefix,
            item_sync_every_minutes: settings.item_sync_every_minutes,
            sales_sync_every_minutes: settings.sales_sync_every_minutes,
            item_sync_cron: settings.item_sync_cron,
            sales_sync_cron: settings.sales_sync_cron,
        }
    }

    /// The latest item sync.
    async fn last_item_sync(&self, ctx: &Context<'_>) -> Result<Option<SyncRun>> {
        let loaders = &services(ctx)?.loaders;
        Ok(loaders.latest_item_sync.get(self.0.business_id, self.0.id).await?.map(SyncRun))
    }

    /// The latest sales sync.
    async fn last_sales_sync(&self, ctx: &Context<'_>) -> Result<Option<SyncRun>> {
        let loaders = &services(ctx)?.loaders;
        Ok(loaders.latest_sales_sync.get(self.0.business_id, self.0.id).await?.map(SyncRun))
    }

    /// What people should know about it.
    async fn notices(&self, ctx: &Context<'_>) -> Result<Vec<Notice>> {
        let services = services(ctx)?;
        let facts = services.integrations.token_facts(self.0.business_id, self.0.id).await.map_err(fault)?;
        let mut notices = rules::notices(&self.0, facts.as_ref(), services.ambient.now());
        notices.extend(services.exports.notices(&self.0).await.map_err(fault)?);
        Ok(notices.into_iter().map(Into::into).collect())
    }
}

/// A company that a consent covers.
#[derive(Debug, Clone, SimpleObject)]
pub struct CompanyChoice {
    /// The accounting system's company id.
    external_id: String,
    /// Name; the external id where the accounting system does not tell.
    name: String,
}

/// The company behind an integration, as the accounting system describes it.
#[derive(Debug, Clone, SimpleObject)]
pub struct Company {
    /// The accounting system's company id.
    external_id: String,
    /// Name; the external id while the name is not yet known.
    name: String,
    /// Country.
    country: Option<String>,
    /// Home currency, ISO 4217.
    currency: Option<String>,
    /// Edition or plan.
    edition: Option<String>,
    /// Whether documents may be in other currencies.
    multicurrency: bool,
    /// Whether the company counts stock in the accounting system.
    inventory_enabled: bool,
    /// Last day of the closed books; null when none are closed.
    book_close_date: Option<Date>,
    /// IANA time zone.
    time_zone: Option<String>,
}

/// Status of an integration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainStatus")]
pub enum IntegrationStatus {
    /// The consent covers several companies; one is still to be chosen.
    Pending,
    /// Connected.
    Active,
    /// The grant is gone; reconnect.
    Expired,
    /// Disconnected by a user; data kept.
    Disconnected,
}

/// Whether calls work.
#[derive(Debug, Clone, SimpleObject)]
pub struct IntegrationHealth {
    /// State.
    state: HealthState,
    /// Why it is not healthy; null when it is.
    reason: Option<String>,
    /// What to do; null when it is healthy.
    help: Option<String>,
    /// When a call last ended (to within a few seconds).
    last_call_at: Option<DateTime>,
    /// When a call last succeeded (to within a few seconds).
    last_success_at: Option<DateTime>,
    /// When the tokens were last refreshed.
    last_refresh_at: Option<DateTime>,
}

/// State of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainHealthState")]
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

/// Settings of an integration.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct IntegrationSettings {
    #[graphql(skip)]
    of: DomainIntegration,
    /// Where the truth for quantity and cost lies.
    inventory_mode: InventoryMode,
    /// Item types that are synced.
    item_types: Vec<ItemType>,
    /// When documents are exported.
    export_mode: ExportMode,
    /// How many documents a journal entry is about.
    journal_granularity: JournalGranularity,
    /// Prefix of document references.
    document_prefix: String,
    /// Minutes between scheduled item syncs; null when off.
    item_sync_every_minutes: Option<i32>,
    /// Minutes between scheduled sales syncs; null when off.
    sales_sync_every_minutes: Option<i32>,
    /// When item syncs are scheduled, as cron in the company's time zone; null unless set in place of minutes.
    item_sync_cron: Option<String>,
    /// When sales syncs are scheduled, as cron in the company's time zone; null unless set in place of minutes.
    sales_sync_cron: Option<String>,
}

/// What is chosen for exports.
#[ComplexObject]
impl IntegrationSettings {
    /// Accounts for exports, one per role; which are asked for depends on the inventory mode.
    async fn accounts(&self, ctx: &Context<'_>) -> Result<Vec<AccountAssignment>> {
        let chosen = services(ctx)?.loaders.exports.chosen.get(self.of.business_id, self.of.id).await?;
        let chosen = chosen.unwrap_or_default();
        let of = |role| AccountAssignment { role, chosen: chosen.iter().find(|row| row.role == role).cloned() };
        Ok(domain::export::rules::ROLES.into_iter().map(of).collect())
    }

    /// Accounts that stand for a role with some products only. The more specific wins: category over type over role. What
    /// no product is behind (work, overhead) goes to the role's own account. In sync mode they apply where all products of a
    /// document agree, because an inventory adjustment takes one account.
    async fn account_overrides(&self, ctx: &Context<'_>) -> Result<Vec<AccountOverride>> {
        let rows = services(ctx)?.loaders.exports.overrides.get(self.of.business_id, self.of.id).await?;
        Ok(rows.unwrap_or_default().into_iter().map(AccountOverride).collect())
    }
}

/// An account for a role.
#[derive(Debug, Clone)]
pub struct AccountAssignment {
    role: DomainRole,
    chosen: Option<ChosenAccount>,
}

/// An account for a role in exports.
#[Object]
impl AccountAssignment {
    /// Role.
    async fn role(&self) -> AccountRole {
        self.role.into()
    }

    /// The account as it is now; null while none is chosen, and where it is gone.
    async fn account(&self, ctx: &Context<'_>) -> Result<Option<Account>> {
        let Some(chosen) = &self.chosen else { return Ok(None) };
        let key = (chosen.integration_id, chosen.external_id.clone());
        Ok(services(ctx)?.loaders.accounts.get(chosen.business_id, key).await?.map(Account))
    }

    /// Its name when it was chosen; null while none is.
    async fn account_name(&self) -> Option<&str> {
        self.chosen.as_ref().map(|chosen| chosen.name.as_str())
    }

    /// When it was chosen.
    async fn chosen_at(&self) -> Option<DateTime> {
        self.chosen.as_ref().map(|chosen| moment(chosen.chosen_at))
    }

    /// Who chose it.
    async fn chosen_by(&self) -> Option<&str> {
        self.chosen.as_ref().map(|chosen| chosen.chosen_by.as_str())
    }
}

/// Where the truth for quantity and cost lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainMode")]
pub enum InventoryMode {
    /// In the accounting system; item syncs change products.
    Sync,
    /// In this gateway; exports are journal entries.
    SelfManaged,
}

/// How many documents a journal entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainGranularity")]
pub enum JournalGranularity {
    /// One.
    Document,
    /// All of a day and kind, posted together after the day is over, or on request.
    DayAndKind,
}

/// When documents are exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainExportMode")]
pub enum ExportMode {
    /// When a user says so.
    Manual,
    /// As soon as they are ready.
    Automatic,
}
