//! Export runs: everything that waits, followed document by document, stopped, and ended by what may happen to it
//! (behaviour 2.17; statement 42 for a lock that an export run holds).

use providers::{model::DocumentKind, sandbox::SandboxAct};
use serde_json::{Value, json};
use stockbridge_tests::{Outcome, TestDatabase, on_both_databases, steps::until, workshop::text};

use super::yard::{EXPORT, Yard, adjusting};

on_both_databases!(
    a_run_sends_everything_and_tells_what_became_of_each,
    a_run_that_is_stopped_finishes_what_is_being_sent,
    a_run_that_nobody_has_taken_up_is_stopped_at_once,
    a_run_holds_the_lock_and_reads_are_served,
    a_run_ends_when_its_connection_does,
    nothing_that_waits_is_no_run,
    the_same_key_gets_the_same_run,
    what_somebody_else_sends_meanwhile_is_posted_once,
);

/// A run as it is followed.
const EVENT: &str = "sequence state phase done total message counts { posted failed refused skipped }";
/// A run as it ended.
const RUN: &str = "id kind state phase done total requestedBy counts { posted failed refused skipped } \
     error { code message help } issues { severity reason message help label } lastSequence";

async fn start(yard: &Yard) -> anyhow::Result<String> {
    let started = yard.owner.mutate("exportPending", json!({}), "run { id } lock { heldBy }").await?;
    text(&started["run"]["id"])
}

async fn run(yard: &Yard, id: &str) -> anyhow::Result<Value> {
    until(&yard.owner, id, |run| !["QUEUED", "RUNNING"].contains(&run["state"].as_str().unwrap())).await?;
    yard.owner.node(id, "SyncRun", RUN).await
}

