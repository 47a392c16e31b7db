//! Two real programs on one PostgreSQL, told at once to export the same documents.
//!
//! Rule: each document is in the books exactly once, whoever sent it, and both programs had their part.

use anyhow::{Result, ensure};
use providers::model::DocumentKind;
use serde_json::{Value, json};
use stockbridge_tests::{
    Outcome, Store, TestDatabase,
    client::Client,
    program::{Program, new_owner},
    sandbox::Sandbox,
    workshop::text,
};

use super::many::{Many, exports, until_states};

/// Documents.
const EXPORTS: usize = 500;
/// Of them so many are asked for one by one, at both programs.
const SINGLY: usize = 60;

mod two_programs_told_to_export_the_same_documents_at_once_post_each_once {
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn postgres() {
        stockbridge_tests::on(stockbridge_tests::Store::Postgres, super::two_programs).await;
    }
}

async fn two_programs(database: TestDatabase) -> Outcome {
    ensure!(database.store == Store::Postgres, "an SQLite file has one program");
    let (sandbox, token) = (Sandbox::start(0).await?, new_owner(&database).await?);
    let folders = [database.folder.join("first"), database.folder.join("second")];
    for folder in &folders {
        std::fs::create_dir(folder)?;
    }
    let programs: Result<Vec<Program>> =
        folders.iter().map(|folder| Program::serve(folder, &database.url, &sandbox, 0)).collect();
    let programs = programs?;
    let clients: Vec<Client> = programs.iter().map(|program| Client::new(program.url.clone(), token.clone())).collect();
    let many = Many::open(&sandbox, &clients[0], EXPORTS).await?;
    let builds = many.build(&clients[0], EXPORTS).await?;
    let mut plans = Vec::new();
    for build in builds.iter().rev().take(SINGLY) {
        let plan = clients[0].mutate("planExport", json!({"documentId": build}), "plan { hash }").await?;
        plans.push(json!({"documentId": build, "planHash": plan["plan"]["hash"]}));
    }
    // Everything as a run, at both; and the last ones one by one, at both.
    let runs = clients.iter().map(|client| client.payload("exportPending", json!({}), "run { id } lock { kind }"));
    let (runs, first, second) = tokio::join!(
        futures::future::try_join_all(runs),
        one_by_one(&clients[0], &plans),
        one_by_one(&clients[1], &plans)
    );
    let runs = runs?;
    let begun: Vec<&Value> = runs.iter().filter(|told| !told["run"].is_null()).collect();
    assert_eq!(begun.len(), 1, "one run, and the other is told who has the lock: {runs:?}");
    let refused = runs.iter().find(|told| told["run"].is_null()).unwrap();
    assert_eq!(
        (&refused["userErrors"][0]["code"], &refused["lock"]["kind"]),
        (&json!("SYNC_LOCKED"), &json!("EXPORT"))
    );
    for told in first?.into_iter().chain(second?) {
        let code = told["userErrors"][0]["code"].as_str().unwrap_or("NONE");
        assert!(["NONE", "INVALID_STATE", "ALREADY_EXPORTED"].contains(&code), "{told}");
    }
    until_states(&clients[1], |states| states["SYNCED"] == EXPORTS as u64).await?;
    let rows = exports(&clients[1]).await?;
    assert_eq!(rows.len(), EXPORTS);
    let once = |row: &&Value| row["attempts"].as_array().is_some_and(|rows| rows.len() == 1);
    assert_eq!(rows.iter().filter(once).count(), EXPORTS, "none was tried twice");
    many.reconcile(&sandbox, &clients[1], &rows).await?;
    assert_eq!(sandbox.calls_of("create InventoryAdjustment").await?, EXPORTS as u64, "as many posts as documents");
    for client in &clients {
        ensure!(sent(client).await? > 0, "one of the two sent nothing");
    }
    let reference = text(&rows[0]["reference"])?;
    let kind = DocumentKind::InventoryAdjustment;
    assert_eq!(sandbox.hand().count_posted(&sandbox.company().0, kind, &reference).await?, 1);
    Ok(())
}

/// Exports as planned, one after another; what each was told.
async fn one_by_one(client: &Client, plans: &[Value]) -> Result<Vec<Value>> {
    let mut told = Vec::new();
    for plan in plans {
        told.push(client.payload("exportDocument", plan.clone(), "export { id }").await?);
    }
    Ok(told)
}

/// Posts that a program made, as its metrics tell.
async fn sent(client: &Client) -> Result<u64> {
    let page = reqwest::get(client.gateway.join("/metrics")?).await?.error_for_status()?.text().await?;
    let of_posts = |line: &&str| line.starts_with("stockbridge_provider_calls_total") && line.contains(".post\"");
    let numbers = page.lines().filter(of_posts).filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok());
    Ok(numbers.sum())
}
