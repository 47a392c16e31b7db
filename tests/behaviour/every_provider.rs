//! Connections of every provider: consent, choice of a company, refresh, expiry, disconnect (statements 1, 2, 3, 6, 8, 10,
//! 11, 128).
//!
//! Rule: no provider is named and nothing is known of its companies but what its sandbox says; what differs follows from
//! the capability.

use providers::{
    capability::Authorization,
    registry::ProviderEntry,
    sandbox::{FaultTarget, SandboxAct, Trouble},
};
use serde_json::{Value, json};
use stockbridge_tests::{
    Outcome, TestDatabase, World,
    client::Client,
    steps::{
        agree_for, begin_reconnect, change_settings, connect_first, connect_for, connected, ended, import, items,
        start_sync, sync,
    },
    with_every_provider,
};

with_every_provider!(
    s001_whoever_connects_is_active_and_shows_the_company,
    s002_an_access_token_about_to_expire_is_refreshed_by_itself if consents,
    s002_an_access_token_refused_early_is_refreshed_by_itself if consents,
    s003_a_refused_refresh_token_expires_the_connection if consents,
    s006_several_companies_of_one_consent_are_chosen_synced_imported_and_disconnected if chooses,
    s006_a_chosen_company_that_was_connected_before_is_the_same_integration if chooses,
    s006_disconnecting_one_company_of_a_consent_leaves_the_other_one_connected if chooses,
    s008_two_calls_with_an_expired_token_refresh_once if consents,
    s008_two_gateways_with_an_expired_token_refresh_once if consents,
    s010_an_outage_during_refresh_degrades_and_does_not_expire if consents,
    s011_without_adjustments_a_connection_is_self_managed_and_stays_so if keeps_its_own_stock,
    s128_sync_mode_is_refused_by_capability if keeps_its_own_stock,
);

/// Its connections are consented to by a person.
fn consents(entry: &ProviderEntry) -> bool {
    entry.capability.authorization == Authorization::Consent
}

/// One consent may cover several companies.
fn chooses(entry: &ProviderEntry) -> bool {
    entry.capability.multiple_companies
}

/// It takes no inventory adjustments.
fn keeps_its_own_stock(entry: &ProviderEntry) -> bool {
    !entry.capability.inventory_adjustments
}

async fn integration(client: &Client, id: &str, selection: &str) -> anyhow::Result<Value> {
    client.node(id, "Integration", selection).await
}

async fn s001_whoever_connects_is_active_and_shows_the_company(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let world = World::of(&database, provider).await?;
    let (owner, (company, name)) = (world.owner(), world.sandbox.company());
    let id = connect_first(&world, &owner).await?;
    let mode = if provider.capability.inventory_adjustments { "SYNC" } else { "SELF_MANAGED" };
    let expected = json!({
        "id": id, "provider": {"id": provider.id, "name": provider.name, "configured": true},
        "status": "ACTIVE", "connectedBy": "owner", "company": {"externalId": company, "name": name},
        "companyChoices": [], "health": {"state": "HEALTHY", "reason": null},
        "settings": {"inventoryMode": mode, "exportMode": "MANUAL", "documentPrefix": "SB"},
    });
    let selection = "id provider { id name configured } status connectedBy company { externalId name } \
                     companyChoices { name } health { state reason } settings { inventoryMode exportMode documentPrefix }";
    assert_eq!(integration(&owner, &id, selection).await?, expected);
    // Usable at once, and its settings can be changed one by one.
    assert_eq!(sync(&owner, &id).await?["state"], "SUCCEEDED");
    assert_eq!(change_settings(&owner, &id, json!({"documentPrefix": "CS"})).await?["documentPrefix"], "CS");
    Ok(())
}

async fn s002_an_access_token_about_to_expire_is_refreshed_by_itself(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let world = World::of(&database, provider).await?;
    let owner = world.owner();
    // Shorter than the margin in which a token is not used any more.
    world.sandbox.access_token_seconds(30).await?;
    let id = connect_first(&world, &owner).await?;
    world.sandbox.access_token_seconds(3600).await?;
    world.sandbox.forget_calls().await?;
    let (before, _) = world.stored_tokens(&id).await?;
    assert_eq!(sync(&owner, &id).await?["state"], "SUCCEEDED");
    assert_eq!(world.sandbox.refreshes().await?, 1);
    assert_eq!(world.stored_tokens(&id).await?.0.version, before.version + 1);
    let state = integration(&owner, &id, "status health { state }").await?;
    assert_eq!(state, json!({"status": "ACTIVE", "health": {"state": "HEALTHY"}}));
    Ok(())
}

