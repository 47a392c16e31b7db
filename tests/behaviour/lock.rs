//! The lock of a business: its lease, the fence, who may do what while it is held (statements 36 to 42).

use std::{collections::HashMap, sync::Arc, time::Duration};

use domain::{
    catalog::ItemSync,
    sync::{RunBody, Runner, SyncTiming},
};
use entity::{Role, RunId, SyncKind, TypedId};
use serde_json::{Value, json};
use stockbridge_tests::{
    Options, Outcome, PATIENCE, TestDatabase, World,
    client::Client,
    on_both_databases,
    sandbox::{BAKERY, WORKSHOP},
    steps::{
        begin_reconnect, change_settings, connect, counts, ended, import, item_named, items, run, start_sync, sync,
        until,
    },
    world::held_clock,
};

on_both_databases!(
    s036_a_lock_left_by_a_crash_is_free_after_five_minutes,
    s037_a_lock_not_renewed_for_less_than_five_minutes_is_held,
    s038_a_live_sync_keeps_its_lock_beyond_five_minutes,
    s039_a_worker_that_lost_its_lease_writes_nothing,
    s040_a_failed_sync_frees_the_lock_at_once,
    s041_two_businesses_do_not_block_each_other,
    s042_queries_and_subscriptions_are_served_while_the_lock_is_held,
    a_second_sync_is_told_who_holds_the_lock,
    what_would_collide_with_a_sync_is_refused_and_changes_nothing,
    a_cancelled_sync_keeps_what_it_did_and_frees_the_lock,
    a_sync_cancelled_before_it_began_frees_the_lock,
);

const LOCK: &str = "{ syncLock { heldBy kind fence acquiredAt expiresAt run { id state } } }";

async fn lock(client: &Client) -> anyhow::Result<Value> {
    Ok(client.data(LOCK, Value::Null).await?["syncLock"].clone())
}

fn held(idle: bool) -> Options {
    Options { clock: Some(held_clock()), idle, ..Options::default() }
}

/// A connected bakery in a gateway without workers: as one whose process died right after it took the lock.
async fn crashed(database: &TestDatabase) -> anyhow::Result<(World, Client, String, String)> {
    let world = World::with(database, held(true)).await?;
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    let run = start_sync(&owner, &id).await?;
    Ok((world, owner, id, run))
}

async fn s036_a_lock_left_by_a_crash_is_free_after_five_minutes(database: TestDatabase) -> Outcome {
    let (world, owner, id, dead) = crashed(&database).await?;
    world.advance(Duration::from_secs(300));
    assert_eq!(lock(&owner).await?, Value::Null);
    let fresh = start_sync(&owner, &id).await?;
    assert_ne!(fresh, dead);
    let now = lock(&owner).await?;
    assert_eq!(now["run"]["id"], json!(fresh));
    // The dead one is told as failed, and does not come back.
    let dead = run(&owner, &dead).await?;
    assert_eq!(dead["state"], "FAILED");
    assert!(dead["error"]["message"].is_string(), "{dead}");
    Ok(())
}

async fn s037_a_lock_not_renewed_for_less_than_five_minutes_is_held(database: TestDatabase) -> Outcome {
    let (world, owner, id, dead) = crashed(&database).await?;
    world.advance(Duration::from_secs(299));
    let before = lock(&owner).await?;
    let refusal = owner.refusal("syncItems", json!({"integrationId": id})).await?;
    assert_eq!(refusal["code"], "SYNC_LOCKED");
    assert_eq!(lock(&owner).await?, before);
    assert_eq!(run(&owner, &dead).await?["state"], "QUEUED");
    assert_eq!(owner.data("{ syncRuns { totalCount } }", Value::Null).await?["syncRuns"]["totalCount"], 1);
    Ok(())
}

