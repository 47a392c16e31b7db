//! Documents of 300 lines, from the receipt to the books, in both modes.

use providers::model::DocumentKind;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use stockbridge_tests::{Options, Outcome, TestDatabase, on_both_databases, workshop::text};

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
    let items = yard.owner.all("items", "ItemFilter", json!({"types": ["INVENTORY"]}), "id externalId name").await?;
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

async fn a_receipt_of_300_lines_is_one_adjustment_of_300_lines(database: TestDatabase) -> Outcome {
    let (yard, receipt, worth) = received(&database, "SYNC").await?;
    yard.choose(&["RECEIVING"]).await?;
    let company = yard.world.sandbox.company().0;
    let count = |rows: Vec<providers::model::ItemValuation>| rows.iter().map(|row| row.quantity).sum::<Decimal>();
    let before = count(yard.world.sandbox.hand().valuation(&company).await?);
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
    let after = count(yard.world.sandbox.hand().valuation(&company).await?);
    assert_eq!(after - before, Decimal::from((1..=LINES).sum::<usize>()), "each line's quantity, once");
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
