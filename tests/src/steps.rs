//! What users do again and again: connect a company, sync, import.
//!
//! Rule: each step goes through the API and waits for what it started.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use providers::capability::Authorization;
use serde_json::{Value, json};
use url::Url;

use crate::{
    PATIENCE, World,
    client::Client,
    consent::{self, Decision, Landed},
};

/// Everything of a run that a test may compare.
pub const RUN: &str = "id kind state trigger requestedBy phase done total resumedTimes lastSequence \
     counts { created updated unchanged deactivated skipped failed accounts suppliers products \
     skippedByType { type count } skippedByReason { reason count } } \
     error { code message path help providerCode } issues { severity reason message help externalId label }";

/// Begins a consent; the link to send the user to.
///
/// # Errors
/// When it is refused.
pub async fn begin_connect(client: &Client) -> Result<Url> {
    begin_connect_to(client, "quickbooks").await
}

/// Begins a consent at a provider; the link to send the user to.
///
/// # Errors
/// When it is refused.
pub async fn begin_connect_to(client: &Client, provider: &str) -> Result<Url> {
    let input = json!({"providerId": provider, "returnTo": "/console/integrations"});
    let payload = client.mutate("connectIntegration", input, "authorizationUrl").await?;
    Ok(Url::parse(payload["authorizationUrl"].as_str().context("no link")?)?)
}

/// Begins a consent for an integration; the link to send the user to.
///
/// # Errors
/// When it is refused.
pub async fn begin_reconnect(client: &Client, integration: &str) -> Result<Url> {
    let input = json!({"integrationId": integration, "returnTo": "/console/integrations"});
    let payload = client.mutate("reconnectIntegration", input, "authorizationUrl").await?;
    Ok(Url::parse(payload["authorizationUrl"].as_str().context("no link")?)?)
}

/// Connects a company as a person does; the integration's id.
///
/// # Errors
/// When it does not end connected.
pub async fn connect(client: &Client, realm: &str) -> Result<String> {
    let link = begin_connect(client).await?;
    connected(&agree(&link, realm).await?)
}

/// Connects the first company of whatever provider there is, as a person does; the integration's id.
///
/// # Errors
/// When it does not end connected.
pub async fn connect_first(world: &World, client: &Client) -> Result<String> {
    let entry = world.sandbox.entry;
    match entry.capability.authorization {
        Authorization::Consent => connect_for(world, client, &[world.sandbox.company().0]).await,
        Authorization::Configured => {
            let input = json!({"providerId": entry.id});
            let payload = client.mutate("connectIntegration", input, "integration { id }").await?;
            Ok(payload["integration"]["id"].as_str().context("nothing is connected")?.to_owned())
        }
    }
}

/// Connects with a consent for these companies, as a person does; the integration's id.
///
/// # Errors
/// When it does not end connected.
pub async fn connect_for(world: &World, client: &Client, companies: &[String]) -> Result<String> {
    let link = begin_connect_to(client, world.sandbox.entry.id).await?;
    connected(&agree_for(world, &link, companies).await?)
}

/// Agrees to a consent for these companies and comes back.
///
/// # Errors
/// When the provider's page refuses.
pub async fn agree_for(world: &World, link: &Url, companies: &[String]) -> Result<Landed> {
    consent::come_back(&world.sandbox.hand().consent(link, companies).await?).await
}

/// Agrees to a consent and comes back.
///
/// # Errors
/// When the provider shows no form.
pub async fn agree(link: &Url, realm: &str) -> Result<Landed> {
    let callback = consent::decide(link, realm, Decision::Agree).await?;
    consent::come_back(&callback).await
}

/// The integration that a consent made.
///
/// # Errors
/// When it made none.
pub fn connected(landed: &Landed) -> Result<String> {
    landed.parameter("connected").with_context(|| format!("not connected: {landed:?}"))
}

