//! What a run or some days posted, taken back after a plan.

use providers::{model::DocumentKind, registry::ProviderEntry, sandbox::SandboxAct};
use serde_json::{Value, json};
use stockbridge_tests::{Outcome, TestDatabase, on_both_databases, steps::ended, with_every_provider, workshop::text};

use super::yard::{Yard, adjusting, decimal, posts};

with_every_provider!(all_that_a_run_posted_is_taken_back_by_opposites if posts);
on_both_databases!(
    what_cannot_be_reversed_says_why_and_stays,
    a_plan_that_changed_is_not_carried_out,
    an_adjustment_and_a_loss_go_back_to_their_account,
    a_scope_is_a_run_or_days,
);

const PLAN: &str = "plan { hash ready entries { accountName debit { amount } credit { amount } } \
     documents { ready reference reasons { code message help } export { id label } \
     entries { accountName debit { amount } credit { amount } } \
     draft { ... on InventoryAdjustmentDraft { accountName lines { name quantity } } ... on JournalEntryDraft { journal: lines { accountName side amount { amount } } } } } }";

/// Days around today, in every time zone.
fn days() -> Value {
    let today = chrono::Utc::now().date_naive();
    let (from, to) = (today - chrono::Days::new(2), today + chrono::Days::new(2));
    json!({"from": from.to_string(), "to": to.to_string()})
}

async fn plan(yard: &Yard, scope: &Value) -> anyhow::Result<Value> {
    Ok(yard.owner.mutate("planReversal", scope.clone(), PLAN).await?["plan"].clone())
}

/// Carries a plan out; the run as it ended.
async fn reverse(yard: &Yard, scope: &Value, plan: &Value) -> anyhow::Result<Value> {
    let input = json!({"scope": scope, "planHash": plan["hash"]});
    let started = yard.owner.mutate("reversePosted", input, "run { id kind }").await?;
    assert_eq!(started["run"]["kind"], "EXPORT");
    ended(&yard.owner, &text(&started["run"]["id"])?).await
}

async fn send_all(yard: &Yard) -> anyhow::Result<String> {
    let started = yard.owner.mutate("exportPending", json!({}), "run { id }").await?;
    let id = text(&started["run"]["id"])?;
    assert_eq!(ended(&yard.owner, &id).await?["state"], "SUCCEEDED");
    Ok(id)
}

async fn all_that_a_run_posted_is_taken_back_by_opposites(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let adjusts = provider.capability.inventory_adjustments;
    let (mode, roles, kind): (_, &[&str], _) = match adjusts {
        true => ("SYNC", &["COGS", "RECEIVING"], DocumentKind::InventoryAdjustment),
        false => (
            "SELF_MANAGED",
            &["BUILD_DEBIT", "BUILD_CREDIT", "RECEIVING_DEBIT", "RECEIVING_CREDIT"],
            DocumentKind::JournalEntry,
        ),
    };
    let yard = Yard::open(&database, provider, mode).await?;
    yard.choose(roles).await?;
    let (counted, balances) = (yard.counted().await?, yard.balances().await?);
    for quantity in ["1", "2", "3"] {
        yard.build(quantity).await?;
    }
    yard.receive(&[("A", "5", "2")]).await?;
    let run = send_all(&yard).await?;
    assert_ne!(yard.balances().await?, balances);
    let in_books = yard.balances().await?;
    let scope = json!({"runId": run});
    let planned = plan(&yard, &scope).await?;
    assert_eq!((&planned["ready"], planned["documents"].as_array().unwrap().len()), (&json!(4), 4), "{planned}");
    let sum = |side: &str| -> rust_decimal::Decimal {
        let entries = planned["entries"].as_array().unwrap().iter();
        entries.map(|entry| decimal(entry[side]["amount"].as_str().unwrap())).sum()
    };
    assert_eq!(sum("debit"), sum("credit"));
    assert_eq!(plan(&yard, &scope).await?, planned, "planning changes nothing");
    assert_eq!(yard.balances().await?, in_books);
    assert_eq!(yard.owner.data("{ exports { totalCount } }", Value::Null).await?["exports"]["totalCount"], 4);
    let done = reverse(&yard, &scope, &planned).await?;
    assert_eq!((&done["state"], &done["done"], &done["total"]), (&json!("SUCCEEDED"), &json!(4), &json!(4)), "{done}");
    for document in planned["documents"].as_array().unwrap() {
        assert_eq!(yard.posted(kind, &document["reference"]).await?, 1, "{document}");
    }
    let change = |before: &std::collections::BTreeMap<String, rust_decimal::Decimal>,
                  after: &std::collections::BTreeMap<String, rust_decimal::Decimal>| {
        after.iter().filter(|(name, sum)| before.get(*name).copied().unwrap_or_default() != **sum).count()
    };
    assert_eq!(change(&balances, &yard.balances().await?), 0, "the books are as they were before");
    assert_eq!(yard.counted().await?, counted);
    // Once more there is nothing to reverse, and each says so.
    let again = plan(&yard, &scope).await?;
    assert_eq!(again["ready"], 0, "{again}");
    assert!(again["documents"][0]["reasons"][0]["message"].as_str().unwrap().contains("was reversed already, as "));
    let refused = yard.owner.refusal("reversePosted", json!({"scope": scope, "planHash": again["hash"]})).await?;
    assert_eq!(
        (&refused["code"], &refused["message"]),
        (&json!("INVALID_STATE"), &json!("Nothing of this can be reversed."))
    );
    Ok(())
}

