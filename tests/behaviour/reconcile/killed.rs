//! A reconciliation whose process was killed is taken up by the next one, and found once.

use std::time::Instant;

use sea_orm::{ConnectOptions, ConnectionTrait, Database};
use serde_json::{Value, json};
use stockbridge_tests::{
    Outcome, PATIENCE, TestDatabase,
    client::Client,
    on_both_databases,
    program::{Program, new_owner},
    sandbox::{Sandbox, WORKSHOP},
    steps::{connect, sync},
    workshop::text,
};

on_both_databases!(a_process_killed_while_it_reads_leaves_it_to_the_next);

const WHOLE: &str = "query($id: ID!) { reconciliation(id: $id) { state difference { amount } lines(first: 250) { totalCount } } \
                     reconciliations { totalCount } }";

async fn ended(client: &Client, id: &str) -> anyhow::Result<Value> {
    let begun = Instant::now();
    loop {
        let found = client.data(WHOLE, json!({"id": id})).await?;
        let state = &found["reconciliation"]["state"];
        if state == "DONE" || state == "FAILED" {
            return Ok(found);
        }
        anyhow::ensure!(begun.elapsed() < PATIENCE, "the reconciliation never ended: {found}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

async fn start(client: &Client, integration: &str) -> anyhow::Result<String> {
    let query = "query($id: ID!) { accounts(integrationId: $id, first: 250) { nodes { id number } } }";
    let accounts = client.data(query, json!({"id": integration})).await?;
    let nodes = accounts["accounts"]["nodes"].as_array().unwrap().clone();
    let stock = nodes.iter().find(|row| row["number"] == "1300").unwrap()["id"].clone();
    let input = json!({"integrationId": integration, "accountIds": [stock]});
    let started = client.mutate("startReconciliation", input, "reconciliation { id }").await?;
    text(&started["reconciliation"]["id"])
}

async fn a_process_killed_while_it_reads_leaves_it_to_the_next(database: TestDatabase) -> Outcome {
    let sandbox = Sandbox::start(0).await?;
    let token = new_owner(&database).await?;
    let program = Program::serve(&database.folder, &database.url, &sandbox, 0)?;
    let client = Client::new(program.url.clone(), token.clone());
    let integration = connect(&client, WORKSHOP).await?;
    sync(&client, &integration).await?;
    let whole = start(&client, &integration).await?;
    let whole = ended(&client, &whole).await?["reconciliation"].clone();
    assert_eq!(whole["state"], "DONE", "{whole}");
    sandbox.forget_calls().await?;
    sandbox.fail("report GeneralLedger", 0, Some(1), json!({"kind": "slow", "milliseconds": 5_000})).await?;
    let id = start(&client, &integration).await?;
    let begun = Instant::now();
    while sandbox.calls_of("report GeneralLedger").await? == 0 {
        anyhow::ensure!(begun.elapsed() < PATIENCE, "nothing was read: {:?}", sandbox.calls().await?);
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    program.kill()?;

    // What the dead process held ends by itself after a minute; the test does not wait for it.
    let mut options = ConnectOptions::new(database.url.clone());
    options.max_connections(1).sqlx_logging(false);
    let rows = Database::connect(options).await?;
    let held = "UPDATE reconciliation SET held_until = due_at WHERE held_until IS NOT NULL";
    assert_eq!(rows.execute_unprepared(held).await?.rows_affected(), 1, "the dead process held it");
    rows.close().await?;
    let again = Program::serve(&database.folder, &database.url, &sandbox, 0)?;
    let client = Client::new(again.url.clone(), token);
    let found = ended(&client, &id).await?;
    assert_eq!((&found["reconciliation"], &found["reconciliations"]["totalCount"]), (&whole, &json!(2)));
    Ok(())
}
