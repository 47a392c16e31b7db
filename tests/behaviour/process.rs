//! The real program, killed in the middle of a sync.
//!
//! Rule: the same run is finished after the restart, nothing is there twice, the lock is not stuck.

use serde_json::{Value, json};
use stockbridge_tests::{
    Outcome, TestDatabase,
    client::Client,
    on_both_databases,
    program::{Program, new_owner},
    sandbox::{Sandbox, WORKSHOP},
    steps::{connect, counts, ended, items, start_sync, sync, until},
};

on_both_databases!(a_killed_process_finishes_its_run_after_restart);

async fn a_killed_process_finishes_its_run_after_restart(database: TestDatabase) -> Outcome {
    // Six pages, each answered late enough for a kill between two of them.
    let sandbox = Sandbox::start(5_000).await?;
    let token = new_owner(&database).await?;
    let program = Program::serve(&database.folder, &database.url, &sandbox, 0)?;
    let client = Client::new(program.url.clone(), token.clone());
    let id = connect(&client, WORKSHOP).await?;
    sandbox.control(json!({"command": "latency", "milliseconds": 400})).await?;
    let name = start_sync(&client, &id).await?;
    until(&client, &name, |run| run["done"].as_i64() >= Some(1_000)).await?;
    program.kill()?;

    let again = Program::serve(&database.folder, &database.url, &sandbox, 0)?;
    let client = Client::new(again.url.clone(), token.clone());
    let half = until(&client, &name, |run| run["done"].as_i64() >= Some(3_000)).await?;
    assert_eq!((&half["state"], &half["resumedTimes"]), (&json!("RUNNING"), &json!(1)));
    again.kill()?;

    sandbox.control(json!({"command": "latency", "milliseconds": 0})).await?;
    let last = Program::serve(&database.folder, &database.url, &sandbox, 0)?;
    let client = Client::new(last.url.clone(), token);
    let run = ended(&client, &name).await?;
    assert_eq!((&run["state"], &run["resumedTimes"]), (&json!("SUCCEEDED"), &json!(2)));
    assert_eq!((&run["done"], &run["total"]), (&json!(5_062), &json!(5_062)));
    let [created, updated, unchanged, deactivated, skipped] = counts(&run);
    assert_eq!((updated, unchanged, deactivated, created + skipped), (0, 0, 0, 5_062));
    let mut ids: Vec<String> = items(&client, "externalId")
        .await?
        .iter()
        .map(|item| item["externalId"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(i64::try_from(ids.len())?, created);
    ids.sort();
    ids.dedup();
    assert_eq!(i64::try_from(ids.len())?, created, "nothing is there twice");
    assert_eq!(client.data("{ syncLock { heldBy } }", Value::Null).await?["syncLock"], Value::Null);
    let events = client.node(&name, "SyncRun", "lastSequence events { sequence }").await?;
    let expected: Vec<Value> = (1..=events["lastSequence"].as_i64().unwrap()).map(|n| json!({"sequence": n})).collect();
    assert_eq!(events["events"], json!(expected), "no gap and no duplicate over both kills");
    assert_eq!(client.data("{ syncRuns { totalCount } }", Value::Null).await?["syncRuns"]["totalCount"], 1);
    assert_eq!(counts(&sync(&client, &id).await?), [0, 0, created, 0, skipped]);
    metrics_tell_of_both_runs(&last, created, skipped).await
}

/// What this process ended: the run that was killed twice, and the one after it that changed nothing.
async fn metrics_tell_of_both_runs(program: &Program, created: i64, skipped: i64) -> Outcome {
    let page = reqwest::get(program.url.join("/metrics")?).await?.error_for_status()?.text().await?;
    for line in [
        "stockbridge_sync_runs_total{kind=\"items\",state=\"succeeded\"} 2".to_owned(),
        "stockbridge_sync_run_duration_seconds_count{kind=\"items\"} 2".to_owned(),
        "stockbridge_sync_runs_active{kind=\"items\"} 0".to_owned(),
        format!("stockbridge_sync_records_total{{kind=\"items\",result=\"created\"}} {created}"),
        format!("stockbridge_sync_records_total{{kind=\"items\",result=\"unchanged\"}} {created}"),
        format!("stockbridge_sync_records_total{{kind=\"items\",result=\"skipped\"}} {}", 2 * skipped),
    ] {
        assert!(page.lines().any(|told| told == line), "{line} is not in\n{page}");
    }
    assert!(page.contains("stockbridge_provider_calls_total{provider=\"quickbooks\",operation="), "{page}");
    assert!(page.contains("stockbridge_provider_call_duration_seconds_count{provider=\"quickbooks\","), "{page}");
    Ok(())
}
