//! Exports that go by themselves, wait for somebody, wait for the connection, or are asked for twice (statements 69, 70,
//! 71, 93).

use providers::{model::DocumentKind, sandbox::SandboxAct};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use stockbridge_tests::{
    Outcome, TestDatabase, on_both_databases,
    steps::{agree, begin_reconnect},
    workshop::text,
};

use super::yard::{Yard, adjusting};

on_both_databases!(
    s069_an_executed_build_goes_out_by_itself,
    s070_with_review_on_nothing_goes_before_approval,
    s071_in_manual_mode_a_build_waits_for_a_user,
    s093_without_an_account_a_receipt_is_confirmed_and_nothing_fails,
    an_expired_connection_is_waited_for,
    two_people_at_once_post_once,
    two_gateways_at_once_post_once,
    books_closed_after_the_plan_are_told,
    whatever_a_kill_leaves_is_taken_up_again,
    a_sync_waits_while_something_is_sent,
);

async fn s069_an_executed_build_goes_out_by_itself(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    yard.settings(json!({"exportMode": "AUTOMATIC"})).await?;
    let build = yard.build("2").await?;
    let export = yard.of(&build).await?;
    assert_eq!((&export["automatic"], &export["requestedBy"]), (&json!(true), &json!("owner")));
    let done = yard.ended(export["id"].as_str().unwrap()).await?;
    assert_eq!(done["state"], "SYNCED", "{done}");
    assert!(done["externalId"].is_string());
    assert_eq!(yard.posted(DocumentKind::InventoryAdjustment, &done["reference"]).await?, 1);
    Ok(())
}

async fn s070_with_review_on_nothing_goes_before_approval(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    yard.settings(json!({"exportMode": "AUTOMATIC"})).await?;
    yard.world.app.db.connection().execute_unprepared("UPDATE business SET qa_review = true").await?;
    let build = yard.build("2").await?;
    assert_eq!(yard.of(&build).await?, Value::Null);
    assert_eq!(yard.owner.refusal("planExport", json!({"documentId": build})).await?["code"], "INVALID_STATE");
    yard.owner.mutate("approveBuild", json!({"buildId": build}), "build { state }").await?;
    let export = yard.of(&build).await?;
    assert_eq!(yard.ended(export["id"].as_str().unwrap()).await?["state"], "SYNCED");
    Ok(())
}

async fn s071_in_manual_mode_a_build_waits_for_a_user(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    let build = yard.build("2").await?;
    let waiting = yard.of(&build).await?;
    assert_eq!(
        (&waiting["state"], &waiting["queued"], &waiting["automatic"]),
        (&json!("PENDING"), &json!(false), &json!(false))
    );
    // A worker finds nothing to do, however often it looks.
    assert_eq!(yard.world.app.poster.due(10).await?, []);
    assert_eq!(yard.of(&build).await?, waiting);
    assert_eq!(yard.export(&build).await?["state"], "SYNCED");
    Ok(())
}

async fn s093_without_an_account_a_receipt_is_confirmed_and_nothing_fails(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.settings(json!({"exportMode": "AUTOMATIC"})).await?;
    let before = yard.owner.node(yard.product("A"), "Product", "onHand").await?;
    let receipt = yard.receive(&[("A", "5", "2")]).await?;
    let export = yard.of(&receipt).await?;
    let ended = yard.ended(export["id"].as_str().unwrap()).await?;
    assert_eq!((&ended["state"], &ended["error"]), (&json!("NOT_READY"), &Value::Null), "{ended}");
    assert!(ended["warnings"][0]["message"].as_str().unwrap().contains("the receiving account"), "{ended}");
    let receipt = yard.owner.node(&receipt, "Receipt", "id state").await?;
    assert_eq!(receipt["state"], "CONFIRMED");
    let after = yard.owner.node(yard.product("A"), "Product", "onHand").await?;
    assert_eq!((&before["onHand"], &after["onHand"]), (&json!("100"), &json!("105")));
    yard.choose(&["RECEIVING"]).await?;
    assert_eq!(yard.export(&text(&receipt["id"])?).await?["state"], "SYNCED");
    Ok(())
}

