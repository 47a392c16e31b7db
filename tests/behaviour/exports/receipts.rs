//! Receipts, corrections and adjustments in the books (statements 91, 92, 94, 95, 96).

use providers::{model::DocumentKind, registry::ProviderEntry};
use serde_json::{Value, json};
use stockbridge_tests::{Outcome, TestDatabase, on_both_databases, with_every_provider, workshop::text};

use super::yard::{Yard, adjusting, decimal, keeps_journals};

on_both_databases!(
    s091_a_receipt_is_one_adjustment_against_the_receiving_account,
    s094_a_receipt_without_account_asks_for_the_receiving_account,
    s095_the_reference_of_a_receipt_has_its_number,
    s096_only_the_difference_of_a_correction_is_sent,
    a_correction_before_the_export_is_in_it,
    a_voided_receipt_is_posted_the_other_way_round,
    an_adjusted_lot_is_exported,
);
with_every_provider!(s092_a_receipt_is_one_journal if keeps_journals);

async fn s091_a_receipt_is_one_adjustment_against_the_receiving_account(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["RECEIVING"]).await?;
    let receipt = yard.receive(&[("A", "5", "2"), ("B", "7", "3")]).await?;
    let before = yard.counted().await?;
    let plan = yard.plan(&receipt).await?;
    assert_eq!(
        (&plan["draft"]["memo"], &plan["draft"]["accountName"]),
        (&json!("Receipt 1: 5 × Yard A, 7 × Yard B"), &json!("Freight In"))
    );
    let lines = plan["draft"]["lines"].as_array().unwrap();
    let lines: Vec<_> = lines
        .iter()
        .map(|line| (line["name"].clone(), line["quantity"].clone(), line["value"]["amount"].clone()))
        .collect();
    assert_eq!(lines, [(json!("Yard A"), json!("5"), json!("10")), (json!("Yard B"), json!("7"), json!("21"))]);
    let done = yard.export(&receipt).await?;
    assert_eq!((&done["state"], &done["kind"]), (&json!("SYNCED"), &json!("RECEIPT")), "{done}");
    let after = yard.counted().await?;
    assert_eq!([after[0] - before[0], after[1] - before[1]], [decimal("5"), decimal("7")]);
    assert_eq!(yard.posted(DocumentKind::InventoryAdjustment, &done["reference"]).await?, 1);
    Ok(())
}

async fn s094_a_receipt_without_account_asks_for_the_receiving_account(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    let receipt = yard.receive(&[("A", "5", "2")]).await?;
    let plan = yard.plan(&receipt).await?;
    let check = &plan["checks"][0];
    assert_eq!((&check["code"], &check["role"]), (&json!("ACCOUNT_NOT_CONFIGURED"), &json!("RECEIVING")));
    let refusal =
        yard.owner.refusal("exportDocument", json!({"documentId": receipt, "planHash": plan["hash"]})).await?;
    assert_eq!(refusal["message"], "Account not configured: Receipt 1 needs the receiving account.");
    assert_eq!(yard.of(&receipt).await?["state"], "PENDING");
    Ok(())
}

async fn s095_the_reference_of_a_receipt_has_its_number(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["RECEIVING"]).await?;
    yard.settings(json!({"documentPrefix": "CS"})).await?;
    for number in 1..=2 {
        let receipt = yard.receive(&[("A", "5", "2")]).await?;
        assert_eq!(yard.export(&receipt).await?["reference"], json!(format!("CS-RCV-000{number}")));
    }
    Ok(())
}

async fn s092_a_receipt_is_one_journal(database: TestDatabase, provider: &'static ProviderEntry) -> Outcome {
    let yard = Yard::open(&database, provider, "SELF_MANAGED").await?;
    yard.choose(&["RECEIVING_DEBIT", "RECEIVING_CREDIT"]).await?;
    let receipt = yard.receive(&[("A", "5", "2"), ("B", "7", "3")]).await?;
    let before = yard.balances().await?;
    let done = yard.export(&receipt).await?;
    assert_eq!((&done["state"], &done["reference"]), (&json!("SYNCED"), &json!("SB-RCV-0001")), "{done}");
    assert_eq!(yard.moved(&before, "RECEIVING_DEBIT").await?, decimal("31"));
    assert_eq!(yard.moved(&before, "RECEIVING_CREDIT").await?, decimal("-31"));
    assert_eq!(yard.posted(DocumentKind::JournalEntry, &done["reference"]).await?, 1);
    // What is worth nothing is not posted.
    let free = yard.receive(&[("A", "5", "0")]).await?;
    let plan = yard.plan(&free).await?;
    assert_eq!((&plan["ready"], &plan["checks"]), (&json!(false), &json!([])));
    let skipped = yard.export(&free).await?;
    assert_eq!((&skipped["state"], &skipped["error"]), (&json!("SKIPPED"), &Value::Null));
    assert_eq!(skipped["skippedBecause"], "Receipt 2 is worth zero; a journal entry of nothing is not posted.");
    Ok(())
}

