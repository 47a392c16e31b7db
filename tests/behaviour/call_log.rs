//! The log of provider calls: complete, and without secrets (statements 120 and 121).

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use stockbridge_tests::{
    Outcome, TestDatabase, World,
    client::Client,
    on_both_databases,
    sandbox::{BAKERY, WORKSHOP},
    steps::{connect, ended, start_sync, sync},
};

on_both_databases!(
    s120_every_call_has_one_entry_with_request_and_response,
    s120_a_failed_attempt_has_an_entry_too,
    s121_no_entry_holds_a_secret,
    entries_are_found_by_run_operation_and_outcome,
);

const ENTRY: &str = "id operation method url requestBody responseBody httpStatus outcome errorCode errorMessage \
    providerTraceId attempt correlationId durationMs run { id } integration { id }";

async fn entries(client: &Client, filter: Value) -> anyhow::Result<Vec<Value>> {
    client.all("syncLogs", "SyncLogFilter", filter, ENTRY).await
}

/// The sandbox's name of the call that an entry describes, by what was really sent.
fn call_of(entry: &Value) -> String {
    let (method, url) = (entry["method"].as_str().unwrap(), entry["url"].as_str().unwrap());
    let url = url::Url::parse(url).unwrap();
    let parameter = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let last = url.path().split('/').filter(|part| !part.is_empty()).skip(3).collect::<Vec<_>>();
    let form = entry["requestBody"].as_str().unwrap_or_default();
    match (method, url.path()) {
        (_, path) if path.starts_with("/.well-known/") => "discovery".to_owned(),
        ("POST", path) if path.contains("token") && form.contains("grant_type=refresh_token") => {
            "token refresh_token".to_owned()
        }
        ("POST", path) if path.contains("token") && form.contains("grant_type=authorization_code") => {
            "token authorization_code".to_owned()
        }
        _ => match parameter("query") {
            Some(query) => {
                let entity = query.split(" FROM ").nth(1).unwrap_or_default();
                format!("query {}", entity.split_whitespace().next().unwrap_or_default())
            }
            None => format!("read {}", last.first().copied().unwrap_or_default().to_lowercase()),
        },
    }
}

fn tally(entries: &[Value]) -> BTreeMap<String, u64> {
    let mut tally = BTreeMap::new();
    for entry in entries {
        *tally.entry(call_of(entry)).or_default() += 1;
    }
    tally
}

/// What the accounting system saw, in the same words; pages for people are no calls.
async fn seen(world: &World) -> anyhow::Result<BTreeMap<String, u64>> {
    let calls = world.sandbox.calls().await?;
    let lower = |name: String| if name.starts_with("read ") { name.to_lowercase() } else { name };
    Ok(calls.into_iter().filter(|(name, _)| name != "authorize").map(|(name, count)| (lower(name), count)).collect())
}

async fn s120_every_call_has_one_entry_with_request_and_response(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, WORKSHOP).await?;
    world.sandbox.expire_access_tokens(WORKSHOP).await?;
    let run = sync(&owner, &id).await?;
    let all = entries(&owner, Value::Null).await?;
    assert_eq!(tally(&all), seen(&world).await?);
    assert!(all.len() > 8, "{all:?}");
    for entry in &all {
        assert!(entry["url"].as_str().unwrap().starts_with("http://127.0.0.1:"), "{entry}");
        assert!(entry["httpStatus"].is_number() && entry["responseBody"].is_string(), "{entry}");
        assert_eq!(entry["method"] == "POST", entry["requestBody"].is_string(), "{entry}");
        let failed = entry["httpStatus"] == 401;
        assert_eq!(entry["outcome"], if failed { "FAILED" } else { "OK" }, "{entry}");
    }
    let items = entries(&owner, json!({"runId": run["id"], "operation": "item.query"})).await?;
    let page = items.iter().find(|entry| entry["responseBody"].as_str().unwrap().contains("Oak Table")).unwrap();
    assert_eq!((&page["integration"]["id"], &page["run"]["id"], &page["attempt"]), (&json!(id), &run["id"], &json!(1)));
    assert!(page["providerTraceId"].is_string(), "{page}");
    Ok(())
}

