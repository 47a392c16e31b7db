//! Codes, chains of tokens and connections: what a consent gives, how long it lasts, how it ends (reference 1.1, 1.2, 1.4).
//!
//! Rule: pure but for the random values; the moment is an argument.

use std::{collections::BTreeMap, fmt};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A code can be exchanged for five minutes.
const CODE_SECONDS: i64 = 300;
/// A refresh token lasts 60 days if it is not used.
const REFRESH_DAYS: i64 = 60;
/// A refresh token that was replaced works for another half hour.
const GRACE_MINUTES: i64 = 30;

/// All codes, chains and connections.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Grants {
    /// Life of an access token, in seconds.
    pub(crate) access_token_seconds: i64,
    /// Redirect addresses registered beside those on this machine.
    pub(crate) redirect_uris: Vec<String>,
    codes: BTreeMap<String, Code>,
    chains: Vec<Chain>,
    connections: Vec<Connection>,
}

impl Default for Grants {
    fn default() -> Self {
        Self {
            access_token_seconds: 1800,
            redirect_uris: Vec::new(),
            codes: BTreeMap::new(),
            chains: Vec::new(),
            connections: Vec::new(),
        }
    }
}

/// What a person agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Consent {
    /// Id of this act of consent.
    pub(crate) event: Uuid,
    /// The scopes.
    pub(crate) scopes: Vec<String>,
    /// Ids of the organisations that were chosen.
    pub(crate) tenants: Vec<String>,
    /// When the person agreed.
    pub(crate) at: DateTime<Utc>,
}

/// An organisation that the person has connected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Connection {
    /// Id of the connection.
    pub(crate) id: Uuid,
    /// The organisation.
    pub(crate) tenant: String,
    /// The consent that made it, or the last one that named it again.
    pub(crate) event: Uuid,
    /// When it was made.
    pub(crate) created: DateTime<Utc>,
    /// When it was named again.
    pub(crate) updated: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
struct Code {
    consent: Consent,
    redirect_uri: String,
    challenge: Option<String>,
    expires: DateTime<Utc>,
    used: bool,
}

#[derive(Serialize, Deserialize)]
struct Chain {
    consent: Consent,
    refresh: String,
    refreshed: DateTime<Utc>,
    /// Replaced refresh tokens that still work, and until when.
    replaced: BTreeMap<String, DateTime<Utc>>,
    tokens: BTreeMap<String, DateTime<Utc>>,
    revoked: bool,
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Code").field("consent", &self.consent).field("expires", &self.expires).finish_non_exhaustive()
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chain").field("consent", &self.consent).field("revoked", &self.revoked).finish_non_exhaustive()
    }
}

/// What a grant was exchanged for. The access token itself is made from it and then told to [`Grants::admit`].
pub(crate) struct Exchange {
    /// The consent that it goes back to.
    pub(crate) consent: Consent,
    /// The refresh token that is now the current one.
    pub(crate) refresh_token: String,
    /// Seconds that the access token will last.
    pub(crate) expires_in: i64,
}

/// Why a token is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unauthorised {
    /// Never given, or revoked.
    Unknown,
    /// Expired at this moment.
    Expired(DateTime<Utc>),
}

/// Proof that whoever exchanges a code is who asked for it (PKCE).
pub(crate) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

impl Grants {
    /// A new code for a consent.
    pub(crate) fn issue_code(
        &mut self,
        consent: Consent,
        redirect_uri: &str,
        challenge: Option<String>,
        now: DateTime<Utc>,
    ) -> String {
        self.codes.retain(|_, code| code.expires + TimeDelta::days(1) > now);
        let code = random_text(32);
        let expires = now + TimeDelta::seconds(CODE_SECONDS);
        let redirect_uri = redirect_uri.to_owned();
        self.codes.insert(code.clone(), Code { consent, redirect_uri, challenge, expires, used: false });
        code
    }

    /// Whether a code was asked for with a PKCE challenge, so that its exchange needs no secret.
    pub(crate) fn is_proven_by_verifier(&self, code: &str) -> bool {
        self.codes.get(code).is_some_and(|code| code.challenge.is_some())
    }

