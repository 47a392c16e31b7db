//! Which company a connection is for, where the consent did not say or nobody had to consent.
//!
//! Rule: the user picks among the companies of their own consent and no others; a company that was connected before gets
//! its old integration back, with its data.

use entity::{IntegrationId, IntegrationStatus};
use providers::{
    Provider,
    model::CompanyChoice,
    provider::{Callback, Grant},
};
use serde_json::{Value, json};

use super::{
    consent::{fresh, renewed},
    model::Integration,
    service::{Integrations, title},
    store::{self, StateRow, TokenRow},
    tokens::seal,
};
use crate::{
    business::{Actor, Permission},
    call_log::Correlation,
    error::{Error, ErrorCode, Refusal, Result},
    store::WriteTx,
};

/// What a grant says about its company.
pub(super) enum Choice {
    /// It is this one.
    Made(String),
    /// The user must pick.
    Open,
}

/// The company of a grant: named by the callback, the only one, or the one that is reconnected.
///
/// # Errors
/// A refusal when the consent covers no company.
pub(super) fn choice(callback: &Callback, grant: &Grant, before: Option<&str>) -> Result<Choice> {
    if let Some(company) = &callback.company {
        return Ok(Choice::Made(company.clone()));
    }
    match grant.companies.as_slice() {
        [] => Err(Refusal::new(ErrorCode::InvalidState, "The consent covers no company.")
            .help("Connect again and choose a company at the accounting system.")
            .into()),
        [only] => Ok(Choice::Made(only.external_id.clone())),
        several => Ok(several
            .iter()
            .find(|company| Some(company.external_id.as_str()) == before)
            .map_or(Choice::Open, |company| Choice::Made(company.external_id.clone()))),
    }
}

impl Integrations {
    /// Keeps a grant whose company the user has still to pick.
    pub(super) async fn wait_for_choice(
        &self,
        state: &StateRow,
        provider: &dyn Provider,
        grant: &Grant,
    ) -> Result<Integration> {
        let now = self.ambient.now();
        let mut pending = fresh(self.ambient.id(), &state.business_id, &state.subject, provider, None, now);
        pending.status = IntegrationStatus::Pending;
        pending.company_choices = Some(to_json(&grant.companies));
        let tx = self.db.write().await?;
        store::insert(tx.connection(), pending.clone()).await?;
        self.put_grant(&tx, &pending, grant, now).await?;
        tx.commit().await?;
        Ok(pending)
    }

    /// Picks the company of a consent that covers several. Answers the integration of that company, which is another
    /// one than asked about where the company was connected before.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`; `INVALID_STATE` when there is nothing to pick; `VALIDATION` naming the companies there
    /// are.
    pub async fn select_company(&self, actor: &Actor, id: IntegrationId, company: &str) -> Result<Integration> {
        actor.require(Permission::ManageConnections)?;
        let pending = self.get(actor.business, id).await?;
        check_choice(&pending, company)?;
        let tx = self.db.write().await?;
        let pending = self.still_pending(&tx, &pending).await?;
        let chosen = match store::find_company(tx.connection(), actor.business, &pending.provider, company).await? {
            Some(before) => self.take_back(&tx, &pending, before, &actor.subject).await?,
            None => self.adopt(&tx, pending, company).await?,
        };
        tx.commit().await?;
        let chosen = self.with_company(chosen).await?;
        self.changes.announce(actor.business, id);
        self.changes.announce(actor.business, chosen.id);
        Ok(chosen)
    }

    async fn still_pending(&self, tx: &WriteTx, seen: &Integration) -> Result<Integration> {
        let now = store::find(tx.connection(), seen.business_id, seen.id).await?;
        now.filter(|now| now.status == IntegrationStatus::Pending).ok_or_else(|| nothing_to_pick(seen).into())
    }

    /// Its name is known from the consent; the rest is read afterwards.
    async fn adopt(&self, tx: &WriteTx, pending: Integration, company: &str) -> Result<Integration> {
        let choice = company_choices(&pending).into_iter().find(|choice| choice.external_id == company);
        let chosen = Integration {
            status: IntegrationStatus::Active,
            company_external_id: Some(company.to_owned()),
            company_name: choice.and_then(|choice| choice.name),
            company_choices: None,
            updated_at: self.ambient.now(),
            ..pending
        };
        store::update(tx.connection(), chosen.clone()).await?;
        Ok(chosen)
    }

