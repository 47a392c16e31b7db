//! `[auth]`: which tokens open the gateway.
//!
//! Rule: exactly one kind of key, so that a public key can never be taken for a shared secret.

use url::{Host, Url};

use super::{problem::Problem, secret::SecretText, section::section};

/// A shared secret shorter than the hash is weaker than it (RFC 7518, 3.2).
pub(super) const SECRET_BYTES_MIN: usize = 32;

section! {
    /// Which tokens open the gateway.
    Auth at "auth" {
        /// Shared secret of HS256 tokens, at least 32 characters; this or `auth.jwks_url`.
        /// `STOCKBRIDGE_AUTH__HS256_SECRET`
        hs256_secret: Option<SecretText> = None,
        /// Where the public keys of RS256, ES256 or EdDSA tokens are published; this or `auth.hs256_secret`.
        /// `STOCKBRIDGE_AUTH__JWKS_URL`
        jwks_url: Option<Url> = None,
        /// Required `iss` of a token; not checked if not given. `STOCKBRIDGE_AUTH__ISSUER`
        issuer: Option<String> = None,
        /// Required `aud` of a token; not checked if not given. `STOCKBRIDGE_AUTH__AUDIENCE`
        audience: Option<String> = None,
        /// Seconds by which clocks may differ when `exp` and `nbf` are checked. `STOCKBRIDGE_AUTH__LEEWAY_SECONDS`
        leeway_seconds: u32 = 5,
        /// Seconds between two fetches of the public keys at least, however many unknown keys are named.
        /// `STOCKBRIDGE_AUTH__JWKS_INTERVAL_SECONDS`
        jwks_interval_seconds: u64 = 30,
        /// Seconds after which the public keys are fetched again, so that a withdrawn key stops working.
        /// `STOCKBRIDGE_AUTH__JWKS_MAX_AGE_SECONDS`
        jwks_max_age_seconds: u64 = 600,
    }
}

impl Auth {
    pub(super) fn check(&self) -> Result<(), Problem> {
        Problem::unless(
            self.hs256_secret.is_none() || self.jwks_url.is_none(),
            "auth.jwks_url",
            "cannot be given together with auth.hs256_secret: choose one",
        )?;
        Problem::unless(
            self.jwks_url.as_ref().is_none_or(is_private),
            "auth.jwks_url",
            "must be https, or http on this machine: whoever can change the keys on the way can make tokens",
        )?;
        let length = self.hs256_secret.as_ref().map(|secret| secret.expose().len());
        Problem::unless(
            length.is_none_or(|length| length >= SECRET_BYTES_MIN),
            "auth.hs256_secret",
            "must have at least 32 characters; make one with `openssl rand -base64 32`",
        )
    }
}

/// Whether nobody on the way can change what is fetched.
fn is_private(url: &Url) -> bool {
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && here)
}
