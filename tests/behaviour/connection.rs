//! Connections: consent, refresh, expiry, reconnect, disconnect (statements 1 to 10).

use std::time::Duration;

use entity::Role;
use sea_orm::{ConnectionTrait, EntityTrait, Statement};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use stockbridge_tests::{
    Options, Outcome, Store, TestDatabase, World,
    client::Client,
    consent::{self, Decision},
    on_both_databases,
    sandbox::{BAKERY, BAKERY_NAME, WORKSHOP, WORKSHOP_NAME},
    steps::{
        agree, begin_connect, begin_reconnect, change_settings, connect, connected, ended, import, item_named, items,
        products, start_sync, sync,
    },
    world::held_clock,
};

on_both_databases!(
    s001_a_completed_consent_is_active_and_shows_the_company,
    s002_an_access_token_about_to_expire_is_refreshed_by_itself,
    s002_an_access_token_refused_early_is_refreshed_by_itself,
    s003_a_refused_refresh_token_expires_the_connection,
    s004_reconnecting_changes_tokens_and_nothing_else,
    s005_reconnecting_as_another_company_is_refused,
    s006_disconnect_and_connect_shows_the_right_company,
    s006_the_same_company_connected_again_is_the_same_integration,
    s007_an_unknown_state_stores_nothing,
    s007_a_used_state_stores_nothing,
    s007_a_state_of_eleven_minutes_stores_nothing,
    s007_a_state_of_somebody_else_stores_nothing,
    a_refused_consent_stores_nothing,
    s008_two_calls_with_an_expired_token_refresh_once,
    s008_two_gateways_with_an_expired_token_refresh_once,
    s009_no_token_is_stored_in_clear,
    s010_an_outage_during_refresh_degrades_and_does_not_expire,
    a_consent_for_several_companies_waits_for_the_choice,
    a_chosen_company_that_was_connected_before_is_the_same_integration,
);

const INTEGRATION: &str = "id provider { id name configured } status connectedBy company { externalId name country \
    currency multicurrency inventoryEnabled } health { state reason } \
    settings { inventoryMode itemTypes exportMode documentPrefix itemSyncEveryMinutes salesSyncEveryMinutes }";

async fn integration(client: &Client, id: &str, selection: &str) -> anyhow::Result<Value> {
    client.node(id, "Integration", selection).await
}

/// All integrations, disconnected ones too.
async fn integrations(client: &Client) -> anyhow::Result<Value> {
    let query = "{ integrations(includeDisconnected: true) { id status company { name } } }";
    Ok(client.data(query, Value::Null).await?["integrations"].clone())
}

async fn s001_a_completed_consent_is_active_and_shows_the_company(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, WORKSHOP).await?;
    let expected = json!({
        "id": id,
        "provider": {"id": "quickbooks", "name": "QuickBooks Online", "configured": true},
        "status": "ACTIVE",
        "connectedBy": "owner",
        "company": {
            "externalId": WORKSHOP, "name": WORKSHOP_NAME, "country": "US", "currency": "USD",
            "multicurrency": false, "inventoryEnabled": true,
        },
        "health": {"state": "HEALTHY", "reason": null},
        "settings": {
            "inventoryMode": "SYNC", "itemTypes": ["INVENTORY", "SERVICE", "BUNDLE"], "exportMode": "MANUAL",
            "documentPrefix": "SB", "itemSyncEveryMinutes": null, "salesSyncEveryMinutes": null,
        },
    });
    assert_eq!(integration(&owner, &id, INTEGRATION).await?, expected);
    // Usable at once.
    assert_eq!(sync(&owner, &id).await?["state"], "SUCCEEDED");
    Ok(())
}