    /// The company's old integration gets the new tokens, sealed for it; the pending one ends.
    async fn take_back(
        &self,
        tx: &WriteTx,
        pending: &Integration,
        before: Integration,
        subject: &str,
    ) -> Result<Integration> {
        let (business, now) = (pending.business_id, self.ambient.now());
        let row = store::token(tx.connection(), business, pending.id).await?;
        let row = row.ok_or_else(|| Error::Internal("a pending integration without tokens".to_owned()))?;
        let pair = self.vault.open(business, pending.id, &row.sealed);
        let pair = pair.map_err(|error| Error::Internal(error.to_string()))?;
        let previous = store::token(tx.connection(), business, before.id).await?;
        let moved = TokenRow {
            integration_id: before.id,
            sealed: seal(&self.vault, &self.ambient, business, before.id, &pair)?,
            version: previous.map_or(1, |row| row.version + 1),
            lease_holder: None,
            lease_until: None,
            ..row
        };
        let renewed = renewed(before, subject, now);
        store::update(tx.connection(), renewed.clone()).await?;
        store::put_token(tx.connection(), moved).await?;
        store::delete_token(tx.connection(), business, pending.id).await?;
        store::delete(tx.connection(), business, pending.id).await?;
        Ok(renewed)
    }

    /// Connects the company that the operator's configuration leads to; nobody is asked.
    pub(super) async fn connect_configured(&self, actor: &Actor, provider: &dyn Provider) -> Result<Integration> {
        let observer = self.observer(provider, actor.business, None, Correlation::default());
        let company = provider.configured_company(observer).await?.external_id;
        let now = self.ambient.now();
        let tx = self.db.write().await?;
        let integration = match store::find_company(tx.connection(), actor.business, provider.id(), &company).await? {
            Some(before) => {
                let renewed = renewed(before, &actor.subject, now);
                store::update(tx.connection(), renewed.clone()).await?;
                renewed
            }
            None => {
                let id = self.ambient.id();
                let fresh = fresh(id, &actor.business, &actor.subject, provider, Some(&company), now);
                store::insert(tx.connection(), fresh.clone()).await?;
                fresh
            }
        };
        tx.commit().await?;
        let integration = self.with_company(integration).await?;
        self.changes.announce(actor.business, integration.id);
        Ok(integration)
    }
}

/// The companies that a user may pick from; none where nothing is to be picked.
pub fn company_choices(integration: &Integration) -> Vec<CompanyChoice> {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let stored = integration.company_choices.as_ref().and_then(Value::as_array);
    stored
        .into_iter()
        .flatten()
        .filter_map(|value| Some(CompanyChoice { external_id: text(value, "id")?, name: text(value, "name") }))
        .collect()
}

fn to_json(companies: &[CompanyChoice]) -> Value {
    companies.iter().map(|company| json!({"id": company.external_id, "name": company.name})).collect()
}

fn check_choice(pending: &Integration, company: &str) -> Result<()> {
    if pending.status != IntegrationStatus::Pending {
        return Err(nothing_to_pick(pending).into());
    }
    let choices = company_choices(pending);
    if choices.iter().any(|choice| choice.external_id == company) {
        return Ok(());
    }
    let named = |choice: &CompanyChoice| choice.name.clone().unwrap_or_else(|| choice.external_id.clone());
    let names: Vec<String> = choices.iter().map(named).collect();
    Err(Refusal::new(ErrorCode::Validation, format!("The consent does not cover the company {company:?}."))
        .help(format!("It covers: {}.", names.join(", ")))
        .at(&["input", "companyExternalId"])
        .into())
}

fn nothing_to_pick(integration: &Integration) -> Refusal {
    Refusal::new(ErrorCode::InvalidState, format!("There is no company to pick for {}.", title(integration)))
        .help("Connect again to choose another company.")
        .at(&["input", "integrationId"])
}
