//! Numbers, ids and days that cannot be, at every mutation that takes some.

use serde_json::{Value, json};
use stockbridge_tests::{
    Outcome, TestDatabase, on_both_databases,
    workshop::{Workshop, text},
};

on_both_databases!(
    numbers_that_cannot_be_kept_are_refused_with_their_place,
    ids_and_days_that_are_none_are_faults,
    records_are_found_by_id_and_never_another_business_s,
);

/// A mutation, its input with `%` for a number, the place of the number, and the code of what is too exact.
fn numbers(shop: &Ids) -> Vec<(&'static str, Value, Value, &'static str)> {
    let Ids { product, chair, supplier, lot, line, .. } = shop;
    let row = |quantity: &str, cost: &str| {
        json!({"supplierId": supplier, "lines": [
        {"productId": product, "quantity": 1, "unitCost": 1}, {"productId": product, "quantity": quantity, "unitCost": cost}]})
    };
    let component = |quantity: Value| json!({"productId": chair, "lines": [{"kind": "COMPONENT", "productId": product, "quantity": quantity}]});
    vec![
        (
            "adjustLot",
            json!({"lotId": lot, "quantity": "%", "reason": "OTHER"}),
            json!(["input", "quantity"]),
            "INVALID_QUANTITY",
        ),
        (
            "adjustStock",
            json!({"productId": product, "quantity": "%", "reason": "OTHER"}),
            json!(["input", "quantity"]),
            "INVALID_QUANTITY",
        ),
        (
            "adjustStock",
            json!({"productId": product, "quantity": 1, "unitCost": "%", "reason": "OTHER"}),
            json!(["input", "unitCost"]),
            "INVALID_COST",
        ),
        ("saveReceipt", row("%", "1"), json!(["input", "lines", "1", "quantity"]), "INVALID_QUANTITY"),
        ("saveReceipt", row("1", "%"), json!(["input", "lines", "1", "unitCost"]), "INVALID_COST"),
        (
            "saveReceipt",
            json!({"supplierId": supplier, "lines": [], "costs": [{"kind": "FREIGHT", "label": "x", "amount": "%", "basis": "VALUE"}]}),
            json!(["input", "costs", "0", "amount"]),
            "INVALID_COST",
        ),
        (
            "correctReceiptLine",
            json!({"receiptLineId": line, "quantity": "%"}),
            json!(["input", "quantity"]),
            "INVALID_QUANTITY",
        ),
        (
            "correctReceiptLine",
            json!({"receiptLineId": line, "unitCost": "%"}),
            json!(["input", "unitCost"]),
            "INVALID_COST",
        ),
        ("saveBom", component(json!("%")), json!(["input", "lines", "0", "quantity"]), "INVALID_QUANTITY"),
        (
            "saveBom",
            json!({"productId": chair, "lines": [{"kind": "LABOUR", "label": "x", "rate": "%"}]}),
            json!(["input", "lines", "0", "rate"]),
            "INVALID_COST",
        ),
        ("planBuild", json!({"productId": chair, "quantity": "%"}), json!(["input", "quantity"]), "INVALID_QUANTITY"),
        (
            "executeBuild",
            json!({"productId": chair, "quantity": "%"}),
            json!(["input", "quantity"]),
            "INVALID_QUANTITY",
        ),
    ]
}

struct Ids {
    product: String,
    chair: String,
    supplier: String,
    receipt: String,
    line: String,
    lot: String,
}

async fn prepared(shop: &Workshop) -> anyhow::Result<Ids> {
    let supplier = shop.supplier().await?;
    let (product, chair) = (shop.material("Oak").await?, shop.product("Chair", "FINISHED_GOOD").await?);
    let [receipt, line, lot] = shop.receive(&supplier, "2026-05-01", &product, "10", "1").await?;
    shop.bom(&chair, &[(&product, "1")]).await?;
    Ok(Ids { product, chair, supplier, receipt, line, lot })
}

fn with(input: &Value, number: &Value) -> anyhow::Result<Value> {
    Ok(serde_json::from_str(&input.to_string().replace("\"%\"", &number.to_string()))?)
}

