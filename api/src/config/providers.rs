//! `[providers.<id>]`: the client of each accounting system.
//!
//! Rule: which ids exist is data of the providers' registry, not of this file.

use std::{collections::BTreeMap, time::Duration};

use providers::{
    capability::Authorization,
    registry,
    settings::{ProviderSettings, TransportSettings},
};
use url::Url;

use super::{problem::Problem, secret::SecretText, section::section};

section! {
    /// The client of one accounting system, as registered there.
    ProviderClient at "providers.<id>" {
        /// OAuth client id. `STOCKBRIDGE_PROVIDERS__<ID>__CLIENT_ID`
        client_id: String = String::new(),
        /// OAuth client secret. `STOCKBRIDGE_PROVIDERS__<ID>__CLIENT_SECRET`
        client_secret: SecretText = SecretText::new(""),
        /// Which of the provider's environments to use; its own default if not given.
        /// `STOCKBRIDGE_PROVIDERS__<ID>__ENVIRONMENT`
        environment: Option<String> = None,
        /// Addresses that differ from the provider's own, by its names for them, as `{ api = "http://127.0.0.1:9000" }`;
        /// for a sandbox or a proxy. `STOCKBRIDGE_PROVIDERS__<ID>__ENDPOINTS`
        endpoints: BTreeMap<String, Url> = BTreeMap::new(),
        /// What webhooks are signed with (verifier token, webhook key); webhooks are refused without it.
        /// `STOCKBRIDGE_PROVIDERS__<ID>__WEBHOOK_KEY`
        webhook_key: Option<SecretText> = None,
        /// What only this provider knows, by its own names; docs/PROVIDERS.md lists them.
        /// `STOCKBRIDGE_PROVIDERS__<ID>__OPTIONS`
        options: BTreeMap<String, String> = BTreeMap::new(),
        /// Seconds that a call may take. `STOCKBRIDGE_PROVIDERS__<ID>__TIMEOUT_SECONDS`
        timeout_seconds: u64 = TransportSettings::default().timeout.as_secs(),
        /// Attempts of a call in all, where repeating it is safe. `STOCKBRIDGE_PROVIDERS__<ID>__ATTEMPTS`
        attempts: u32 = TransportSettings::default().attempts,
        /// Requests per second, when fewer than the provider allows are wanted.
        /// `STOCKBRIDGE_PROVIDERS__<ID>__REQUESTS_PER_SECOND`
        requests_per_second: Option<u32> = None,
    }
}

fn needs_consent(id: &str) -> bool {
    registry::find(id).is_none_or(|entry| entry.capability.authorization == Authorization::Consent)
}

impl ProviderClient {
    pub(super) fn check(&self, id: &str) -> Result<(), Problem> {
        let path = |name: &str| format!("providers.{id}.{name}");
        if needs_consent(id) {
            let missing = "is missing; the provider's developer site has it";
            Problem::unless(!self.client_id.is_empty(), path("client_id"), missing)?;
            Problem::unless(!self.client_secret.expose().is_empty(), path("client_secret"), missing)?;
        }
        Problem::unless(self.attempts > 0, path("attempts"), "must be at least 1")?;
        Problem::unless(self.timeout_seconds > 0, path("timeout_seconds"), "must be at least 1")
    }

    /// What the provider is built from; `log_body_bytes` bounds what is kept of each call.
    pub fn settings(&self, log_body_bytes: usize) -> ProviderSettings {
        ProviderSettings {
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.secret().clone(),
            environment: self.environment.clone(),
            endpoints: self.endpoints.clone(),
            webhook_key: self.webhook_key.as_ref().map(|key| key.secret().clone()),
            options: self.options.clone(),
            transport: TransportSettings {
                timeout: Duration::from_secs(self.timeout_seconds),
                attempts: self.attempts,
                requests_per_second: self.requests_per_second,
                log_body_bytes,
                ..TransportSettings::default()
            },
        }
    }
}
