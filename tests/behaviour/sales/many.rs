//! Very many sales of one product, most of them short: nothing is read again for what was sold before.
//!
//! Rule: `STOCKBRIDGE_SALES` sets how many (5,000 in `make test`; the whole has 100,000). What it took is printed.

use std::time::{Duration, Instant};

use providers::{
    model::{ItemKind, SalesDocumentKind},
    registry::ProviderEntry,
    sandbox::{SandboxAct, SandboxSale},
};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use stockbridge_tests::{
    Outcome, TestDatabase,
    steps::{item_named, sync},
    with_every_provider,
    workshop::text,
};

use super::stall::{Stall, ago, figures, invoice, line, sells};

with_every_provider!(
    many_sales_of_one_product_are_read_as_fast_as_few if sells,
);

/// Sales in `make test`; of an accounting system without receipts fewer: it allows 60 calls in a minute, of 100 sales each.
const SALES: usize = 5_000;

/// An item that the accounting system does not count, so that its own books stay out of the way, as a finished good.
async fn hire(stall: &Stall, entry: &ProviderEntry) -> anyhow::Result<(String, String)> {
    let service = entry.capability.item_kinds.contains(&ItemKind::Service);
    let act = SandboxAct::AddItem {
        name: "Stall Hire".to_owned(),
        sku: None,
        kind: if service { ItemKind::Service } else { ItemKind::NonInventory },
        price: Decimal::TEN,
        cost: Decimal::ONE,
        quantity: Decimal::ZERO,
    };
    let external = stall.world.sandbox.act(act).await?;
    sync(&stall.owner, &stall.integration).await?;
    let item = item_named(&stall.owner, "Stall Hire").await?;
    let input = json!({"itemIds": [item], "productType": "FINISHED_GOOD"});
    let made = stall.owner.mutate("importItems", input, "results { product { id } }").await?;
    Ok((external, text(&made["results"][0]["product"]["id"])?))
}

/// Syncs to the end, however long that takes: the feed tells of all that was written within its overlap.
async fn synced(stall: &Stall) -> anyhow::Result<Value> {
    let run = stall.start(false).await?;
    loop {
        let told = stall.owner.node(&run, "SyncRun", "state counts { created voided failed shortages }").await?;
        if !matches!(told["state"].as_str(), Some("QUEUED" | "RUNNING")) {
            return Ok(told);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[allow(clippy::print_stdout, reason = "with a hundred thousand sales it is run by hand, for these figures")]
async fn many_sales_of_one_product_are_read_as_fast_as_few(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let count = std::env::var("STOCKBRIDGE_SALES").ok().map_or(Ok(SALES), |text| text.parse())?;
    let receipts = entry.capability.sales_documents.contains(&SalesDocumentKind::SalesReceipt);
    let count = if receipts { count } else { count / 25 };
    let stall = Stall::since(&database, entry, ago(20)).await?;
    let (item, product) = hire(&stall, entry).await?;
    // A tenth of what is sold is there.
    let there = count / 10;
    stall.receive_of(&product, &there.to_string(), "2", ago(19)).await?;
    let begun = Instant::now();
    let mut last = None;
    for number in 0..count {
        let sale = invoice(&format!("M-{number}"), vec![line(Some(&item), "1", "10")]);
        let days = 18 - u64::try_from(number * 18 / count)?;
        last = Some(stall.write(SandboxSale { date: ago(days), ..sale }).await?);
    }
    let written = begun.elapsed();
    let begun = Instant::now();
    let told = synced(&stall).await?;
    let read = begun.elapsed();
    assert!(told["counts"]["created"].as_u64() >= Some(count as u64), "{told}");
    assert_eq!((&told["counts"]["failed"], &told["counts"]["shortages"]), (&json!(0), &json!(count - there)));
    let fields = "onHand value { amount } shortQuantity averageCost { amount }";
    let figures_of = async || stall.owner.node(&product, "Product", fields).await;
    let short = count - there;
    let expected = |short: usize| {
        json!({"onHand": format!("-{short}"), "value": {"amount": format!("-{}", 2 * short)},
               "shortQuantity": short.to_string(), "averageCost": {"amount": "2"}})
    };
    assert_eq!(figures_of().await?, expected(short));
    // Each that is taken back goes by itself.
    if let Some(sale) = last {
        stall.world.sandbox.act(SandboxAct::VoidSale(sale)).await?;
        assert_eq!(synced(&stall).await?["counts"]["voided"], 1);
        assert_eq!(figures_of().await?, expected(short - 1));
    }
    assert_eq!(figures(&stall.sale("M-0").await?), ["POSTED", "10", "2", "0"]);
    // Goods that come settle all of them, when they are asked to.
    let begun = Instant::now();
    stall.receive_of(&product, &count.to_string(), "3", ago(0)).await?;
    let settled = stall.owner.mutate("settleShortages", json!({"productId": product}), "settled").await;
    let settled = settled?["settled"].clone();
    assert_eq!(settled, json!(short - 1));
    let left = stall.owner.node(&product, "Product", "onHand shortQuantity").await?;
    assert_eq!(left, json!({"onHand": (count - short + 1).to_string(), "shortQuantity": "0"}));
    println!(
        "{:?}, {}: {count} sales of one product, {short} of them short: written in {:.1} s, synced in {:.1} s, settled in \
         {:.1} s",
        database.store,
        entry.id,
        written.as_secs_f64(),
        read.as_secs_f64(),
        begun.elapsed().as_secs_f64()
    );
    stall.is_sound().await
}