async fn s120_a_failed_attempt_has_an_entry_too(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    world.sandbox.fail("query Vendor", 0, Some(1), json!({"kind": "status", "status": 503})).await?;
    world.sandbox.fail("query Vendor", 0, Some(1), json!({"kind": "reset"})).await?;
    sync(&owner, &id).await?;
    let mut all = entries(&owner, json!({"operation": "vendor.count"})).await?;
    all.reverse();
    let of = |entry: &Value| {
        json!([entry["attempt"], entry["outcome"], entry["httpStatus"], entry["errorMessage"].is_string()])
    };
    let attempts: Vec<Value> = all.iter().map(of).collect();
    // A failed attempt, a connection that broke, and what came then.
    assert_eq!(attempts[0], json!([1, "FAILED", 503, true]));
    assert_eq!(attempts[1], json!([2, "FAILED", null, true]));
    assert_eq!(attempts[2], json!([3, "OK", 200, false]));
    assert_eq!(tally(&entries(&owner, Value::Null).await?), seen(&world).await?);
    Ok(())
}

async fn s121_no_entry_holds_a_secret(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, WORKSHOP).await?;
    let (_, first) = world.stored_tokens(&id).await?;
    world.sandbox.expire_access_tokens(WORKSHOP).await?;
    sync(&owner, &id).await?;
    let (_, second) = world.stored_tokens(&id).await?;
    world
        .sandbox
        .fail("token refresh_token", 0, Some(2), json!({"kind": "oauth-error", "error": "server_error", "status": 500}))
        .await?;
    world.sandbox.expire_access_tokens(WORKSHOP).await?;
    sync(&owner, &id).await?;
    owner.mutate("disconnectIntegration", json!({"integrationId": id}), "revoked").await?;
    let settings = world.sandbox.settings();
    let client_secret = settings.client_secret.expose_secret();
    let basic = STANDARD.encode(format!("{}:{client_secret}", settings.client_id));
    let log = json!(entries(&owner, Value::Null).await?).to_string();
    assert!(log.contains("oauth.refresh") && log.contains("oauth.revoke") && log.contains("Oak Table"));
    for secret in [&first.access, &first.refresh, &second.access, &second.refresh] {
        assert!(!log.contains(secret.expose_secret()), "a token is in the log");
    }
    for text in [client_secret, &basic, "Bearer ", "Basic ", "uthorization\":"] {
        assert!(!log.contains(text), "{text} is in the log");
    }
    Ok(())
}

async fn entries_are_found_by_run_operation_and_outcome(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    let good = sync(&owner, &id).await?;
    world.sandbox.fail("query Account", 0, Some(1), json!({"kind": "fault", "code": 2010})).await?;
    let bad = ended(&owner, &start_sync(&owner, &id).await?).await?;
    assert_eq!((&bad["state"], &bad["error"]["code"]), (&json!("FAILED"), &json!("PROVIDER_REJECTED")));
    assert_eq!(bad["error"]["providerCode"], "2010");
    // What else was under way was given up, and says so.
    let failed = entries(&owner, json!({"outcome": "FAILED", "operation": "account.count"})).await?;
    assert_eq!(failed.len(), 1);
    assert_eq!((&failed[0]["run"]["id"], &failed[0]["errorCode"]), (&bad["id"], &json!("2010")));
    assert_eq!((&failed[0]["operation"], &failed[0]["httpStatus"]), (&json!("account.count"), &json!(200)));
    let of_run = entries(&owner, json!({"runId": good["id"], "outcome": "OK"})).await?;
    assert!(of_run.iter().all(|entry| entry["run"]["id"] == good["id"]) && of_run.len() >= 5);
    assert_eq!(entries(&owner, json!({"integrationId": id, "httpStatus": 404})).await?, [Value::Null; 0]);
    Ok(())
}