async fn s002_an_access_token_refused_early_is_refreshed_by_itself(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let world = World::of(&database, provider).await?;
    let owner = world.owner();
    let id = connect_first(&world, &owner).await?;
    world.sandbox.act(SandboxAct::ExpireAccessTokens).await?;
    world.sandbox.forget_calls().await?;
    assert_eq!(sync(&owner, &id).await?["state"], "SUCCEEDED");
    assert_eq!(world.sandbox.refreshes().await?, 1);
    Ok(())
}

/// The person takes the consent back in the accounting system.
async fn revoke(world: &World) -> Outcome {
    world.sandbox.act(SandboxAct::RevokeConsent).await?;
    world.sandbox.act(SandboxAct::ExpireAccessTokens).await?;
    Ok(())
}

async fn s003_a_refused_refresh_token_expires_the_connection(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let world = World::of(&database, provider).await?;
    let owner = world.owner();
    let id = connect_first(&world, &owner).await?;
    revoke(&world).await?;
    let run = ended(&owner, &start_sync(&owner, &id).await?).await?;
    assert_eq!((&run["state"], &run["error"]["code"]), (&json!("FAILED"), &json!("CONNECTION_EXPIRED")));
    let message = run["error"]["message"].as_str().unwrap();
    assert!(message.starts_with("Connection expired"), "{message}");
    let state = integration(&owner, &id, "status health { state help }").await?;
    assert_eq!((&state["status"], &state["health"]["state"]), (&json!("EXPIRED"), &json!("EXPIRED")));
    assert!(state["health"]["help"].as_str().unwrap().contains("Reconnect"), "{state}");
    // And it blocks the next one without asking the provider again.
    world.sandbox.forget_calls().await?;
    let refusal = owner.refusal("syncItems", json!({"integrationId": id})).await?;
    let place = json!(["input", "integrationId"]);
    assert_eq!((&refusal["code"], &refusal["path"]), (&json!("CONNECTION_EXPIRED"), &place));
    assert!(refusal["message"].as_str().unwrap().starts_with("Connection expired"), "{refusal}");
    assert_eq!(owner.data("{ syncRuns { totalCount } }", Value::Null).await?["syncRuns"]["totalCount"], 1);
    assert!(world.sandbox.calls().await?.is_empty());
    // Reconnecting is the way out.
    let link = begin_reconnect(&owner, &id).await?;
    assert_eq!(connected(&agree_for(&world, &link, &[world.sandbox.company().0]).await?)?, id);
    assert_eq!(sync(&owner, &id).await?["state"], "SUCCEEDED");
    Ok(())
}

/// All companies of the sandbox, by id and name.
fn companies(world: &World) -> Vec<(String, String)> {
    let all = world.sandbox.hand().companies().into_iter();
    all.map(|company| (company.external_id, company.name.unwrap_or_default())).collect()
}

fn ids(companies: &[(String, String)]) -> Vec<String> {
    companies.iter().map(|(id, _)| id.clone()).collect()
}

async fn select(client: &Client, id: &str, company: &str) -> anyhow::Result<Value> {
    let choice = json!({"integrationId": id, "companyExternalId": company});
    let selection = "integration { id status company { name } companyChoices { name } }";
    Ok(client.mutate("selectCompany", choice, selection).await?["integration"].clone())
}