async fn numbers_that_cannot_be_kept_are_refused_with_their_place(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let ids = prepared(&shop).await?;
    let thirty = "123456789012345678901234567890";
    let literal = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    for (mutation, input, path, code) in numbers(&ids) {
        // Nine decimals, and more than fits in millionths: refusals with their place.
        for number in [json!("0.123456789"), literal("0.123456789"), json!("10000000000000")] {
            let refusal = shop.refused(mutation, with(&input, &number)?).await?;
            assert_eq!((&refusal["code"], &refusal["path"]), (&json!(code), &path), "{mutation} {number}");
            assert!(refusal["message"].as_str().unwrap().contains("cannot be kept exactly"), "{refusal}");
        }
        // Thirty digits and what is no number are no decimals at all.
        let before = shop.everything().await?;
        for number in [
            json!(thirty),
            literal(thirty),
            json!("NaN"),
            json!("Infinity"),
            json!("1e3"),
            literal("1e400"),
            json!(""),
            json!("1,5"),
            json!(true),
        ] {
            let fault = shop.owner.mutation_fault(mutation, with(&input, &number)?).await?;
            assert_eq!(fault.code, "VALIDATION", "{mutation} {number}: {}", fault.message);
        }
        assert_eq!(shop.everything().await?, before);
    }
    for (mutation, input) in [
        ("planBuild", json!({"productId": ids.chair, "quantity": "-1"})),
        ("planBuild", json!({"productId": ids.chair, "quantity": "0"})),
        ("executeBuild", json!({"productId": ids.chair, "quantity": "-0.000001"})),
        ("executeBuild", json!({"productId": ids.chair, "quantity": "9000000000000"})),
        ("adjustStock", json!({"productId": ids.product, "quantity": "0", "reason": "OTHER"})),
        ("adjustStock", json!({"productId": ids.product, "quantity": "9000000000000", "reason": "OTHER"})),
    ] {
        assert_eq!(shop.refused(mutation, input.clone()).await?["code"], "INVALID_QUANTITY", "{mutation} {input}");
    }
    let costly = json!({"productId": ids.product, "quantity": 1, "unitCost": "-0.000001", "reason": "OTHER"});
    assert_eq!(shop.refused("adjustStock", costly).await?["code"], "INVALID_COST");
    shop.sound().await
}

async fn ids_and_days_that_are_none_are_faults(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let ids = prepared(&shop).await?;
    let before = shop.everything().await?;
    for bad in ["", "x", "lot_", &ids.product.replace("prd_", "zzz_"), "lot_01h455vb4pex5vsknk084sn02"] {
        for (mutation, input) in [
            ("adjustLot", json!({"lotId": bad, "quantity": 1, "reason": "OTHER"})),
            ("confirmReceipt", json!({"receiptId": bad})),
            ("correctReceiptLine", json!({"receiptLineId": bad})),
            (
                "saveReceipt",
                json!({"supplierId": ids.supplier, "lines": [{"productId": bad, "quantity": 1, "unitCost": 1}]}),
            ),
            ("saveBom", json!({"productId": bad, "lines": []})),
            ("executeBuild", json!({"buildId": bad})),
            ("executeBuild", json!({"productId": ids.chair, "quantity": 1, "withoutProductIds": [bad]})),
            ("rejectBuild", json!({"buildId": bad, "reason": "OTHER", "recovery": "FULL"})),
            ("activateBom", json!({"bomId": bad})),
            ("settleShortages", json!({"productId": bad})),
        ] {
            assert_eq!(shop.owner.mutation_fault(mutation, input).await?.code, "INVALID_ID", "{mutation} {bad}");
        }
        let fault = shop.owner.fault(
            "query($id: ID!) { stockMovements(filter: {documentId: $id}) { nodes { id } } }",
            json!({"id": bad}),
        );
        assert_eq!(fault.await?.code, "INVALID_ID");
        assert_eq!(
            shop.owner.fault("query($id: ID!) { lot(id: $id) { id } }", json!({"id": bad})).await?.code,
            "INVALID_ID"
        );
    }
    for bad in ["2026-02-30", "1.5.2026", "2026-5-1", ""] {
        let input = json!({"productId": ids.product, "quantity": 1, "reason": "OTHER", "effectiveOn": bad});
        assert_eq!(shop.owner.mutation_fault("adjustStock", input).await?.code, "VALIDATION", "{bad}");
    }
    for arguments in ["first: 251", "last: 251", "first: -1", "first: 1, last: 1"] {
        for list in ["lots", "shortages", "receipts", "boms", "builds", "stockMovements"] {
            let fault =
                shop.owner.fault(&format!("{{ {list}({arguments}) {{ nodes {{ id }} }} }}"), Value::Null).await?;
            assert_eq!(fault.code, "VALIDATION", "{list} {arguments}");
        }
    }
    assert_eq!(shop.everything().await?, before);
    Ok(())
}