async fn s002_an_access_token_about_to_expire_is_refreshed_by_itself(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    // Shorter than the margin in which a token is not used any more.
    world.sandbox.access_token_seconds(30).await?;
    let id = connect(&owner, WORKSHOP).await?;
    world.sandbox.access_token_seconds(3600).await?;
    world.sandbox.forget_calls().await?;
    let (before, _) = world.stored_tokens(&id).await?;
    assert_eq!(sync(&owner, &id).await?["state"], "SUCCEEDED");
    assert_eq!(world.sandbox.calls_of("token refresh_token").await?, 1);
    let (after, _) = world.stored_tokens(&id).await?;
    assert_eq!(after.version, before.version + 1);
    assert_eq!(
        integration(&owner, &id, "status health { state }").await?,
        json!({
            "status": "ACTIVE", "health": {"state": "HEALTHY"},
        })
    );
    Ok(())
}

async fn s002_an_access_token_refused_early_is_refreshed_by_itself(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, WORKSHOP).await?;
    world.sandbox.expire_access_tokens(WORKSHOP).await?;
    world.sandbox.forget_calls().await?;
    assert_eq!(sync(&owner, &id).await?["state"], "SUCCEEDED");
    assert_eq!(world.sandbox.calls_of("token refresh_token").await?, 1);
    Ok(())
}

async fn s003_a_refused_refresh_token_expires_the_connection(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, WORKSHOP).await?;
    world.sandbox.revoke_consent(WORKSHOP).await?;
    let run = ended(&owner, &start_sync(&owner, &id).await?).await?;
    assert_eq!(run["state"], "FAILED");
    assert_eq!(run["error"]["code"], "CONNECTION_EXPIRED");
    let message = run["error"]["message"].as_str().unwrap();
    assert!(message.starts_with("Connection expired"), "{message}");
    let state = integration(&owner, &id, "status health { state help }").await?;
    assert_eq!((&state["status"], &state["health"]["state"]), (&json!("EXPIRED"), &json!("EXPIRED")));
    assert!(state["health"]["help"].as_str().unwrap().contains("Reconnect"), "{state}");
    // And it blocks the next one without asking the provider again.
    world.sandbox.forget_calls().await?;
    let refusal = owner.refusal("syncItems", json!({"integrationId": id})).await?;
    assert_eq!(
        (&refusal["code"], &refusal["path"]),
        (&json!("CONNECTION_EXPIRED"), &json!(["input", "integrationId"]))
    );
    assert!(refusal["message"].as_str().unwrap().starts_with("Connection expired"), "{refusal}");
    assert_eq!(owner.data("{ syncRuns { totalCount } }", Value::Null).await?["syncRuns"]["totalCount"], 1);
    assert!(world.sandbox.calls().await?.is_empty());
    Ok(())
}

/// Everything of a connection but its tokens and its run history.
async fn belongings(client: &Client, id: &str) -> anyhow::Result<Value> {
    let settings = integration(
        client,
        id,
        "id company { externalId name } settings { inventoryMode itemTypes exportMode \
        documentPrefix itemSyncEveryMinutes salesSyncEveryMinutes }",
    )
    .await?;
    let query = "query($id: ID!) { accounts(integrationId: $id, first: 250) { totalCount nodes { id externalId name active } } \
        suppliers(first: 250) { totalCount nodes { id externalId name } } }";
    let lists = client.data(query, json!({"id": id})).await?;
    let items = items(client, "id externalId name sku active quantityOnHand syncedAt product { id }").await?;
    let products = products(client, "id name sku onHand averageCost { amount } item { id }").await?;
    Ok(json!({"settings": settings, "lists": lists, "items": items, "products": products}))
}

async fn s004_reconnecting_changes_tokens_and_nothing_else(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, WORKSHOP).await?;
    let change = json!({"itemTypes": ["INVENTORY"], "documentPrefix": "CS", "itemSyncEveryMinutes": 60});
    change_settings(&owner, &id, change).await?;
    sync(&owner, &id).await?;
    let table = item_named(&owner, "Oak Table").await?;
    import(&owner, &[&table]).await?;
    world.sandbox.revoke_consent(WORKSHOP).await?;
    ended(&owner, &start_sync(&owner, &id).await?).await?;
    assert_eq!(integration(&owner, &id, "status").await?["status"], "EXPIRED");
    let (before, kept) = (world.stored_tokens(&id).await?.0, belongings(&owner, &id).await?);
    assert_eq!(kept["products"].as_array().unwrap().len(), 1);

    let landed = agree(&begin_reconnect(&owner, &id).await?, WORKSHOP).await?;
    assert_eq!(connected(&landed)?, id);
    let after = world.stored_tokens(&id).await?.0;
    assert_ne!(after.sealed, before.sealed);
    assert_eq!(belongings(&owner, &id).await?, kept);
    let state = integration(&owner, &id, "status health { state reason }").await?;
    assert_eq!(state, json!({"status": "ACTIVE", "health": {"state": "HEALTHY", "reason": null}}));
    assert_eq!(sync(&owner, &id).await?["state"], "SUCCEEDED");
    Ok(())
}

