//! Syncs that nobody asks for by hand: schedules (statement 127) and announcements of the accounting system.

use std::time::{Duration, Instant};

use providers::{registry::ProviderEntry, sandbox::SandboxAct};
use reqwest::StatusCode;
use serde_json::{Value, json};
use stockbridge_tests::{
    Options, Outcome, PATIENCE, TestDatabase, World,
    client::Client,
    on_both_databases,
    sandbox::BAKERY,
    steps::{change_settings, connect, connect_first, ended, items, start_sync, sync},
    with_every_provider,
    world::held_clock,
};

on_both_databases!(
    s127_a_scheduled_sync_that_meets_a_held_lock_is_recorded_as_skipped,
    a_schedule_fires_when_it_is_due_and_not_before,
    a_schedule_that_was_switched_off_begins_anew,
    of_two_gateways_one_fires,
    a_schedule_is_minutes_or_cron_and_what_cannot_be_changes_nothing,
    an_announced_change_is_synced,
    announcements_during_a_run_become_one_sync_after_it,
);
with_every_provider!(
    what_is_not_signed_wakes_nothing if announces,
);

fn announces(entry: &ProviderEntry) -> bool {
    entry.capability.webhooks
}

const RUNS: &str = "{ syncRuns(first: 50) { nodes { id state trigger requestedBy error { code message help } } } }";

/// All runs, newest first.
async fn runs(client: &Client) -> anyhow::Result<Vec<Value>> {
    Ok(client.data(RUNS, Value::Null).await?["syncRuns"]["nodes"].as_array().unwrap().clone())
}

/// A bakery whose clock is held, with a schedule of five minutes that has been seen.
async fn scheduled(database: &TestDatabase, idle: bool) -> anyhow::Result<(World, Client, String)> {
    let world = World::with(database, Options { clock: Some(held_clock()), idle, ..Options::default() }).await?;
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    change_settings(&owner, &id, json!({"itemSyncEveryMinutes": 5})).await?;
    assert_eq!(world.app.services.syncs.fire_due().await?, 0, "it counts from now on");
    Ok((world, owner, id))
}

async fn s127_a_scheduled_sync_that_meets_a_held_lock_is_recorded_as_skipped(database: TestDatabase) -> Outcome {
    let (world, owner, id) = scheduled(&database, true).await?;
    world.advance(Duration::from_secs(200));
    let by_hand = start_sync(&owner, &id).await?;
    let lock = "{ syncLock { heldBy fence run { id } } }";
    let held = owner.data(lock, Value::Null).await?;
    world.advance(Duration::from_secs(100));
    assert_eq!(world.app.services.syncs.fire_due().await?, 0);
    let all = runs(&owner).await?;
    assert_eq!(all.len(), 2, "{all:?}");
    assert_eq!((&all[0]["state"], &all[0]["trigger"]), (&json!("SKIPPED"), &json!("SCHEDULE")));
    assert_eq!((&all[0]["requestedBy"], &all[0]["error"]["code"]), (&Value::Null, &json!("SYNC_LOCKED")));
    let why = all[0]["error"]["message"].as_str().unwrap();
    assert!(why.starts_with("Sync lock: item sync by "), "{why}");
    assert_eq!((&all[1]["id"], &all[1]["state"]), (&json!(by_hand), &json!("QUEUED")), "the other one is untouched");
    assert_eq!(owner.data(lock, Value::Null).await?, held);
    // Skipped once, however often is looked.
    assert_eq!(world.app.services.syncs.fire_due().await?, 0);
    assert_eq!(runs(&owner).await?.len(), 2);
    Ok(())
}

