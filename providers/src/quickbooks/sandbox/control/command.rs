//! The commands and what each does.
//!
//! Rule: a command that names something unknown is an error, never a silent nothing.

use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::{
    edit::{Edit, OddRecord, Removal},
    inject::Plan,
};
use crate::quickbooks::sandbox::{
    WEBHOOK_KEY,
    oauth::Rotation,
    shared::Sandbox,
    store::State,
    throttle::Limits,
    webhooks::{Format, Subscription},
};

/// A command.
#[derive(Debug, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case", rename_all_fields = "snake_case", deny_unknown_fields)]
pub(crate) enum Command {
    /// Ends all access tokens now.
    ExpireAccessTokens { realm: Option<String> },
    /// Refresh tokens change their value: on the next refresh, or at once so that the client's is retired.
    RotateRefreshTokens {
        realm: Option<String>,
        #[serde(default)]
        at_once: bool,
    },
    /// Ends grants, as a person does who disconnects the application.
    RevokeConsent { realm: Option<String> },
    /// Changes the rules of tokens; what is not named stays.
    OauthRules { rotation: Option<Rotation>, kill_on_reuse: Option<bool>, access_token_seconds: Option<i64> },
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
    /// Switches of a company; what is not named stays.
    CompanyRules {
        realm: String,
        quantity_updates: Option<bool>,
        offering: Option<String>,
        subscription: Option<String>,
    },
    /// Tells changes to an address from now on; without one, no longer.
    Webhooks {
        to: Option<Url>,
        key: Option<String>,
        format: Option<Format>,
        retry_ms: Option<Vec<u64>>,
        patience_ms: Option<u64>,
    },
    /// Changes an object without the API.
    Edit(Edit),
    /// Removes an object without the API.
    Remove(Removal),
    /// Puts an object into listings as it is.
    AddOdd(OddRecord),
    /// Takes those out again.
    ClearOdd { realm: String },
    /// Everything as it was at the first start: companies, grants, clock, limits, counts, faults.
    Reset,
}

impl Command {
    /// A change of an object behind the API's back.
    pub(crate) fn edit(realm: &str, entity: &str, id: &str, set: crate::quickbooks::sandbox::json::Record) -> Self {
        Self::Edit(Edit::of(realm, entity, id, set))
    }

    /// The removal of an object behind the API's back.
    pub(crate) fn remove(realm: &str, entity: &str, id: &str) -> Self {
        Self::Remove(Removal::of(realm, entity, id))
    }

    /// Does it.
    ///
    /// # Errors
    /// In words, when it names something unknown.
    pub(crate) fn run(self, sandbox: &Sandbox) -> Result<Value, String> {
        let now = sandbox.clock.now();
        match self {
            Self::ExpireAccessTokens { realm } => {
                let ended = sandbox.change(|state| state.grants.expire_access_tokens(realm.as_deref()));
                Ok(json!({"expired": ended}))
            }
            Self::RotateRefreshTokens { realm, at_once } => {
                let changed = sandbox.change(|state| state.grants.rotate(realm.as_deref(), at_once, now));
                Ok(json!({"rotated": changed}))
            }
            Self::RevokeConsent { realm } => {
                let ended = sandbox.change(|state| state.grants.revoke_consent(realm.as_deref()));
                Ok(json!({"revoked": ended}))
            }
            Self::OauthRules { rotation, kill_on_reuse, access_token_seconds } => Ok(sandbox.change(|state| {
                let rules = &mut state.grants.rules;
                rules.rotation = rotation.unwrap_or(rules.rotation);
                rules.kill_on_reuse = kill_on_reuse.unwrap_or(rules.kill_on_reuse);
                rules.access_token_seconds = access_token_seconds.unwrap_or(rules.access_token_seconds);
                json!(rules)
            })),
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
            Self::CompanyRules { realm, quantity_updates, offering, subscription } => sandbox.change(|state| {
                let company = company_mut(state, &realm)?;
                company.rules.quantity_updates = quantity_updates.unwrap_or(company.rules.quantity_updates);
                company.set_name_value("OfferingSku", offering);
                company.set_name_value("SubscriptionStatus", subscription);
                Ok(json!({}))
            }),
            Self::Webhooks { to, key, format, retry_ms, patience_ms } => {
                let key = key.unwrap_or_else(|| WEBHOOK_KEY.to_owned());
                let format = format.unwrap_or_default();
                let subscription = to.map(|to| Subscription { to, key, format, retry_ms, patience_ms });
                sandbox.change(|state| state.webhooks = subscription);
                Ok(json!({}))
            }
            Self::Edit(edit) => edit.run(sandbox),
            Self::Remove(removal) => removal.run(sandbox),
            Self::AddOdd(odd) => odd.run(sandbox),
            Self::ClearOdd { realm } => sandbox.change(|state| {
                let company = company_mut(state, &realm)?;
                company.tables.values_mut().for_each(crate::quickbooks::sandbox::store::Table::clear_odd);
                Ok(json!({}))
            }),
            Self::Reset => sandbox.reset().map(|()| json!({})),
        }
    }
}

/// The company of a realm.
///
/// # Errors
/// In words, naming the ones there are.
pub(super) fn company_mut<'s>(
    state: &'s mut State,
    realm: &str,
) -> Result<&'s mut crate::quickbooks::sandbox::store::Company, String> {
    let known: Vec<String> = state.companies.keys().cloned().collect();
    state.companies.get_mut(realm).ok_or_else(|| format!("no company {realm}; there are {}", known.join(", ")))
}
