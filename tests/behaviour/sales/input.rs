//! Documents that are odd, runs that die, and places in the feed that are lost.

use std::time::{Duration, Instant};

use entity::{RunId, TypedId};
use providers::{model::ItemKind, registry::ProviderEntry, sandbox::SandboxAct};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use stockbridge_tests::{Outcome, PATIENCE, TestDatabase, with_every_provider, world::Options};

use domain::sync::SyncTiming;

use super::stall::{Stall, ago, decimal, figures, invoice, line, sells};

with_every_provider!(
    odd_documents_do_no_harm if sells,
    eight_hundred_lines_are_one_sale if sells,
    a_bundle_is_sold_as_its_parts if bundles,
    a_deleted_invoice_and_one_with_its_number_are_two_sales if sells,
    a_run_that_dies_anywhere_loses_and_repeats_nothing if sells,
    a_place_in_the_feed_that_is_lost_is_made_up_for if sells,
    what_was_deleted_while_the_feed_did_not_look_is_found_by_reading_it if sells,
);

fn bundles(entry: &ProviderEntry) -> bool {
    sells(entry) && entry.capability.item_kinds.contains(&ItemKind::Bundle)
}

async fn odd_documents_do_no_harm(database: TestDatabase, entry: &'static ProviderEntry) -> Outcome {
    let stall = Stall::open(&database, entry).await?;
    stall.receive("20", "10", ago(9)).await?;
    let lamp = Some(stall.lamp_item.as_str());
    let gone = SandboxAct::AddItem {
        name: "Soon gone".to_owned(),
        sku: None,
        kind: ItemKind::NonInventory,
        price: decimal("8"),
        cost: decimal("3"),
        quantity: decimal("0"),
    };
    let gone = stall.world.sandbox.act(gone).await?;
    let mut written = Vec::new();
    for (number, lines) in [
        ("EMPTY", Vec::new()),
        ("ZERO", vec![line(lamp, "0", "10")]),
        ("MINUS", vec![line(lamp, "5", "10"), line(lamp, "-2", "10")]),
        ("UNKNOWN", vec![line(Some(&gone), "2", "8"), line(lamp, "1", "10")]),
        ("FINE", vec![line(lamp, "0.12345", "10")]),
    ] {
        // What the accounting system itself refuses cannot come.
        if stall.write(invoice(number, lines)).await.is_ok() {
            written.push(number);
        }
    }
    stall.world.sandbox.act(SandboxAct::RemoveItem(gone)).await?;
    let run = stall.sync().await?;
    for number in &written {
        let sale = stall.sale(number).await?;
        let expected = match *number {
            "EMPTY" | "ZERO" => ["POSTED", "0", "0", "0"],
            "MINUS" => ["POSTED", "30", "30", "0"],
            "UNKNOWN" => ["POSTED", "10", "10", "0"],
            _ => continue,
        };
        assert_eq!(figures(&sale), expected, "{number}: {sale} {run}");
    }
    assert!(written.contains(&"UNKNOWN"));
    let reasons: Vec<Value> = stall.issues().await?.iter().map(|row| row["reason"].clone()).collect();
    assert_eq!(reasons, [json!("ITEM_UNKNOWN")]);
    Ok(())
}

async fn eight_hundred_lines_are_one_sale(database: TestDatabase, entry: &'static ProviderEntry) -> Outcome {
    let stall = Stall::open(&database, entry).await?;
    stall.receive("1000", "1.5", ago(9)).await?;
    let lines = (0..800).map(|_| line(Some(&stall.lamp_item), "1", "2")).collect();
    stall.write(invoice("LONG", lines)).await?;
    stall.sync().await?;
    assert_eq!(figures(&stall.sale("LONG").await?), ["POSTED", "1600", "1200", "0"]);
    assert_eq!(stall.on_hand().await?, ("200".to_owned(), "300".to_owned()));
    Ok(())
}

async fn a_bundle_is_sold_as_its_parts(database: TestDatabase, entry: &'static ProviderEntry) -> Outcome {
    let stall = Stall::open(&database, entry).await?;
    stall.receive("20", "10", ago(9)).await?;
    let parts = vec![(stall.lamp_item.clone(), decimal("3"))];
    let bundle = stall.world.sandbox.act(SandboxAct::AddBundle { name: "Kit".to_owned(), parts }).await?;
    stall.write(invoice("KIT", vec![line(Some(&bundle), "2", "90")])).await?;
    stall.sync().await?;
    let sale = stall.sale("KIT").await?;
    // A bundle is sold at what its parts cost to buy from us: six at 200.
    assert_eq!((figures(&sale), &sale["lines"][0]["quantity"]), (["POSTED", "1200", "60", "0"], &json!("6")));
    Ok(())
}

async fn a_deleted_invoice_and_one_with_its_number_are_two_sales(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let stall = Stall::open(&database, entry).await?;
    stall.receive("20", "10", ago(9)).await?;
    let first = stall.sell("SAME", "4", "20").await?;
    stall.sync().await?;
    stall.delete(first).await?;
    // Where a number is never free again, there is no such thing.
    let Ok(_) = stall.sell("SAME", "3", "20").await else { return Ok(()) };
    stall.sync().await?;
    let rows = stall.owner.all("sales", "SaleFilter", json!({"number": "SAME"}), "status").await?;
    let mut states: Vec<&str> = rows.iter().filter_map(|row| row["status"].as_str()).collect();
    states.sort_unstable();
    assert_eq!(states.len(), 2, "{rows:?}");
    assert_eq!(states.iter().filter(|state| **state == "POSTED").count(), 1);
    assert_eq!(stall.on_hand().await?, ("17".to_owned(), "170".to_owned()));
    Ok(())
}