    /// Exchanges a code; `None` if it is unknown, used, too old, of another redirect address or not proven.
    pub(crate) fn exchange(
        &mut self,
        code: &str,
        redirect_uri: &str,
        verifier: Option<&str>,
        now: DateTime<Utc>,
    ) -> Option<Exchange> {
        let found = self.codes.get_mut(code)?;
        let proven = match &found.challenge {
            Some(wanted) => verifier.map(challenge).as_ref() == Some(wanted),
            None => true,
        };
        if found.used || found.expires <= now || found.redirect_uri != redirect_uri || !proven {
            return None;
        }
        found.used = true;
        let consent = found.consent.clone();
        self.connect(&consent, now);
        let refresh_token = random_text(32);
        self.chains.push(Chain {
            consent: consent.clone(),
            refresh: refresh_token.clone(),
            refreshed: now,
            replaced: BTreeMap::new(),
            tokens: BTreeMap::new(),
            revoked: false,
        });
        Some(Exchange { consent, refresh_token, expires_in: self.access_token_seconds })
    }

    /// Exchanges a refresh token, which changes; `None` if it is unknown, dead, revoked or too old.
    pub(crate) fn refresh(&mut self, token: &str, now: DateTime<Utc>) -> Option<Exchange> {
        let expires_in = self.access_token_seconds;
        let chain = self.chains.iter_mut().find(|chain| chain.accepts(token, now))?;
        let old = std::mem::replace(&mut chain.refresh, random_text(32));
        let grace = now + TimeDelta::minutes(GRACE_MINUTES);
        chain.replaced.retain(|_, dead| *dead > now);
        chain.replaced.entry(old).or_insert(grace);
        chain.refreshed = now;
        Some(Exchange { consent: chain.consent.clone(), refresh_token: chain.refresh.clone(), expires_in })
    }

    /// Lets an access token in that was made for the chain with this refresh token.
    pub(crate) fn admit(&mut self, refresh_token: &str, access_token: &str, now: DateTime<Utc>) {
        let expires = now + TimeDelta::seconds(self.access_token_seconds);
        let holds = |chain: &&mut Chain| chain.refresh == refresh_token || chain.replaced.contains_key(refresh_token);
        if let Some(chain) = self.chains.iter_mut().find(holds) {
            chain.tokens.retain(|_, expires| *expires + TimeDelta::days(1) > now);
            chain.tokens.insert(access_token.to_owned(), expires);
        }
    }

    /// Revokes a refresh token: with it goes every connection of the person (reference 1.2).
    pub(crate) fn revoke(&mut self, token: &str) {
        let holds = |chain: &Chain| !chain.revoked && (chain.refresh == token || chain.replaced.contains_key(token));
        if self.chains.iter().any(holds) {
            self.revoke_all();
        }
    }

    /// Ends all chains and connections; the number of chains.
    pub(crate) fn revoke_all(&mut self) -> usize {
        self.connections.clear();
        let mut ended = 0;
        for chain in self.chains.iter_mut().filter(|chain| !chain.revoked) {
            chain.revoked = true;
            chain.tokens.clear();
            ended += 1;
        }
        ended
    }

    /// Takes one organisation out of the person's connections; whether it was there.
    pub(crate) fn disconnect_tenant(&mut self, tenant: &str) -> bool {
        let before = self.connections.len();
        self.connections.retain(|connection| connection.tenant != tenant);
        self.connections.len() < before
    }

    /// Ends a connection; whether there was one.
    pub(crate) fn disconnect(&mut self, id: Uuid) -> bool {
        let before = self.connections.len();
        self.connections.retain(|connection| connection.id != id);
        self.connections.len() < before
    }

    /// The person's connections.
    pub(crate) fn connections(&self) -> &[Connection] {
        &self.connections
    }

    /// The consent behind an access token.
    ///
    /// # Errors
    /// When it is unknown or has expired.
    pub(crate) fn consent(&self, token: &str, now: DateTime<Utc>) -> Result<&Consent, Unauthorised> {
        let known = self.chains.iter().filter(|chain| !chain.revoked);
        let found = known.filter_map(|chain| Some((chain, *chain.tokens.get(token)?))).next();
        match found {
            None => Err(Unauthorised::Unknown),
            Some((_, expires)) if expires <= now => Err(Unauthorised::Expired(expires)),
            Some((chain, _)) => Ok(&chain.consent),
        }
    }

    /// Makes all access tokens expire now; the number of them.
    pub(crate) fn expire_access_tokens(&mut self, now: DateTime<Utc>) -> usize {
        let valid =
            self.chains.iter_mut().flat_map(|chain| chain.tokens.values_mut()).filter(|expires| **expires > now);
        valid.map(|expires| *expires = now).count()
    }

    /// Ends the grace of all replaced refresh tokens; the number of them.
    pub(crate) fn end_grace(&mut self) -> usize {
        self.chains.iter_mut().map(|chain| std::mem::take(&mut chain.replaced).len()).sum()
    }