async fn an_expired_connection_is_waited_for(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    let (company, _) = yard.world.sandbox.company();
    let first = yard.build("2").await?;
    yard.world.sandbox.revoke_consent(&company).await?;
    let queued = yard.queue(&first).await?;
    let id = queued["id"].as_str().unwrap();
    let waits = yard.until(id, |row| !row["error"].is_null()).await?;
    assert_eq!(
        (&waits["state"], &waits["queued"], &waits["error"]["code"]),
        (&json!("PENDING"), &json!(true), &json!("CONNECTION_EXPIRED")),
        "{waits}"
    );
    assert_eq!(waits["errorTitle"], "Connection expired");
    // A new document is planned, and told why it cannot go.
    let second = yard.build("1").await?;
    let plan = yard.plan(&second).await?;
    assert_eq!(
        (&plan["checks"][0]["code"], &plan["checks"][0]["title"]),
        (&json!("CONNECTION_EXPIRED"), &json!("Connection expired"))
    );
    agree(&begin_reconnect(&yard.owner, &yard.integration).await?, &company).await?;
    let done = yard.ended(id).await?;
    assert_eq!((&done["state"], &done["error"]), (&json!("SYNCED"), &Value::Null), "{done}");
    assert_eq!(yard.posted(DocumentKind::InventoryAdjustment, &done["reference"]).await?, 1);
    Ok(())
}

async fn two_people_at_once_post_once(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    let build = yard.build("2").await?;
    let input = json!({"documentId": build, "planHash": yard.plan(&build).await?["hash"]});
    // The owner and the accountant, each more than once.
    let accountant = yard.world.client(entity::Role::Accountant);
    let people = [&yard.owner, &accountant].into_iter().cycle().take(6);
    let asked = people.map(|person| person.payload("exportDocument", input.clone(), "export { id }"));
    let answers: Vec<Value> = futures::future::try_join_all(asked).await?;
    let queued: Vec<&Value> = answers.iter().filter(|answer| !answer["export"].is_null()).collect();
    assert_eq!(queued.len(), 1, "{answers:?}");
    for refused in answers.iter().filter(|answer| answer["export"].is_null()) {
        let code = refused["userErrors"][0]["code"].as_str().unwrap();
        assert!(["INVALID_STATE", "ALREADY_EXPORTED"].contains(&code), "{refused}");
    }
    let done = yard.ended(queued[0]["export"]["id"].as_str().unwrap()).await?;
    assert_eq!(done["state"], "SYNCED");
    assert_eq!(yard.posted(DocumentKind::InventoryAdjustment, &done["reference"]).await?, 1);
    Ok(())
}

async fn two_gateways_at_once_post_once(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    let other = yard.world.another_gateway(false).await?;
    let mut exports = Vec::new();
    for _ in 0..12 {
        exports.push(yard.queue(&yard.build("1").await?).await?);
        other.app.services.exports.wake();
    }
    for export in &exports {
        let done = yard.ended(export["id"].as_str().unwrap()).await?;
        assert_eq!((&done["state"], done["attempts"].as_array().unwrap().len()), (&json!("SYNCED"), 1), "{done}");
        assert_eq!(yard.posted(DocumentKind::InventoryAdjustment, &done["reference"]).await?, 1);
    }
    Ok(())
}

async fn books_closed_after_the_plan_are_told(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    let build = yard.build("2").await?;
    // Closed after the plan: the accounting system refuses, and says why.
    let plan = yard.plan(&build).await?;
    let tomorrow = chrono::Utc::now().date_naive() + chrono::Days::new(1);
    yard.world.sandbox.act(SandboxAct::CloseBooks(Some(tomorrow))).await?;
    let queued = yard
        .owner
        .mutate("exportDocument", json!({"documentId": build, "planHash": plan["hash"]}), "export { id }")
        .await?;
    let failed = yard.ended(queued["export"]["id"].as_str().unwrap()).await?;
    assert_eq!(
        (&failed["state"], &failed["error"]["code"], &failed["errorTitle"]),
        (&json!("FAILED"), &json!("PERIOD_CLOSED"), &json!("Books closed")),
        "{failed}"
    );
    assert_eq!(yard.posted(DocumentKind::InventoryAdjustment, &failed["reference"]).await?, 0);
    yard.world.sandbox.act(SandboxAct::CloseBooks(None)).await?;
    yard.owner.mutate("retryExport", json!({"exportId": failed["id"]}), "export { id }").await?;
    assert_eq!(yard.ended(failed["id"].as_str().unwrap()).await?["state"], "SYNCED");
    Ok(())
}

