//! Answers that are lost: the document is in the books once, whatever became of the answer (statements 74, 76, 122).

use std::time::Duration;

use providers::{
    model::DocumentKind,
    registry::ProviderEntry,
    sandbox::{FaultTarget, Trouble},
};
use serde_json::{Value, json};
use stockbridge_tests::{Options, Outcome, TestDatabase, with_every_provider};

use super::yard::{Yard, posts};

with_every_provider!(
    s074_an_outage_after_the_commit_posts_once if posts,
    s074_a_reset_after_the_commit_posts_once if posts,
    s074_a_timeout_after_the_commit_posts_once if posts,
    s074_an_outage_before_the_commit_posts_once if posts,
    s076_too_many_requests_are_waited_for if posts,
    s122_all_calls_of_an_export_are_logged_under_it if posts,
);

/// How often the transport sends a write by itself whose outcome is unknown: as often as it may where a repeat is known as
/// one for long enough, else once.
fn sent(provider: &ProviderEntry) -> u32 {
    if provider.capability.inventory_adjustments { 4 } else { 1 }
}

/// A build to export, and the kind of document it becomes.
async fn ready(yard: &Yard) -> anyhow::Result<(String, DocumentKind)> {
    let roles: &[&str] = match yard.world.sandbox.entry.capability.inventory_adjustments {
        true => &["COGS"],
        false => &["BUILD_DEBIT", "BUILD_CREDIT"],
    };
    yard.choose(roles).await?;
    let kind = if roles.len() == 1 { DocumentKind::InventoryAdjustment } else { DocumentKind::JournalEntry };
    Ok((yard.build("10").await?, kind))
}

fn mode(provider: &ProviderEntry) -> &'static str {
    if provider.capability.inventory_adjustments { "SYNC" } else { "SELF_MANAGED" }
}

fn outcomes(export: &Value) -> Vec<&str> {
    export["attempts"].as_array().unwrap().iter().map(|row| row["outcome"].as_str().unwrap()).collect()
}

async fn lost(
    database: TestDatabase,
    provider: &'static ProviderEntry,
    trouble: Trouble,
    expected: &[&str],
) -> Outcome {
    let answer_within = matches!(trouble, Trouble::Slow { .. }).then_some(Duration::from_millis(500));
    let options = Options { provider: Some(provider), answer_within, ..Options::default() };
    let yard = Yard::with(&database, options, mode(provider)).await?;
    let (build, kind) = ready(&yard).await?;
    let before = yard.counted().await?;
    yard.world.sandbox.break_next(sent(provider), FaultTarget::Writes, trouble).await?;
    let done = yard.export(&build).await?;
    assert_eq!((&done["state"], &done["error"]), (&json!("SYNCED"), &Value::Null), "{done}");
    assert_eq!(outcomes(&done), expected, "{done}");
    assert_eq!(yard.posted(kind, &done["reference"]).await?, 1);
    if kind == DocumentKind::InventoryAdjustment {
        assert_eq!(yard.counted().await?[2] - before[2], super::yard::decimal("10"), "stock moved once");
    }
    yard.balances().await?;
    let verified =
        yard.owner.mutate("verifyExport", json!({"exportId": done["id"]}), "matches differences { what }").await?;
    assert_eq!(verified["differences"], json!([]), "the id is that of the document");
    Ok(())
}

async fn s074_an_outage_after_the_commit_posts_once(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    lost(database, provider, Trouble::Status { status: 500, committed: true }, &["UNKNOWN", "FOUND"]).await
}

async fn s074_a_reset_after_the_commit_posts_once(database: TestDatabase, provider: &'static ProviderEntry) -> Outcome {
    lost(database, provider, Trouble::Reset { committed: true }, &["UNKNOWN", "FOUND"]).await
}

async fn s074_a_timeout_after_the_commit_posts_once(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let trouble = Trouble::Slow { pause: Duration::from_secs(2), committed: true };
    lost(database, provider, trouble, &["UNKNOWN", "FOUND"]).await
}

async fn s074_an_outage_before_the_commit_posts_once(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    lost(database, provider, Trouble::Reset { committed: false }, &["UNKNOWN", "ABSENT", "SYNCED"]).await
}

async fn s076_too_many_requests_are_waited_for(database: TestDatabase, provider: &'static ProviderEntry) -> Outcome {
    let yard = Yard::open(&database, provider, mode(provider)).await?;
    let (build, kind) = ready(&yard).await?;
    let trouble = Trouble::TooManyRequests { retry_after: Some(1) };
    yard.world.sandbox.break_next(4, FaultTarget::Writes, trouble).await?;
    let queued = yard.queue(&build).await?;
    let id = queued["id"].as_str().unwrap();
    // Once the transport has had enough, it waits as advised and is not failed.
    let over = |row: &Value| row["attempts"][0]["outcome"].as_str().is_some_and(|outcome| outcome != "STARTED");
    let waits = yard.until(id, over).await?;
    assert_eq!(waits["attempts"][0]["outcome"], "PASSING", "{waits}");
    assert_ne!(waits["state"], "FAILED", "{waits}");
    if waits["state"] == "PENDING" {
        assert_eq!((&waits["queued"], &waits["error"]["code"]), (&json!(true), &json!("PROVIDER_RATE_LIMITED")));
    }
    let done = yard.ended(id).await?;
    assert_eq!((&done["state"], outcomes(&done)), (&json!("SYNCED"), vec!["PASSING", "SYNCED"]), "{done}");
    assert_eq!(yard.posted(kind, &done["reference"]).await?, 1);
    Ok(())
}

async fn s122_all_calls_of_an_export_are_logged_under_it(
    database: TestDatabase,
    provider: &'static ProviderEntry,
) -> Outcome {
    let yard = Yard::open(&database, provider, mode(provider)).await?;
    let (build, _) = ready(&yard).await?;
    yard.world.sandbox.break_next(2, FaultTarget::Writes, Trouble::Status { status: 503, committed: false }).await?;
    let done = yard.export(&build).await?;
    assert_eq!(done["state"], "SYNCED", "{done}");
    let filter = json!({"correlationId": done["id"]});
    let mut entries = yard
        .owner
        .all("syncLogs", "SyncLogFilter", filter, "at operation outcome httpStatus attempt export { id }")
        .await?;
    entries.reverse();
    assert!(entries.iter().all(|entry| entry["export"]["id"] == done["id"]));
    let is_post = |entry: &&Value| {
        entry["operation"].as_str().is_some_and(|name| name.ends_with(".post") || name.ends_with(".create"))
    };
    let posts: Vec<_> = entries.iter().filter(is_post).map(|entry| entry["outcome"].clone()).collect();
    assert_eq!(posts, ["FAILED", "FAILED", "OK"], "every attempt, in order: {entries:?}");
    assert!(entries.windows(2).all(|pair| pair[0]["at"].as_str() <= pair[1]["at"].as_str()));
    Ok(())
}