async fn s005_reconnecting_as_another_company_is_refused(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, WORKSHOP).await?;
    let (before, whole) = (world.stored_tokens(&id).await?.0, integration(&owner, &id, INTEGRATION).await?);
    let landed = agree(&begin_reconnect(&owner, &id).await?, BAKERY).await?;
    assert_eq!((landed.status, landed.parameter("error").as_deref()), (303, Some("WRONG_COMPANY")));
    let message = landed.parameter("message").unwrap();
    assert!(message.contains(BAKERY) && message.contains(WORKSHOP_NAME), "{message}");
    assert_eq!(world.stored_tokens(&id).await?.0, before);
    assert_eq!(integration(&owner, &id, INTEGRATION).await?, whole);
    assert_eq!(integrations(&owner).await?.as_array().unwrap().len(), 1);
    assert_eq!(sync(&owner, &id).await?["state"], "SUCCEEDED");
    Ok(())
}

async fn s006_disconnect_and_connect_shows_the_right_company(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let wrong = connect(&owner, BAKERY).await?;
    sync(&owner, &wrong).await?;
    let (_, tokens) = world.stored_tokens(&wrong).await?;
    let payload = owner
        .mutate(
            "disconnectIntegration",
            json!({"integrationId": wrong}),
            "revoked integration { status health { state } }",
        )
        .await?;
    let expected = json!({"status": "DISCONNECTED", "health": {"state": "DISCONNECTED"}});
    assert_eq!((&payload["revoked"], &payload["integration"]), (&json!(true), &expected));
    assert!(world.stored_tokens(&wrong).await.is_err(), "the tokens are forgotten");
    assert!(!tokens.refresh.expose_secret().is_empty());
    assert_eq!(world.sandbox.calls_of("revoke").await?, 1);

    let right = connect(&owner, WORKSHOP).await?;
    let shown = owner.data("{ integrations { id status company { name } } }", Value::Null).await?;
    assert_eq!(shown["integrations"], json!([{"id": right, "status": "ACTIVE", "company": {"name": WORKSHOP_NAME}}]));
    // What the wrong company brought is kept.
    assert_eq!(
        integrations(&owner).await?,
        json!([
            {"id": wrong, "status": "DISCONNECTED", "company": {"name": BAKERY_NAME}},
            {"id": right, "status": "ACTIVE", "company": {"name": WORKSHOP_NAME}},
        ])
    );
    let kept = owner.all("items", "ItemFilter", json!({"integrationId": wrong}), "name").await?;
    assert_eq!(kept.len(), 5);
    Ok(())
}

async fn s006_the_same_company_connected_again_is_the_same_integration(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    sync(&owner, &id).await?;
    let before = items(&owner, "id externalId").await?;
    owner.mutate("disconnectIntegration", json!({"integrationId": id}), "revoked").await?;
    let refusal = owner.refusal("reconnectIntegration", json!({"integrationId": id})).await?;
    assert_eq!(refusal["code"], "INVALID_STATE");
    let refusal = owner.refusal("syncItems", json!({"integrationId": id})).await?;
    assert_eq!(refusal["code"], "INVALID_STATE");
    assert_eq!(connect(&owner, BAKERY).await?, id);
    assert_eq!(items(&owner, "id externalId").await?, before);
    assert_eq!(stockbridge_tests::steps::counts(&sync(&owner, &id).await?), [0, 0, 5, 0, 4]);
    Ok(())
}

