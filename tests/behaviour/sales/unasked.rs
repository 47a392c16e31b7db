//! Sales syncs that nobody asks for by hand: on a schedule, and when the accounting system announces a document.

use std::time::{Duration, Instant};

use entity::{RunId, TypedId, sync_run};
use providers::{registry::ProviderEntry, sandbox::SandboxAct};
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use stockbridge_tests::{
    Outcome, PATIENCE, TestDatabase,
    steps::{change_settings, ended},
    with_every_provider,
    world::{Options, held_clock},
};

use super::stall::{COUNTS, Stall, ago, counts, figures, sells};

with_every_provider!(
    a_scheduled_sales_sync_reads_what_was_sold_since if sells,
    a_schedule_of_an_inactive_channel_does_nothing if sells,
    an_announced_invoice_is_read_without_a_listing if announces,
);

fn announces(entry: &ProviderEntry) -> bool {
    sells(entry) && entry.capability.webhooks
}

/// Runs of sales, newest first.
async fn runs(stall: &Stall) -> anyhow::Result<Vec<Value>> {
    let fields = "id state kind trigger requestedBy error { code }";
    stall.owner.all("syncRuns", "SyncRunFilter", json!({"kinds": ["SALES"]}), fields).await
}

async fn a_scheduled_sales_sync_reads_what_was_sold_since(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let options = Options { provider: Some(entry), clock: Some(held_clock()), ..Options::default() };
    let stall = Stall::with(&database, options, ago(9)).await?;
    stall.receive("20", "10", ago(9)).await?;
    stall.sync().await?;
    change_settings(&stall.owner, &stall.integration, json!({"salesSyncEveryMinutes": 15})).await?;
    let syncs = &stall.world.app.services.syncs;
    assert_eq!(syncs.fire_due().await?, 0, "it counts from now on");
    stall.sell("INV-1", "4", "20").await?;
    stall.world.advance(Duration::from_secs(899));
    assert_eq!((syncs.fire_due().await?, runs(&stall).await?.len()), (0, 1));
    stall.world.advance(Duration::from_secs(1));
    // The gateway's own look may be the first: either way it fires once.
    syncs.fire_due().await?;
    let all = until_runs(&stall, 2).await?;
    assert_eq!((&all[0]["trigger"], &all[0]["requestedBy"]), (&json!("SCHEDULE"), &Value::Null));
    let id = all[0]["id"].as_str().unwrap_or_default();
    ended(&stall.owner, id).await?;
    let run = stall.owner.node(id, "SyncRun", COUNTS).await?;
    assert_eq!((&run["state"], counts(&run)[0]), (&json!("SUCCEEDED"), 1), "{run}");
    assert_eq!(figures(&stall.sale("INV-1").await?), ["POSTED", "80", "40", "0"]);
    assert_eq!((syncs.fire_due().await?, runs(&stall).await?.len()), (0, 2));
    stall.is_sound().await
}

async fn a_schedule_of_an_inactive_channel_does_nothing(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let options = Options { provider: Some(entry), clock: Some(held_clock()), ..Options::default() };
    let stall = Stall::with(&database, options, ago(9)).await?;
    change_settings(&stall.owner, &stall.integration, json!({"salesSyncEveryMinutes": 15})).await?;
    let syncs = &stall.world.app.services.syncs;
    syncs.fire_due().await?;
    let input = json!({"id": stall.channel, "active": false});
    stall.owner.mutate("saveSalesChannel", input, "channel { active }").await?;
    stall.world.advance(Duration::from_secs(3_600));
    assert_eq!((syncs.fire_due().await?, runs(&stall).await?), (0, Vec::<Value>::new()));
    Ok(())
}

/// Waits until there are so many runs of sales; they.
async fn until_runs(stall: &Stall, wanted: usize) -> anyhow::Result<Vec<Value>> {
    let begun = Instant::now();
    loop {
        let all = runs(stall).await?;
        if all.len() >= wanted {
            return Ok(all);
        }
        anyhow::ensure!(begun.elapsed() < PATIENCE, "no more runs came: {all:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn an_announced_invoice_is_read_without_a_listing(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let stall = Stall::since(&database, entry, ago(9)).await?;
    stall.receive("20", "10", ago(9)).await?;
    stall.sync().await?;
    let key = stall.world.sandbox.settings().webhook_key.unwrap();
    let to = stall.world.url.join(&format!("webhooks/{}", entry.id))?;
    stall.world.sandbox.act(SandboxAct::SendWebhooks { to, key, format: None }).await?;
    stall.sell("INV-1", "4", "20").await?;
    let all = until_runs(&stall, 2).await?;
    assert_eq!((&all[0]["trigger"], &all[0]["requestedBy"]), (&json!("WEBHOOK"), &Value::Null));
    let id = all[0]["id"].as_str().unwrap_or_default();
    ended(&stall.owner, id).await?;
    let run = stall.owner.node(id, "SyncRun", COUNTS).await?;
    assert_eq!((&run["state"], counts(&run)[0]), (&json!("SUCCEEDED"), 1), "{run}");
    let row = sync_run::Entity::find_by_id(RunId::parse(id)?).one(stall.world.app.db.connection()).await?;
    assert_eq!(row.map(|row| (row.full, row.cursor)), Some((false, None)), "no listing was read");
    assert_eq!(figures(&stall.sale("INV-1").await?), ["POSTED", "80", "40", "0"]);
    stall.is_sound().await
}
