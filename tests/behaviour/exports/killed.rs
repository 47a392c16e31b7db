//! The real program, killed while it sends.
//!
//! Rule: after the restart the document is in the books once, and the export knows it.

use providers::{
    model::{DocumentKind, ItemKind},
    sandbox::SandboxAct,
};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use stockbridge_tests::{
    Outcome, TestDatabase,
    client::Client,
    on_both_databases,
    program::{Program, new_owner},
    sandbox::{Sandbox, WORKSHOP},
    steps::{connect, item_named, sync},
    workshop::text,
};

on_both_databases!(
    a_process_killed_while_it_waits_for_the_answer_posts_once,
    a_process_killed_before_the_accounting_system_did_anything_posts_once,
);

/// A build of two chairs of one A each, planned; its id and the plan's hash.
async fn planned(sandbox: &Sandbox, client: &Client) -> anyhow::Result<(String, Value)> {
    for (name, quantity) in [("Yard A", 100), ("Yard Chair", 0)] {
        let act = SandboxAct::AddItem {
            name: name.to_owned(),
            sku: None,
            kind: ItemKind::Inventory,
            price: Decimal::from(20),
            cost: Decimal::from(2),
            quantity: Decimal::from(quantity),
        };
        sandbox.act(act).await?;
    }
    let integration = connect(client, WORKSHOP).await?;
    sync(client, &integration).await?;
    let mut products = Vec::new();
    for (name, kind) in [("Yard A", "RAW_MATERIAL"), ("Yard Chair", "FINISHED_GOOD")] {
        let item = item_named(client, name).await?;
        let input = json!({"itemIds": [item], "productType": kind});
        let results = client.mutate("importItems", input, "results { product { id } }").await?;
        products.push(text(&results["results"][0]["product"]["id"])?);
    }
    let bom =
        json!({"productId": products[1], "lines": [{"kind": "COMPONENT", "productId": products[0], "quantity": "1"}]});
    client.mutate("saveBom", bom, "bom { id }").await?;
    let query = "query($id: ID!) { accounts(integrationId: $id, first: 250) { nodes { id number } } }";
    let accounts = client.data(query, json!({"id": integration})).await?;
    let cogs =
        accounts["accounts"]["nodes"].as_array().unwrap().iter().find(|row| row["number"] == "5000").unwrap()["id"]
            .clone();
    let settings = json!({"integrationId": integration, "accounts": [{"role": "COGS", "accountId": cogs}]});
    client.mutate("updateIntegrationSettings", settings, "integration { id }").await?;
    let order = json!({"productId": products[1], "quantity": "2"});
    let build = text(&client.mutate("executeBuild", order, "build { id }").await?["build"]["id"])?;
    let plan =
        client.mutate("planExport", json!({"documentId": build}), "plan { hash ready checks { message } }").await?;
    anyhow::ensure!(plan["plan"]["ready"] == true, "{plan}");
    Ok((build, plan["plan"]["hash"].clone()))
}

/// Exports while the accounting system is slow, and kills the program when the call has arrived there.
async fn killed_while_sending(database: TestDatabase, fault: Value, expected: &[&str]) -> Outcome {
    let sandbox = Sandbox::start(0).await?;
    let token = new_owner(&database).await?;
    let program = Program::serve(&database.folder, &database.url, &sandbox, 0)?;
    let client = Client::new(program.url.clone(), token.clone());
    let (build, hash) = planned(&sandbox, &client).await?;
    sandbox.fail("create InventoryAdjustment", 0, Some(1), fault).await?;
    let input = json!({"documentId": build, "planHash": hash});
    let export = client.mutate("exportDocument", input, "export { id reference }").await?["export"].clone();
    while sandbox.calls_of("create InventoryAdjustment").await? == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let id = text(&export["id"])?;
    assert_eq!(client.node(&id, "Export", "state").await?["state"], "SENDING");
    program.kill()?;

    let again = Program::serve(&database.folder, &database.url, &sandbox, 0)?;
    let client = Client::new(again.url.clone(), token);
    let selection = "state reference externalId error { code } attempts { number outcome }";
    let begun = std::time::Instant::now();
    let done = loop {
        let row = client.node(&id, "Export", selection).await?;
        if row["state"] == "SYNCED" || begun.elapsed() > stockbridge_tests::PATIENCE {
            break row;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    assert_eq!(
        (&done["state"], &done["reference"], &done["error"]),
        (&json!("SYNCED"), &export["reference"], &Value::Null),
        "{done}"
    );
    let outcomes: Vec<&str> =
        done["attempts"].as_array().unwrap().iter().map(|row| row["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, expected, "{done}");
    let reference = text(&done["reference"])?;
    let posted =
        sandbox.hand().count_posted(&sandbox.company().0, DocumentKind::InventoryAdjustment, &reference).await?;
    assert_eq!(posted, 1);
    let verified = client.mutate("verifyExport", json!({"exportId": id}), "matches").await?;
    assert_eq!(verified["matches"], true);
    Ok(())
}

async fn a_process_killed_while_it_waits_for_the_answer_posts_once(database: TestDatabase) -> Outcome {
    // Carried out at once, answered late: the answer finds nobody.
    killed_while_sending(database, json!({"kind": "slow", "milliseconds": 5_000}), &["UNKNOWN", "FOUND"]).await
}

async fn a_process_killed_before_the_accounting_system_did_anything_posts_once(database: TestDatabase) -> Outcome {
    let fault = json!({"kind": "late", "milliseconds": 5_000});
    killed_while_sending(database, fault, &["UNKNOWN", "ABSENT", "SYNCED"]).await
}