async fn records_are_found_by_id_and_never_another_business_s(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let ids = prepared(&shop).await?;
    let build = shop.build(&ids.chair, "2").await?;
    let more = shop.read(&build, "Build", "bom { id } lines { id consumptions { id movement { id } } }").await?;
    let line = &more["lines"][0];
    let all = json!([
        ids.supplier,
        ids.receipt,
        ids.line,
        ids.lot,
        build,
        more["bom"]["id"],
        line["id"],
        line["consumptions"][0]["id"],
        line["consumptions"][0]["movement"]["id"]
    ]);
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
    let found = shop.owner.data(nodes, json!({"ids": all})).await?["nodes"].clone();
    let kinds: Vec<&str> = found.as_array().unwrap().iter().map(|node| node["__typename"].as_str().unwrap()).collect();
    let expected =
        ["Supplier", "Receipt", "ReceiptLine", "Lot", "Build", "Bom", "BuildLine", "LotConsumption", "StockMovement"];
    assert_eq!(kinds, expected);
    assert_eq!(json!(found.as_array().unwrap().iter().map(|node| node["id"].clone()).collect::<Vec<_>>()), all);
    let stranger = shop.world.client_of(shop.world.another_business("Another").await?, entity::Role::Owner);
    let found = stranger.data(nodes, json!({"ids": all})).await?["nodes"].clone();
    assert_eq!(found, json!(vec![Value::Null; expected.len()]));
    let lists = "{ lots { totalCount } receipts { totalCount } boms { totalCount } builds { totalCount } stockMovements { totalCount } \
                 shortages { totalCount } integrity { sound } }";
    let none = json!({"totalCount": 0});
    assert_eq!(
        stranger.data(lists, Value::Null).await?,
        json!({"lots": none, "receipts": none, "boms": none, "builds": none, "stockMovements": none, "shortages": none, "integrity": {"sound": true}})
    );
    let bom = text(&more["bom"]["id"])?;
    for (mutation, input) in [
        ("adjustLot", json!({"lotId": ids.lot, "quantity": 1, "reason": "OTHER"})),
        ("adjustStock", json!({"productId": ids.product, "quantity": 1, "reason": "OTHER"})),
        ("voidReceipt", json!({"receiptId": ids.receipt})),
        ("correctReceiptLine", json!({"receiptLineId": ids.line, "quantity": 1})),
        ("saveSupplier", json!({"supplierId": ids.supplier, "name": "Stolen"})),
        (
            "saveBom",
            json!({"productId": ids.chair, "lines": [{"kind": "COMPONENT", "productId": ids.product, "quantity": 1}]}),
        ),
        ("activateBom", json!({"bomId": bom})),
        ("reverseBuild", json!({"buildId": build})),
        ("cancelBuild", json!({"buildId": build})),
        ("approveBuild", json!({"buildId": build})),
    ] {
        let before = shop.everything().await?;
        assert_eq!(stranger.refusal(mutation, input).await?["code"], "NOT_FOUND", "{mutation}");
        assert_eq!(shop.everything().await?, before);
    }
    Ok(())
}
