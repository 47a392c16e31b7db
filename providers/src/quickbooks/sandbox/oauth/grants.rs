//! Codes and chains of tokens: what a consent gives, how long it lasts, how it ends (reference 1.2, 1.4, 1.5, 1.7).
//!
//! Rule: pure but for the random values; the moment is an argument.

use std::{collections::BTreeMap, fmt};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// A code can be exchanged for five minutes.
const CODE_SECONDS: i64 = 300;
/// A refresh token lasts 101 days from its last change of value (reference 1.4).
const REFRESH_SECONDS: i64 = 8_726_400;
/// A consent lasts five years at most (reference 1.4).
const HARD_SECONDS: i64 = 157_680_000;
/// In `daily` rotation the value changes on the first refresh after a day.
const ROTATION_SECONDS: i64 = 86_400;
/// Old refresh values remembered per chain.
const RETIRED_KEPT: usize = 50;

/// All codes and chains, and the rules they follow.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Grants {
    /// The rules.
    pub(crate) rules: Rules,
    /// Redirect addresses registered beside the loopback ones.
    pub(crate) redirect_uris: Vec<String>,
    codes: BTreeMap<String, Code>,
    chains: BTreeMap<u64, Chain>,
    last_chain: u64,
}

/// When refresh tokens change, and how strict the service is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Rules {
    /// When the value of a refresh token changes.
    pub(crate) rotation: Rotation,
    /// Whether using a retired refresh token or a used code ends the chain.
    pub(crate) kill_on_reuse: bool,
    /// Life of an access token.
    pub(crate) access_token_seconds: i64,
}

impl Default for Rules {
    fn default() -> Self {
        Self { rotation: Rotation::Daily, kill_on_reuse: false, access_token_seconds: 3600 }
    }
}

/// When the value of a refresh token changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Rotation {
    /// On the first refresh after 24 hours.
    Daily,
    /// On every refresh.
    Every,
}

/// What a consent was given for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Access {
    /// The company, where a scope needs one.
    pub(crate) realm: Option<String>,
    /// The scopes.
    pub(crate) scopes: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Code {
    access: Access,
    redirect_uri: String,
    expires: DateTime<Utc>,
    chain: Option<u64>,
}

#[derive(Serialize, Deserialize)]
struct Chain {
    access: Access,
    consented: DateTime<Utc>,
    refresh: String,
    refresh_changed: DateTime<Utc>,
    retired: Vec<String>,
    tokens: BTreeMap<String, DateTime<Utc>>,
    revoked: bool,
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Code").field("access", &self.access).field("expires", &self.expires).finish_non_exhaustive()
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chain").field("access", &self.access).field("revoked", &self.revoked).finish_non_exhaustive()
    }
}

/// A pair of tokens and how long each lasts.
pub(crate) struct Tokens {
    /// The access token.
    pub(crate) access_token: String,
    /// Seconds it lasts.
    pub(crate) expires_in: i64,
    /// The refresh token.
    pub(crate) refresh_token: String,
    /// Seconds it lasts unless it is used.
    pub(crate) refresh_expires_in: i64,
    /// Seconds until the consent ends whatever happens.
    pub(crate) hard_expires_in: i64,
    /// What they are for.
    pub(crate) access: Access,
}

impl Grants {
    /// A new code for a consent.
    pub(crate) fn issue_code(&mut self, access: Access, redirect_uri: &str, now: DateTime<Utc>) -> String {
        self.codes.retain(|_, code| code.expires + TimeDelta::days(1) > now);
        let code = format!("AB1{}", random_text(30));
        let expires = now + TimeDelta::seconds(CODE_SECONDS);
        let redirect_uri = redirect_uri.to_owned();
        self.codes.insert(code.clone(), Code { access, redirect_uri, expires, chain: None });
        code
    }

    /// Exchanges a code for tokens; `None` if it is unknown, used, too old or of another redirect address.
    pub(crate) fn exchange(&mut self, code: &str, redirect_uri: &str, now: DateTime<Utc>) -> Option<Tokens> {
        let found = self.codes.get_mut(code)?;
        if let Some(chain) = found.chain {
            self.reused(chain);
            return None;
        }
        if found.expires <= now || found.redirect_uri != redirect_uri {
            return None;
        }
        self.last_chain += 1;
        found.chain = Some(self.last_chain);
        let chain = Chain::new(found.access.clone(), now);
        self.chains.insert(self.last_chain, chain);
        self.chains.get_mut(&self.last_chain).map(|chain| chain.issue(&self.rules, now))
    }

