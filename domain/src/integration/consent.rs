//! The consent: begin it, end it, and store what it gave.
//!
//! Rule: a state is used once, within ten minutes, by whom it was made for; a refusal stores nothing.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use entity::{BusinessId, IntegrationId, IntegrationStatus, Timestamp};
use providers::{
    Provider,
    capability::Authorization,
    provider::{AuthorizationRequest, Grant, callback_state},
};
use sha2::{Digest, Sha256};
use url::Url;

use super::{
    choice::{Choice, choice},
    model::{Connected, Connecting, Integration},
    rules,
    service::{Integrations, title},
    store::{self, StateRow, TokenRow},
    tokens::seal,
    vault::TokenPair,
};
use crate::{
    business::{Actor, Permission},
    call_log::Correlation,
    error::{ErrorCode, Refusal, Result},
    store::WriteTx,
};

/// How long a consent may take (statement 7 and its issue: eleven minutes are too long).
const STATE_LIFE: Duration = Duration::from_secs(600);
/// How long used and old states are kept for the record.
const STATE_KEPT: Duration = Duration::from_secs(24 * 3600);

impl Integrations {
    /// Begins a new connection: where to send the user, or the connection itself where nobody has to consent.
    ///
    /// # Errors
    /// `Forbidden`; a refusal when the provider is unknown or not configured.
    pub async fn connect(&self, actor: &Actor, provider: &str, return_to: Option<&str>) -> Result<Connecting> {
        actor.require(Permission::ManageConnections)?;
        let provider = self.providers.get(provider)?;
        if provider.capability().authorization == Authorization::Configured {
            return Ok(Connecting::Done(Box::new(self.connect_configured(actor, &*provider).await?)));
        }
        self.begin_consent(actor, &*provider, None, return_to).await.map(Connecting::Consent)
    }

    /// Begins a consent that replaces the tokens of an integration and nothing else.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`; `INVALID_STATE` when it was disconnected.
    pub async fn reconnect(&self, actor: &Actor, id: IntegrationId, return_to: Option<&str>) -> Result<Connecting> {
        actor.require(Permission::ManageConnections)?;
        let integration = self.get(actor.business, id).await?;
        if integration.status == IntegrationStatus::Disconnected {
            return Err(Refusal::new(ErrorCode::InvalidState, format!("{} is disconnected.", title(&integration)))
                .help("Connect again instead; items and links are used again for the same company.")
                .at(&["input", "integrationId"])
                .into());
        }
        if integration.status == IntegrationStatus::Pending {
            return Err(Refusal::new(ErrorCode::InvalidState, "The company of this connection is still to be chosen.")
                .help("Choose the company, or disconnect and connect again.")
                .at(&["input", "integrationId"])
                .into());
        }
        let provider = self.providers.get(&integration.provider)?;
        if provider.capability().authorization == Authorization::Configured {
            return Ok(Connecting::Done(Box::new(self.connect_configured(actor, &*provider).await?)));
        }
        self.begin_consent(actor, &*provider, Some(id), return_to).await.map(Connecting::Consent)
    }

    async fn begin_consent(
        &self,
        actor: &Actor,
        provider: &dyn Provider,
        integration_id: Option<IntegrationId>,
        return_to: Option<&str>,
    ) -> Result<Url> {
        let return_to = return_to.map(check_return).transpose()?;
        let state = URL_SAFE_NO_PAD.encode(self.ambient.bytes::<32>());
        let redirect_uri = self.redirect_uri(provider.id())?;
        let state_hash = hash(&state);
        let observer = self.observer(provider, actor.business, integration_id, consent(&state_hash));
        let request = AuthorizationRequest { state, redirect_uri };
        let url = provider.authorization_url(&request, observer).await?;
        let now = self.ambient.now();
        let row = StateRow {
            state_hash,
            business_id: actor.business,
            subject: actor.subject.clone(),
            provider: provider.id().to_owned(),
            integration_id,
            return_to,
            created_at: now,
            expires_at: now.plus(STATE_LIFE),
            used_at: None,
        };
        let tx = self.db.write().await?;
        store::forget_states(tx.connection(), now.minus(STATE_KEPT)).await?;
        store::insert_state(tx.connection(), row).await?;
        tx.commit().await?;
        Ok(url)
    }

