//! Live progress of a sync (statements 125 and 126).

use serde_json::{Value, json};
use stockbridge_tests::{
    Options, Outcome, TestDatabase, World, on_both_databases,
    sandbox::{BAKERY, WORKSHOP},
    steps::{connect, ended, run, start_sync, sync, until},
};

on_both_databases!(
    s125_counters_never_fall_and_the_last_event_is_the_summary,
    s126_who_joins_late_gets_everything_from_the_start,
    s126_who_joins_after_the_end_gets_the_summary,
    s126_who_comes_back_gets_the_rest_without_gap_or_duplicate,
    activity_shows_runs_of_the_business_alone,
);

const COUNTS: &str = "counts { created updated unchanged deactivated skipped failed accounts suppliers products \
    skippedByType { type count } skippedByReason { reason count } }";

fn event() -> String {
    format!("sequence state phase done total message {COUNTS}")
}

fn of_run(name: &str) -> String {
    format!("(runId: \"{name}\")")
}

/// Numbers of an event that must never fall.
fn figures(event: &Value) -> Vec<i64> {
    let names =
        ["created", "updated", "unchanged", "deactivated", "skipped", "failed", "accounts", "suppliers", "products"];
    let counts = names.iter().map(|name| &event["counts"][name]);
    counts.chain([&event["done"]]).map(|number| number.as_i64().unwrap()).collect()
}

/// Sequences rise by one from the first, and no figure falls.
fn assert_steady(events: &[Value], first: i64) {
    let sequences: Vec<i64> = events.iter().map(|event| event["sequence"].as_i64().unwrap()).collect();
    let expected: Vec<i64> = (first..).take(events.len()).collect();
    assert_eq!(sequences, expected);
    for pair in events.windows(2) {
        let fallen = figures(&pair[0]).iter().zip(figures(&pair[1])).any(|(before, after)| after < *before);
        assert!(!fallen, "{} then {}", pair[0], pair[1]);
    }
}

async fn s125_counters_never_fall_and_the_last_event_is_the_summary(database: TestDatabase) -> Outcome {
    let world = World::with(&database, Options { items: 2_100, ..Options::default() }).await?;
    let owner = world.owner();
    let id = connect(&owner, WORKSHOP).await?;
    world.gate.close();
    let name = start_sync(&owner, &id).await?;
    let mut progress = owner.subscribe("syncProgress", &of_run(&name), &event()).await?;
    let first = progress.next().await?.unwrap();
    assert_eq!((&first["sequence"], &first["state"]), (&json!(1), &json!("QUEUED")));
    world.gate.open();
    let mut events = vec![first];
    events.extend(progress.rest().await?);
    assert_steady(&events, 1);
    let done: Vec<i64> = events.iter().map(|event| event["done"].as_i64().unwrap()).collect();
    assert!(done.contains(&1_000) && done.contains(&2_000) && done.last() == Some(&2_162), "{done:?}");
    let last = events.last().unwrap();
    let summary = run(&owner, &name).await?;
    assert_eq!(summary["state"], "SUCCEEDED");
    for field in ["state", "phase", "done", "total", "counts"] {
        assert_eq!(last[field], summary[field], "{field}");
    }
    assert_eq!((&last["phase"], &last["sequence"]), (&json!("DONE"), &summary["lastSequence"]));
    Ok(())
}

async fn s126_who_joins_late_gets_everything_from_the_start(database: TestDatabase) -> Outcome {
    let options = Options { items: 2_100, prefetch: Some(1), ..Options::default() };
    let world = World::with(&database, options).await?;
    let owner = world.owner();
    let id = connect(&owner, WORKSHOP).await?;
    world.gate.close();
    let name = start_sync(&owner, &id).await?;
    world.gate.admit(1);
    let now = until(&owner, &name, |run| run["done"] == 1_000).await?;
    let mut progress = owner.subscribe("syncProgress", &of_run(&name), &event()).await?;
    let mut events = Vec::new();
    for _ in 0..now["lastSequence"].as_i64().unwrap() {
        events.push(progress.next().await?.unwrap());
    }
    // Up to here without anything having happened since: the current state.
    let current = events.last().unwrap();
    assert_eq!((&current["done"], &current["counts"]), (&json!(1_000), &now["counts"]));
    world.gate.open();
    events.extend(progress.rest().await?);
    assert_steady(&events, 1);
    assert_eq!(events.last().unwrap()["state"], "SUCCEEDED");
    Ok(())
}

async fn s126_who_joins_after_the_end_gets_the_summary(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    let summary = sync(&owner, &id).await?;
    let name = summary["id"].as_str().unwrap();
    let events = owner.subscribe("syncProgress", &of_run(name), &event()).await?.rest().await?;
    assert_steady(&events, 1);
    let last = events.last().unwrap();
    assert_eq!(
        json!([last["sequence"], last["state"], last["counts"]]),
        json!([summary["lastSequence"], "SUCCEEDED", summary["counts"]])
    );
    // Also whoever knows everything gets an end, and no event twice.
    let arguments = format!("(runId: \"{name}\", afterSequence: {})", summary["lastSequence"]);
    assert_eq!(owner.subscribe("syncProgress", &arguments, "sequence").await?.rest().await?, [Value::Null; 0]);
    Ok(())
}

async fn s126_who_comes_back_gets_the_rest_without_gap_or_duplicate(database: TestDatabase) -> Outcome {
    let options = Options { items: 2_100, prefetch: Some(1), ..Options::default() };
    let world = World::with(&database, options).await?;
    let owner = world.owner();
    let id = connect(&owner, WORKSHOP).await?;
    world.gate.close();
    let name = start_sync(&owner, &id).await?;
    let mut progress = owner.subscribe("syncProgress", &of_run(&name), &event()).await?;
    let mut events = Vec::new();
    world.gate.admit(1);
    while events.last().is_none_or(|event: &Value| event["done"] != 1_000) {
        events.push(progress.next().await?.unwrap());
    }
    // The connection is lost while the run goes on.
    drop(progress);
    world.gate.admit(1);
    until(&owner, &name, |run| run["done"] == 2_000).await?;
    let arguments = format!("(runId: \"{name}\", afterSequence: {})", events.last().unwrap()["sequence"]);
    let mut progress = owner.subscribe("syncProgress", &arguments, &event()).await?;
    events.push(progress.next().await?.unwrap());
    world.gate.open();
    events.extend(progress.rest().await?);
    assert_steady(&events, 1);
    assert_eq!(events.last().unwrap()["state"], "SUCCEEDED");
    assert_eq!(json!(events.len()), ended(&owner, &name).await?["lastSequence"]);
    Ok(())
}

async fn activity_shows_runs_of_the_business_alone(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let other = world.client_of(world.another_business("Another").await?, entity::Role::Owner);
    let (here, there) = (connect(&owner, BAKERY).await?, connect(&other, BAKERY).await?);
    let mut activity = owner.subscribe("syncActivity", "", "sequence state run { id }").await?;
    // The other's run comes first, and is not heard of.
    sync(&other, &there).await?;
    let name = start_sync(&owner, &here).await?;
    loop {
        let event = activity.next().await?.unwrap();
        assert_eq!(event["run"]["id"], json!(name));
        if event["state"] == "SUCCEEDED" {
            break;
        }
    }
    let fault = other.subscribe("syncProgress", &of_run(&name), "sequence").await?.next().await;
    assert!(fault.unwrap_err().to_string().contains("There is no sync run"));
    Ok(())
}