async fn a_run_that_dies_anywhere_loses_and_repeats_nothing(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let timing = SyncTiming {
        lease: Duration::from_secs(300),
        heartbeat: Duration::from_millis(20),
        silence: Duration::from_millis(60),
    };
    let options = Options { provider: Some(entry), timing: Some(timing), ..Options::default() };
    let mut stall = Stall::with(&database, options, ago(0)).await?;
    stall.receive("100", "10", ago(9)).await?;
    for number in 0..5 {
        stall.sell(&format!("INV-{number}"), "2", "20").await?;
        stall.sync().await?;
    }
    // From now on nothing works on runs but this test.
    stall.world = stall.world.another_gateway(true).await?;
    stall.owner = stall.world.owner();
    let edited = stall.owner.all("sales", "SaleFilter", json!({"number": "INV-0"}), "externalId").await?;
    let external_id = edited[0]["externalId"].as_str().unwrap().to_owned();
    let sale = providers::model::SaleRef { kind: providers::model::SalesDocumentKind::Invoice, external_id };
    stall.world.sandbox.act(SandboxAct::EditSale { sale, quantity: decimal("7") }).await?;
    for number in 5..9 {
        stall.sell(&format!("INV-{number}"), "3", "20").await?;
    }
    let run = stall.start(false).await?;
    let id = RunId::parse(&run)?;
    let (mut attempts, mut statements) = (0, 6);
    loop {
        let (runner, business) = (stall.world.app.runner.clone(), stall.world.business);
        let last = stall.world.app.db.statement_count() + statements;
        let work = tokio::spawn(async move { runner.work(business, id).await });
        let begun = Instant::now();
        while !work.is_finished() && stall.world.app.db.statement_count() < last {
            assert!(begun.elapsed() < PATIENCE, "it stands still");
            tokio::task::yield_now().await;
        }
        // Dropped at whatever it was waiting for: what was not committed is gone.
        work.abort();
        let _ = work.await;
        attempts += 1;
        let state = stall.owner.node(&run, "SyncRun", "state").await?["state"].clone();
        if state != "QUEUED" && state != "RUNNING" {
            assert!(state == "SUCCEEDED" || state == "SUCCEEDED_WITH_ISSUES", "{state}");
            break;
        }
        stall.is_sound().await?;
        assert!(attempts < 200, "it never ends");
        statements += 7;
        // The dead worker's silence must have lasted before another takes over.
        tokio::time::sleep(Duration::from_millis(80)).await;
    }
    assert!(attempts > 2, "it died {attempts} times");
    stall.is_sound().await?;
    let ours = stall.sales().await?;
    let ours: Vec<_> =
        ours.iter().filter(|sale| sale["number"].as_str().is_some_and(|text| text.starts_with("INV-"))).collect();
    assert_eq!(ours.len(), 9);
    // 7 and four times 2 before, four times 3 now.
    assert_eq!(stall.on_hand().await?, ("73".to_owned(), "730".to_owned()));
    assert_eq!(stall.sale("INV-0").await?["versions"].as_array().unwrap().len(), 2);
    Ok(())
}

async fn a_place_in_the_feed_that_is_lost_is_made_up_for(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let stall = Stall::open(&database, entry).await?;
    stall.receive("20", "10", ago(9)).await?;
    stall.sell("INV-1", "4", "20").await?;
    stall.sync().await?;
    // A cursor that no provider takes, as after an upgrade.
    let sql = "UPDATE sales_channel SET cursor = 'nonsense'";
    stall.world.app.db.connection().execute_unprepared(sql).await?;
    stall.sell("INV-2", "1", "20").await?;
    stall.sync().await?;
    assert_eq!(stall.on_hand().await?, ("15".to_owned(), "150".to_owned()));
    let run = stall.sync().await?;
    assert_eq!(run["counts"]["created"], 0);
    Ok(())
}

async fn what_was_deleted_while_the_feed_did_not_look_is_found_by_reading_it(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let stall = Stall::open(&database, entry).await?;
    stall.receive("20", "10", ago(9)).await?;
    stall.sell("KEPT", "4", "20").await?;
    let gone = stall.sell("GONE", "5", "20").await?;
    stall.sync().await?;
    stall.delete(gone).await?;
    // As after more than the feed remembers: there is no place to go on from.
    let sql = "UPDATE sales_channel SET cursor = NULL";
    stall.world.app.db.connection().execute_unprepared(sql).await?;
    let run = stall.sync().await?;
    assert_eq!(run["counts"]["voided"], 1, "{run}");
    assert_ne!(stall.sale("GONE").await?["status"], "POSTED");
    assert_eq!(figures(&stall.sale("KEPT").await?), ["POSTED", "80", "40", "0"]);
    assert_eq!(stall.on_hand().await?, ("16".to_owned(), "160".to_owned()));
    Ok(())
}
