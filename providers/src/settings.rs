//! What an operator configures for one provider: the client, and where its hosts are.
//!
//! Rule: the secret never shows in `Debug`. Endpoints are given only to talk to a sandbox or a proxy.

use std::{collections::BTreeMap, time::Duration};

use secrecy::SecretString;
use url::Url;

/// Configuration of one provider.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    /// OAuth client id.
    pub client_id: String,
    /// OAuth client secret.
    pub client_secret: SecretString,
    /// Which of the provider's environments to use (for example `production` or `sandbox`); the provider's default if `None`.
    pub environment: Option<String>,
    /// Hosts that differ from the provider's own, by the provider's own names (for example `discovery`, `api`).
    pub endpoints: BTreeMap<String, Url>,
    /// What webhooks are signed with (a verifier token or a signing key); webhooks are refused without it.
    pub webhook_key: Option<SecretString>,
    /// What only this provider knows, by its own names (see its `docs.md`); an unknown name is an error.
    pub options: BTreeMap<String, String>,
    /// How calls are made.
    pub transport: TransportSettings,
}

/// How calls are made, whatever the provider.
#[derive(Debug, Clone)]
pub struct TransportSettings {
    /// The longest a call may take, answer included.
    pub timeout: Duration,
    /// The longest a connection may take to open.
    pub connect_timeout: Duration,
    /// Attempts in all, the first one included, where a retry is safe.
    pub attempts: u32,
    /// First pause between attempts; doubles, with jitter.
    pub backoff_base: Duration,
    /// The longest pause between attempts, also when the provider advises a longer one.
    pub backoff_max: Duration,
    /// The pause after "too many requests" without advice.
    pub rate_limited_pause: Duration,
    /// Bytes of a request or response body kept in the call log.
    pub log_body_bytes: usize,
    /// Bytes of an answer beyond which it is refused.
    pub answer_bytes_max: usize,
    /// Requests per second and company in place of all the provider's own rate limits; `None` keeps those.
    pub requests_per_second: Option<u32>,
}

impl Default for TransportSettings {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(120),
            connect_timeout: Duration::from_secs(10),
            attempts: 4,
            backoff_base: Duration::from_millis(500),
            backoff_max: Duration::from_secs(90),
            rate_limited_pause: Duration::from_secs(60),
            log_body_bytes: 16 * 1024,
            answer_bytes_max: 32 * 1024 * 1024,
            requests_per_second: None,
        }
    }
}
