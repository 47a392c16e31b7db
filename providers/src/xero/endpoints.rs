//! Where Xero lives (§1), and what an operator may put in its place.
//!
//! Rule: an endpoint or environment that nobody knows is an error that names it.

use url::Url;

use crate::{
    error::{ErrorKind, ProviderError},
    oauth::OAuthEndpoints,
    settings::ProviderSettings,
};

const API: &str = "https://api.xero.com/api.xro/2.0";
/// Pages for people (from memory).
const APP: &str = "https://go.xero.com";
const AUTHORIZE: &str = "https://login.xero.com/identity/connect/authorize";
const CONNECTIONS: &str = "https://api.xero.com/connections";
const REVOCATION: &str = "https://identity.xero.com/connect/revocation";
const TOKEN: &str = "https://identity.xero.com/connect/token";

/// Names of endpoints that may be set.
const NAMES: &[&str] = &["api", "app", "authorize", "connections", "revocation", "token"];

/// The addresses in use.
#[derive(Debug, Clone)]
pub(super) struct Endpoints {
    pub(super) oauth: OAuthEndpoints,
    /// Under which the collections are.
    pub(super) api: Url,
    /// Pages for people.
    pub(super) app: Url,
    /// The organisations that a token covers.
    pub(super) connections: Url,
}

impl Endpoints {
    /// Xero's own addresses, or those that the settings name instead. There is one environment: the demo company is an
    /// organisation like any other.
    pub(super) fn of(settings: &ProviderSettings) -> Result<Self, ProviderError> {
        if let Some(unknown) = settings.endpoints.keys().find(|name| !NAMES.contains(&name.as_str())) {
            return Err(misconfigured(format!("unknown endpoint `{unknown}`; known are {}", NAMES.join(", "))));
        }
        if let Some(other) = settings.environment.as_deref().filter(|name| *name != "production") {
            return Err(misconfigured(format!("unknown environment `{other}`; known is production")));
        }
        if let Some(option) = settings.options.keys().next() {
            return Err(misconfigured(format!("unknown option `{option}`; this provider has none")));
        }
        let of = |name, own| named(settings, name)?.map_or_else(|| parsed(own), Ok);
        Ok(Self {
            oauth: OAuthEndpoints {
                authorize: Some(of("authorize", AUTHORIZE)?),
                token: Some(of("token", TOKEN)?),
                revoke: Some(of("revocation", REVOCATION)?),
                discovery: None,
            },
            api: of("api", API)?,
            app: of("app", APP)?,
            connections: of("connections", CONNECTIONS)?,
        })
    }

    /// Whether any call will need TLS.
    pub(super) fn tls(&self) -> bool {
        let oauth = &self.oauth;
        let called = [oauth.token.as_ref(), oauth.revoke.as_ref(), Some(&self.api), Some(&self.connections)];
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
    ProviderError::new(ErrorKind::Misconfigured, "xero.settings", text)
}
