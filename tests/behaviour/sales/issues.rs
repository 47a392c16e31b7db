//! Lines that could not be processed, and what people do about them (statements 102 and 103).

use providers::registry::ProviderEntry;
use serde_json::{Value, json};
use stockbridge_tests::{Outcome, TestDatabase, steps::item_named, with_every_provider, workshop::text};

use super::stall::{Stall, ago, counts, decimal, figures, invoice, line, moves, sells};

with_every_provider!(
    s102_an_unlinked_line_is_an_issue_and_the_rest_is_processed if sells,
    s103_a_line_is_processed_at_once_when_its_item_is_linked if sells,
    s103_a_line_is_processed_at_once_when_its_item_is_imported if sells,
    an_item_marked_as_no_stock_is_passed_over_now_and_later if sells,
    a_document_in_a_closed_period_waits_until_it_is_open if sells,
    an_issue_of_a_voided_document_is_closed if sells,
    a_product_counts_from_when_it_is_a_finished_good if sells,
);

/// A stall with an invoice of two lamps and three shades, which nobody has linked, and one of a lamp.
async fn sold(database: &TestDatabase, entry: &'static ProviderEntry) -> anyhow::Result<Stall> {
    let stall = Stall::open(database, entry).await?;
    stall.receive("12", "140", ago(9)).await?;
    let lines = vec![line(Some(&stall.lamp_item), "2", "200"), line(Some(&stall.shade_item), "3", "50")];
    stall.write(invoice("INV-1", lines)).await?;
    stall.sell("INV-2", "1", "200").await?;
    Ok(stall)
}

async fn s102_an_unlinked_line_is_an_issue_and_the_rest_is_processed(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let stall = sold(&database, entry).await?;
    let run = stall.sync().await?;
    assert_eq!((counts(&run), &run["state"]), ([2, 0, 0, 0, 0], &json!("SUCCEEDED_WITH_ISSUES")));
    let message = run["issues"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("Invoice INV-1 of") && message.contains("Stall Shade"), "{message}");
    assert_eq!(figures(&stall.sale("INV-1").await?), ["POSTED", "400", "280", "0"]);
    assert_eq!(figures(&stall.sale("INV-2").await?), ["POSTED", "200", "140", "0"]);
    let issues = stall.issues().await?;
    let told: Vec<Value> =
        issues.iter().map(|row| json!([row["reason"], row["sale"]["number"], row["item"]["name"]])).collect();
    assert_eq!(json!(told), json!([["ITEM_NOT_LINKED", "INV-1", "Stall Shade"]]));
    // Again, the issue is the same one.
    stall.sync().await?;
    assert_eq!(stall.issues().await?, issues);
    Ok(())
}

async fn settled(stall: &Stall) -> Outcome {
    let sale = stall.sale("INV-1").await?;
    assert_eq!((figures(&sale)[1], &sale["openLines"]), ("550", &json!(0)), "{sale}");
    assert_eq!(stall.issues().await?, Vec::<Value>::new());
    let before = stall.sales().await?;
    let run = stall.sync().await?;
    assert_eq!((counts(&run)[..2].to_vec(), &run["counts"]["linesRetried"]), (vec![0, 0], &json!(0)));
    assert_eq!(stall.sales().await?, before);
    // Which of two invoices of one day goes first, their ids decide.
    let mut made = stall.moves().await?;
    made.sort();
    assert_eq!(made, moves(&[("SALE", "-1"), ("SALE", "-2"), ("SALE", "-3")]));
    stall.is_sound().await
}

async fn s103_a_line_is_processed_at_once_when_its_item_is_linked(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let stall = sold(&database, entry).await?;
    stall.sync().await?;
    let input = json!({"name": "Shade", "type": "FINISHED_GOOD"});
    let shade = text(&stall.owner.mutate("createProduct", input, "product { id }").await?["product"]["id"])?;
    stall.receive_of(&shade, "10", "20", ago(5)).await?;
    let item = item_named(&stall.owner, "Stall Shade").await?;
    let input = json!({"productId": shade, "itemId": item});
    let linked = stall.owner.mutate("linkProduct", input, "product { onHand }").await?;
    assert_eq!(linked["product"]["onHand"], "7");
    assert_eq!(figures(&stall.sale("INV-1").await?), ["POSTED", "550", "340", "0"]);
    settled(&stall).await
}

async fn s103_a_line_is_processed_at_once_when_its_item_is_imported(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let stall = sold(&database, entry).await?;
    stall.sync().await?;
    let item = item_named(&stall.owner, "Stall Shade").await?;
    let input = json!({"itemIds": [item], "productType": "FINISHED_GOOD"});
    stall.owner.mutate("importItems", input, "created").await?;
    assert_eq!(figures(&stall.sale("INV-1").await?)[3], "3");
    settled(&stall).await
}