async fn s006_several_companies_of_one_consent_are_chosen_synced_imported_and_disconnected(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let world = World::of(&database, provider).await?;
    let (owner, companies) = (world.owner(), companies(&world));
    let id = connect_for(&world, &owner, &ids(&companies)).await?;
    let mut choices: Vec<Value> = companies.iter().map(|(id, name)| json!({"externalId": id, "name": name})).collect();
    choices.sort_by_key(|choice| choice["externalId"].to_string());
    let selection = "status company { name } companyChoices { externalId name }";
    let mut pending = integration(&owner, &id, selection).await?;
    pending["companyChoices"].as_array_mut().unwrap().sort_by_key(|choice| choice["externalId"].to_string());
    assert_eq!(pending, json!({"status": "PENDING", "company": null, "companyChoices": choices}));
    // Nothing can be done with it until then, and nothing else can be chosen.
    assert_eq!(owner.refusal("syncItems", json!({"integrationId": id})).await?["code"], "INVALID_STATE");
    assert_eq!(owner.refusal("reconnectIntegration", json!({"integrationId": id})).await?["code"], "INVALID_STATE");
    let foreign = json!({"integrationId": id, "companyExternalId": "123"});
    let refusal = owner.refusal("selectCompany", foreign).await?;
    assert_eq!((&refusal["code"], &refusal["path"]), (&json!("VALIDATION"), &json!(["input", "companyExternalId"])));
    assert_eq!(integration(&owner, &id, "status").await?["status"], "PENDING");

    let (company, name) = &companies[0];
    let expected = json!({"id": id, "status": "ACTIVE", "company": {"name": name}, "companyChoices": []});
    assert_eq!(select(&owner, &id, company).await?, expected);
    let again = json!({"integrationId": id, "companyExternalId": company});
    assert_eq!(owner.refusal("selectCompany", again).await?["code"], "INVALID_STATE");
    let run = sync(&owner, &id).await?;
    let known = items(&owner, "id name type quantityOnHand").await?;
    assert_eq!((&run["state"], run["counts"]["created"].as_u64()), (&json!("SUCCEEDED"), Some(known.len() as u64)));

    let item = known.iter().find(|item| item["type"] == "INVENTORY" && item["quantityOnHand"] != "0").unwrap();
    let imported = import(&owner, &[item["id"].as_str().unwrap()]).await?;
    assert_eq!((&imported[0]["status"], &imported[0]["product"]["name"]), (&json!("CREATED"), &item["name"]));
    let product = imported[0]["product"]["id"].as_str().unwrap();
    let stock = owner.node(product, "Product", "onHand item { id }").await?;
    assert_eq!(stock, json!({"onHand": item["quantityOnHand"], "item": {"id": item["id"]}}));

    let selection = "revoked integration { status health { state } }";
    let ended = owner.mutate("disconnectIntegration", json!({"integrationId": id}), selection).await?;
    let expected = json!({"status": "DISCONNECTED", "health": {"state": "DISCONNECTED"}});
    assert_eq!((&ended["revoked"], &ended["integration"]), (&json!(true), &expected));
    assert!(world.stored_tokens(&id).await.is_err(), "the tokens are forgotten");
    assert_eq!(items(&owner, "id").await?.len(), known.len(), "what it brought is kept");
    Ok(())
}

async fn s006_a_chosen_company_that_was_connected_before_is_the_same_integration(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let world = World::of(&database, provider).await?;
    let (owner, companies) = (world.owner(), companies(&world));
    let (company, name) = &companies[0];
    let before = connect_for(&world, &owner, std::slice::from_ref(company)).await?;
    owner.mutate("disconnectIntegration", json!({"integrationId": before}), "revoked").await?;
    let pending = connect_for(&world, &owner, &ids(&companies)).await?;
    assert_ne!(pending, before);
    let chosen = select(&owner, &pending, company).await?;
    let expected = json!({"id": before, "status": "ACTIVE", "company": {"name": name}, "companyChoices": []});
    assert_eq!(chosen, expected);
    let query = "{ integrations(includeDisconnected: true) { id status company { name } } }";
    let all = owner.data(query, Value::Null).await?;
    assert_eq!(all["integrations"], json!([{"id": before, "status": "ACTIVE", "company": {"name": name}}]));
    assert_eq!(sync(&owner, &before).await?["state"], "SUCCEEDED");
    Ok(())
}

async fn s006_disconnecting_one_company_of_a_consent_leaves_the_other_one_connected(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let world = World::of(&database, provider).await?;
    let (owner, companies) = (world.owner(), companies(&world));
    let mut connected = Vec::new();
    for (company, _) in &companies {
        connected.push(connect_for(&world, &owner, std::slice::from_ref(company)).await?);
    }
    let selection = "revoked integration { status }";
    let ended = owner.mutate("disconnectIntegration", json!({"integrationId": connected[0]}), selection).await?;
    assert_eq!(ended["integration"]["status"], "DISCONNECTED");
    // The grant is the person's, for all companies: what is given back is this one's part of it.
    assert_eq!(ended["revoked"], true);
    world.sandbox.act(SandboxAct::ExpireAccessTokens).await?;
    assert_eq!(sync(&owner, &connected[1]).await?["state"], "SUCCEEDED");
    // The last one ends it.
    let ended = owner.mutate("disconnectIntegration", json!({"integrationId": connected[1]}), selection).await?;
    assert_eq!(ended["revoked"], true);
    Ok(())
}

/// How many accounts two clients get who ask at the same moment.
async fn accounts_twice(one: &Client, other: &Client, id: &str) -> anyhow::Result<(Value, Value)> {
    let input = json!({"integrationId": id});
    let (one, other) = tokio::join!(
        one.mutate("refreshAccounts", input.clone(), "count"),
        other.mutate("refreshAccounts", input.clone(), "count"),
    );
    Ok((one?["count"].clone(), other?["count"].clone()))
}

