//! Where QuickBooks lives (§1.1, §2), and what an operator may put in its place.
//!
//! Rule: an endpoint or environment that nobody knows is an error that names it.

use url::Url;

use crate::{
    error::{ErrorKind, ProviderError},
    settings::ProviderSettings,
};

const AUTHORIZE: &str = "https://appcenter.intuit.com/connect/oauth2";
const TOKEN: &str = "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer";
const REVOKE: &str = "https://developer.api.intuit.com/v2/oauth2/tokens/revoke";
const API_PRODUCTION: &str = "https://quickbooks.api.intuit.com";
const API_SANDBOX: &str = "https://sandbox-quickbooks.api.intuit.com";

/// Names of endpoints that may be set.
const NAMES: &[&str] = &["api", "authorize", "discovery", "revoke", "token"];

/// The hosts in use.
#[derive(Debug, Clone)]
pub(super) struct Endpoints {
    pub(super) authorize: Url,
    pub(super) token: Url,
    pub(super) revoke: Url,
    pub(super) api: Url,
}

impl Endpoints {
    /// The environment's hosts, or those that the settings name instead.
    pub(super) fn of(settings: &ProviderSettings) -> Result<Self, ProviderError> {
        if let Some(unknown) = settings.endpoints.keys().find(|name| !NAMES.contains(&name.as_str())) {
            return Err(misconfigured(format!("unknown endpoint `{unknown}`; known are {}", NAMES.join(", "))));
        }
        let api = match settings.environment.as_deref() {
            None | Some("production") => API_PRODUCTION,
            Some("sandbox") => API_SANDBOX,
            Some(other) => {
                return Err(misconfigured(format!("unknown environment `{other}`; known are production, sandbox")));
            }
        };
        Ok(Self {
            authorize: endpoint(settings, "authorize", AUTHORIZE)?,
            token: endpoint(settings, "token", TOKEN)?,
            revoke: endpoint(settings, "revoke", REVOKE)?,
            api: endpoint(settings, "api", api)?,
        })
    }

    /// Whether any call will need TLS.
    pub(super) fn tls(&self) -> bool {
        [&self.token, &self.revoke, &self.api].iter().any(|url| url.scheme() == "https")
    }
}

fn endpoint(settings: &ProviderSettings, name: &str, default: &str) -> Result<Url, ProviderError> {
    match settings.endpoints.get(name) {
        Some(own) if own.cannot_be_a_base() => {
            Err(misconfigured(format!("endpoint `{name}` is no web address: {own}")))
        }
        Some(own) => Ok(own.clone()),
        None => Url::parse(default).map_err(|error| misconfigured(format!("endpoint `{name}`: {error}"))),
    }
}

pub(super) fn misconfigured(text: String) -> ProviderError {
    ProviderError::new(ErrorKind::Misconfigured, "quickbooks.settings", text)
}
