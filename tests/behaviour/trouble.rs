//! The accounting system in trouble: every answer it can fail with, in the middle of a sync.
//!
//! Rule: a clear error, and nothing lost or half-done.

use std::time::Duration;

use serde_json::{Value, json};
use stockbridge_tests::{
    Options, Outcome, TestDatabase, World,
    client::Client,
    on_both_databases,
    sandbox::{BAKERY, WORKSHOP},
    steps::{agree, begin_reconnect, connect, connected, counts, ended, items, run, start_sync, sync, until},
};

on_both_databases!(
    a_passing_failure_is_tried_again,
    a_lasting_failure_ends_the_run_and_keeps_everything,
    silence_is_given_up_and_tried_again,
    lasting_silence_ends_the_run,
    too_many_requests_are_waited_for,
    a_refresh_token_refused_in_the_middle_keeps_what_was_done,
    odd_records_are_skipped_and_named,
    a_duplicate_over_two_pages_is_taken_once_and_nothing_is_deactivated,
    a_code_that_the_provider_refuses_connects_nothing,
    a_company_that_cannot_be_read_is_connected_all_the_same,
    a_grant_that_cannot_be_revoked_is_forgotten_all_the_same,
);

const FAULTS: [(&str, &str); 6] = [
    ("500", r#"{"kind": "status", "status": 500}"#),
    ("502 with a page", r#"{"kind": "status", "status": 502, "body": "html"}"#),
    ("503 without a body", r#"{"kind": "status", "status": 503, "body": "empty"}"#),
    ("a page instead of JSON", r#"{"kind": "status", "status": 200, "body": "html"}"#),
    ("JSON that is cut off", r#"{"kind": "cut-off"}"#),
    ("a broken connection", r#"{"kind": "reset"}"#),
];

fn fault(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

async fn lock(client: &Client) -> anyhow::Result<Value> {
    Ok(client.data("{ syncLock { heldBy } }", Value::Null).await?["syncLock"].clone())
}

async fn synced_bakery(world: &World) -> anyhow::Result<(Client, String)> {
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    sync(&owner, &id).await?;
    Ok((owner, id))
}

async fn a_passing_failure_is_tried_again(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, id) = synced_bakery(&world).await?;
    for (name, text) in FAULTS {
        // Past the count, so that it is the page itself.
        world.sandbox.fail("query Item", 1, Some(1), fault(text)).await?;
        let run = sync(&owner, &id).await?;
        assert_eq!((&run["state"], counts(&run)), (&json!("SUCCEEDED"), [0, 0, 5, 0, 4]), "{name}");
        assert_eq!(world.sandbox.control(json!({"command": "clear-faults"})).await?, json!({"cleared": 0}), "{name}");
    }
    Ok(())
}

async fn a_lasting_failure_ends_the_run_and_keeps_everything(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, id) = synced_bakery(&world).await?;
    let before = items(&owner, "id name active syncedAt").await?;
    world.sandbox.edit(BAKERY, "Item", "6", json!({"Name": "Butter Croissant"})).await?;
    world.sandbox.remove(BAKERY, "Item", &["5"]).await?;
    let rejected = ("200 with a Fault", r#"{"kind": "fault", "code": 4000, "detail": "Error parsing query"}"#);
    for (name, text) in FAULTS.into_iter().chain([rejected]) {
        world.sandbox.fail("query Item", 1, None, fault(text)).await?;
        let run = ended(&owner, &start_sync(&owner, &id).await?).await?;
        world.sandbox.heal().await?;
        let code = if name == rejected.0 { "PROVIDER_REJECTED" } else { "PROVIDER_UNAVAILABLE" };
        assert_eq!((&run["state"], &run["error"]["code"]), (&json!("FAILED"), &json!(code)), "{name}: {run}");
        assert!(run["error"]["message"].as_str().is_some_and(|message| message.len() > 20), "{name}: {run}");
        assert!(run["error"]["help"].is_string(), "{name}: {run}");
        assert_eq!(counts(&run), [0, 0, 0, 0, 0], "{name}");
        assert_eq!(lock(&owner).await?, Value::Null, "{name}");
        assert_eq!(items(&owner, "id name active syncedAt").await?, before, "{name}");
    }
    assert_eq!(counts(&sync(&owner, &id).await?), [0, 1, 3, 1, 4]);
    Ok(())
}

async fn silence_is_given_up_and_tried_again(database: TestDatabase) -> Outcome {
    let options = Options { answer_within: Some(Duration::from_secs(3)), ..Options::default() };
    let world = World::with(&database, options).await?;
    let (owner, id) = synced_bakery(&world).await?;
    world.sandbox.fail("query Item", 1, Some(1), json!({"kind": "hang"})).await?;
    let run = sync(&owner, &id).await?;
    assert_eq!(counts(&run), [0, 0, 5, 0, 4]);
    let log = owner
        .all(
            "syncLogs",
            "SyncLogFilter",
            json!({"runId": run["id"], "outcome": "FAILED"}),
            "operation httpStatus attempt",
        )
        .await?;
    assert_eq!(json!(log), json!([{"operation": "item.query", "httpStatus": null, "attempt": 1}]));
    Ok(())
}

async fn lasting_silence_ends_the_run(database: TestDatabase) -> Outcome {
    let options = Options { answer_within: Some(Duration::from_secs(2)), ..Options::default() };
    let world = World::with(&database, options).await?;
    let (owner, id) = synced_bakery(&world).await?;
    world.sandbox.fail("query Item", 1, None, json!({"kind": "hang"})).await?;
    let run = ended(&owner, &start_sync(&owner, &id).await?).await?;
    assert_eq!((&run["state"], &run["error"]["code"]), (&json!("FAILED"), &json!("PROVIDER_UNAVAILABLE")));
    assert_eq!(lock(&owner).await?, Value::Null);
    Ok(())
}

async fn too_many_requests_are_waited_for(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, id) = synced_bakery(&world).await?;
    world.sandbox.fail("query Item", 1, Some(2), json!({"kind": "status", "status": 429, "retry_after": 0})).await?;
    let run = sync(&owner, &id).await?;
    assert_eq!(counts(&run), [0, 0, 5, 0, 4]);
    // Every listing, not the company's settings: their success comes first and must not hide what follows.
    world.sandbox.fail("query", 0, None, json!({"kind": "status", "status": 429})).await?;
    let run = ended(&owner, &start_sync(&owner, &id).await?).await?;
    assert_eq!((&run["state"], &run["error"]["code"]), (&json!("FAILED"), &json!("PROVIDER_RATE_LIMITED")));
    let health = owner.node(&id, "Integration", "status health { state }").await?;
    assert_eq!(health, json!({"status": "ACTIVE", "health": {"state": "DEGRADED"}}));
    Ok(())
}

async fn a_refresh_token_refused_in_the_middle_keeps_what_was_done(database: TestDatabase) -> Outcome {
    let options = Options { items: 1_500, prefetch: Some(1), ..Options::default() };
    let world = World::with(&database, options).await?;
    let owner = world.owner();
    let id = connect(&owner, WORKSHOP).await?;
    world.gate.close();
    let name = start_sync(&owner, &id).await?;
    world.gate.admit(1);
    let half = until(&owner, &name, |run| run["done"] == 1_000).await?;
    world.sandbox.revoke_consent(WORKSHOP).await?;
    world.gate.open();
    let failed = ended(&owner, &name).await?;
    assert_eq!((&failed["state"], &failed["error"]["code"]), (&json!("FAILED"), &json!("CONNECTION_EXPIRED")));
    assert_eq!((&failed["done"], &failed["counts"]), (&json!(1_000), &half["counts"]));
    assert_eq!(lock(&owner).await?, Value::Null);
    assert_eq!(owner.node(&id, "Integration", "status").await?["status"], "EXPIRED");
    let stored = items(&owner, "id").await?.len();
    assert_eq!(i64::try_from(stored)?, counts(&failed)[0]);

    connected(&agree(&begin_reconnect(&owner, &id).await?, WORKSHOP).await?)?;
    let resumed = sync(&owner, &id).await?;
    assert_eq!((&resumed["done"], counts(&resumed)[1], counts(&resumed)[2]), (&json!(1_562), 0, 0));
    let all = i64::try_from(items(&owner, "id").await?.len())?;
    assert_eq!(all, counts(&failed)[0] + counts(&resumed)[0]);
    Ok(())
}

async fn odd_records_are_skipped_and_named(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    let odd = [
        json!({"Id": "501", "Type": "Inventory", "Active": true, "SyncToken": "0"}),
        json!({"Name": "Without an id", "Type": "Inventory", "Active": true, "SyncToken": "0"}),
        json!({"Id": "503", "Name": "Seven decimals", "Type": "Inventory", "Active": true, "UnitPrice": 1.234_567_8, "SyncToken": "0"}),
        json!({"Id": "9223372036854775807", "Name": "Long id", "Type": "Service", "Active": true, "SyncToken": "0"}),
        json!({"Id": "4", "Name": "Sourdough again", "Type": "Inventory", "Active": true, "SyncToken": "0"}),
    ];
    for record in odd {
        world.sandbox.add_odd_item(BAKERY, record).await?;
    }
    let run = sync(&owner, &id).await?;
    assert_eq!(run["state"], "SUCCEEDED_WITH_ISSUES");
    assert_eq!(counts(&run), [6, 0, 0, 0, 7], "five as before, and the one with the long id");
    let mut reasons: Vec<(String, i64)> = run["counts"]["skippedByReason"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["reason"].as_str().unwrap().to_owned(), row["count"].as_i64().unwrap()))
        .collect();
    reasons.sort();
    let expected =
        [("CATEGORY", 2), ("INEXACT_NUMBER", 1), ("MISSING_ID", 1), ("MISSING_NAME", 1), ("TYPE_NOT_SELECTED", 2)];
    assert_eq!(reasons, expected.map(|(reason, count)| (reason.to_owned(), count)));
    // Of two readings of one record in one listing, the later one counts.
    let bread: Vec<Value> = items(&owner, "externalId name").await?;
    let bread: Vec<&Value> = bread.iter().filter(|item| item["externalId"] == "4").map(|item| &item["name"]).collect();
    assert_eq!(bread, ["Sourdough again"]);
    let issues: Vec<Value> =
        run["issues"].as_array().unwrap().iter().map(|issue| json!([issue["reason"], issue["externalId"]])).collect();
    for issue in [json!(["MISSING_NAME", "501"]), json!(["MISSING_ID", null]), json!(["INEXACT_NUMBER", "503"])] {
        assert!(issues.contains(&issue), "{issue} is not among {issues:?}");
    }
    let issues = run["issues"].as_array().unwrap();
    assert!(issues.iter().all(|issue| issue["message"].is_string() && issue["help"].is_string()), "{issues:?}");
    let long = owner.all("items", "ItemFilter", json!({"search": "Long id"}), "externalId").await?;
    assert_eq!(json!(long), json!([{"externalId": "9223372036854775807"}]));
    let sourdough = owner.all("items", "ItemFilter", json!({"search": "Sourdough"}), "name externalId").await?;
    assert_eq!(sourdough.len(), 1, "{sourdough:?}");
    Ok(())
}

async fn a_duplicate_over_two_pages_is_taken_once_and_nothing_is_deactivated(database: TestDatabase) -> Outcome {
    let world = World::with(&database, Options { items: 1_000, prefetch: Some(1), ..Options::default() }).await?;
    let owner = world.owner();
    let id = connect(&owner, WORKSHOP).await?;
    let first = sync(&owner, &id).await?;
    // Somebody edits while the list is read: an item of the first page comes again on the second, another comes not at all.
    let twice = json!({"Id": "11", "Name": "Oak Table", "Type": "Inventory", "Active": true, "SyncToken": "0"});
    world.sandbox.add_odd_item(WORKSHOP, twice).await?;
    world.sandbox.remove(WORKSHOP, "Item", &["12"]).await?;
    let run = sync(&owner, &id).await?;
    let known = counts(&first)[0];
    assert_eq!([counts(&run)[0], counts(&run)[2], counts(&run)[3]], [0, known - 1, 0]);
    assert_eq!(run["state"], "SUCCEEDED_WITH_ISSUES");
    let reasons: Vec<&Value> = run["issues"].as_array().unwrap().iter().map(|issue| &issue["reason"]).collect();
    assert_eq!(reasons, [&json!("LISTING_MOVED")]);
    // The next complete listing finds what is gone.
    world.sandbox.control(json!({"command": "clear-odd", "realm": WORKSHOP})).await?;
    assert_eq!(counts(&sync(&owner, &id).await?)[3], 1);
    Ok(())
}

async fn a_code_that_the_provider_refuses_connects_nothing(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let fault = json!({"kind": "oauth-error", "error": "invalid_grant", "status": 400});
    world.sandbox.fail("token authorization_code", 0, Some(1), fault).await?;
    let landed = agree(&stockbridge_tests::steps::begin_connect(&owner).await?, BAKERY).await?;
    assert!(landed.parameter("error").is_some(), "{landed:?}");
    let data = owner.data("{ integrations(includeDisconnected: true) { id } }", Value::Null).await?;
    assert_eq!(data["integrations"], json!([]));
    Ok(())
}

async fn a_company_that_cannot_be_read_is_connected_all_the_same(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    world.sandbox.fail("companyinfo", 0, None, json!({"kind": "status", "status": 500})).await?;
    let id = connect(&owner, BAKERY).await?;
    let state = owner.node(&id, "Integration", "status company { externalId name }").await?;
    assert_eq!(state, json!({"status": "ACTIVE", "company": {"externalId": BAKERY, "name": BAKERY}}));
    world.sandbox.heal().await?;
    sync(&owner, &id).await?;
    let state = owner.node(&id, "Integration", "company { name }").await?;
    assert_eq!(state, json!({"company": {"name": "Harbor Light Bakery"}}));
    Ok(())
}

async fn a_grant_that_cannot_be_revoked_is_forgotten_all_the_same(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, id) = synced_bakery(&world).await?;
    world.sandbox.fail("revoke", 0, None, json!({"kind": "status", "status": 503})).await?;
    let input = json!({"integrationId": id});
    let payload = owner.mutate("disconnectIntegration", input, "revoked integration { status }").await?;
    assert_eq!((&payload["revoked"], &payload["integration"]["status"]), (&json!(false), &json!("DISCONNECTED")));
    assert!(world.stored_tokens(&id).await.is_err());
    let last = owner.data("{ syncRuns(first: 1) { nodes { id } } }", Value::Null).await?;
    let last = last["syncRuns"]["nodes"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(run(&owner, &last).await?["state"], "SUCCEEDED", "its history stays");
    Ok(())
}
