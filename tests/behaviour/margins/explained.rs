//! What is behind a figure: sales, lines, lots, what changed it, why a cost is zero or missing and what to do.

use serde_json::{Value, json};
use stockbridge_tests::{Outcome, TestDatabase, on_both_databases};

use super::counter::{Counter, FIGURES, five};

on_both_databases!(
    a_row_leads_to_its_sales_lines_and_lots,
    changes_since_a_moment_add_up_to_the_difference,
    what_has_no_cost_is_told_with_the_way_out,
    a_settled_shortage_is_told_and_leaves_the_margin_as_it_was,
);

async fn a_row_leads_to_its_sales_lines_and_lots(database: TestDatabase) -> Outcome {
    let counter = Counter::stocked(&database).await?;
    let one =
        counter.sell("2026-05-04", Some("Ann"), &[(&counter.chair, "14", "200"), (&counter.desk, "1", "60")]).await?;
    let two = counter.sell("2026-05-20", Some("Bob"), &[(&counter.chair, "2", "210")]).await?;
    counter.sell("2026-06-01", Some("Ann"), &[(&counter.chair, "1", "200")]).await?;
    let query = format!(
        "query($input: ExplainMarginInput!) {{ explainMargin(input: $input) {{ totals {{ {FIGURES} }} \
         sales {{ nodes {{ sale {{ id }} {FIGURES} }} totals {{ {FIGURES} }} }} \
         first: lines(first: 1) {{ nodes {{ sale {{ id }} }} totalCount pageInfo {{ hasNextPage endCursor }} }} \
         lines {{ nodes {{ quantity cost {{ amount }} sale {{ id }} explain {{ parts {{ kind depth value {{ amount }} quantity receipt {{ number }} }} }} }} }} \
         causes {{ message }} }} }}"
    );
    let input = json!({"from": "2026-05-01", "to": "2026-05-31", "productId": counter.chair});
    let told = counter.shop.owner.data(&query, json!({"input": input})).await?["explainMargin"].clone();
    // 12 × 140 + 2 × 150, then 2 × 150.
    assert_eq!(five(&told["totals"]), ["16", "3220", "2280", "940", "29.1925"]);
    let sales = told["sales"]["nodes"].as_array().unwrap();
    let expected = [(json!({"id": one}), "2800", "1980"), (json!({"id": two}), "420", "300")];
    let found: Vec<_> = sales
        .iter()
        .map(|row| {
            (row["sale"].clone(), row["revenue"]["amount"].as_str().unwrap(), row["cost"]["amount"].as_str().unwrap())
        })
        .collect();
    assert_eq!(found, expected);
    assert_eq!(told["sales"]["totals"], told["totals"]);
    assert_eq!((&told["first"]["totalCount"], &told["first"]["nodes"]), (&json!(2), &json!([{"sale": {"id": one}}])));
    assert_eq!(told["first"]["pageInfo"]["hasNextPage"], true);
    let lines = told["lines"]["nodes"].as_array().unwrap();
    assert_eq!(lines.len(), 2);
    let parts = lines[0]["explain"]["parts"].as_array().unwrap();
    assert_eq!((&parts[0]["value"]["amount"], &lines[0]["cost"]["amount"]), (&json!("1980"), &json!("1980")));
    let lots: Vec<_> = parts
        .iter()
        .filter(|part| part["depth"] == 1)
        .map(|part| (part["quantity"].clone(), part["value"]["amount"].clone()))
        .collect();
    assert_eq!(lots, [(json!("12"), json!("1680")), (json!("2"), json!("300"))]);
    let prices = parts.iter().filter(|part| part["kind"] == "PRICE" && part["receipt"]["number"].is_number()).count();
    assert_eq!(prices, 2, "{parts:?}");
    assert_eq!(told["causes"], json!([]));
    Ok(())
}

async fn changes_since_a_moment_add_up_to_the_difference(database: TestDatabase) -> Outcome {
    let counter = Counter::stocked(&database).await?;
    let old = counter.sell("2026-05-04", Some("Ann"), &[(&counter.chair, "5", "200")]).await?;
    let kept = counter.sell("2026-05-05", Some("Ann"), &[(&counter.desk, "1", "60")]).await?;
    let since = counter.recorded(&kept).await?;
    let new = counter.sell("2026-05-06", Some("Bob"), &[(&counter.chair, "1", "200")]).await?;
    let gone = counter.sell("2026-05-07", Some("Bob"), &[(&counter.chair, "1", "200")]).await?;
    counter.void(&old).await?;
    counter.void(&gone).await?;
    let query = "query($input: ExplainMarginInput!, $since: DateTime!) { explainMargin(input: $input) { totals { revenue { amount } cost { amount } } \
        changesSince(since: $since) { sale { id } change status documentType recordedBy before { revenue { amount } cost { amount } } \
        after { revenue { amount } cost { amount } } } } }";
    let asked = |known_at: Value| json!({"input": {"from": "2026-05-01", "to": "2026-05-31", "knownAt": known_at}, "since": since});
    let told = counter.shop.owner.data(query, asked(Value::Null)).await?["explainMargin"].clone();
    let figures = |revenue: &str, cost: &str| json!({"revenue": {"amount": revenue}, "cost": {"amount": cost}});
    let change = |sale: &str, change: &str, status: &str, before: Value, after: Value| {
        json!({"sale": {"id": sale}, "change": change, "status": status, "documentType": "MANUAL", "recordedBy": "owner",
               "before": before, "after": after})
    };
    // The one that came and went since changed nothing; the one before `since` is as it was.
    let expected = json!([
        change(&old, "VOIDED", "VOIDED", figures("1000", "700"), figures("0", "0")),
        change(&new, "CREATED", "POSTED", figures("0", "0"), figures("200", "140")),
    ]);
    assert_eq!(told["changesSince"], expected);
    assert_eq!(told["totals"], figures("260", "180"));
    let then = "query($input: ExplainMarginInput!) { explainMargin(input: $input) { totals { revenue { amount } cost { amount } } } }";
    let then = counter.shop.owner.data(then, json!({"input": asked(json!(since))["input"]})).await?;
    assert_eq!(then["explainMargin"]["totals"], figures("1060", "740"));
    let fault = counter.shop.owner.fault(query, asked(json!(since))).await?;
    assert_eq!(fault.code, "VALIDATION");
    Ok(())
}

