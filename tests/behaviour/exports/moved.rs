//! Changes of mode and of company, and what they mean for documents that wait.

use providers::model::DocumentKind;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use stockbridge_tests::{Outcome, TestDatabase, on_both_databases, sandbox::BAKERY, steps::connect};

use super::yard::{Yard, adjusting};

on_both_databases!(
    a_change_of_mode_says_what_it_means_for_what_waits,
    what_waits_for_a_company_that_went_says_so_and_is_moved,
);

const CHANGE: &str = "query($id: ID!, $mode: InventoryMode!) { inventoryModeChange(integrationId: $id, inventoryMode: $mode) \
     { from to summary pending { kind count asPlanned becomeNew blocked } unchecked blocked { export { label } reasons { code } } } }";

const LOCK: &str =
    "UPDATE sync_lock SET held_by = 'a test', kind = 'ITEMS', acquired_at = 0, expires_at = 9223372036854775807";
const FREE: &str = "UPDATE sync_lock SET held_by = NULL, kind = NULL, acquired_at = NULL, expires_at = NULL";

async fn run(yard: &Yard, sql: &str) -> Outcome {
    yard.world.app.db.connection().execute_unprepared(sql).await?;
    Ok(())
}

async fn change(yard: &Yard, mode: &str) -> anyhow::Result<Value> {
    let data = yard.owner.data(CHANGE, json!({"id": yard.integration, "mode": mode})).await?;
    Ok(data["inventoryModeChange"].clone())
}

async fn a_change_of_mode_says_what_it_means_for_what_waits(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    let none = change(&yard, "SELF_MANAGED").await?;
    assert_eq!((&none["pending"], &none["from"], &none["to"]), (&json!([]), &json!("SYNC"), &json!("SELF_MANAGED")));
    assert_eq!(none["summary"][0], "No document waits for export, so nothing changes for what there is.");
    yard.choose(&["COGS", "RECEIVING", "BUILD_DEBIT", "BUILD_CREDIT"]).await?;
    // Two builds that wait, one of them on its way already, and a receipt whose accounts in the other mode nobody chose.
    let queued = yard.build("1").await?;
    let expired = "UPDATE integration SET status = 'EXPIRED'";
    let hash = yard.plan(&queued).await?["hash"].clone();
    run(&yard, LOCK).await?;
    let input = json!({"documentId": queued, "planHash": hash});
    yard.owner.mutate("exportDocument", input, "export { id }").await?;
    run(&yard, expired).await?;
    run(&yard, FREE).await?;
    let (build, receipt) = (yard.build("1").await?, yard.receive(&[("A", "5", "2")]).await?);
    let blocked = change(&yard, "SELF_MANAGED").await?;
    let codes =
        |row: &Value| row["reasons"].as_array().unwrap().iter().map(|why| why["code"].clone()).collect::<Vec<_>>();
    assert_eq!(blocked["blocked"].as_array().unwrap().len(), 2, "without a connection nothing could go: {blocked}");
    assert_eq!(codes(&blocked["blocked"][0]), [json!("CONNECTION_EXPIRED")]);
    let active = "UPDATE integration SET status = 'ACTIVE'";
    run(&yard, LOCK).await?;
    run(&yard, active).await?;
    let told = change(&yard, "SELF_MANAGED").await?;
    assert_eq!(
        told["pending"],
        json!([
            {"kind": "BUILD", "count": 2, "asPlanned": 1, "becomeNew": 1, "blocked": 0},
            {"kind": "RECEIPT", "count": 1, "asPlanned": 0, "becomeNew": 0, "blocked": 1},
        ]),
        "{told}"
    );
    assert_eq!(told["blocked"][0]["export"]["label"], "Receipt 1");
    assert_eq!(codes(&told["blocked"][0]), [json!("ACCOUNT_NOT_CONFIGURED"), json!("ACCOUNT_NOT_CONFIGURED")]);
    assert_eq!(
        told["summary"],
        json!([
            "3 documents wait for export.",
            "Will be journal entries (amounts at our cost, no quantities): 1.",
            "On their way already, and sent as they were planned, in the mode of before: 1.",
            "Cannot be exported then, each with its reason: 1.",
            "What is in the books stays as it is, and is taken back in the mode it was posted in.",
        ])
    );
    for document in [&build, &receipt] {
        assert_eq!(yard.of(document).await?["draft"], Value::Null, "nothing was changed");
    }
    run(&yard, FREE).await?;
    // As it was said: the one that was on its way is an adjustment, the other a journal entry.
    yard.settings(json!({"inventoryMode": "SELF_MANAGED"})).await?;
    let queued = yard.of(&queued).await?;
    let done = yard.ended(queued["id"].as_str().unwrap()).await?;
    assert_eq!((&done["state"], &done["mode"]), (&json!("SYNCED"), &json!("SYNC")));
    let done = yard.export(&build).await?;
    assert_eq!((&done["state"], &done["mode"]), (&json!("SYNCED"), &json!("SELF_MANAGED")));
    // Taken back in the mode that it was posted in.
    let counted = yard.counted().await?;
    let back = yard.owner.mutate("reverseExport", json!({"exportId": queued["id"]}), "export { id }").await?;
    let back = yard.export(back["export"]["id"].as_str().unwrap()).await?;
    assert_eq!((&back["state"], &back["mode"]), (&json!("SYNCED"), &json!("SYNC")), "{back}");
    assert_ne!(yard.counted().await?, counted);
    let builder = yard.world.client(entity::Role::Builder);
    let fault = builder.fault(CHANGE, json!({"id": yard.integration, "mode": "SYNC"})).await?;
    assert_eq!(fault.code, "FORBIDDEN");
    Ok(())
}

