//! The commands and what each does.
//!
//! Rule: a command that names something unknown is an error, never a silent nothing.

use chrono::NaiveDate;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::inject::Plan;
use crate::xero::sandbox::{
    entities::{self, Context},
    hand,
    json::{self, Record},
    shared::Sandbox,
    store::Organisation,
    throttle::Limits,
    webhooks::{self, Subscription},
};

/// A command.
#[derive(Debug, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case", rename_all_fields = "snake_case", deny_unknown_fields)]
pub(crate) enum Command {
    /// Ends all access tokens now; refreshing helps.
    ExpireAccessTokens,
    /// Ends the half hour of replaced refresh tokens.
    EndGrace,
    /// Ends all grants and connections, as a person does who removes the application.
    RevokeConsent,
    /// Takes one organisation out of the connections.
    Disconnect { tenant: String },
    /// How long access tokens last.
    OauthRules { access_token_seconds: i64 },
    /// Registers a redirect address that is not on this machine.
    RegisterRedirectUri { uri: String },
    /// Moves the sandbox's clock.
    AdvanceClock { seconds: i64 },
    /// Plans a fault for calls to come.
    Fail(Plan),
    /// Forgets all planned faults.
    ClearFaults,
    /// Counts calls anew.
    ResetCalls,
    /// Other rate limits.
    Throttle(Limits),
    /// Another least time for every answer.
    Latency { milliseconds: u64 },
    /// Switches of an organisation; what is not named stays.
    OrganisationRules { tenant: String, inventory: Option<bool> },
    /// Lock dates; `null` opens the books.
    CloseBooks { tenant: String, until: Option<NaiveDate> },
    /// Saves a record by the rules of the API, without its token and limits.
    Save {
        tenant: String,
        resource: String,
        id: Option<String>,
        record: Record,
        #[serde(default)]
        allow_backorders: bool,
    },
    /// Sends webhooks from now on; pauses between attempts in milliseconds, the service's own if absent.
    SendWebhooks { to: Url, key: Option<String>, retries: Option<Vec<u64>> },
    /// Sends requests without events, some signed rightly and some not.
    IntentToReceive,
    /// Sends no more webhooks.
    StopWebhooks,
    /// Everything as it was at the first start.
    Reset,
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// In words, when it names something unknown or breaks a rule.
    pub(crate) fn run(self, sandbox: &Sandbox) -> Result<Value, String> {
        let now = sandbox.clock.now();
        match self {
            Self::ExpireAccessTokens => {
                Ok(json!({"expired": sandbox.change(|state| state.grants.expire_access_tokens(now))}))
            }
            Self::EndGrace => Ok(json!({"ended": sandbox.change(|state| state.grants.end_grace())})),
            Self::RevokeConsent => Ok(json!({"revoked": sandbox.change(|state| state.grants.revoke_all())})),
            Self::Disconnect { tenant } => {
                Ok(json!({"disconnected": sandbox.change(|state| state.grants.disconnect_tenant(&tenant))}))
            }
            Self::OauthRules { access_token_seconds } => {
                sandbox.change(|state| state.grants.access_token_seconds = access_token_seconds);
                Ok(json!({}))
            }
            Self::RegisterRedirectUri { uri } => {
                sandbox.change(|state| state.grants.redirect_uris.push(uri));
                Ok(json!({}))
            }
            Self::AdvanceClock { seconds } => {
                sandbox.clock.advance(seconds);
                sandbox.change(|state| state.clock_offset_seconds = sandbox.clock.offset_seconds());
                Ok(json!({"now": sandbox.clock.now()}))
            }
            Self::Fail(plan) => Ok(json!({"planned": sandbox.plans.add(plan)})),
            Self::ClearFaults => Ok(json!({"cleared": sandbox.clear_faults()})),
            Self::ResetCalls => {
                sandbox.calls.reset();
                Ok(json!({}))
            }
            Self::Throttle(limits) => {
                sandbox.throttle.set(limits);
                Ok(json!({}))
            }
            Self::Latency { milliseconds } => {
                sandbox.set_latency(milliseconds);
                Ok(json!({}))
            }
            Self::OrganisationRules { tenant, inventory } => sandbox.change(|state| {
                let rules = &mut state.organisation_mut(&tenant)?.rules;
                rules.inventory = inventory.unwrap_or(rules.inventory);
                Ok(json!({}))
            }),
            Self::CloseBooks { tenant, until } => hand::close_books(sandbox, &tenant, until).map(|()| json!({})),
            Self::Save { tenant, resource, id, record, allow_backorders } => {
                let change = Change { resource: &resource, id: id.as_deref(), body: &record, allow_backorders };
                save(sandbox, &tenant, &change).map(Value::Object)
            }
            Self::SendWebhooks { to, key, retries } => {
                let key = SecretString::from(key.unwrap_or_else(|| webhooks::KEY.to_owned()));
                sandbox.webhooks.subscribe(Subscription::new(to, key, retries));
                Ok(json!({}))
            }
            Self::IntentToReceive => sandbox.webhooks.intent().map(|sent| json!({"sent": sent})),
            Self::StopWebhooks => {
                sandbox.webhooks.unsubscribe();
                Ok(json!({}))
            }
            Self::Reset => sandbox.reset().map(|()| json!({})),
        }
    }
}

/// What is saved, by whoever is not the API.
pub(crate) struct Change<'c> {
    /// The resource's name.
    pub(crate) resource: &'c str,
    /// The record; a new one if `None`.
    pub(crate) id: Option<&'c str>,
    /// Its fields.
    pub(crate) body: &'c Record,
    /// Whether stock may go below zero.
    pub(crate) allow_backorders: bool,
}

/// Saves a record by every rule of the API.
///
/// # Errors
/// In words, with every rule that it breaks.
pub(crate) fn save(sandbox: &Sandbox, tenant: &str, change: &Change<'_>) -> Result<Record, String> {
    let now = sandbox.clock.now();
    let resource = entities::find(change.resource).ok_or_else(|| format!("no resource {}", change.resource))?;
    sandbox.change(|state| {
        let organisation = state.organisation_mut(tenant)?;
        let missing = |id: &str| format!("no {} {id}", resource.name);
        let existing = match change.id {
            Some(id) => Some(organisation.find(resource, id).cloned().ok_or_else(|| missing(id))?),
            None => None,
        };
        let context = context(organisation, change.allow_backorders, now);
        let mut work = organisation.clone();
        let saved = resource.save(&mut work, &context, change.body, existing.as_ref());
        let saved = saved.map_err(|invalid| invalid.text())?;
        *organisation = work;
        let id = json::text(&saved, resource.id).unwrap_or_default();
        Ok(organisation.find(resource, id).cloned().unwrap_or(saved))
    })
}

/// What a person's change is done by.
pub(crate) fn context(
    organisation: &Organisation,
    allow_backorders: bool,
    now: chrono::DateTime<chrono::Utc>,
) -> Context {
    Context { now, today: organisation.today(now), unit_decimals: 4, allow_backorders, id: None }
}