/// Nothing is connected, and no token is stored.
async fn assert_nothing_stored(world: &World, owner: &Client) -> Outcome {
    assert_eq!(integrations(owner).await?, json!([]));
    let tokens = entity::integration_token::Entity::find().all(world.app.db.connection()).await?;
    assert_eq!(tokens, []);
    Ok(())
}

async fn s007_an_unknown_state_stores_nothing(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let mut callback = consent::decide(&begin_connect(&owner).await?, WORKSHOP, Decision::Agree).await?;
    let forged: Vec<(String, String)> = callback
        .query_pairs()
        .map(|(key, value)| (key.to_string(), if key == "state" { "forged".to_owned() } else { value.to_string() }))
        .collect();
    callback.query_pairs_mut().clear().extend_pairs(forged);
    world.sandbox.forget_calls().await?;
    let landed = consent::come_back(&callback).await?;
    assert_eq!((landed.status, landed.location), (400, None));
    assert!(landed.page.contains("unknown, was used before, or is older than 10 minutes"), "{}", landed.page);
    assert_nothing_stored(&world, &owner).await?;
    // The code was not even tried.
    assert!(world.sandbox.calls().await?.is_empty());
    let refusal = owner.refusal("completeConnection", json!({"callbackUrl": callback})).await?;
    assert_eq!(refusal["code"], "OAUTH_STATE_INVALID");
    callback.set_query(None);
    assert_eq!(consent::come_back(&callback).await?.status, 400);
    assert_nothing_stored(&world, &owner).await
}

async fn s007_a_used_state_stores_nothing(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let callback = consent::decide(&begin_connect(&owner).await?, WORKSHOP, Decision::Agree).await?;
    let id = connected(&consent::come_back(&callback).await?)?;
    let (before, whole) = (world.stored_tokens(&id).await?.0, integration(&owner, &id, INTEGRATION).await?);
    let landed = consent::come_back(&callback).await?;
    assert_eq!((landed.status, landed.location), (400, None));
    assert_eq!(world.stored_tokens(&id).await?.0, before);
    assert_eq!(integration(&owner, &id, INTEGRATION).await?, whole);
    assert_eq!(integrations(&owner).await?.as_array().unwrap().len(), 1);
    Ok(())
}

async fn s007_a_state_of_eleven_minutes_stores_nothing(database: TestDatabase) -> Outcome {
    let world = World::with(&database, Options { clock: Some(held_clock()), ..Options::default() }).await?;
    let owner = world.owner();
    let late = consent::decide(&begin_connect(&owner).await?, WORKSHOP, Decision::Agree).await?;
    world.advance(Duration::from_secs(11 * 60));
    let landed = consent::come_back(&late).await?;
    assert_eq!((landed.status, landed.parameter("error").as_deref()), (303, Some("OAUTH_STATE_INVALID")));
    assert!(landed.parameter("message").unwrap().contains("older than 10 minutes"), "{landed:?}");
    assert_nothing_stored(&world, &owner).await?;
    // One of just under ten minutes is good.
    let early = consent::decide(&begin_connect(&owner).await?, WORKSHOP, Decision::Agree).await?;
    world.advance(Duration::from_secs(10 * 60 - 1));
    connected(&consent::come_back(&early).await?)?;
    Ok(())
}

async fn s007_a_state_of_somebody_else_stores_nothing(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, admin) = (world.owner(), world.client(Role::Admin));
    let stranger = world.client_of(world.another_business("Another").await?, Role::Owner);
    let callback = consent::decide(&begin_connect(&owner).await?, WORKSHOP, Decision::Agree).await?;
    for other in [&admin, &stranger] {
        let refusal = other.refusal("completeConnection", json!({"callbackUrl": callback})).await?;
        assert_eq!(refusal["code"], "OAUTH_STATE_INVALID");
        assert_nothing_stored(&world, other).await?;
    }
    // It was not used up by them.
    let payload =
        owner.mutate("completeConnection", json!({"callbackUrl": callback}), "integration { status }").await?;
    assert_eq!(payload["integration"]["status"], "ACTIVE");
    assert_eq!(integrations(&stranger).await?, json!([]));
    Ok(())
}

