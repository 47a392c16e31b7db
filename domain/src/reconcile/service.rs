//! Use-cases of reconciliations: start one, look at what it found.

use std::{collections::BTreeMap, sync::Arc};

use entity::{BusinessId, IntegrationStatus, ReconciliationClass, ReconciliationId, ReconciliationState, TrueUpId};
use providers::model::ReportDates;
use serde_json::json;
use tokio::sync::Notify;

use super::{
    model::{Ask, ItemRow, Line, Reconciliation, ReconciliationFilter, Sum},
    store,
};
use crate::{
    ambient::Ambient,
    business::{self, Actor, Permission},
    catalog::{day_in, references},
    error::{ErrorCode, Refusal, Result},
    export::Exports,
    integration::{Integration, Integrations},
    page::{Page, PageRequest},
    store::Db,
};

/// Reconciliations of all businesses. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Reconciliations {
    pub(super) db: Db,
    pub(super) ambient: Ambient,
    pub(super) integrations: Integrations,
    pub(super) exports: Exports,
    pub(super) nudge: Arc<Notify>,
}

/// The inventory accounts of a reconciliation: the provider's ids and names.
pub fn account_names(row: &Reconciliation) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value, key: &str| value.get(key).and_then(|it| it.as_str()).map(str::to_owned);
    let rows = row.accounts.as_array().into_iter().flatten();
    rows.filter_map(|value| Some((text(value, "id")?, text(value, "name")?))).collect()
}

/// Sums of a reconciliation by class; classes without a line are left out.
pub fn sums_of(row: &Reconciliation) -> BTreeMap<ReconciliationClass, Sum> {
    serde_json::from_value(row.sums.clone()).unwrap_or_default()
}

impl Reconciliations {
    /// Reconciliations in this database.
    pub fn new(db: Db, ambient: Ambient, integrations: Integrations, exports: Exports) -> Self {
        Self { db, ambient, integrations, exports, nudge: Arc::new(Notify::new()) }
    }

    /// Starts a reconciliation: a row that a worker takes up. Answers at once.
    ///
    /// # Errors
    /// `Forbidden` without [`Permission::Export`], `NOT_FOUND`, `VALIDATION`, `CONNECTION_EXPIRED`,
    /// `UNSUPPORTED_BY_PROVIDER`; `INVALID_STATE` while another one of the integration waits or runs.
    pub async fn start(&self, actor: &Actor, ask: &Ask) -> Result<Reconciliation> {
        actor.require(Permission::Export)?;
        let integration = self.integrations.get(actor.business, ask.integration).await?;
        self.able(&integration)?;
        let now = self.ambient.now();
        let today = day_in(now, &business::time_zone(&self.db, actor.business).await?);
        let on = ask.on.unwrap_or(today);
        if on > today {
            return Err(Refusal::new(ErrorCode::Validation, format!("{on} has not come yet; today is {today}."))
                .help("Choose today or an earlier day.")
                .at(&["input", "on"])
                .into());
        }
        let accounts = self.accounts(&integration, ask).await?;
        let row = Reconciliation {
            id: self.ambient.id(),
            business_id: actor.business,
            integration_id: integration.id,
            on_day: on,
            state: ReconciliationState::Queued,
            mode: integration.inventory_mode,
            accounts,
            ours: None,
            theirs: None,
            difference: None,
            sums: json!({}),
            error_code: None,
            error_message: None,
            error_help: None,
            requested_by: actor.subject.clone(),
            due_at: Some(now),
            holder: None,
            held_until: None,
            fence: 0,
            created_at: now,
            ended_at: None,
            updated_at: now,
        };
        let tx = self.db.write().await?;
        let states = vec![ReconciliationState::Queued, ReconciliationState::Running];
        let open = ReconciliationFilter { integration: Some(integration.id), states };
        if store::count(tx.connection(), actor.business, &open).await? > 0 {
            return Err(Refusal::new(ErrorCode::InvalidState, "These books are being reconciled already.")
                .help("Wait for it to end; its page shows how far it is.")
                .into());
        }
        store::insert(tx.connection(), row.clone()).await?;
        tx.commit().await?;
        self.nudge.notify_one();
        Ok(row)
    }