async fn a_schedule_fires_when_it_is_due_and_not_before(database: TestDatabase) -> Outcome {
    let (world, owner, _) = scheduled(&database, true).await?;
    world.advance(Duration::from_secs(299));
    assert_eq!(world.app.services.syncs.fire_due().await?, 0);
    assert_eq!(runs(&owner).await?, Vec::<Value>::new());
    world.advance(Duration::from_secs(1));
    assert_eq!(world.app.services.syncs.fire_due().await?, 1);
    let all = runs(&owner).await?;
    assert_eq!(all.len(), 1);
    assert_eq!((&all[0]["trigger"], &all[0]["requestedBy"]), (&json!("SCHEDULE"), &Value::Null));
    let lock = owner.data("{ syncLock { heldBy run { id } } }", Value::Null).await?["syncLock"].clone();
    assert_eq!(lock, json!({"heldBy": "scheduled item sync", "run": {"id": all[0]["id"]}}));
    // A gateway with workers carries it out, as any other.
    let working = world.another_gateway(false).await?;
    let done = ended(&working.owner(), all[0]["id"].as_str().unwrap()).await?;
    assert_eq!((&done["state"], &done["counts"]["created"]), (&json!("SUCCEEDED"), &json!(5)), "{done}");
    // After a long silence it fires once, not once for every time it missed.
    world.advance(Duration::from_secs(86_400));
    assert_eq!(world.app.services.syncs.fire_due().await? + working.app.services.syncs.fire_due().await?, 1);
    Ok(())
}

async fn a_schedule_that_was_switched_off_begins_anew(database: TestDatabase) -> Outcome {
    let (world, owner, id) = scheduled(&database, true).await?;
    change_settings(&owner, &id, json!({"itemSyncEveryMinutes": null})).await?;
    world.advance(Duration::from_secs(3_600));
    assert_eq!(world.app.services.syncs.fire_due().await?, 0);
    change_settings(&owner, &id, json!({"itemSyncEveryMinutes": 60})).await?;
    assert_eq!(world.app.services.syncs.fire_due().await?, 0, "what passed while it was off does not count");
    world.advance(Duration::from_secs(3_600));
    assert_eq!(world.app.services.syncs.fire_due().await?, 1);
    Ok(())
}

async fn of_two_gateways_one_fires(database: TestDatabase) -> Outcome {
    let (world, owner, _) = scheduled(&database, true).await?;
    let other = world.another_gateway(true).await?;
    world.advance(Duration::from_secs(300));
    let (here, there) = tokio::join!(world.app.services.syncs.fire_due(), other.app.services.syncs.fire_due());
    assert_eq!(here? + there?, 1);
    assert_eq!(runs(&owner).await?.len(), 1, "and the other one skipped nothing");
    Ok(())
}

async fn a_schedule_is_minutes_or_cron_and_what_cannot_be_changes_nothing(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, settings) = (world.owner(), "{ integrations { settings { itemSyncEveryMinutes itemSyncCron } } }");
    let id = connect(&owner, BAKERY).await?;
    let now = async || {
        Ok::<_, anyhow::Error>(owner.data(settings, Value::Null).await?["integrations"][0]["settings"].clone())
    };
    change_settings(&owner, &id, json!({"itemSyncCron": "30 6 * * 1-5"})).await?;
    let by_cron = json!({"itemSyncEveryMinutes": null, "itemSyncCron": "30 6 * * 1-5"});
    assert_eq!(now().await?, by_cron);
    for change in
        [json!({"itemSyncCron": "* * * * *"}), json!({"itemSyncCron": "soon"}), json!({"itemSyncEveryMinutes": 4})]
    {
        let mut input = change;
        input["integrationId"] = json!(id);
        let refusal = owner.refusal("updateIntegrationSettings", input).await?;
        assert_eq!(refusal["code"], "VALIDATION", "{refusal}");
        assert_eq!(now().await?, by_cron);
    }
    let both = json!({"integrationId": id, "itemSyncCron": "0 6 * * *", "itemSyncEveryMinutes": 60});
    assert_eq!(owner.refusal("updateIntegrationSettings", both).await?["code"], "VALIDATION");
    assert_eq!(now().await?, by_cron);
    change_settings(&owner, &id, json!({"itemSyncEveryMinutes": 60})).await?;
    assert_eq!(now().await?, json!({"itemSyncEveryMinutes": 60, "itemSyncCron": null}));
    Ok(())
}