async fn whatever_a_kill_leaves_is_taken_up_again(database: TestDatabase) -> Outcome {
    let yard_store = database.store;
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    // What is in the row after a kill: before it was sent, while it was sent or before the answer was kept, and after an
    // answer that told nothing. In the books or not, it is there once in the end.
    for (state, in_books, expected) in [
        ("PENDING", false, vec!["SYNCED"]),
        ("SENDING", false, vec!["UNKNOWN", "ABSENT", "SYNCED"]),
        ("SENDING", true, vec!["UNKNOWN", "FOUND"]),
        ("UNCERTAIN", false, vec!["UNKNOWN", "ABSENT", "SYNCED"]),
        ("UNCERTAIN", true, vec!["UNKNOWN", "FOUND"]),
    ] {
        let build = yard.build("1").await?;
        let connection = yard.world.app.db.connection();
        let done = if in_books {
            let done = yard.export(&build).await?;
            assert_eq!(done["state"], "SYNCED");
            done
        } else {
            // A sync that never ends keeps it from being sent.
            let far = i64::MAX;
            let lock =
                format!("UPDATE sync_lock SET held_by = 'a test', kind = 'ITEMS', acquired_at = 0, expires_at = {far}");
            connection.execute_unprepared(&lock).await?;
            yard.queue(&build).await?;
            yard.of(&build).await?
        };
        let id = done["id"].as_str().unwrap().to_owned();
        connection.execute_unprepared("UPDATE integration SET status = 'EXPIRED'").await?;
        let uuid = entity::TypedId::parse(&id).map(|id: entity::ExportId| id.0)?;
        let literal = match yard_store {
            stockbridge_tests::Store::Sqlite => format!("X'{}'", uuid.simple()),
            stockbridge_tests::Store::Postgres => format!("'{uuid}'"),
        };
        let outcome = if state == "SENDING" { "STARTED" } else { "UNKNOWN" };
        let attempts = i32::from(state != "PENDING");
        connection.execute_unprepared(&format!("DELETE FROM export_attempt WHERE export_id = {literal}")).await?;
        if attempts == 1 {
            let attempt = format!(
                "INSERT INTO export_attempt (export_id, number, business_id, started_at, outcome) SELECT id, 1, business_id, updated_at, '{outcome}' FROM export WHERE id = {literal}"
            );
            connection.execute_unprepared(&attempt).await?;
        }
        let row = format!(
            "UPDATE export SET state = '{state}', external_id = NULL, exported_at = NULL, attempts = {attempts}, due_at = created_at, holder = NULL, held_until = NULL WHERE id = {literal}"
        );
        connection.execute_unprepared(&row).await?;
        let free = "UPDATE sync_lock SET held_by = NULL, kind = NULL, acquired_at = NULL, expires_at = NULL";
        connection.execute_unprepared(free).await?;
        connection.execute_unprepared("UPDATE integration SET status = 'ACTIVE'").await?;
        let done = yard.ended(&id).await?;
        let attempts = done["attempts"].as_array().unwrap();
        let outcomes: Vec<&str> = attempts.iter().map(|row| row["outcome"].as_str().unwrap()).collect();
        assert_eq!((&done["state"], outcomes), (&json!("SYNCED"), expected), "{state} {in_books}: {done}");
        assert_eq!(yard.posted(DocumentKind::InventoryAdjustment, &done["reference"]).await?, 1, "{state} {in_books}");
    }
    Ok(())
}

async fn a_sync_waits_while_something_is_sent(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    let build = yard.build("2").await?;
    let slow = json!({"kind": "slow", "milliseconds": 1_500});
    yard.world.sandbox.fail("create InventoryAdjustment", 0, Some(1), slow).await?;
    let queued = yard.queue(&build).await?;
    let id = queued["id"].as_str().unwrap();
    yard.until(id, |row| row["state"] == "SENDING").await?;
    let refusal = yard.owner.refusal("syncItems", json!({"integrationId": yard.integration})).await?;
    assert_eq!(refusal["code"], "SYNC_LOCKED");
    assert!(refusal["message"].as_str().unwrap().contains("export of Build 1"), "{refusal}");
    assert_eq!(yard.ended(id).await?["state"], "SYNCED");
    stockbridge_tests::steps::sync(&yard.owner, &yard.integration).await?;
    Ok(())
}