    /// New tokens for a refresh token; `None` if it is unknown, retired, revoked or too old.
    pub(crate) fn refresh(&mut self, token: &str, now: DateTime<Utc>) -> Option<Tokens> {
        if let Some(retired) = self.chain_where(|chain| chain.retired.iter().any(|old| old == token)) {
            self.reused(retired);
            return None;
        }
        let id = self.chain_where(|chain| !chain.revoked && chain.refresh == token)?;
        let chain = self.chains.get_mut(&id)?;
        if chain.refresh_ends() <= now {
            return None;
        }
        let age = now - chain.refresh_changed;
        if self.rules.rotation == Rotation::Every || age >= TimeDelta::seconds(ROTATION_SECONDS) {
            chain.rotate(now);
        }
        Some(chain.issue(&self.rules, now))
    }

    /// Revokes the chain of an access or refresh token; whether there was one.
    pub(crate) fn revoke(&mut self, token: &str) -> bool {
        let holds = |chain: &Chain| !chain.revoked && (chain.refresh == token || chain.tokens.contains_key(token));
        let found = self.chain_where(holds);
        found.is_some_and(|id| self.end(id))
    }

    /// What an access token is for; `None` if it is unknown, expired or revoked.
    pub(crate) fn access(&self, token: &str, now: DateTime<Utc>) -> Option<&Access> {
        let valid = |chain: &&Chain| !chain.revoked && chain.tokens.get(token).is_some_and(|expires| *expires > now);
        self.chains.values().find(valid).map(|chain| &chain.access)
    }

    /// Ends all access tokens of a company, or of all; the number of them.
    pub(crate) fn expire_access_tokens(&mut self, realm: Option<&str>) -> usize {
        let mut ended = 0;
        for chain in self.chains.values_mut().filter(|chain| chain.is_of(realm)) {
            ended += chain.tokens.len();
            chain.tokens.clear();
        }
        ended
    }

    /// Makes the refresh token of each chain change: on the next refresh, or at once behind the client's back.
    pub(crate) fn rotate(&mut self, realm: Option<&str>, at_once: bool, now: DateTime<Utc>) -> usize {
        let mut changed = 0;
        for chain in self.chains.values_mut().filter(|chain| chain.is_of(realm) && !chain.revoked) {
            changed += 1;
            match at_once {
                true => chain.rotate(now),
                false => chain.refresh_changed -= TimeDelta::seconds(ROTATION_SECONDS),
            }
        }
        changed
    }

    /// Takes consent back: ends the chains of a company, or all; the number of them.
    pub(crate) fn revoke_consent(&mut self, realm: Option<&str>) -> usize {
        let chains = self.chains.iter().filter(|(_, chain)| chain.is_of(realm) && !chain.revoked);
        let ids: Vec<u64> = chains.map(|(id, _)| *id).collect();
        ids.iter().filter(|id| self.end(**id)).count()
    }

    /// Whether a company has a consent that was not taken back.
    pub(crate) fn is_connected(&self, realm: &str) -> bool {
        self.chains.values().any(|chain| chain.is_of(Some(realm)) && !chain.revoked)
    }

    fn chain_where(&self, wanted: impl Fn(&Chain) -> bool) -> Option<u64> {
        self.chains.iter().find(|(_, chain)| wanted(chain)).map(|(id, _)| *id)
    }

    fn reused(&mut self, chain: u64) {
        if self.rules.kill_on_reuse {
            self.end(chain);
        }
    }

    fn end(&mut self, id: u64) -> bool {
        let Some(chain) = self.chains.get_mut(&id) else { return false };
        chain.revoked = true;
        chain.tokens.clear();
        true
    }
}

impl Chain {
    fn new(access: Access, now: DateTime<Utc>) -> Self {
        Self {
            access,
            consented: now,
            refresh: new_refresh_token(),
            refresh_changed: now,
            retired: Vec::new(),
            tokens: BTreeMap::new(),
            revoked: false,
        }
    }

    fn is_of(&self, realm: Option<&str>) -> bool {
        realm.is_none() || self.access.realm.as_deref() == realm
    }

    fn hard_end(&self) -> DateTime<Utc> {
        self.consented + TimeDelta::seconds(HARD_SECONDS)
    }

    fn refresh_ends(&self) -> DateTime<Utc> {
        (self.refresh_changed + TimeDelta::seconds(REFRESH_SECONDS)).min(self.hard_end())
    }

    fn rotate(&mut self, now: DateTime<Utc>) {
        let old = std::mem::replace(&mut self.refresh, new_refresh_token());
        self.retired.push(old);
        let surplus = self.retired.len().saturating_sub(RETIRED_KEPT);
        self.retired.drain(..surplus);
        self.refresh_changed = now;
    }

    fn issue(&mut self, rules: &Rules, now: DateTime<Utc>) -> Tokens {
        self.tokens.retain(|_, expires| *expires > now);
        let access_token = new_access_token();
        self.tokens.insert(access_token.clone(), now + TimeDelta::seconds(rules.access_token_seconds));
        Tokens {
            access_token,
            expires_in: rules.access_token_seconds,
            refresh_token: self.refresh.clone(),
            refresh_expires_in: (self.refresh_ends() - now).num_seconds(),
            hard_expires_in: (self.hard_end() - now).num_seconds(),
            access: self.access.clone(),
        }
    }
}