/// All documents of a run, page after page.
async fn documents(yard: &Yard, id: &str) -> anyhow::Result<Vec<Value>> {
    let (mut found, mut after) = (Vec::new(), Value::Null);
    loop {
        let place = if after.is_null() { String::new() } else { format!(", after: {after}") };
        let list = format!(
            "documents(first: 20{place}) {{ totalCount nodes {{ place outcome export {{ {EXPORT} }} reasons {{ code \
             message help }} }} pageInfo {{ hasNextPage endCursor }} }}"
        );
        let page = yard.owner.node(id, "SyncRun", &list).await?["documents"].clone();
        found.extend(page["nodes"].as_array().unwrap().iter().cloned());
        if page["pageInfo"]["hasNextPage"] != true {
            assert_eq!(page["totalCount"], json!(found.len()));
            return Ok(found);
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

fn outcomes(documents: &[Value]) -> Vec<&str> {
    documents.iter().map(|row| row["outcome"].as_str().unwrap()).collect()
}

/// How many documents with the references of these the books have, of each.
async fn posted(yard: &Yard, documents: &[Value]) -> anyhow::Result<Vec<usize>> {
    let mut counts = Vec::new();
    for row in documents {
        counts.push(yard.posted(DocumentKind::InventoryAdjustment, &row["export"]["reference"]).await?);
    }
    Ok(counts)
}

async fn a_run_sends_everything_and_tells_what_became_of_each(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    let builds = [yard.build("1").await?, yard.build("2").await?, yard.build("3").await?];
    let receipt = yard.receive(&[("A", "5", "2")]).await?;
    // The accounting system will not have the third: it is refused by name there.
    let refusal = json!({"kind": "fault", "status": 400, "code": 6000});
    yard.world.sandbox.fail("create InventoryAdjustment", 2, Some(1), refusal).await?;
    let id = start(&yard).await?;
    let mut progress = yard.owner.subscribe("syncProgress", &format!("(runId: \"{id}\")"), EVENT).await?;
    let events = progress.rest().await?;
    let ended = run(&yard, &id).await?;
    let shown = documents(&yard, &id).await?;
    let place_of = |id: &str| shown.iter().position(|row| row["export"]["documentId"] == id).unwrap();
    assert_eq!([&builds[0], &builds[1], &builds[2], &receipt].map(|id| place_of(id)), [0, 1, 2, 3], "oldest first");
    let mut of_builds = outcomes(&shown[..3]);
    of_builds.sort_unstable();
    assert_eq!(of_builds, ["FAILED", "POSTED", "POSTED"], "{shown:?}");
    let failed = shown.iter().find(|row| row["outcome"] == "FAILED").unwrap();
    assert_eq!(
        (&failed["export"]["state"], &failed["reasons"][0]["code"]),
        (&json!("FAILED"), &json!("PROVIDER_REJECTED"))
    );
    assert!(failed["reasons"][0]["help"].is_string(), "{failed}");
    let refused = &shown[3];
    assert_eq!(
        (
            &refused["outcome"],
            &refused["export"]["state"],
            &refused["export"]["queued"],
            &refused["reasons"][0]["code"]
        ),
        (&json!("REFUSED"), &json!("PENDING"), &json!(false), &json!("ACCOUNT_NOT_CONFIGURED"))
    );
    let mut in_books = posted(&yard, &shown).await?;
    in_books.sort_unstable();
    assert_eq!(in_books, [0, 0, 1, 1], "each that was posted is there once");
    let expected = json!({"posted": 2, "failed": 1, "refused": 1, "skipped": 0});
    assert_eq!(
        (&ended["state"], &ended["kind"], &ended["counts"], &ended["done"], &ended["total"], &ended["requestedBy"]),
        (&json!("SUCCEEDED_WITH_ISSUES"), &json!("EXPORT"), &expected, &json!(4), &json!(4), &json!("owner"))
    );
    assert_eq!(ended["issues"].as_array().unwrap().len(), 2, "{ended}");
    // The events: from the first, without a gap, figures never fall, the last is the summary.
    let sequences: Vec<i64> = events.iter().map(|event| event["sequence"].as_i64().unwrap()).collect();
    assert_eq!(sequences, (1..=ended["lastSequence"].as_i64().unwrap()).collect::<Vec<_>>());
    let done: Vec<i64> = events.iter().map(|event| event["done"].as_i64().unwrap()).collect();
    assert!(done.is_sorted() && done.last() == Some(&4), "{done:?}");
    let last = events.last().unwrap();
    assert_eq!((&last["state"], &last["counts"], &last["phase"]), (&ended["state"], &expected, &json!("DONE")));
    // And the exports are found by their run.
    let list = format!("{{ exports(filter: {{runId: \"{id}\", states: [SYNCED]}}) {{ totalCount }} }}");
    assert_eq!(yard.owner.data(&list, Value::Null).await?["exports"]["totalCount"], 2);
    assert_eq!(yard.owner.data("{ syncLock { heldBy } }", Value::Null).await?["syncLock"], Value::Null);
    Ok(())
}

async fn a_run_that_is_stopped_finishes_what_is_being_sent(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    for _ in 0..40 {
        yard.build("1").await?;
    }
    let before = yard.counted().await?;
    yard.world
        .sandbox
        .fail("create InventoryAdjustment", 0, None, json!({"kind": "slow", "milliseconds": 2_000}))
        .await?;
    let id = start(&yard).await?;
    until(&yard.owner, &id, |run| run["done"].as_i64() >= Some(1)).await?;
    yard.owner.mutate("cancelSync", json!({"runId": id}), "run { id }").await?;
    let ended = run(&yard, &id).await?;
    assert_eq!((&ended["state"], &ended["error"]["message"]), (&json!("CANCELLED"), &json!("Cancelled by a user.")));
    let shown = documents(&yard, &id).await?;
    let count = |outcome: &str| outcomes(&shown).iter().filter(|found| **found == outcome).count();
    let (sent, returned) = (count("POSTED"), count("RETURNED"));
    assert!(sent >= 1 && returned >= 1 && sent + returned == 40, "{:?}", outcomes(&shown));
    assert_eq!(ended["counts"]["posted"], json!(sent));
    for row in &shown {
        let (state, queued) = (&row["export"]["state"], &row["export"]["queued"]);
        let expected = if row["outcome"] == "POSTED" { "SYNCED" } else { "PENDING" };
        assert_eq!((state, queued), (&json!(expected), &json!(false)), "{row}");
    }
    // Nothing comes after it: what is in the books stays as it is.
    assert_eq!(yard.world.app.poster.due(10).await?, []);
    let chairs = i64::try_from(sent)?;
    assert_eq!(yard.counted().await?[2] - before[2], chairs.into());
    yard.world.sandbox.heal().await?;
    let again = run(&yard, &start(&yard).await?).await?;
    assert_eq!((&again["state"], &again["counts"]["posted"]), (&json!("SUCCEEDED"), &json!(returned)), "{again}");
    assert_eq!(posted(&yard, &shown).await?, vec![1; 40]);
    // What the first run did stays what it did.
    assert_eq!(outcomes(&documents(&yard, &id).await?), outcomes(&shown));
    Ok(())
}

async fn a_run_that_nobody_has_taken_up_is_stopped_at_once(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    yard.build("1").await?;
    // In a business of its own no worker listens: the run is written, and never wakes anybody.
    let quiet = yard.world.another_gateway(true).await?;
    yard.world.app.lifecycle.stop();
    let owner = quiet.owner();
    let started = owner.mutate("exportPending", json!({}), "run { id state }").await?["run"].clone();
    let id = text(&started["id"])?;
    let stopped = owner.mutate("cancelSync", json!({"runId": id}), "run { state }").await?;
    assert_eq!((&started["state"], &stopped["run"]["state"]), (&json!("QUEUED"), &json!("CANCELLED")));
    let shown = owner.node(&id, "SyncRun", "documents { nodes { outcome export { state queued } } }").await?;
    let expected = json!([{"outcome": "RETURNED", "export": {"state": "PENDING", "queued": false}}]);
    assert_eq!(shown["documents"]["nodes"], expected);
    assert_eq!(owner.data("{ syncLock { heldBy } }", Value::Null).await?["syncLock"], Value::Null);
    Ok(())
}

async fn a_run_holds_the_lock_and_reads_are_served(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    yard.build("1").await?;
    yard.world
        .sandbox
        .fail("create InventoryAdjustment", 0, None, json!({"kind": "slow", "milliseconds": 1_500}))
        .await?;
    let id = start(&yard).await?;
    let refused = yard.owner.refusal("syncItems", json!({"integrationId": yard.integration})).await?;
    assert_eq!(refused["code"], "SYNC_LOCKED");
    assert!(refused["message"].as_str().unwrap().contains("export by owner"), "{refused}");
    let order = json!({"productId": yard.product("Chair"), "quantity": "1"});
    assert_eq!(yard.owner.refusal("executeBuild", order).await?["code"], "SYNC_LOCKED");
    let again = yard.owner.payload("exportPending", json!({}), "run { id } lock { kind run { id } }").await?;
    assert_eq!(
        (&again["run"], &again["lock"], &again["userErrors"][0]["code"]),
        (&Value::Null, &json!({"kind": "EXPORT", "run": {"id": id}}), &json!("SYNC_LOCKED"))
    );
    assert_eq!(yard.owner.data("{ exports { totalCount } }", Value::Null).await?["exports"]["totalCount"], 1);
    assert_eq!(run(&yard, &id).await?["state"], "SUCCEEDED");
    yard.build("1").await?;
    Ok(())
}

async fn a_run_ends_when_its_connection_does(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    for _ in 0..3 {
        yard.build("1").await?;
    }
    yard.world.sandbox.revoke_consent(&yard.world.sandbox.company().0).await?;
    let id = start(&yard).await?;
    let ended = run(&yard, &id).await?;
    assert_eq!((&ended["state"], &ended["error"]["code"]), (&json!("FAILED"), &json!("CONNECTION_EXPIRED")), "{ended}");
    assert!(ended["error"]["help"].as_str().unwrap().starts_with("Reconnect"), "{ended}");
    let shown = documents(&yard, &id).await?;
    assert_eq!(outcomes(&shown), ["RETURNED"; 3]);
    assert!(shown.iter().all(|row| row["export"]["queued"] == false && row["export"]["state"] == "PENDING"));
    let refused = yard.owner.refusal("exportPending", json!({})).await?;
    assert_eq!(refused["code"], "CONNECTION_EXPIRED");
    Ok(())
}

async fn nothing_that_waits_is_no_run(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    let refused = yard.owner.refusal("exportPending", json!({})).await?;
    assert_eq!(
        (&refused["code"], &refused["message"]),
        (&json!("INVALID_STATE"), &json!("Nothing waits to be exported."))
    );
    let runs =
        yard.owner.data("{ syncRuns(filter: {kinds: [EXPORT]}) { totalCount } syncLock { heldBy } }", Value::Null);
    assert_eq!(runs.await?, json!({"syncRuns": {"totalCount": 0}, "syncLock": null}), "nothing was begun");
    let builder = yard.world.client(entity::Role::Builder);
    let fault = builder.mutation_fault("exportPending", json!({})).await?;
    assert_eq!(fault.code, "FORBIDDEN");
    Ok(())
}

async fn the_same_key_gets_the_same_run(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    yard.build("1").await?;
    let input = json!({"integrationId": yard.integration, "idempotencyKey": "monday"});
    let first = yard.owner.mutate("exportPending", input.clone(), "run { id }").await?;
    let id = text(&first["run"]["id"])?;
    assert_eq!(run(&yard, &id).await?["state"], "SUCCEEDED");
    assert_eq!(yard.owner.mutate("exportPending", input, "run { id }").await?["run"], first["run"]);
    let other = yard.owner.refusal("exportPending", json!({"idempotencyKey": "monday"})).await?;
    assert_eq!(other["code"], "IDEMPOTENCY_MISMATCH");
    Ok(())
}

async fn what_somebody_else_sends_meanwhile_is_posted_once(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    let mut plans = Vec::new();
    for _ in 0..12 {
        let build = yard.build("1").await?;
        plans.push(json!({"documentId": build, "planHash": yard.plan(&build).await?["hash"]}));
    }
    yard.world.sandbox.act(SandboxAct::CloseBooks(None)).await?;
    let id = start(&yard).await?;
    let asked = plans.iter().rev().map(|input| yard.owner.payload("exportDocument", input.clone(), "export { id }"));
    for answer in futures::future::try_join_all(asked).await? {
        let code = answer["userErrors"][0]["code"].as_str().unwrap_or("NONE");
        assert!(["NONE", "INVALID_STATE", "ALREADY_EXPORTED"].contains(&code), "{answer}");
    }
    let ended = run(&yard, &id).await?;
    let expected = json!({"posted": 12, "failed": 0, "refused": 0, "skipped": 0});
    assert_eq!((&ended["state"], &ended["counts"]), (&json!("SUCCEEDED"), &expected), "{ended}");
    let shown = documents(&yard, &id).await?;
    assert_eq!(posted(&yard, &shown).await?, vec![1; 12]);
    assert!(shown.iter().all(|row| row["export"]["attempts"].as_array().unwrap().len() == 1), "{shown:?}");
    Ok(())
}