/// A synced company whose accounting system announces to the gateway, and one of its items.
async fn announcing(world: &World) -> anyhow::Result<(Client, String, String)> {
    let owner = world.owner();
    let id = connect_first(world, &owner).await?;
    sync(&owner, &id).await?;
    let item = items(&owner, "externalId active").await?.into_iter().find(|item| item["active"] == true).unwrap();
    let key = world.sandbox.settings().webhook_key.unwrap();
    let to = world.url.join(&format!("webhooks/{}", world.sandbox.entry.id))?;
    world.sandbox.act(SandboxAct::SendWebhooks { to, key, format: None }).await?;
    Ok((owner, id, item["externalId"].as_str().unwrap().to_owned()))
}

async fn rename(world: &World, item: &str, name: &str) -> Outcome {
    let act = SandboxAct::RenameItem { item: item.to_owned(), name: name.to_owned() };
    world.sandbox.act(act).await.map(drop)
}

/// Waits until there are so many runs; they.
async fn until_runs(client: &Client, wanted: usize) -> anyhow::Result<Vec<Value>> {
    let begun = Instant::now();
    loop {
        let all = runs(client).await?;
        if all.len() >= wanted {
            return Ok(all);
        }
        anyhow::ensure!(begun.elapsed() < PATIENCE, "no more runs came: {all:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn an_announced_change_is_synced(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, _, item) = announcing(&world).await?;
    rename(&world, &item, "Renamed and announced").await?;
    let all = until_runs(&owner, 2).await?;
    assert_eq!((&all[0]["trigger"], &all[0]["requestedBy"]), (&json!("WEBHOOK"), &Value::Null));
    let done = ended(&owner, all[0]["id"].as_str().unwrap()).await?;
    assert_eq!((&done["state"], &done["counts"]["updated"]), (&json!("SUCCEEDED"), &json!(1)), "{done}");
    let names = items(&owner, "name").await?;
    assert!(names.contains(&json!({"name": "Renamed and announced"})), "{names:?}");
    Ok(())
}

async fn announcements_during_a_run_become_one_sync_after_it(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, id, item) = announcing(&world).await?;
    world.gate.close();
    let by_hand = start_sync(&owner, &id).await?;
    world.gate.reached().await;
    for number in 0..5 {
        rename(&world, &item, &format!("Name {number}")).await?;
    }
    // All of them were taken: each asks for what waits already.
    let begun = Instant::now();
    while world.app.services.syncs.waiting(world.business).await? == 0 {
        anyhow::ensure!(begun.elapsed() < PATIENCE, "nothing was announced");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(world.app.services.syncs.fire_due().await?, 0, "the lock is held");
    assert_eq!(runs(&owner).await?.len(), 2, "nothing is recorded as skipped");
    world.gate.open();
    ended(&owner, &by_hand).await?;
    let all = until_runs(&owner, 3).await?;
    assert_eq!(all[0]["trigger"], "WEBHOOK");
    ended(&owner, all[0]["id"].as_str().unwrap()).await?;
    let names = items(&owner, "name").await?;
    assert!(names.contains(&json!({"name": "Name 4"})), "{names:?}");
    Ok(())
}

async fn what_is_not_signed_wakes_nothing(database: TestDatabase, provider: &'static ProviderEntry) -> Outcome {
    let world = World::of(&database, provider).await?;
    let (owner, ..) = announcing(&world).await?;
    let (http, to) = (reqwest::Client::new(), world.url.join(&format!("webhooks/{}", provider.id))?);
    let company = world.sandbox.company().0;
    let body = json!({"eventNotifications": [{"realmId": company}], "events": [{"tenantId": company}]}).to_string();
    let post = async |to: url::Url, signature: &str| {
        let request = http.post(to).header("intuit-signature", signature).header("x-xero-signature", signature);
        anyhow::Ok(request.body(body.clone()).send().await?.status())
    };
    for signature in ["", "AAAA", &"A".repeat(44)] {
        assert_eq!(post(to.clone(), signature).await?, StatusCode::UNAUTHORIZED, "{signature:?}");
    }
    assert_eq!(post(world.url.join("webhooks/nobody")?, "").await?, StatusCode::NOT_FOUND);
    assert_eq!(world.app.services.syncs.waiting(world.business).await?, 0);
    assert_eq!(runs(&owner).await?.len(), 1);
    Ok(())
}