    /// Makes or renews the connections of a consent.
    fn connect(&mut self, consent: &Consent, now: DateTime<Utc>) {
        for tenant in &consent.tenants {
            match self.connections.iter_mut().find(|connection| connection.tenant == *tenant) {
                Some(connection) => (connection.event, connection.updated) = (consent.event, now),
                None => self.connections.push(Connection {
                    id: Uuid::new_v4(),
                    tenant: tenant.clone(),
                    event: consent.event,
                    created: now,
                    updated: now,
                }),
            }
        }
    }
}

impl Chain {
    fn accepts(&self, token: &str, now: DateTime<Utc>) -> bool {
        let current = self.refresh == token && self.refreshed + TimeDelta::days(REFRESH_DAYS) > now;
        let replaced = self.replaced.get(token).is_some_and(|dead| *dead > now);
        !self.revoked && (current || replaced)
    }
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

    fn consent(tenants: &[&str]) -> Consent {
        let tenants = tenants.iter().map(|tenant| (*tenant).to_owned()).collect();
        Consent { event: Uuid::new_v4(), scopes: vec!["openid".to_owned()], tenants, at: moment() }
    }

    fn connected(grants: &mut Grants, tenants: &[&str]) -> Exchange {
        let code = grants.issue_code(consent(tenants), BACK, None, moment());
        grants.exchange(&code, BACK, None, moment()).expect("an exchange")
    }

    #[test]
    fn a_code_works_once_and_for_five_minutes() {
        let mut grants = Grants::default();
        let code = grants.issue_code(consent(&[]), BACK, None, moment());
        assert!(grants.exchange(&code, "http://localhost/other", None, moment()).is_none());
        assert!(grants.exchange(&code, BACK, None, moment() + TimeDelta::seconds(299)).is_some());
        assert!(grants.exchange(&code, BACK, None, moment() + TimeDelta::seconds(299)).is_none());
        let late = grants.issue_code(consent(&[]), BACK, None, moment());
        assert!(grants.exchange(&late, BACK, None, moment() + TimeDelta::seconds(300)).is_none());
    }

    #[test]
    fn a_code_asked_for_with_a_challenge_needs_its_verifier() {
        let mut grants = Grants::default();
        let code = grants.issue_code(consent(&[]), BACK, Some(challenge("verifier")), moment());
        assert!(grants.exchange(&code, BACK, None, moment()).is_none());
        assert!(grants.exchange(&code, BACK, Some("another"), moment()).is_none());
        assert!(grants.exchange(&code, BACK, Some("verifier"), moment()).is_some());
    }

    #[test]
    fn a_refresh_token_changes_each_time_and_the_old_one_works_for_half_an_hour() {
        let mut grants = Grants::default();
        let first = connected(&mut grants, &["a"]).refresh_token;
        let second = grants.refresh(&first, moment()).expect("an exchange").refresh_token;
        assert_ne!(first, second);
        let retried = grants.refresh(&first, moment() + TimeDelta::minutes(29)).expect("the grace").refresh_token;
        assert!(grants.refresh(&first, moment() + TimeDelta::minutes(30)).is_none());
        assert!(grants.refresh(&retried, moment() + TimeDelta::days(59)).is_some());
        assert!(grants.refresh(&first, moment()).is_none());
    }

    #[test]
    fn a_refresh_token_dies_after_sixty_unused_days() {
        let mut grants = Grants::default();
        let token = connected(&mut grants, &["a"]).refresh_token;
        assert!(grants.refresh(&token, moment() + TimeDelta::days(60)).is_none());
    }

    #[test]
    fn revoking_takes_all_connections_of_the_person() {
        let mut grants = Grants::default();
        connected(&mut grants, &["a"]);
        let second = connected(&mut grants, &["b"]).refresh_token;
        grants.admit(&second, "token", moment());
        assert_eq!(grants.connections().len(), 2);
        assert!(grants.consent("token", moment()).is_ok());
        grants.revoke("nonsense");
        assert_eq!(grants.connections().len(), 2);
        grants.revoke(&second);
        assert!(grants.connections().is_empty());
        assert_eq!(grants.consent("token", moment()), Err(Unauthorised::Unknown));
    }

    #[test]
    fn consenting_again_keeps_the_connection_and_renews_its_event() {
        let mut grants = Grants::default();
        connected(&mut grants, &["a", "b"]);
        let ids: Vec<Uuid> = grants.connections().iter().map(|connection| connection.id).collect();
        let again = connected(&mut grants, &["b"]);
        assert_eq!(grants.connections().iter().map(|connection| connection.id).collect::<Vec<_>>(), ids);
        assert_eq!(grants.connections()[1].event, again.consent.event);
        assert_ne!(grants.connections()[0].event, again.consent.event);
    }
}