    /// Ends a consent with the URL the provider sent the user back to. `actor` is given where a client owns the redirect;
    /// the state must then be theirs. In a browser redirect the state itself says whose it is.
    ///
    /// # Errors
    /// `OAUTH_STATE_INVALID`, `CONSENT_REFUSED`, `WRONG_COMPANY`, or what the provider answered. Nothing is stored then,
    /// but the state is used up.
    pub async fn complete(&self, callback: &Url, actor: Option<&Actor>) -> Result<Connected> {
        if let Some(actor) = actor {
            actor.require(Permission::ManageConnections)?;
        }
        let state = self.use_state(callback, actor).await?;
        let provider = self.providers.get(&state.provider)?;
        let parsed = provider.parse_callback(callback)?;
        let redirect_uri = self.redirect_uri(&state.provider)?;
        // The integration is not known before its company is; the exchange is logged without it and claimed afterwards.
        let exchange = consent(&state.state_hash);
        let observer = self.observer(&*provider, state.business_id, state.integration_id, exchange.clone());
        let grant = provider.exchange_code(&parsed, &redirect_uri, observer).await?;
        let before = self.company_before(&state).await?;
        let integration = match choice(&parsed, &grant, before.as_deref())? {
            Choice::Made(company) => self.store_grant(&state, &*provider, &company, &grant).await?,
            // A reconnect is for one company; a consent without it is for another.
            Choice::Open if before.is_some() => return Err(other_companies(&grant, before.as_deref()).into()),
            Choice::Open => self.wait_for_choice(&state, &*provider, &grant).await?,
        };
        self.log.claim(integration.business_id, integration.id, &exchange).await?;
        let integration = match integration.status {
            IntegrationStatus::Pending => integration,
            _ => self.with_company(integration).await?,
        };
        self.changes.announce(integration.business_id, integration.id);
        Ok(Connected { integration, return_to: state.return_to })
    }

    /// Where the user of a callback came from, also when the callback will be refused. Uses nothing up.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn return_to(&self, callback: &Url) -> Result<Option<String>> {
        let Some(state) = callback_state(callback) else { return Ok(None) };
        let row = store::state(self.db.connection(), &hash(&state)).await?;
        Ok(row.filter(|row| row.used_at.is_none()).and_then(|row| row.return_to))
    }

    async fn use_state(&self, callback: &Url, actor: Option<&Actor>) -> Result<StateRow> {
        let invalid = || {
            Refusal::new(
                ErrorCode::OauthStateInvalid,
                "This sign-in link is unknown, was used before, or is older than 10 minutes.",
            )
            .help("Start again with Connect.")
        };
        let state = callback_state(callback).ok_or_else(invalid)?;
        let of = actor.map(|actor| (actor.business, actor.subject.as_str()));
        let tx = self.db.write().await?;
        let row = store::use_state(tx.connection(), &hash(&state), of, self.ambient.now()).await?;
        tx.commit().await?;
        row.ok_or_else(|| invalid().into())
    }

    /// The company that is reconnected.
    async fn company_before(&self, state: &StateRow) -> Result<Option<String>> {
        let Some(id) = state.integration_id else { return Ok(None) };
        let integration = store::find(self.db.connection(), state.business_id, id).await?;
        Ok(integration.and_then(|integration| integration.company_external_id))
    }

    async fn store_grant(
        &self,
        state: &StateRow,
        provider: &dyn Provider,
        company: &str,
        grant: &Grant,
    ) -> Result<Integration> {
        let now = self.ambient.now();
        let tx = self.db.write().await?;
        let existing = match state.integration_id {
            Some(id) => Some(self.same_company(&tx, state.business_id, id, company).await?),
            None => store::find_company(tx.connection(), state.business_id, provider.id(), company).await?,
        };
        let integration = match existing {
            Some(existing) => {
                let renewed = renewed(existing, &state.subject, now);
                store::update(tx.connection(), renewed.clone()).await?;
                renewed
            }
            None => {
                let mut fresh =
                    fresh(self.ambient.id(), &state.business_id, &state.subject, provider, Some(company), now);
                let covered = grant.companies.iter().find(|covered| covered.external_id == company);
                fresh.company_name = covered.and_then(|covered| covered.name.clone());
                store::insert(tx.connection(), fresh.clone()).await?;
                fresh
            }
        };
        self.put_grant(&tx, &integration, grant, now).await?;
        tx.commit().await?;
        Ok(integration)
    }

    async fn same_company(
        &self,
        tx: &WriteTx,
        business: BusinessId,
        id: IntegrationId,
        company: &str,
    ) -> Result<Integration> {
        let integration = store::find(tx.connection(), business, id).await?;
        let integration = integration.ok_or_else(|| Refusal::not_found("integration", id))?;
        if integration.company_external_id.as_deref() == Some(company) {
            return Ok(integration);
        }
        let message = format!(
            "You signed in to company {company}, but this connection is for {}. Nothing was changed.",
            title(&integration),
        );
        Err(Refusal::new(ErrorCode::WrongCompany, message)
            .help("Reconnect signed in to the right company; or disconnect, then connect the other one.")
            .into())
    }

    pub(super) async fn put_grant(
        &self,
        tx: &WriteTx,
        integration: &Integration,
        grant: &Grant,
        now: Timestamp,
    ) -> Result<()> {
        let tokens = &grant.tokens;
        let pair = TokenPair { access: tokens.access_token.clone(), refresh: tokens.refresh_token.clone() };
        let previous = store::token(tx.connection(), integration.business_id, integration.id).await?;
        let row = TokenRow {
            integration_id: integration.id,
            business_id: integration.business_id,
            sealed: seal(&self.vault, &self.ambient, integration.business_id, integration.id, &pair)?,
            access_expires_at: tokens.access_expires_at.into(),
            refresh_expires_at: tokens.refresh_expires_at.map(Into::into),
            refresh_hard_expires_at: tokens.refresh_hard_expires_at.map(Into::into),
            version: previous.map_or(1, |row| row.version + 1),
            lease_holder: None,
            lease_until: None,
            refreshed_at: Some(now),
        };
        store::put_token(tx.connection(), row).await?;
        Ok(())
    }

    /// Reads the company's name and settings. A passing failure leaves the connection standing, without a name for now:
    /// the code is used up, and asking the user to consent again would not help.
    pub(super) async fn with_company(&self, integration: Integration) -> Result<Integration> {
        match self.read_company(&integration, Correlation::default()).await {
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, integration = %integration.id, "company could not be read yet"),
        }
        self.get(integration.business_id, integration.id).await
    }
}

