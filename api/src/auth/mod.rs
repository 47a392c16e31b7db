//! Bearer tokens: from the text of an `Authorization` header to a [`Principal`].
//!
//! Rule: the algorithm is decided by the configured key, never by the token; a token without an end is refused.

mod claims;
mod error;
mod jwks;
mod mint;
mod principal;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, errors::ErrorKind};
use providers::clock::Clock;

pub use self::{
    claims::{Audience, Claims, Rules},
    error::AuthError,
    jwks::Jwks,
    mint::{Grant, mint},
    principal::{Principal, ROLES, role_name, role_named},
};
use crate::config::{Auth, Problem};

/// Where the key of a token comes from.
enum Keys {
    Shared(DecodingKey),
    Published(Jwks),
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Shared(_) => "Shared([REDACTED])",
            Self::Published(_) => "Published",
        })
    }
}

/// Checks tokens.
#[derive(Debug)]
pub struct Authenticator {
    keys: Keys,
    rules: Rules,
    clock: Arc<dyn Clock>,
}

impl Authenticator {
    /// The checks that the configuration asks for.
    ///
    /// # Errors
    /// When no kind of key is configured.
    pub fn new(config: &Auth, clock: Arc<dyn Clock>) -> Result<Self, Problem> {
        let keys = match (&config.hs256_secret, &config.jwks_url) {
            (Some(secret), _) => Keys::Shared(DecodingKey::from_secret(secret.expose().as_bytes())),
            (None, Some(url)) => Keys::Published(
                Jwks::new(
                    url.clone(),
                    Duration::from_secs(config.jwks_interval_seconds),
                    Duration::from_secs(config.jwks_max_age_seconds),
                )
                .map_err(|error| Problem::at("auth.jwks_url", format!("cannot be used: {error}")))?,
            ),
            (None, None) => {
                return Err(Problem::at(
                    "auth.hs256_secret",
                    "is not set, so no token could be checked; set it (32 characters or more), or auth.jwks_url",
                ));
            }
        };
        let rules = Rules {
            issuer: config.issuer.clone(),
            audience: config.audience.clone(),
            leeway: TimeDelta::seconds(config.leeway_seconds.into()),
        };
        Ok(Self { keys, rules, clock })
    }

    /// The clock that decides when a token ends.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The caller behind the text of an `Authorization` header.
    ///
    /// # Errors
    /// See [`AuthError`].
    pub async fn bearer(&self, authorization: Option<&str>) -> Result<Principal, AuthError> {
        let text = authorization.map(str::trim).filter(|text| !text.is_empty()).ok_or(AuthError::Missing)?;
        let (scheme, token) = text.split_once(' ').ok_or(AuthError::Scheme)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(AuthError::Scheme);
        }
        self.token(token.trim()).await
    }

    /// The caller behind a token.
    ///
    /// # Errors
    /// See [`AuthError`].
    pub async fn token(&self, token: &str) -> Result<Principal, AuthError> {
        // Unknown algorithms, `none` among them, cannot be read into a header.
        let header = jsonwebtoken::decode_header(token).map_err(|_| AuthError::Malformed)?;
        let claims = match &self.keys {
            Keys::Shared(key) => verify(token, key, Algorithm::HS256, "HS256")?,
            Keys::Published(keys) => {
                if ![Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA].contains(&header.alg) {
                    return Err(AuthError::Algorithm { accepted: PUBLISHED });
                }
                let (key, algorithm) = keys.key(&header).await?;
                verify(token, &key, algorithm, PUBLISHED)?
            }
        };
        self.rules.principal(claims, self.clock.now())
    }
}

const PUBLISHED: &str = "RS256, ES256, EdDSA";

fn verify(token: &str, key: &DecodingKey, algorithm: Algorithm, accepted: &'static str) -> Result<Claims, AuthError> {
    let mut validation = Validation::new(algorithm);
    // Claims are checked by `Rules`; see there.
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    let decoded = jsonwebtoken::decode::<Claims>(token, key, &validation);
    decoded.map(|data| data.claims).map_err(|error| match error.kind() {
        ErrorKind::InvalidAlgorithm => AuthError::Algorithm { accepted },
        ErrorKind::InvalidSignature => AuthError::Signature,
        _ => AuthError::Malformed,
    })
}
