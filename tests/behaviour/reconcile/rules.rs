//! Who may reconcile, what is refused, and what is kept.

use entity::Role;
use serde_json::{Value, json};
use stockbridge_tests::{Outcome, TestDatabase, on_both_databases};

use super::desk::Desk;
use crate::exports::yard::adjusting;

on_both_databases!(what_cannot_be_reconciled_is_refused_and_leaves_nothing, results_are_kept_and_hidden_from_others);

const SYNC: [(&str, &str); 2] = [("COGS", "5000"), ("RECEIVING", "5100")];

async fn what_cannot_be_reconciled_is_refused_and_leaves_nothing(database: TestDatabase) -> Outcome {
    let desk = Desk::open(&database, adjusting(), "SYNC", &SYNC).await?;
    let owner = &desk.yard.owner;
    let tomorrow = desk.today().succ_opt().unwrap().to_string();
    let input = |on: &str| json!({"integrationId": desk.yard.integration, "on": on});
    let refused = owner.refusal("startReconciliation", input(&tomorrow)).await?;
    assert_eq!((&refused["code"], &refused["path"]), (&json!("VALIDATION"), &json!(["input", "on"])));
    let builder = desk.yard.world.client(Role::Builder);
    let today = input(&desk.today().to_string());
    assert_eq!(builder.mutation_fault("startReconciliation", today.clone()).await?.code, "FORBIDDEN");
    owner
        .mutate("disconnectIntegration", json!({"integrationId": desk.yard.integration}), "integration { id }")
        .await?;
    assert_eq!(owner.refusal("startReconciliation", today).await?["code"], "INVALID_STATE");
    let kept = owner.data("{ reconciliations { totalCount } }", Value::Null).await?;
    assert_eq!(kept["reconciliations"]["totalCount"], 0, "nothing was written");
    Ok(())
}

async fn results_are_kept_and_hidden_from_others(database: TestDatabase) -> Outcome {
    let desk = Desk::open(&database, adjusting(), "SYNC", &SYNC).await?;
    let first = desk.reconcile().await?;
    desk.posted_receipt("A", "2", "3").await?;
    let second = desk.reconcile().await?;
    assert_ne!((&first["ours"], &first["difference"]), (&second["ours"], &second["difference"]));
    assert_eq!(desk.read(first["id"].as_str().unwrap()).await?, first, "what was found stays");
    let list = "{ reconciliations(first: 5) { totalCount nodes { id } } }";
    let listed = desk.yard.owner.data(list, Value::Null).await?["reconciliations"].clone();
    assert_eq!(listed, json!({"totalCount": 2, "nodes": [{"id": second["id"]}, {"id": first["id"]}]}));
    let items = desk.items(&second["id"]).await?;
    let row = items.iter().find(|row| row["name"] == "Yard A").unwrap();
    let expected = json!({"name": "Yard A", "ourQuantity": "102", "ourValue": {"amount": "206"}, "theirQuantity": "102",
                          "theirValue": {"amount": "204"}, "parity": {"amount": "2"}, "externalItemId": desk.yard.items["A"]});
    assert_eq!(*row, expected);
    let business = desk.yard.world.another_business("Others").await?;
    let other = desk.yard.world.client_of(business, Role::Owner);
    let query = "query($id: ID!) { reconciliation(id: $id) { id } }";
    assert_eq!(other.data(query, json!({"id": first["id"]})).await?["reconciliation"], Value::Null);
    Ok(())
}
