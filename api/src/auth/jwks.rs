//! The public keys an issuer publishes (RFC 7517), fetched and kept.
//!
//! Rule: the one place beside `providers` that makes HTTP calls. However many unknown keys are named, the issuer is
//! asked at most once per interval; keys that were fetched keep working while the issuer cannot be reached.

use std::{sync::Arc, time::Duration};

use jsonwebtoken::{
    Algorithm, DecodingKey, Header,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse},
};
use tokio::{
    sync::{Mutex, RwLock},
    time::Instant,
};
use url::Url;

use super::error::AuthError;

/// How long the issuer may take to answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Bytes of an answer beyond which it is no key set.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// An issuer's published keys.
#[derive(Debug)]
pub struct Jwks {
    url: Url,
    client: reqwest::Client,
    /// The least time between two fetches.
    interval: Duration,
    /// After this time keys are fetched again.
    max_age: Duration,
    keys: RwLock<Fetched>,
    /// Held while fetching, so that one fetch serves everybody who waits.
    last_attempt: Mutex<Option<Instant>>,
}

#[derive(Debug, Default, Clone)]
struct Fetched {
    set: Arc<JwkSet>,
    at: Option<Instant>,
}

impl Jwks {
    /// Keys published at `url`; nothing is fetched yet.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(url: Url, interval: Duration, max_age: Duration) -> Result<Self, reqwest::Error> {
        // A second installation is refused and harmless: the first one stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { url, client, interval, max_age, keys: RwLock::default(), last_attempt: Mutex::default() })
    }

    /// The key that a token with this header must be signed with, and the one algorithm it is good for.
    ///
    /// # Errors
    /// `UnknownKey` when the issuer does not publish it, `KeysUnavailable` when nothing could be fetched at all.
    pub async fn key(&self, header: &Header) -> Result<(DecodingKey, Algorithm), AuthError> {
        let known = self.keys.read().await.clone();
        let fresh = known.at.is_some_and(|at| at.elapsed() < self.max_age);
        if fresh && let Some(found) = pick(&known.set, header) {
            return Ok(found);
        }
        let newest = self.refresh(known.at).await;
        newest.at.ok_or(AuthError::KeysUnavailable)?;
        pick(&newest.set, header).ok_or(AuthError::UnknownKey)
    }

    /// Fetches the keys, unless somebody did after `seen` or the interval since the last attempt has not passed.
    async fn refresh(&self, seen: Option<Instant>) -> Fetched {
        let mut last_attempt = self.last_attempt.lock().await;
        let known = self.keys.read().await.clone();
        let waits = last_attempt.is_some_and(|last| last.elapsed() < self.interval);
        if waits || known.at != seen {
            return known;
        }
        *last_attempt = Some(Instant::now());
        match self.fetch().await {
            Ok(set) => {
                let fetched = Fetched { set: Arc::new(set), at: Some(Instant::now()) };
                *self.keys.write().await = fetched.clone();
                fetched
            }
            Err(error) => {
                tracing::warn!(%error, url = %self.url, "the issuer's keys could not be fetched; the ones known stay in use");
                known
            }
        }
    }

    async fn fetch(&self) -> anyhow::Result<JwkSet> {
        let mut answer = self.client.get(self.url.clone()).send().await?.error_for_status()?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            body.extend_from_slice(&chunk);
            anyhow::ensure!(body.len() <= ANSWER_BYTES_MAX, "the answer has more than {ANSWER_BYTES_MAX} bytes");
        }
        Ok(readable(serde_json::from_slice(&body)?))
    }
}

/// The keys of a set that can be read; an issuer may publish kinds that nobody here knows.
fn readable(set: serde_json::Value) -> JwkSet {
    let keys = set.get("keys").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
    JwkSet { keys: keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect() }
}

/// The key with the header's id, or the only fitting one when the header names none.
fn pick(set: &JwkSet, header: &Header) -> Option<(DecodingKey, Algorithm)> {
    let mut fitting = set.keys.iter().filter(|key| algorithm(key) == Some(header.alg));
    let key = match &header.kid {
        Some(kid) => fitting.find(|key| key.common.key_id.as_ref() == Some(kid))?,
        None => fitting.next().filter(|_| fitting.next().is_none())?,
    };
    Some((DecodingKey::from_jwk(key).ok()?, header.alg))
}

/// The one algorithm a published key is accepted for; none for shared secrets, encryption keys and other curves.
fn algorithm(key: &Jwk) -> Option<Algorithm> {
    if key.common.public_key_use.as_ref().is_some_and(|usage| *usage != PublicKeyUse::Signature) {
        return None;
    }
    let by_kind = match &key.algorithm {
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => Algorithm::ES256,
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => Algorithm::EdDSA,
        _ => return None,
    };
    let declared = key.common.key_algorithm;
    declared.is_none_or(|declared| declared == KeyAlgorithm::from(by_kind)).then_some(by_kind)
}