async fn s038_a_live_sync_keeps_its_lock_beyond_five_minutes(database: TestDatabase) -> Outcome {
    let timing = SyncTiming {
        lease: Duration::from_secs(300),
        heartbeat: Duration::from_millis(20),
        // Not taken for dead when the clock jumps between two beats.
        silence: Duration::from_secs(3_600),
    };
    let world = World::with(&database, Options { timing: Some(timing), ..held(false) }).await?;
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    world.gate.close();
    let first = start_sync(&owner, &id).await?;
    world.gate.reached().await;
    let begun = lock(&owner).await?;
    for _ in 0..3 {
        let before = lock(&owner).await?["expiresAt"].clone();
        world.advance(Duration::from_secs(120));
        let renewed = async {
            while lock(&owner).await?["expiresAt"] == before {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            anyhow::Ok(())
        };
        tokio::time::timeout(PATIENCE, renewed).await??;
    }
    let refusal = owner.refusal("syncItems", json!({"integrationId": id})).await?;
    assert_eq!(refusal["code"], "SYNC_LOCKED");
    let now = lock(&owner).await?;
    assert_eq!(
        (&now["run"]["id"], &now["fence"], &now["acquiredAt"]),
        (&json!(first), &begun["fence"], &begun["acquiredAt"])
    );
    world.gate.open();
    assert_eq!(counts(&ended(&owner, &first).await?), [5, 0, 0, 0, 4]);
    Ok(())
}

/// A worker of its own on a gateway's parts, with these time spans.
fn worker(world: &World, timing: SyncTiming) -> Arc<Runner> {
    let (app, services) = (&world.app, &world.app.services);
    let body = ItemSync::new(app.db.clone(), services.ambient.clone(), services.integrations.clone(), 1);
    let bodies = HashMap::from([(SyncKind::Items, Arc::new(body) as Arc<dyn RunBody>)]);
    let bus = services.syncs.bus().clone();
    Arc::new(Runner::new(app.db.clone(), services.ambient.clone(), bus, timing, false, bodies))
}

async fn s039_a_worker_that_lost_its_lease_writes_nothing(database: TestDatabase) -> Outcome {
    let stuck = World::with(&database, held(true)).await?;
    let owner = stuck.owner();
    let id = connect(&owner, BAKERY).await?;
    let name = start_sync(&owner, &id).await?;
    let run_id = RunId::parse(&name)?;
    let timing = SyncTiming {
        lease: Duration::from_secs(300),
        // It does not notice that time passes: as a process that was stopped and goes on later.
        heartbeat: Duration::from_secs(3_600),
        silence: Duration::from_secs(20),
    };
    stuck.gate.close();
    let slow = worker(&stuck, timing);
    let business = stuck.business;
    let slow = tokio::spawn(async move { slow.work(business, run_id).await });
    stuck.gate.reached().await;
    assert_eq!(lock(&owner).await?["fence"], 2, "taken by the request, taken up by the worker");

    // Its lease ends, another process takes the same run up and finishes it.
    stuck.advance(Duration::from_secs(301));
    let other = stuck.another_gateway(true).await?;
    worker(&other, timing).work(business, run_id).await?;
    let finished = run(&owner, &name).await?;
    assert_eq!((&finished["state"], &finished["resumedTimes"]), (&json!("SUCCEEDED"), &json!(1)));
    assert_eq!(counts(&finished), [5, 0, 0, 0, 4]);
    assert_eq!(lock(&owner).await?, Value::Null);
    // What the accounting system says has changed meanwhile, so that a write would show.
    stuck.sandbox.edit(BAKERY, "Item", "6", json!({"Name": "Written too late"})).await?;
    let events = || owner.node(&name, "SyncRun", "events { sequence state done message }");
    let before = json!([items(&owner, "id name syncedAt").await?, events().await?]);

    stuck.gate.open();
    tokio::time::timeout(PATIENCE, slow).await???;
    assert_eq!(json!([items(&owner, "id name syncedAt").await?, events().await?]), before);
    assert_eq!(run(&owner, &name).await?, finished);
    Ok(())
}

async fn s040_a_failed_sync_frees_the_lock_at_once(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    world.sandbox.fail("query Item", 0, None, json!({"kind": "status", "status": 500})).await?;
    let failed = ended(&owner, &start_sync(&owner, &id).await?).await?;
    assert_eq!(failed["state"], "FAILED");
    assert_eq!(lock(&owner).await?, Value::Null);
    world.sandbox.heal().await?;
    assert_eq!(sync(&owner, &id).await?["state"], "SUCCEEDED");
    assert_eq!(lock(&owner).await?, Value::Null);
    Ok(())
}

async fn s041_two_businesses_do_not_block_each_other(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let one = world.owner();
    let two = world.client_of(world.another_business("Another").await?, Role::Owner);
    let (here, there) = (connect(&one, WORKSHOP).await?, connect(&two, BAKERY).await?);
    world.gate.close();
    let first = start_sync(&one, &here).await?;
    until(&one, &first, |run| run["phase"] == "ITEMS").await?;
    let second = start_sync(&two, &there).await?;
    until(&two, &second, |run| run["phase"] == "ITEMS").await?;
    // Both hold their own lock at the same time.
    assert_eq!(lock(&one).await?["run"], json!({"id": first, "state": "RUNNING"}));
    assert_eq!(lock(&two).await?["run"], json!({"id": second, "state": "RUNNING"}));
    world.gate.open();
    assert_eq!(counts(&ended(&one, &first).await?), [44, 0, 0, 0, 18]);
    assert_eq!(counts(&ended(&two, &second).await?), [5, 0, 0, 0, 4]);
    assert_eq!(items(&two, "id").await?.len(), 5, "and neither sees the other's items");
    Ok(())
}

async fn s042_queries_and_subscriptions_are_served_while_the_lock_is_held(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    sync(&owner, &id).await?;
    world.gate.close();
    let name = start_sync(&owner, &id).await?;
    world.gate.reached().await;
    assert_eq!(lock(&owner).await?["run"], json!({"id": name, "state": "RUNNING"}));
    assert_eq!(items(&owner, "id").await?.len(), 5);
    let query = "query($id: ID!) { viewer { role } business { name } products { totalCount } suppliers { totalCount } \
                 syncRuns { totalCount } syncLogs(first: 1) { nodes { operation } } \
                 accounts(integrationId: $id) { totalCount } integrations { status lastItemSync { state } } }";
    let data = owner.data(query, json!({"id": id})).await?;
    assert_eq!(data["integrations"], json!([{"status": "ACTIVE", "lastItemSync": {"state": "RUNNING"}}]));
    assert_eq!((&data["syncRuns"]["totalCount"], &data["accounts"]["totalCount"]), (&json!(2), &json!(25)));
    let mut progress = owner.subscribe("syncProgress", &format!("(runId: \"{name}\")"), "sequence state").await?;
    assert_eq!(progress.next().await?, Some(json!({"sequence": 1, "state": "QUEUED"})));
    world.gate.open();
    let last = progress.rest().await?.pop();
    assert_eq!(last.unwrap()["state"], "SUCCEEDED");
    Ok(())
}

async fn a_second_sync_is_told_who_holds_the_lock(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, accountant) = (world.owner(), world.client(Role::Accountant));
    let id = connect(&owner, BAKERY).await?;
    world.gate.close();
    let name = start_sync(&owner, &id).await?;
    until(&owner, &name, |run| run["total"] == 9).await?;
    let selection = "run { id } lock { heldBy kind expiresAt run { id done total } }";
    let payload = accountant.payload("syncItems", json!({"integrationId": id}), selection).await?;
    let expires = payload["lock"]["expiresAt"].as_str().unwrap().to_owned();
    let expected = json!({
        "heldBy": "item sync by owner", "kind": "ITEMS", "expiresAt": expires,
        "run": {"id": name, "done": 0, "total": 9},
    });
    assert_eq!((&payload["run"], &payload["lock"]), (&Value::Null, &expected));
    let error = &payload["userErrors"][0];
    assert_eq!((&error["code"], &error["path"]), (&json!("SYNC_LOCKED"), &json!(["input", "integrationId"])));
    let message = error["message"].as_str().unwrap();
    assert!(message.starts_with("Sync lock: item sync by owner is running, at 0 of 9 (started "), "{message}");
    assert!(error["help"].as_str().unwrap().contains("the lock ends by itself in"), "{error}");
    assert_eq!(owner.data("{ syncRuns { totalCount } }", Value::Null).await?["syncRuns"]["totalCount"], 1);
    world.gate.open();
    ended(&owner, &name).await?;
    Ok(())
}

