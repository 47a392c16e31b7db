//! What plans and lists of exports cost, and that changes are told live.

use serde_json::{Value, json};
use stockbridge_tests::{Outcome, TestDatabase, on_both_databases, workshop::text};

use super::yard::{Yard, adjusting};

on_both_databases!(a_plan_of_200_lines_costs_a_handful_of_statements, changes_are_told_live);

async fn a_plan_of_200_lines_costs_a_handful_of_statements(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["RECEIVING"]).await?;
    let lines = vec![("A", "1", "2"); 200];
    let receipt = yard.receive(&lines).await?;
    let quiet = yard.world.another_gateway(true).await?;
    let owner = quiet.owner();
    owner.data("{ viewer { subject } }", Value::Null).await?;
    let before = quiet.app.db.statement_count();
    let selection = "plan { hash ready checks { code } entries { accountName debit { amount } credit { amount } } }";
    let planned = owner.mutate("planExport", json!({"documentId": receipt}), selection).await?;
    let statements = quiet.app.db.statement_count() - before;
    assert_eq!(planned["plan"]["ready"], true, "{planned}");
    assert!(statements < 10, "{statements} statements");
    // Lists of exports: one statement per level.
    for _ in 0..3 {
        yard.build("1").await?;
    }
    let list = "{ exports(first: 50) { nodes { label document { id } integration { id } attempts { number } } } }";
    for _ in 0..3 {
        let before = quiet.app.db.statement_count();
        let data = owner.data(list, Value::Null).await?;
        assert_eq!(data["exports"]["nodes"].as_array().unwrap().len(), 4);
        assert_eq!(quiet.app.db.statement_count() - before, 5, "list, receipts, builds, integration, attempts");
    }
    Ok(())
}

async fn changes_are_told_live(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    let build = yard.build("1").await?;
    let of = format!("(documentId: \"{build}\")");
    let mut changes = yard.owner.subscribe("exportChanged", &of, "state documentId").await?;
    let queued = yard.queue(&build).await?;
    assert_eq!(queued["state"], "PENDING");
    let mut states = Vec::new();
    while states.last() != Some(&"SYNCED".to_owned()) {
        let told = changes.next().await?.unwrap();
        assert_eq!(told["documentId"], json!(build));
        states.push(text(&told["state"])?);
    }
    assert!(states.iter().all(|state| ["PENDING", "SENDING", "SYNCED"].contains(&state.as_str())), "{states:?}");
    Ok(())
}
