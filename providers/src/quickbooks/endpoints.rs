//! Where QuickBooks lives (§1.1, §2), and what an operator may put in its place.
//!
//! Rule: an endpoint or environment that nobody knows is an error that names it.

use url::Url;

use crate::{
    error::{ErrorKind, ProviderError},
    oauth::OAuthEndpoints,
    settings::ProviderSettings,
};

const AUTHORIZE: &str = "https://appcenter.intuit.com/connect/oauth2";
const TOKEN: &str = "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer";
const REVOKE: &str = "https://developer.api.intuit.com/v2/oauth2/tokens/revoke";
const API_PRODUCTION: &str = "https://quickbooks.api.intuit.com";
const API_SANDBOX: &str = "https://sandbox-quickbooks.api.intuit.com";

/// Names of endpoints that may be set.
const NAMES: &[&str] = &["api", "authorize", "discovery", "revoke", "token"];

/// The addresses in use.
#[derive(Debug, Clone)]
pub(super) struct Endpoints {
    pub(super) oauth: OAuthEndpoints,
    pub(super) api: Url,
}

impl Endpoints {
    /// The environment's own addresses, or those that the settings name instead. A discovery document stands for all
    /// OAuth addresses that are not named.
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
        let discovery = named(settings, "discovery")?;
        let of_oauth = |name, own| match (named(settings, name)?, &discovery) {
            (None, None) => parsed(own).map(Some),
            (named, _) => Ok(named),
        };
        Ok(Self {
            oauth: OAuthEndpoints {
                authorize: of_oauth("authorize", AUTHORIZE)?,
                token: of_oauth("token", TOKEN)?,
                revoke: of_oauth("revoke", REVOKE)?,
                discovery: discovery.clone(),
            },
            api: named(settings, "api")?.map_or_else(|| parsed(api), Ok)?,
        })
    }

    /// Whether any call will need TLS.
    pub(super) fn tls(&self) -> bool {
        let oauth = &self.oauth;
        let called = [oauth.token.as_ref(), oauth.revoke.as_ref(), oauth.discovery.as_ref(), Some(&self.api)];
        called.into_iter().flatten().any(|url| url.scheme() == "https")
    }
}

fn named(settings: &ProviderSettings, name: &str) -> Result<Option<Url>, ProviderError> {
    match settings.endpoints.get(name) {
        Some(own) if own.cannot_be_a_base() => {
            Err(misconfigured(format!("endpoint `{name}` is no web address: {own}")))
        }
        own => Ok(own.cloned()),
    }
}

fn parsed(own: &str) -> Result<Url, ProviderError> {
    Url::parse(own).map_err(|error| misconfigured(format!("{own}: {error}")))
}

pub(super) fn misconfigured(text: String) -> ProviderError {
    ProviderError::new(ErrorKind::Misconfigured, "quickbooks.settings", text)
}