async fn what_would_collide_with_a_sync_is_refused_and_changes_nothing(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    sync(&owner, &id).await?;
    let (rye, croissant) = (item_named(&owner, "Rye Loaf").await?, item_named(&owner, "Croissant").await?);
    let results = import(&owner, &[&rye]).await?;
    let product = results[0]["product"]["id"].as_str().unwrap().to_owned();
    let query = "{ products(first: 250) { nodes { id name item { id } } } \
                 integrations { settings { inventoryMode itemTypes } status } }";
    let before = owner.data(query, Value::Null).await?;
    world.gate.close();
    let name = start_sync(&owner, &id).await?;
    world.gate.reached().await;
    let attempts = [
        ("importItems", json!({"itemIds": [croissant]})),
        ("linkProduct", json!({"productId": product, "itemId": croissant})),
        ("unlinkProduct", json!({"productId": product, "integrationId": id})),
        ("updateProduct", json!({"productId": product, "name": "Other"})),
        ("updateIntegrationSettings", json!({"integrationId": id, "inventoryMode": "SELF_MANAGED"})),
    ];
    for (mutation, input) in attempts {
        assert_eq!(owner.refusal(mutation, input).await?["code"], "SYNC_LOCKED", "{mutation}");
    }
    assert_eq!(owner.data(query, Value::Null).await?, before);
    world.gate.open();
    ended(&owner, &name).await?;
    change_settings(&owner, &id, json!({"inventoryMode": "SELF_MANAGED"})).await?;
    // Consent is no write of the sync's: it may begin at any time.
    begin_reconnect(&owner, &id).await?;
    Ok(())
}