async fn what_has_no_cost_is_told_with_the_way_out(database: TestDatabase) -> Outcome {
    let counter = Counter::open(&database).await?;
    counter.sell("2026-05-04", Some("Ann"), &[(&counter.chair, "2", "200")]).await?;
    counter.receive(&counter.desk, "2026-05-01", "3", "0").await?;
    counter.sell("2026-05-05", None, &[(&counter.desk, "1", "60")]).await?;
    let lamp = counter.shop.product("Lamp", "FINISHED_GOOD").await?;
    counter.receive(&lamp, "2026-05-01", "6", "9").await?;
    counter.sell("2026-05-06", None, &[(&lamp, "10", "5")]).await?;
    let query = "query($input: ExplainMarginInput!) { explainMargin(input: $input) { totals { costStatus missingLines missingRevenue { amount } \
        missingPercent estimatedLines estimatedRevenue { amount } estimatedCost { amount } } \
        causes { product { name } trouble lines revenue { amount } cost { amount } shortQuantity message help } } }";
    let input = json!({"from": "2026-05-01", "to": "2026-05-31"});
    let told = counter.shop.owner.data(query, json!({"input": input})).await?["explainMargin"].clone();
    let expected = json!({"costStatus": "MISSING", "missingLines": 1, "missingRevenue": {"amount": "400"}, "missingPercent": "78.4314",
        "estimatedLines": 1, "estimatedRevenue": {"amount": "50"}, "estimatedCost": {"amount": "90"}});
    assert_eq!(told["totals"], expected);
    let causes = told["causes"].as_array().unwrap();
    let brief: Vec<_> = causes
        .iter()
        .map(|cause| {
            (
                cause["product"]["name"].as_str().unwrap(),
                cause["trouble"].as_str().unwrap(),
                cause["shortQuantity"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(brief, [("Chair", "MISSING", "2"), ("Desk", "ZERO", "0"), ("Lamp", "ESTIMATED", "4")]);
    let texts: Vec<_> = causes.iter().map(|cause| cause["message"].as_str().unwrap()).collect();
    assert_eq!(
        texts,
        [
            "2 of Chair were not in stock when sold, and no cost was known: no build or receipt ever brought it.",
            "The lots of Desk that were sold came in at no cost.",
            "4 of Lamp were not in stock when sold; the average cost was assumed.",
        ]
    );
    assert!(causes[0]["help"].as_str().unwrap().starts_with("Record its builds"), "{}", causes[0]);
    Ok(())
}

async fn a_settled_shortage_is_told_and_leaves_the_margin_as_it_was(database: TestDatabase) -> Outcome {
    let counter = Counter::open(&database).await?;
    counter.receive(&counter.chair, "2026-05-01", "6", "9").await?;
    let sale = counter.sell("2026-05-06", None, &[(&counter.chair, "10", "50")]).await?;
    let since = counter.recorded(&sale).await?;
    counter.receive(&counter.chair, "2026-05-07", "4", "12").await?;
    counter.shop.owner.mutate("settleShortages", json!({"productId": counter.chair}), "__typename").await?;
    let query = "query($input: ExplainMarginInput!, $since: DateTime!) { explainMargin(input: $input) { totals { cost { amount } } \
        changesSince(since: $since) { change } settlementsSince(since: $since) { kind value { amount } product { name } } } }";
    let variables = json!({"input": {"from": "2026-05-01", "to": "2026-05-31"}, "since": since});
    let told = counter.shop.owner.data(query, variables).await?["explainMargin"].clone();
    // Four assumed at 9 have cost 12.
    let expected = json!({"totals": {"cost": {"amount": "90"}}, "changesSince": [],
        "settlementsSince": [{"kind": "SHORTAGE_SETTLEMENT", "value": {"amount": "-12"}, "product": {"name": "Chair"}}]});
    assert_eq!(told, expected);
    counter.is_sound().await
}