/// A refresh token in the form of the service's.
fn new_refresh_token() -> String {
    format!("RT1-{}", random_text(36))
}

/// An access token as long as the service's: five parts, as an encrypted JWT has.
fn new_access_token() -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"dir","enc":"A128CBC-HS256"}"#);
    format!("{header}..{}.{}.{}", random_text(12), random_text(480), random_text(12))
}

/// Random bytes as text safe in addresses.
fn random_text(bytes: usize) -> String {
    let bytes: Vec<u8> = (0..bytes).map(|_| rand::random()).collect();
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACK: &str = "http://localhost/back";

    fn moment() -> DateTime<Utc> {
        DateTime::from_timestamp(1_772_000_000, 0).expect("a moment")
    }

    fn connected(grants: &mut Grants) -> Tokens {
        let access = Access { realm: Some("1".to_owned()), scopes: vec!["openid".to_owned()] };
        let code = grants.issue_code(access, BACK, moment());
        grants.exchange(&code, BACK, moment()).expect("tokens")
    }

    #[test]
    fn a_code_works_once_and_for_five_minutes() {
        let mut grants = Grants::default();
        let access = Access { realm: None, scopes: Vec::new() };
        let code = grants.issue_code(access.clone(), BACK, moment());
        assert!(grants.exchange(&code, "http://localhost/other", moment()).is_none());
        assert!(grants.exchange(&code, BACK, moment() + TimeDelta::seconds(299)).is_some());
        assert!(grants.exchange(&code, BACK, moment() + TimeDelta::seconds(299)).is_none());
        let late = grants.issue_code(access, BACK, moment());
        assert!(grants.exchange(&late, BACK, moment() + TimeDelta::seconds(300)).is_none());
    }

    #[test]
    fn a_refresh_token_keeps_its_value_for_a_day_and_counts_down() {
        let mut grants = Grants::default();
        let first = connected(&mut grants);
        let second = grants.refresh(&first.refresh_token, moment() + TimeDelta::hours(23)).expect("tokens");
        assert_eq!(second.refresh_token, first.refresh_token);
        assert_eq!((first.refresh_expires_in, second.refresh_expires_in), (8_726_400, 8_726_400 - 23 * 3600));
        let third = grants.refresh(&first.refresh_token, moment() + TimeDelta::hours(24)).expect("tokens");
        assert_ne!(third.refresh_token, first.refresh_token);
        assert_eq!((third.refresh_expires_in, third.hard_expires_in), (8_726_400, 157_680_000 - 86_400));
        assert!(grants.refresh(&first.refresh_token, moment() + TimeDelta::hours(24)).is_none());
        assert!(grants.refresh(&third.refresh_token, moment() + TimeDelta::hours(24)).is_some());
    }

    #[test]
    fn a_retired_refresh_token_ends_the_chain_where_that_is_the_rule() {
        let mut grants = Grants::default();
        grants.rules.rotation = Rotation::Every;
        grants.rules.kill_on_reuse = true;
        let first = connected(&mut grants);
        let second = grants.refresh(&first.refresh_token, moment()).expect("tokens");
        assert!(grants.refresh(&first.refresh_token, moment()).is_none());
        assert!(grants.refresh(&second.refresh_token, moment()).is_none());
        assert_eq!(grants.access(&second.access_token, moment()), None);
    }

    #[test]
    fn revoking_either_token_ends_both() {
        for choose in [|tokens: &Tokens| tokens.access_token.clone(), |tokens: &Tokens| tokens.refresh_token.clone()] {
            let mut grants = Grants::default();
            let tokens = connected(&mut grants);
            assert!(grants.access(&tokens.access_token, moment()).is_some());
            assert!(grants.revoke(&choose(&tokens)));
            assert_eq!(grants.access(&tokens.access_token, moment()), None);
            assert!(grants.refresh(&tokens.refresh_token, moment()).is_none());
            assert!(!grants.revoke(&choose(&tokens)));
        }
    }

    #[test]
    fn unused_for_101_days_or_five_years_old_a_consent_is_over() {
        let mut grants = Grants::default();
        let first = connected(&mut grants);
        assert!(grants.refresh(&first.refresh_token, moment() + TimeDelta::days(101)).is_none());
        let mut token = first.refresh_token;
        for quarter in 1..=20 {
            token = grants.refresh(&token, moment() + TimeDelta::days(90 * quarter)).expect("tokens").refresh_token;
        }
        assert!(grants.refresh(&token, moment() + TimeDelta::days(1824)).is_some());
        assert!(grants.refresh(&token, moment() + TimeDelta::days(1825)).is_none());
    }
}
