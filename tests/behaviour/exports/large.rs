//! Documents of 300 lines, from the receipt to the books, in both modes.

use std::collections::BTreeMap;

use providers::model::DocumentKind;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use stockbridge_tests::{Options, Outcome, TestDatabase, on_both_databases, steps::sync, workshop::text};

use super::yard::{Yard, adjusting, decimal};

on_both_databases!(
    a_receipt_of_300_lines_is_one_adjustment_of_300_lines,
    a_receipt_of_300_lines_is_one_journal_of_its_whole_value,
);

const LINES: usize = 300;

/// A workshop with 300 products more, a receipt with a line of each, and what it is worth.
async fn received(database: &TestDatabase, mode: &str) -> anyhow::Result<(Yard, String, Decimal)> {
    let options = Options { provider: Some(adjusting()), items: 1_500, ..Options::default() };
    let mut yard = Yard::with(database, options, mode).await?;
    let filter = json!({"types": ["INVENTORY"], "active": true});
    let items = yard.owner.all("items", "ItemFilter", filter, "id externalId name").await?;
    let items: Vec<&Value> = items.iter().filter(|item| !text(&item["name"]).unwrap().starts_with("Yard ")).collect();
    let items = items.get(..LINES).expect("as many stock items").to_vec();
    let ids: Vec<Value> = items.iter().map(|item| item["id"].clone()).collect();
    for ids in ids.chunks(100) {
        let input = json!({"itemIds": ids, "productType": "RAW_MATERIAL"});
        let results =
            yard.owner.mutate("importItems", input, "results { product { id name } item { externalId } }").await?;
        for result in results["results"].as_array().unwrap() {
            let name = text(&result["item"]["externalId"])?;
            yard.products.insert(name.clone(), text(&result["product"]["id"])?);
        }
    }
    let names: Vec<String> = items.iter().map(|item| text(&item["externalId"]).unwrap()).collect();
    let rows: Vec<(String, String, String)> = (1..)
        .zip(&names)
        .map(|(place, name): (u32, &String)| (name.clone(), place.to_string(), format!("{}.25", place % 7)))
        .collect();
    let lines: Vec<(&str, &str, &str)> =
        rows.iter().map(|(name, units, cost)| (name.as_str(), units.as_str(), cost.as_str())).collect();
    let worth = lines.iter().map(|(_, units, cost)| decimal(units) * decimal(cost)).sum();
    let receipt = yard.receive(&lines).await?;
    Ok((yard, receipt, worth))
}

/// What the books hold of each item, as the last sync read it.
async fn on_hand(yard: &Yard) -> anyhow::Result<BTreeMap<String, Decimal>> {
    let filter = json!({"types": ["INVENTORY"]});
    let items = yard.owner.all("items", "ItemFilter", filter, "externalId quantityOnHand").await?;
    let held =
        |item: &Value| Ok((text(&item["externalId"])?, item["quantityOnHand"].as_str().map_or(Decimal::ZERO, decimal)));
    items.iter().map(held).collect()
}

async fn a_receipt_of_300_lines_is_one_adjustment_of_300_lines(database: TestDatabase) -> Outcome {
    let (yard, receipt, worth) = received(&database, "SYNC").await?;
    yard.choose(&["RECEIVING"]).await?;
    let before = on_hand(&yard).await?;
    // A gateway that does nothing else counts its statements.
    let quiet = yard.world.another_gateway(true).await?;
    let owner = quiet.owner();
    owner.data("{ viewer { subject } }", Value::Null).await?;
    let statements = quiet.app.db.statement_count();
    owner.mutate("planExport", json!({"documentId": receipt}), "plan { hash ready entries { accountName } }").await?;
    let statements = quiet.app.db.statement_count() - statements;
    assert!(statements < 10, "{statements} statements for {LINES} lines");
    let plan = yard.plan(&receipt).await?;
    let lines = plan["draft"]["lines"].as_array().unwrap().len();
    assert_eq!((&plan["ready"], lines), (&json!(true), LINES), "{}", plan["checks"]);
    let done = yard.export(&receipt).await?;
    assert_eq!(done["state"], "SYNCED", "{done}");
    assert_eq!(yard.posted(DocumentKind::InventoryAdjustment, &done["reference"]).await?, 1);
    sync(&yard.owner, &yard.integration).await?;
    let after = on_hand(&yard).await?;
    let moved = |(item, quantity): (&String, &Decimal)| quantity - before.get(item).copied().unwrap_or_default();
    let mut moved: Vec<Decimal> = after.iter().map(moved).filter(|moved| !moved.is_zero()).collect();
    moved.sort();
    assert_eq!(moved, (1..=LINES).map(Decimal::from).collect::<Vec<_>>(), "each line's quantity, once");
    let compared = yard.owner.mutate("verifyExport", json!({"exportId": done["id"]}), "matches differences { what }");
    assert_eq!(compared.await?["differences"], json!([]), "line by line");
    let entries = plan["entries"].as_array().unwrap();
    let debit: Decimal = entries.iter().map(|entry| decimal(entry["debit"]["amount"].as_str().unwrap())).sum();
    assert_eq!(debit, worth.round_dp(2));
    yard.balances().await?;
    Ok(())
}

async fn a_receipt_of_300_lines_is_one_journal_of_its_whole_value(database: TestDatabase) -> Outcome {
    let (yard, receipt, worth) = received(&database, "SELF_MANAGED").await?;
    yard.choose(&["RECEIVING_DEBIT", "RECEIVING_CREDIT"]).await?;
    let before = yard.balances().await?;
    let done = yard.export(&receipt).await?;
    assert_eq!(done["state"], "SYNCED", "{done}");
    assert_eq!(yard.posted(DocumentKind::JournalEntry, &done["reference"]).await?, 1);
    assert_eq!(yard.moved(&before, "RECEIVING_DEBIT").await?, worth.normalize());
    assert_eq!(yard.moved(&before, "RECEIVING_CREDIT").await?, -worth.normalize());
    let compared = yard.owner.mutate("verifyExport", json!({"exportId": done["id"]}), "matches differences { what }");
    assert_eq!(compared.await?["differences"], json!([]));
    Ok(())
}
