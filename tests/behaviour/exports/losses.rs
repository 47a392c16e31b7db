//! Losses of rejected builds in the books (statements 81, 82, 83, 85).

use providers::{model::DocumentKind, registry::ProviderEntry};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use stockbridge_tests::{Outcome, TestDatabase, on_both_databases, with_every_provider, workshop::text};

use super::yard::{Yard, adjusting, decimal, keeps_journals};

on_both_databases!(
    s082_a_total_loss_is_one_adjustment_without_a_finished_good,
    s085_without_a_waste_account_cost_of_goods_sold_is_used_and_named,
    s083_only_what_was_not_recovered_is_lost,
);
with_every_provider!(s081_a_loss_is_one_journal_of_its_components if keeps_journals);

/// A build of ten that waits for approval.
async fn waiting(yard: &Yard) -> anyhow::Result<String> {
    yard.world.app.db.connection().execute_unprepared("UPDATE business SET qa_review = true").await?;
    let build = yard.build("10").await?;
    assert_eq!(yard.of(&build).await?, Value::Null, "nothing is exported before the decision");
    Ok(build)
}

async fn reject(yard: &Yard, build: &str, recovery: Value) -> anyhow::Result<()> {
    let mut input = json!({"buildId": build, "reason": "QUALITY_DEFECT"});
    input.as_object_mut().unwrap().extend(recovery.as_object().unwrap().clone());
    yard.owner.mutate("rejectBuild", input, "build { id }").await.map(drop)
}

async fn s081_a_loss_is_one_journal_of_its_components(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let yard = Yard::open(&database, provider, "SELF_MANAGED").await?;
    yard.choose(&["WASTE", "BUILD_CREDIT"]).await?;
    let build = waiting(&yard).await?;
    reject(&yard, &build, json!({"recovery": "NONE"})).await?;
    let before = yard.balances().await?;
    let done = yard.export(&build).await?;
    assert_eq!((&done["state"], &done["kind"]), (&json!("SYNCED"), &json!("WASTE")), "{done}");
    assert!(text(&done["reference"])?.ends_with("-W"));
    // 20 A at 2 and 10 B at 1; no work.
    assert_eq!(yard.moved(&before, "WASTE").await?, decimal("50"));
    assert_eq!(yard.moved(&before, "BUILD_CREDIT").await?, decimal("-50"));
    assert_eq!(yard.posted(DocumentKind::JournalEntry, &done["reference"]).await?, 1);
    Ok(())
}

async fn s082_a_total_loss_is_one_adjustment_without_a_finished_good(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    let build = waiting(&yard).await?;
    yard.choose(&["COGS", "WASTE"]).await?;
    reject(&yard, &build, json!({"recovery": "NONE"})).await?;
    let plan = yard.plan(&build).await?;
    assert_eq!((&plan["warnings"], &plan["draft"]["accountName"]), (&json!([]), &json!("Scrap & Waste")), "{plan}");
    let before = yard.counted().await?;
    let done = yard.export(&build).await?;
    assert_eq!((&done["state"], &done["kind"]), (&json!("SYNCED"), &json!("WASTE")), "{done}");
    let after = yard.counted().await?;
    let moved = [after[0] - before[0], after[1] - before[1], after[2] - before[2]];
    assert_eq!(moved, [decimal("-20"), decimal("-10"), decimal("0")]);
    Ok(())
}

async fn s085_without_a_waste_account_cost_of_goods_sold_is_used_and_named(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    let build = waiting(&yard).await?;
    let loss = json!({"buildId": build, "reason": "OTHER", "recovery": "NONE"});
    assert_eq!(yard.owner.refusal("rejectBuild", loss).await?["code"], "ACCOUNT_NOT_CONFIGURED");
    yard.choose(&["COGS"]).await?;
    reject(&yard, &build, json!({"recovery": "NONE"})).await?;
    let plan = yard.plan(&build).await?;
    assert_eq!((&plan["ready"], &plan["draft"]["accountName"]), (&json!(true), &json!("Cost of Goods Sold")), "{plan}");
    assert!(plan["warnings"][0]["message"].as_str().unwrap().contains("no waste account"), "{plan}");
    let done = yard.export(&build).await?;
    assert_eq!(done["state"], "SYNCED", "{done}");
    assert!(done["warnings"][0]["message"].as_str().unwrap().contains("Cost of Goods Sold"), "{done}");
    Ok(())
}

async fn s083_only_what_was_not_recovered_is_lost(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["WASTE"]).await?;
    let build = waiting(&yard).await?;
    let lines = yard.owner.node(&build, "Build", "lines { id kind product { id } }").await?["lines"].clone();
    let of = |name: &str| {
        lines.as_array().unwrap().iter().find(|line| line["product"]["id"] == yard.product(name)).unwrap()["id"].clone()
    };
    let recovered = json!([{"buildLineId": of("A"), "quantity": "15"}, {"buildLineId": of("B"), "quantity": "10"}]);
    reject(&yard, &build, json!({"recovery": "PARTIAL", "recovered": recovered})).await?;
    let plan = yard.plan(&build).await?;
    let lines: Vec<_> = plan["draft"]["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["name"].clone(), line["quantity"].clone(), line["value"]["amount"].clone()))
        .collect();
    assert_eq!(lines, [(json!("Yard A"), json!("-5"), json!("-10"))], "recovered components do not appear");
    let before = yard.counted().await?;
    assert_eq!(yard.export(&build).await?["state"], "SYNCED");
    let after = yard.counted().await?;
    assert_eq!([after[0] - before[0], after[1] - before[1]], [decimal("-5"), decimal("0")]);
    // Everything recovered: nothing to export.
    let build = yard.build("1").await?;
    reject(&yard, &build, json!({"recovery": "FULL"})).await?;
    assert_eq!(yard.of(&build).await?, Value::Null);
    Ok(())
}