async fn a_refused_consent_stores_nothing(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let callback = consent::decide(&begin_connect(&owner).await?, WORKSHOP, Decision::Refuse).await?;
    let landed = consent::come_back(&callback).await?;
    assert_eq!(landed.parameter("error").as_deref(), Some("CONSENT_REFUSED"));
    assert_nothing_stored(&world, &owner).await?;
    // And its state is used up.
    assert_eq!(consent::come_back(&callback).await?.status, 400);
    Ok(())
}

async fn s008_two_calls_with_an_expired_token_refresh_once(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, WORKSHOP).await?;
    world.sandbox.expire_access_tokens(WORKSHOP).await?;
    world.sandbox.forget_calls().await?;
    let refresh = || owner.mutate("refreshAccounts", json!({"integrationId": id}), "count");
    let (one, other) = tokio::join!(refresh(), refresh());
    assert_eq!((one?["count"].clone(), other?["count"].clone()), (json!(69), json!(69)));
    assert_eq!(world.sandbox.calls_of("token refresh_token").await?, 1);
    Ok(())
}

async fn s008_two_gateways_with_an_expired_token_refresh_once(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let other = world.another_gateway(true).await?;
    let (owner, elsewhere) = (world.owner(), other.owner());
    let id = connect(&owner, WORKSHOP).await?;
    world.sandbox.expire_access_tokens(WORKSHOP).await?;
    world.sandbox.forget_calls().await?;
    let input = json!({"integrationId": id});
    let (one, two) = tokio::join!(
        owner.mutate("refreshAccounts", input.clone(), "count"),
        elsewhere.mutate("refreshAccounts", input.clone(), "count"),
    );
    assert_eq!((one?["count"].clone(), two?["count"].clone()), (json!(69), json!(69)));
    assert_eq!(world.sandbox.calls_of("token refresh_token").await?, 1);
    Ok(())
}

/// All that the database holds, as bytes.
async fn everything_stored(world: &World, database: &TestDatabase) -> anyhow::Result<Vec<u8>> {
    let connection = world.app.db.connection();
    let ask = |sql: String| connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql));
    match database.store {
        Store::Sqlite => {
            let file = database.folder.join("stockbridge.db");
            let mut bytes = std::fs::read(&file)?;
            bytes.extend(std::fs::read(file.with_extension("db-wal"))?);
            Ok(bytes)
        }
        Store::Postgres => {
            let names = "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables \
                WHERE schemaname NOT IN ('pg_catalog', 'information_schema')";
            let mut bytes = Vec::new();
            for table in ask(names.to_owned()).await? {
                let table: String = table.try_get("", "name")?;
                for row in ask(format!("SELECT t::text AS row FROM {table} AS t")).await? {
                    bytes.extend(row.try_get::<String>("", "row")?.into_bytes());
                }
            }
            Ok(bytes)
        }
    }
}

async fn s009_no_token_is_stored_in_clear(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, WORKSHOP).await?;
    let (_, first) = world.stored_tokens(&id).await?;
    world.sandbox.expire_access_tokens(WORKSHOP).await?;
    sync(&owner, &id).await?;
    let (_, second) = world.stored_tokens(&id).await?;
    assert_ne!(first.access.expose_secret(), second.access.expose_secret());
    let stored = everything_stored(&world, &database).await?;
    let holds = |text: &str| stored.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds(WORKSHOP_NAME), "the search finds what is there");
    let client_secret = world.sandbox.settings().client_secret;
    for secret in [&first.access, &first.refresh, &second.access, &second.refresh, &client_secret] {
        assert!(!holds(secret.expose_secret()), "a secret is stored in clear");
    }
    Ok(())
}