/// Corrects the quantity of a receipt's first line; the correction.
pub(super) async fn correct(yard: &Yard, receipt: &str, quantity: &str) -> anyhow::Result<Value> {
    let line = yard.owner.node(receipt, "Receipt", "lines { id }").await?["lines"][0]["id"].clone();
    let selection = "receipt { corrections { id export { id kind state reference } } }";
    let done = yard
        .owner
        .mutate("correctReceiptLine", json!({"receiptLineId": line, "quantity": quantity}), selection)
        .await?;
    Ok(done["receipt"]["corrections"].as_array().unwrap().last().unwrap().clone())
}

async fn s096_only_the_difference_of_a_correction_is_sent(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["RECEIVING", "WASTE"]).await?;
    let receipt = yard.receive(&[("B", "7", "3")]).await?;
    assert_eq!(yard.export(&receipt).await?["state"], "SYNCED");
    let before = yard.counted().await?;
    let correction = correct(&yard, &receipt, "6").await?;
    assert_eq!(
        (&correction["export"]["state"], &correction["export"]["reference"]),
        (&json!("PENDING"), &json!("SB-RCV-0001-C1")),
        "{correction}"
    );
    let plan = yard.plan(&text(&correction["id"])?).await?;
    assert_eq!(
        (&plan["draft"]["accountName"], &plan["draft"]["lines"][0]["quantity"]),
        (&json!("Scrap & Waste"), &json!("-1")),
        "{plan}"
    );
    assert_eq!(plan["draft"]["lines"].as_array().unwrap().len(), 1);
    let done = yard.export(&text(&correction["id"])?).await?;
    assert_eq!((&done["state"], &done["kind"]), (&json!("SYNCED"), &json!("CORRECTION")), "{done}");
    assert_eq!(yard.counted().await?[1] - before[1], decimal("-1"));
    // The receipt's own export stays what it was.
    assert_eq!(yard.of(&receipt).await?["kind"], "RECEIPT");
    Ok(())
}

async fn a_correction_before_the_export_is_in_it(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["RECEIVING", "WASTE"]).await?;
    let receipt = yard.receive(&[("B", "7", "3")]).await?;
    let before = yard.counted().await?;
    let stale = yard.plan(&receipt).await?["hash"].clone();
    let correction = correct(&yard, &receipt, "6").await?;
    assert_eq!(correction["export"], Value::Null);
    let refusal = yard.owner.refusal("exportDocument", json!({"documentId": receipt, "planHash": stale})).await?;
    assert_eq!(refusal["code"], "PLAN_CHANGED");
    assert_eq!(yard.export(&receipt).await?["state"], "SYNCED");
    assert_eq!(yard.counted().await?[1] - before[1], decimal("6"));
    Ok(())
}

async fn a_voided_receipt_is_posted_the_other_way_round(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["RECEIVING"]).await?;
    let before = yard.counted().await?;
    let receipt = yard.receive(&[("B", "7", "3")]).await?;
    assert_eq!(yard.export(&receipt).await?["state"], "SYNCED");
    yard.owner.mutate("voidReceipt", json!({"receiptId": receipt}), "receipt { state }").await?;
    let done = yard.export(&receipt).await?;
    assert_eq!(
        (&done["kind"], &done["state"], &done["reference"]),
        (&json!("REVERSAL"), &json!("SYNCED"), &json!("SB-RCV-0001-R")),
        "{done}"
    );
    assert_eq!(yard.counted().await?, before);
    Ok(())
}

async fn an_adjusted_lot_is_exported(database: TestDatabase) -> Outcome {
    let yard = Yard::open(&database, adjusting(), "SYNC").await?;
    yard.choose(&["WASTE"]).await?;
    let lots = yard.owner.node(yard.product("A"), "Product", "lots(first: 1) { nodes { id } }").await?;
    let lot = lots["lots"]["nodes"][0]["id"].clone();
    let before = yard.counted().await?;
    yard.owner.mutate("adjustLot", json!({"lotId": lot, "quantity": "-4", "reason": "BREAKAGE"}), "lot { id }").await?;
    let movements = yard
        .owner
        .node(yard.product("A"), "Product", "movements(first: 1) { nodes { id kind export { state kind } } }")
        .await?;
    let movement = &movements["movements"]["nodes"][0];
    assert_eq!(
        (&movement["kind"], &movement["export"]),
        (&json!("LOT_ADJUSTMENT"), &json!({"state": "PENDING", "kind": "ADJUSTMENT"}))
    );
    let done = yard.export(&text(&movement["id"])?).await?;
    assert_eq!(done["state"], "SYNCED", "{done}");
    assert!(done["reference"].as_str().unwrap().starts_with("SB-ADJ-"));
    assert_eq!(yard.counted().await?[0] - before[0], decimal("-4"));
    Ok(())
}