async fn an_item_marked_as_no_stock_is_passed_over_now_and_later(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let stall = sold(&database, entry).await?;
    stall.sync().await?;
    let issue = stall.issues().await?[0]["id"].clone();
    let input = json!({"issueId": issue, "action": "NOT_STOCK"});
    let fixed = stall.owner.mutate("resolveSaleIssue", input.clone(), "issue { state }").await?;
    assert!(matches!(fixed["issue"]["state"].as_str(), Some("RESOLVED" | "DISMISSED")), "{fixed}");
    assert_eq!(stall.issues().await?, Vec::<Value>::new());
    let refusal = stall.owner.refusal("resolveSaleIssue", input).await?;
    assert_eq!(refusal["code"], "INVALID_STATE");
    stall.write(invoice("INV-3", vec![line(Some(&stall.shade_item), "1", "50")])).await?;
    stall.sync().await?;
    assert_eq!(stall.issues().await?, Vec::<Value>::new());
    assert_eq!(figures(&stall.sale("INV-3").await?), ["POSTED", "0", "0", "0"]);
    assert_eq!(figures(&stall.sale("INV-1").await?), ["POSTED", "400", "280", "0"]);
    Ok(())
}

async fn a_document_in_a_closed_period_waits_until_it_is_open(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    let stall = Stall::since(&database, entry, ago(5)).await?;
    stall.receive("12", "140", ago(9)).await?;
    let sale = invoice("LATE-1", vec![line(Some(&stall.lamp_item), "2", "200")]);
    stall.write(providers::sandbox::SandboxSale { date: ago(4), ..sale }).await?;
    stall.owner.mutate("closeBefore", json!({"day": ago(2)}), "settings { closedBefore }").await?;
    let run = stall.sync().await?;
    assert!(counts(&run)[4] >= 1, "{run}");
    let of_ours =
        |issues: &[Value]| issues.iter().any(|row| row["message"].as_str().is_some_and(|text| text.contains("LATE-1")));
    assert!(of_ours(&stall.issues().await?));
    assert_eq!(stall.on_hand().await?.0, "12");
    stall.owner.mutate("closeBefore", json!({"day": null}), "settings { closedBefore }").await?;
    stall.sync().await?;
    assert!(!of_ours(&stall.issues().await?));
    assert_eq!(figures(&stall.sale("LATE-1").await?), ["POSTED", "400", "280", "0"]);
    Ok(())
}

async fn an_issue_of_a_voided_document_is_closed(database: TestDatabase, entry: &'static ProviderEntry) -> Outcome {
    use providers::sandbox::SandboxAct;
    let stall = Stall::open(&database, entry).await?;
    let sale = stall.write(invoice("INV-1", vec![line(Some(&stall.shade_item), "3", "50")])).await?;
    stall.sync().await?;
    assert_eq!(stall.issues().await?.len(), 1);
    stall.world.sandbox.act(SandboxAct::VoidSale(sale)).await?;
    stall.sync().await?;
    assert_eq!(stall.issues().await?, Vec::<Value>::new());
    assert_eq!(stall.moves().await?, moves(&[]));
    Ok(())
}

/// What is linked but no finished good is counted and passed over without an issue (behaviour 3.20, 3.21): there is nothing
/// to try again. Another type holds for what is recorded from then on, and for documents that are edited.
async fn a_product_counts_from_when_it_is_a_finished_good(
    database: TestDatabase,
    entry: &'static ProviderEntry,
) -> Outcome {
    use providers::sandbox::SandboxAct;
    let stall = Stall::open(&database, entry).await?;
    let input = json!({"name": "Shade", "type": "COMPONENT"});
    let shade = text(&stall.owner.mutate("createProduct", input, "product { id }").await?["product"]["id"])?;
    stall.receive_of(&shade, "10", "20", ago(5)).await?;
    let item = item_named(&stall.owner, "Stall Shade").await?;
    stall.owner.mutate("linkProduct", json!({"productId": shade, "itemId": item}), "product { id }").await?;
    let sell = async |number: &str| stall.write(invoice(number, vec![line(Some(&stall.shade_item), "2", "50")])).await;
    let first = sell("INV-1").await?;
    let run = stall.sync().await?;
    assert_eq!((counts(&run)[0], &run["counts"]["linesSkipped"]), (1, &json!(1)), "{run}");
    assert_eq!(stall.sale("INV-1").await?["lines"][0]["state"], "NOT_FINISHED_GOOD");
    stall.owner.mutate("updateProduct", json!({"productId": shade, "type": "FINISHED_GOOD"}), "product { id }").await?;
    sell("INV-2").await?;
    stall.sync().await?;
    assert_eq!(figures(&stall.sale("INV-1").await?), ["POSTED", "0", "0", "0"]);
    assert_eq!(figures(&stall.sale("INV-2").await?), ["POSTED", "100", "40", "0"]);
    assert_eq!(stall.issues().await?, Vec::<Value>::new());
    stall.world.sandbox.act(SandboxAct::EditSale { sale: first, quantity: decimal("3") }).await?;
    stall.sync().await?;
    assert_eq!(figures(&stall.sale("INV-1").await?), ["POSTED", "150", "60", "0"]);
    Ok(())
}