async fn what_cannot_be_reversed_says_why_and_stays(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    let mut exports = Vec::new();
    for _ in 0..3 {
        exports.push(yard.export(&yard.build("1").await?).await?);
    }
    // The first is removed there, and that is known; the second has its opposite waiting.
    let kind = DocumentKind::InventoryAdjustment;
    yard.world.sandbox.act(SandboxAct::RemoveDocument { kind, external_id: text(&exports[0]["externalId"])? }).await?;
    yard.world.app.watcher.look(yard.world.business, entity::TypedId::parse(&yard.integration)?).await?;
    yard.owner.mutate("reverseExport", json!({"exportId": exports[1]["id"]}), "export { id }").await?;
    let scope = days();
    let planned = plan(&yard, &scope).await?;
    let ready: Vec<&Value> = planned["documents"].as_array().unwrap().iter().map(|row| &row["ready"]).collect();
    assert_eq!(ready, [&json!(false), &json!(false), &json!(true)], "{planned}");
    let reason = |place: usize| planned["documents"][place]["reasons"][0].clone();
    assert!(reason(0)["message"].as_str().unwrap().contains("is gone from the books"), "{planned}");
    assert!(reason(1)["message"].as_str().unwrap().contains("has an export of its opposite already"), "{planned}");
    assert!([0, 1].iter().all(|place| reason(*place)["help"].is_string()));
    let done = reverse(&yard, &scope, &planned).await?;
    assert_eq!((&done["state"], &done["total"]), (&json!("SUCCEEDED"), &json!(1)), "{done}");
    for (place, count) in [(0, 0), (1, 0), (2, 1)] {
        let reference = &planned["documents"][place]["reference"];
        assert_eq!(yard.posted(kind, reference).await?, count, "{reference}");
    }
    Ok(())
}

async fn a_plan_that_changed_is_not_carried_out(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS"]).await?;
    yard.export(&yard.build("1").await?).await?;
    let mut scope = days();
    scope["kinds"] = json!(["BUILD"]);
    let planned = plan(&yard, &scope).await?;
    yard.export(&yard.build("1").await?).await?;
    let before = yard.balances().await?;
    let refused = yard.owner.refusal("reversePosted", json!({"scope": scope, "planHash": planned["hash"]})).await?;
    assert_eq!((&refused["code"], &refused["path"]), (&json!("PLAN_CHANGED"), &json!(["input", "planHash"])));
    let counts = "{ exports { totalCount } syncRuns(filter: {kinds: [EXPORT]}) { totalCount } syncLock { heldBy } }";
    let expected = json!({"exports": {"totalCount": 2}, "syncRuns": {"totalCount": 0}, "syncLock": null});
    assert_eq!(yard.owner.data(counts, Value::Null).await?, expected, "nothing was begun");
    assert_eq!(yard.balances().await?, before);
    let planned = plan(&yard, &scope).await?;
    let key = json!({"scope": scope, "planHash": planned["hash"], "idempotencyKey": "take two"});
    let first = yard.owner.mutate("reversePosted", key.clone(), "run { id }").await?;
    assert_eq!(ended(&yard.owner, &text(&first["run"]["id"])?).await?["done"], 2);
    assert_eq!(yard.owner.mutate("reversePosted", key, "run { id }").await?["run"], first["run"], "the same again");
    Ok(())
}

async fn an_adjustment_and_a_loss_go_back_to_their_account(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["COGS", "RECEIVING", "WASTE"]).await?;
    let counted = yard.counted().await?;
    let lot = yard.owner.node(yard.product("A"), "Product", "lots(first: 1) { nodes { id } }").await?;
    let broken = json!({"lotId": lot["lots"]["nodes"][0]["id"], "quantity": "-4", "reason": "BREAKAGE"});
    yard.owner.mutate("adjustLot", broken, "lot { id }").await?;
    send_all(&yard).await?;
    assert_eq!(yard.counted().await?[0] - counted[0], decimal("-4"));
    let scope = days();
    let planned = plan(&yard, &scope).await?;
    let document = &planned["documents"][0];
    assert_eq!(
        (&document["ready"], &document["draft"]["lines"]),
        (&json!(true), &json!([{"name": "Yard A", "quantity": "4"}])),
        "{planned}"
    );
    let posted = yard
        .owner
        .node(&text(&document["export"]["id"])?, "Export", "draft { ... on InventoryAdjustmentDraft { accountName } }")
        .await?;
    assert_eq!(document["draft"]["accountName"], posted["draft"]["accountName"], "the account that it went to");
    assert_eq!(reverse(&yard, &scope, &planned).await?["state"], "SUCCEEDED");
    assert_eq!(yard.counted().await?, counted);
    Ok(())
}

async fn a_scope_is_a_run_or_days(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    let run = "run_01h455vb4pex5vsknk084sn02q";
    for scope in [
        json!({}),
        json!({"runId": run, "from": "2026-01-01", "to": "2026-01-02"}),
        json!({"from": "2026-01-01"}),
        json!({"from": "2026-01-02", "to": "2026-01-01"}),
    ] {
        assert_eq!(yard.owner.mutation_fault("planReversal", scope).await?.code, "VALIDATION");
    }
    assert_eq!(yard.owner.refusal("planReversal", json!({"runId": run})).await?["code"], "NOT_FOUND");
    let none = yard.owner.refusal("planReversal", days()).await?;
    assert_eq!(
        (&none["code"], &none["message"]),
        (&json!("INVALID_STATE"), &json!("Nothing of this is in the books."))
    );
    let builder = yard.world.client(entity::Role::Builder);
    assert_eq!(builder.mutation_fault("planReversal", days()).await?.code, "FORBIDDEN");
    Ok(())
}
