//! A real company in place of a sandbox, from the environment:
//!
//! | Variable | |
//! |---|---|
//! | `STOCKBRIDGE_LIVE_PROVIDER` | the provider's id; turns the live run on |
//! | `STOCKBRIDGE_LIVE_CLIENT_ID`, `…_CLIENT_SECRET` | the client |
//! | `STOCKBRIDGE_LIVE_ENVIRONMENT` | the provider's environment; use its sandbox company, since documents are posted |
//! | `STOCKBRIDGE_LIVE_COMPANY` | the company's external id |
//! | `STOCKBRIDGE_LIVE_REFRESH_TOKEN` | a refresh token; what replaces it is written to the file … |
//! | `STOCKBRIDGE_LIVE_TOKEN_FILE` | … named here, and read from it by the next case |
//! | `STOCKBRIDGE_LIVE_OPTIONS` | options as `name=value;name=value` |
//!
//! Rule: a real service keeps its own limits and pauses, and nobody acts in it by hand.

use std::sync::Arc;

use providers::{
    Provider,
    capability::Authorization,
    provider::{Grant, TokenSet},
    registry::ProviderEntry,
    settings::{ProviderSettings, TransportSettings},
};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    tokens::{Records, Vault},
    world::World,
};

/// The id of the provider to try live.
pub fn provider() -> Option<String> {
    variable("PROVIDER")
}

fn variable(name: &str) -> Option<String> {
    std::env::var(format!("STOCKBRIDGE_LIVE_{name}")).ok().filter(|text| !text.is_empty())
}

fn required(name: &str) -> String {
    variable(name).unwrap_or_else(|| panic!("STOCKBRIDGE_LIVE_{name} is missing"))
}

fn settings(transport: TransportSettings) -> ProviderSettings {
    let options = variable("OPTIONS").unwrap_or_default();
    let pair = |text: &str| text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    ProviderSettings {
        client_id: variable("CLIENT_ID").unwrap_or_default(),
        client_secret: variable("CLIENT_SECRET").unwrap_or_default().into(),
        environment: variable("ENVIRONMENT"),
        endpoints: std::collections::BTreeMap::new(),
        webhook_key: variable("WEBHOOK_KEY").map(SecretString::from),
        options: options.split(';').filter_map(pair).collect(),
        transport,
    }
}

/// A world on the real company.
pub async fn world(entry: &'static ProviderEntry) -> World {
    let settings = settings(TransportSettings::default());
    let provider = (entry.build)(&settings).unwrap();
    let records = Arc::new(Records::default());
    let vault = match entry.capability.authorization {
        Authorization::Configured => None,
        Authorization::Consent => {
            let tokens = tokens(provider.as_ref(), &records).await;
            let grant = Grant { tokens, companies: Vec::new() };
            Some(Arc::new(Vault::new(provider.clone(), records.clone(), grant)))
        }
    };
    let company = match vault {
        Some(_) => required("COMPANY"),
        None => provider.configured_company(records.clone()).await.unwrap().external_id,
    };
    let folder = tempfile::tempdir().unwrap();
    World::of(entry, settings, provider, records, vault, company, None, None, folder)
}

/// Refreshes once per case, and keeps the new refresh token for the next.
async fn tokens(provider: &dyn Provider, records: &Arc<Records>) -> TokenSet {
    let file = required("TOKEN_FILE");
    let kept = std::fs::read_to_string(&file).ok().map(|text| text.trim().to_owned());
    let token = kept.filter(|text| !text.is_empty()).unwrap_or_else(|| required("REFRESH_TOKEN"));
    let tokens = provider.refresh(&SecretString::from(token), records.clone()).await.unwrap();
    std::fs::write(&file, tokens.refresh_token.expose_secret()).unwrap();
    tokens
}