async fn a_cancelled_sync_keeps_what_it_did_and_frees_the_lock(database: TestDatabase) -> Outcome {
    let timing = SyncTiming { heartbeat: Duration::from_millis(20), ..SyncTiming::default() };
    let options = Options { items: 1_500, prefetch: Some(1), timing: Some(timing), ..Options::default() };
    let world = World::with(&database, options).await?;
    let owner = world.owner();
    let id = connect(&owner, WORKSHOP).await?;
    world.gate.close();
    let name = start_sync(&owner, &id).await?;
    world.gate.admit(1);
    let before = until(&owner, &name, |run| run["done"] == 1_000).await?;
    owner.mutate("cancelSync", json!({"runId": name}), "run { id }").await?;
    let run = ended(&owner, &name).await?;
    assert_eq!((&run["state"], &run["done"], &run["counts"]), (&json!("CANCELLED"), &json!(1_000), &before["counts"]));
    assert_eq!(lock(&owner).await?, Value::Null);
    let created = usize::try_from(counts(&run)[0])?;
    assert_eq!(items(&owner, "id").await?.len(), created);
    let refusal = owner.refusal("cancelSync", json!({"runId": name})).await?;
    assert_eq!(refusal["code"], "INVALID_STATE");
    // The next one goes on from there.
    world.gate.open();
    let next = sync(&owner, &id).await?;
    assert_eq!((&next["done"], counts(&next)[1], counts(&next)[2]), (&json!(1_562), 0, 0));
    Ok(())
}

async fn a_sync_cancelled_before_it_began_frees_the_lock(database: TestDatabase) -> Outcome {
    let world = World::with(&database, Options { idle: true, ..Options::default() }).await?;
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    let name = start_sync(&owner, &id).await?;
    let cancelled = owner.mutate("cancelSync", json!({"runId": name}), "run { state }").await?;
    assert_eq!(cancelled["run"], json!({"state": "CANCELLED"}));
    assert_eq!(lock(&owner).await?, Value::Null);
    Ok(())
}