async fn s010_an_outage_during_refresh_degrades_and_does_not_expire(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, WORKSHOP).await?;
    let before = world.stored_tokens(&id).await?.0;
    world.sandbox.expire_access_tokens(WORKSHOP).await?;
    world.sandbox.forget_calls().await?;
    world.sandbox.fail("token refresh_token", 0, None, json!({"kind": "status", "status": 503})).await?;
    let refusal = owner.refusal("refreshAccounts", json!({"integrationId": id})).await?;
    assert_eq!(refusal["code"], "PROVIDER_UNAVAILABLE");
    assert_eq!(world.sandbox.calls_of("token refresh_token").await?, 4, "it was tried again before giving up");
    let state = integration(&owner, &id, "status health { state reason }").await?;
    assert_eq!((&state["status"], &state["health"]["state"]), (&json!("ACTIVE"), &json!("DEGRADED")));
    assert!(state["health"]["reason"].is_string(), "{state}");
    let run = ended(&owner, &start_sync(&owner, &id).await?).await?;
    assert_eq!((&run["state"], &run["error"]["code"]), (&json!("FAILED"), &json!("PROVIDER_UNAVAILABLE")));
    let now = world.stored_tokens(&id).await?.0;
    assert_eq!((now.version, now.sealed), (before.version, before.sealed), "the tokens are kept");

    world.sandbox.heal().await?;
    assert_eq!(sync(&owner, &id).await?["state"], "SUCCEEDED");
    let state = integration(&owner, &id, "status health { state reason }").await?;
    assert_eq!(state, json!({"status": "ACTIVE", "health": {"state": "HEALTHY", "reason": null}}));
    Ok(())
}

async fn a_consent_for_several_companies_waits_for_the_choice(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    world.gate.consents_cover(&[(BAKERY, BAKERY_NAME), (WORKSHOP, WORKSHOP_NAME)]);
    let id = connect(&owner, WORKSHOP).await?;
    let pending = json!({
        "status": "PENDING", "company": null,
        "companyChoices": [
            {"externalId": BAKERY, "name": BAKERY_NAME}, {"externalId": WORKSHOP, "name": WORKSHOP_NAME},
        ],
    });
    let selection = "status company { name } companyChoices { externalId name }";
    assert_eq!(integration(&owner, &id, selection).await?, pending);
    assert_eq!(owner.refusal("syncItems", json!({"integrationId": id})).await?["code"], "INVALID_STATE");
    assert_eq!(owner.refusal("reconnectIntegration", json!({"integrationId": id})).await?["code"], "INVALID_STATE");
    let foreign = json!({"integrationId": id, "companyExternalId": "123"});
    let refusal = owner.refusal("selectCompany", foreign).await?;
    assert_eq!((&refusal["code"], &refusal["path"]), (&json!("VALIDATION"), &json!(["input", "companyExternalId"])));
    assert_eq!(integration(&owner, &id, selection).await?, pending);

    let choice = json!({"integrationId": id, "companyExternalId": WORKSHOP});
    let chosen = owner
        .mutate("selectCompany", choice.clone(), "integration { id status company { name } companyChoices { name } }")
        .await?;
    assert_eq!(
        chosen["integration"],
        json!({"id": id, "status": "ACTIVE", "company": {"name": WORKSHOP_NAME}, "companyChoices": []}),
    );
    assert_eq!(owner.refusal("selectCompany", choice).await?["code"], "INVALID_STATE");
    assert_eq!(sync(&owner, &id).await?["state"], "SUCCEEDED");
    Ok(())
}

async fn a_chosen_company_that_was_connected_before_is_the_same_integration(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let before = connect(&owner, WORKSHOP).await?;
    owner.mutate("disconnectIntegration", json!({"integrationId": before}), "revoked").await?;
    world.gate.consents_cover(&[(BAKERY, BAKERY_NAME), (WORKSHOP, WORKSHOP_NAME)]);
    let pending = connect(&owner, WORKSHOP).await?;
    assert_ne!(pending, before);
    let choice = json!({"integrationId": pending, "companyExternalId": WORKSHOP});
    let chosen = owner.mutate("selectCompany", choice, "integration { id status }").await?;
    assert_eq!(chosen["integration"], json!({"id": before, "status": "ACTIVE"}));
    let all = json!([{"id": before, "status": "ACTIVE", "company": {"name": WORKSHOP_NAME}}]);
    assert_eq!(integrations(&owner).await?, all);
    assert_eq!(sync(&owner, &before).await?["state"], "SUCCEEDED");
    Ok(())
}