async fn s008_two_calls_with_an_expired_token_refresh_once(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let world = World::of(&database, provider).await?;
    let owner = world.owner();
    let id = connect_first(&world, &owner).await?;
    world.sandbox.act(SandboxAct::ExpireAccessTokens).await?;
    world.sandbox.forget_calls().await?;
    let (one, other) = accounts_twice(&owner, &owner, &id).await?;
    assert!(one.as_u64() > Some(0) && one == other, "{one} and {other}");
    assert_eq!(world.sandbox.refreshes().await?, 1);
    Ok(())
}

async fn s008_two_gateways_with_an_expired_token_refresh_once(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let world = World::of(&database, provider).await?;
    let elsewhere = world.another_gateway(true).await?;
    let owner = world.owner();
    let id = connect_first(&world, &owner).await?;
    world.sandbox.act(SandboxAct::ExpireAccessTokens).await?;
    world.sandbox.forget_calls().await?;
    let (one, other) = accounts_twice(&owner, &elsewhere.owner(), &id).await?;
    assert!(one.as_u64() > Some(0) && one == other, "{one} and {other}");
    assert_eq!(world.sandbox.refreshes().await?, 1);
    Ok(())
}

async fn s010_an_outage_during_refresh_degrades_and_does_not_expire(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let world = World::of(&database, provider).await?;
    let owner = world.owner();
    let id = connect_first(&world, &owner).await?;
    let before = world.stored_tokens(&id).await?.0;
    world.sandbox.act(SandboxAct::ExpireAccessTokens).await?;
    world.sandbox.forget_calls().await?;
    world.sandbox.break_next(1000, FaultTarget::Tokens, Trouble::Status { status: 503, committed: false }).await?;
    let refusal = owner.refusal("refreshAccounts", json!({"integrationId": id})).await?;
    assert_eq!(refusal["code"], "PROVIDER_UNAVAILABLE");
    assert_eq!(world.sandbox.refreshes().await?, 4, "it was tried again before giving up");
    let state = integration(&owner, &id, "status health { state reason }").await?;
    assert_eq!((&state["status"], &state["health"]["state"]), (&json!("ACTIVE"), &json!("DEGRADED")));
    assert!(state["health"]["reason"].is_string(), "{state}");
    let run = ended(&owner, &start_sync(&owner, &id).await?).await?;
    assert_eq!((&run["state"], &run["error"]["code"]), (&json!("FAILED"), &json!("PROVIDER_UNAVAILABLE")));
    let now = world.stored_tokens(&id).await?.0;
    assert_eq!((now.version, now.sealed), (before.version, before.sealed), "the tokens are kept");

    world.sandbox.hand().calm().await;
    assert_eq!(sync(&owner, &id).await?["state"], "SUCCEEDED");
    let state = integration(&owner, &id, "status health { state reason }").await?;
    assert_eq!(state, json!({"status": "ACTIVE", "health": {"state": "HEALTHY", "reason": null}}));
    Ok(())
}

async fn s011_without_adjustments_a_connection_is_self_managed_and_stays_so(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let world = World::of(&database, provider).await?;
    let owner = world.owner();
    let id = connect_first(&world, &owner).await?;
    let mode = || integration(&owner, &id, "settings { inventoryMode }");
    let self_managed = json!({"settings": {"inventoryMode": "SELF_MANAGED"}});
    assert_eq!(mode().await?, self_managed);
    // Nobody may, whatever else is asked for with it.
    let whole = json!({"integrationId": id, "inventoryMode": "SYNC", "documentPrefix": "CS"});
    assert_eq!(owner.refusal("updateIntegrationSettings", whole).await?["code"], "UNSUPPORTED_BY_PROVIDER");
    assert_eq!(mode().await?, self_managed);
    assert_eq!(integration(&owner, &id, "settings { documentPrefix }").await?["settings"]["documentPrefix"], "SB");
    Ok(())
}

async fn s128_sync_mode_is_refused_by_capability(database: TestDatabase, provider: &'static ProviderEntry) -> Outcome {
    let world = World::of(&database, provider).await?;
    let owner = world.owner();
    let id = connect_first(&world, &owner).await?;
    if consents(provider) {
        world.sandbox.forget_calls().await?;
    }
    let refusal =
        owner.refusal("updateIntegrationSettings", json!({"integrationId": id, "inventoryMode": "SYNC"})).await?;
    let expected = json!({
        "code": "UNSUPPORTED_BY_PROVIDER", "path": ["input", "inventoryMode"], "providerCode": null,
        "message": "Sync mode needs an accounting system that takes inventory adjustments; this one does not.",
        "help": "Use the self-managed mode: stock is kept here and exported as journal entries.",
    });
    assert_eq!(refusal, expected);
    // By capability: the accounting system was not even asked.
    if consents(provider) {
        assert!(world.sandbox.calls().await?.is_empty());
    }
    Ok(())
}
