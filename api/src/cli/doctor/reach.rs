//! Whether the configured providers can be built and reached.
//!
//! Rule: asks a provider only for what needs nobody's consent: where users are sent to give it.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use providers::{CallObserver, CallRecord, Provider, provider::AuthorizationRequest, registry};

use super::Finding;
use crate::config::{Config, ProviderClient};

/// How long a provider may take to be reached.
const TIME: Duration = Duration::from_secs(15);

/// A finding for each configured provider.
pub(super) async fn providers(config: &Config) -> Vec<Finding> {
    if config.providers.is_empty() {
        let known: Vec<&str> = registry::PROVIDERS.iter().map(|entry| entry.id).collect();
        let text = format!(
            "none is configured, so nothing can be connected; add [providers.<id>] for one of: {}",
            known.join(", ")
        );
        return vec![Finding::note("providers", text)];
    }
    let mut findings = Vec::new();
    for (id, client) in &config.providers {
        findings.push(provider(config, id, client).await);
    }
    findings
}

async fn provider(config: &Config, id: &str, client: &ProviderClient) -> Finding {
    let settings = client.settings(config.call_log.body_bytes);
    let built = registry::find(id).map(|entry| (entry.build)(&settings));
    match built {
        Some(Ok(provider)) => match tokio::time::timeout(TIME, ask(config, id, provider.as_ref())).await {
            Ok(Ok(())) => Finding::ok(id, "is configured and can be reached"),
            Ok(Err(reason)) => Finding::fail(id, reason),
            Err(_) => {
                let text = format!(
                    "gave no answer in {} s; check network, proxy and providers.{id}.endpoints",
                    TIME.as_secs()
                );
                Finding::fail(id, text)
            }
        },
        Some(Err(error)) => Finding::fail(id, error.to_string()),
        None => Finding::fail(id, "is not a provider of this build"),
    }
}

async fn ask(config: &Config, id: &str, provider: &dyn Provider) -> Result<(), String> {
    let public_url = config.server.public_url(config.server.listen);
    let redirect_uri = public_url.and_then(|url| url.join(&format!("oauth/callback/{id}")).ok());
    let redirect_uri = redirect_uri.ok_or("has no callback address; set server.public_url")?;
    let request = AuthorizationRequest { state: "doctor".to_owned(), redirect_uri };
    let asked = provider.authorization_url(&request, Arc::new(Nobody)).await;
    asked.map(drop).map_err(|error| format!("{error}; check network, client id and providers.{id}.endpoints"))
}

/// Keeps no record: a check is not part of any business's log.
#[derive(Debug)]
struct Nobody;

#[async_trait]
impl CallObserver for Nobody {
    async fn observe(&self, _: CallRecord) {}
}