fn hash(state: &str) -> String {
    hex::encode(Sha256::digest(state.as_bytes()))
}

/// Groups the calls of one consent.
fn consent(state_hash: &str) -> Correlation {
    Correlation { run: None, id: Some(format!("oauth_{}", &state_hash[..16])) }
}

/// Only a path of our own may be returned to: anything else would make the callback an open redirect.
fn check_return(path: &str) -> Result<String> {
    let own =
        path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\n', '\r']) && path.len() <= 512;
    if own {
        return Ok(path.to_owned());
    }
    Err(Refusal::new(ErrorCode::Validation, format!("returnTo must be a path of this gateway, not {path:?}."))
        .help("For example /console/integrations.")
        .at(&["input", "returnTo"])
        .into())
}

fn other_companies(grant: &Grant, before: Option<&str>) -> Refusal {
    let covered: Vec<&str> = grant.companies.iter().map(|company| company.external_id.as_str()).collect();
    let message = format!(
        "You agreed for {}, but this connection is for company {}. Nothing was changed.",
        covered.join(", "),
        before.unwrap_or_default(),
    );
    Refusal::new(ErrorCode::WrongCompany, message)
        .help("Reconnect and agree for the right company; or disconnect, then connect the other one.")
}

pub(super) fn renewed(integration: Integration, subject: &str, now: Timestamp) -> Integration {
    Integration {
        status: IntegrationStatus::Active,
        connected_at: Some(now),
        connected_by: Some(subject.to_owned()),
        disconnected_at: None,
        trouble: None,
        trouble_since: None,
        expired_reason: None,
        updated_at: now,
        ..integration
    }
}

pub(super) fn fresh(
    id: IntegrationId,
    business: &BusinessId,
    subject: &str,
    provider: &dyn Provider,
    company: Option<&str>,
    now: Timestamp,
) -> Integration {
    let settings = rules::first_settings(provider.capability());
    Integration {
        id,
        business_id: *business,
        provider: provider.id().to_owned(),
        status: IntegrationStatus::Active,
        company_external_id: company.map(str::to_owned),
        company_name: None,
        company_country: None,
        company_currency: None,
        company_edition: None,
        company_multicurrency: false,
        company_inventory: false,
        company_book_close_date: None,
        company_time_zone: None,
        company_choices: None,
        inventory_mode: settings.inventory_mode,
        item_types: rules::item_types_to_json(&settings.item_types),
        export_mode: settings.export_mode,
        journal_granularity: settings.journal_granularity,
        document_prefix: settings.document_prefix,
        item_sync_every_minutes: None,
        sales_sync_every_minutes: None,
        item_sync_cron: None,
        sales_sync_cron: None,
        connected_at: Some(now),
        connected_by: Some(subject.to_owned()),
        disconnected_at: None,
        last_call_at: None,
        last_success_at: None,
        trouble: None,
        trouble_since: None,
        expired_reason: None,
        created_at: now,
        updated_at: now,
    }
}