/// Starts an item sync; the run's id.
///
/// # Errors
/// When it is refused.
pub async fn start_sync(client: &Client, integration: &str) -> Result<String> {
    let payload = client.mutate("syncItems", json!({"integrationId": integration}), "run { id }").await?;
    Ok(payload["run"]["id"].as_str().context("no run")?.to_owned())
}

/// A run as it is now.
///
/// # Errors
/// When there is none.
pub async fn run(client: &Client, id: &str) -> Result<Value> {
    client.node(id, "SyncRun", RUN).await
}

/// Waits until a run has ended; the run.
///
/// # Errors
/// When it does not end.
pub async fn ended(client: &Client, id: &str) -> Result<Value> {
    until(client, id, |run| !matches!(run["state"].as_str(), Some("QUEUED" | "RUNNING"))).await
}

/// Waits until a run is as wanted; the run.
///
/// # Errors
/// When it never is.
pub async fn until(client: &Client, id: &str, wanted: impl Fn(&Value) -> bool) -> Result<Value> {
    let begun = Instant::now();
    loop {
        let run = run(client, id).await?;
        if wanted(&run) {
            return Ok(run);
        }
        if begun.elapsed() > PATIENCE {
            bail!("the run never came there: {run}");
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Syncs items to the end; the run, which must have succeeded.
///
/// # Errors
/// When it failed.
pub async fn sync(client: &Client, integration: &str) -> Result<Value> {
    let id = start_sync(client, integration).await?;
    let run = ended(client, &id).await?;
    ensure!(matches!(run["state"].as_str(), Some("SUCCEEDED" | "SUCCEEDED_WITH_ISSUES")), "{run}");
    Ok(run)
}

/// The item counters of a run: created, updated, unchanged, deactivated, skipped.
pub fn counts(run: &Value) -> [i64; 5] {
    ["created", "updated", "unchanged", "deactivated", "skipped"].map(|name| run["counts"][name].as_i64().unwrap_or(-1))
}

/// Changes settings of an integration.
///
/// # Errors
/// When they are refused.
pub async fn change_settings(client: &Client, integration: &str, change: Value) -> Result<Value> {
    let mut input = change;
    input["integrationId"] = json!(integration);
    let selection = "integration { settings { inventoryMode itemTypes exportMode documentPrefix } }";
    Ok(client.mutate("updateIntegrationSettings", input, selection).await?["integration"]["settings"].clone())
}

/// All items, by name.
///
/// # Errors
/// When they cannot be read.
pub async fn items(client: &Client, selection: &str) -> Result<Vec<Value>> {
    client.all("items", "ItemFilter", Value::Null, selection).await
}

/// All products, by name.
///
/// # Errors
/// When they cannot be read.
pub async fn products(client: &Client, selection: &str) -> Result<Vec<Value>> {
    client.all("products", "ProductFilter", Value::Null, selection).await
}

/// All stock movements, newest first.
///
/// # Errors
/// When they cannot be read.
pub async fn movements(client: &Client, selection: &str) -> Result<Vec<Value>> {
    client.all("stockMovements", "StockMovementFilter", Value::Null, selection).await
}

/// The id of the one item with this name.
///
/// # Errors
/// When there is none or more than one.
pub async fn item_named(client: &Client, name: &str) -> Result<String> {
    let items = items(client, "id name").await?;
    let mut found = items.iter().filter(|item| item["name"] == name);
    let id = found.next().and_then(|item| item["id"].as_str()).with_context(|| format!("no item {name}"))?;
    ensure!(found.next().is_none(), "several items {name}");
    Ok(id.to_owned())
}

/// Imports items; the results, in order.
///
/// # Errors
/// When the import as a whole is refused.
pub async fn import(client: &Client, items: &[&str]) -> Result<Vec<Value>> {
    let selection = "created skipped failed results { itemId status product { id name } conflictingProduct { id name } \
                     reason { code message help } }";
    let payload = client.mutate("importItems", json!({"itemIds": items}), selection).await?;
    Ok(payload["results"].as_array().context("no results")?.clone())
}