    fn able(&self, integration: &Integration) -> Result<()> {
        let capability = self.integrations.capability(integration)?;
        if !capability.ledger_lines || capability.account_balances != ReportDates::AnyDay {
            return Err(Refusal::new(
                ErrorCode::UnsupportedByProvider,
                "This accounting system cannot list the lines of its accounts, which a reconciliation needs.",
            )
            .help("Compare the balance of the inventory account by hand, with the stock value on the products page.")
            .into());
        }
        match integration.status {
            IntegrationStatus::Active => Ok(()),
            IntegrationStatus::Expired => Err(Refusal::new(ErrorCode::ConnectionExpired, "Connection expired.")
                .help("Reconnect on the integrations page; settings, items and links stay.")
                .into()),
            IntegrationStatus::Pending | IntegrationStatus::Disconnected => {
                Err(Refusal::new(ErrorCode::InvalidState, "The accounting system is not connected.")
                    .help("Connect it on the integrations page.")
                    .into())
            }
        }
    }

    async fn accounts(&self, integration: &Integration, ask: &Ask) -> Result<serde_json::Value> {
        let connection = self.db.connection();
        let found = references::store::accounts_by_ids(connection, integration.business_id, &ask.accounts).await?;
        let mut chosen = Vec::new();
        for id in &ask.accounts {
            let account = found.iter().find(|row| row.id == *id && row.integration_id == integration.id);
            let account = account.ok_or_else(|| Refusal::not_found("account", id).at(&["input", "accountIds"]))?;
            chosen.push(json!({"id": account.external_id, "name": account.name}));
        }
        Ok(chosen.into())
    }

    /// One reconciliation.
    ///
    /// # Errors
    /// `Forbidden` without [`Permission::ReadCatalog`].
    pub async fn get(&self, actor: &Actor, id: ReconciliationId) -> Result<Option<Reconciliation>> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::find(self.db.connection(), actor.business, id).await?)
    }

    /// The reconciliation that a true-up is of.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of_true_up(&self, business: BusinessId, id: TrueUpId) -> Result<Option<Reconciliation>> {
        Ok(store::of_true_up(self.db.connection(), business, id).await?)
    }

    /// A page of reconciliations, newest first.
    ///
    /// # Errors
    /// As [`Reconciliations::get`].
    pub async fn page(
        &self,
        actor: &Actor,
        filter: &ReconciliationFilter,
        request: &PageRequest,
    ) -> Result<Page<Reconciliation>> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::page(self.db.connection(), actor.business, filter, request).await?)
    }

    /// How many match.
    ///
    /// # Errors
    /// As [`Reconciliations::get`].
    pub async fn count(&self, actor: &Actor, filter: &ReconciliationFilter) -> Result<u64> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::count(self.db.connection(), actor.business, filter).await?)
    }

    /// A page of lines, in order; of one class if one is named.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lines(
        &self,
        (business, id): (BusinessId, ReconciliationId),
        class: Option<ReconciliationClass>,
        request: &PageRequest,
    ) -> Result<Page<Line>> {
        Ok(store::lines(self.db.connection(), (business, id), class, request).await?)
    }

    /// How many lines there are.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_lines(
        &self,
        whose: (BusinessId, ReconciliationId),
        class: Option<ReconciliationClass>,
    ) -> Result<u64> {
        Ok(store::count_lines(self.db.connection(), whose, class).await?)
    }

    /// A page of products, by name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn items(&self, whose: (BusinessId, ReconciliationId), request: &PageRequest) -> Result<Page<ItemRow>> {
        Ok(store::items(self.db.connection(), whose, request).await?)
    }

    /// How many products there are.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_items(&self, whose: (BusinessId, ReconciliationId)) -> Result<u64> {
        Ok(store::count_items(self.db.connection(), whose).await?)
    }
}