async fn what_waits_for_a_company_that_went_says_so_and_is_moved(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    let in_the_books = yard.export(&yard.build("1").await?).await?;
    let build = yard.build("1").await?;
    let waiting = yard.of(&build).await?;
    let refusal = yard.owner.refusal("moveExport", json!({"exportId": waiting["id"]})).await?;
    assert_eq!(refusal["code"], "INVALID_STATE", "it is connected");
    yard.owner
        .mutate("disconnectIntegration", json!({"integrationId": yard.integration}), "integration { id }")
        .await?;
    let told = yard.of(&build).await?["warnings"][0]["message"].clone();
    assert_eq!(told, "Build 2 waits for Cedar & Steel Workshop, which is not connected any more.");
    assert_eq!(yard.owner.refusal("moveExport", json!({"exportId": waiting["id"]})).await?["code"], "INVALID_STATE");
    let bakery = connect(&yard.owner, BAKERY).await?;
    assert_eq!(yard.plan(&build).await?["checks"][0]["title"], "Not connected");
    // What is in the old books stays there.
    let refusal = yard.owner.refusal("moveExport", json!({"exportId": in_the_books["id"]})).await?;
    assert_eq!(refusal["code"], "INVALID_STATE");
    let input = json!({"exportId": waiting["id"]});
    let stranger = yard.world.client_of(yard.world.another_business("Other").await?, entity::Role::Owner);
    assert_eq!(stranger.refusal("moveExport", input.clone()).await?["code"], "NOT_FOUND");
    assert_eq!(yard.world.client(entity::Role::Builder).mutation_fault("moveExport", input).await?.code, "FORBIDDEN");
    let moved = yard
        .owner
        .mutate(
            "moveExport",
            json!({"exportId": waiting["id"]}),
            "export { state queued reference integration { id } warnings { message } }",
        )
        .await?["export"]
        .clone();
    assert_eq!(
        moved,
        json!({"state": "PENDING", "queued": false, "reference": waiting["reference"], "integration": {"id": bakery}, "warnings": []})
    );
    let codes = yard.checks(&build).await?;
    assert!(
        codes.contains(&"PRODUCT_NOT_LINKED".to_owned()) && codes.contains(&"ACCOUNT_NOT_CONFIGURED".to_owned()),
        "{codes:?}"
    );
    assert!(!codes.contains(&"INVALID_STATE".to_owned()), "{codes:?}");
    assert_eq!(yard.posted(DocumentKind::InventoryAdjustment, &waiting["reference"]).await?, 0);
    Ok(())
}
