//! Suppliers and receipts (statements 48, 50, 88 to 90 and 97).

use serde_json::{Value, json};
use stockbridge_tests::{
    Outcome, TestDatabase, on_both_databases,
    workshop::{Workshop, text},
};

on_both_databases!(
    s048_a_receipt_is_averaged_in,
    s050_s089_a_bad_line_is_refused_by_name,
    s088_a_draft_is_edited_and_deleted_without_effect,
    s090_suppliers_have_codes_that_head_lot_numbers,
    s097_a_receipt_is_corrected_and_voided_or_refused,
    landed_costs_are_spread,
    a_receipt_is_saved_once_per_key,
);

async fn s048_a_receipt_is_averaged_in(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    shop.receive(&supplier, "2026-05-01", &oak, "40", "5").await?;
    let [receipt, line, lot] = shop.receive(&supplier, "2026-05-02", &oak, "60", "6").await?;
    let product = shop.read(&oak, "Product", "onHand value { amount } averageCost { amount } costStatus").await?;
    let expected = json!({"onHand": "100", "value": {"amount": "560"}, "averageCost": {"amount": "5.6"}, "costStatus": "COMPLETE"});
    assert_eq!(product, expected);
    let selection = "number state supplier { id code } receivedOn quantity value { amount } confirmedBy voidedAt \
                     lines { id product { id } quantity unitCost { amount } landedCost { amount } value { amount } lotNumber \
                     lot { id number receipt { id } supplier { id } } } costs { label } corrections { quantity }";
    let expected = json!({
        "number": 2, "state": "CONFIRMED", "supplier": {"id": supplier, "code": "ABC"}, "receivedOn": "2026-05-02",
        "quantity": "60", "value": {"amount": "360"}, "confirmedBy": "owner", "voidedAt": null,
        "lines": [{"id": line, "product": {"id": oak}, "quantity": "60", "unitCost": {"amount": "6"},
                   "landedCost": {"amount": "0"}, "value": {"amount": "360"}, "lotNumber": "ABC-20260502",
                   "lot": {"id": lot, "number": "ABC-20260502", "receipt": {"id": receipt}, "supplier": {"id": supplier}}}],
        "costs": [], "corrections": []
    });
    assert_eq!(shop.read(&receipt, "Receipt", selection).await?, expected);
    let query = format!("query($id: ID!) {{ receipt(id: $id) {{ {selection} }} }}");
    assert_eq!(shop.owner.data(&query, json!({"id": receipt})).await?["receipt"], expected);
    shop.sound().await
}

async fn s050_s089_a_bad_line_is_refused_by_name(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let supplier = shop.supplier().await?;
    let (oak, ash) = (shop.material("Oak").await?, shop.material("Ash").await?);
    let line = |product: &str, quantity: &str, cost: &str, lot: Option<&str>| json!({"productId": product, "quantity": quantity, "unitCost": cost, "lotNumber": lot});
    let good = shop.draft(&supplier, "2026-05-01", json!([line(&oak, "1", "1", Some("X1"))])).await?;
    shop.owner.mutate("confirmReceipt", json!({"receiptId": good}), "__typename").await?;
    for (bad, code) in [
        (line(&ash, "0", "1", None), "INVALID_QUANTITY"),
        (line(&ash, "-1", "1", None), "INVALID_QUANTITY"),
        (line(&ash, "1", "-1", None), "INVALID_COST"),
        (line(&oak, "1", "1", Some("X1")), "DUPLICATE_LOT"),
    ] {
        let draft = shop.draft(&supplier, "2026-05-01", json!([line(&ash, "1", "1", Some("X1")), bad])).await?;
        let refusal = shop.refused("confirmReceipt", json!({"receiptId": draft})).await?;
        assert_eq!(refusal["code"], code);
        assert!(refusal["message"].as_str().unwrap().starts_with("Line 2 ("), "{refusal}");
    }
    let empty = shop.draft(&supplier, "2026-05-01", json!([])).await?;
    assert_eq!(
        shop.refused("confirmReceipt", json!({"receiptId": empty})).await?["message"],
        "The receipt has no lines."
    );
    let future = shop.draft(&supplier, "2026-06-02", json!([line(&ash, "1", "1", None)])).await?;
    assert_eq!(shop.refused("confirmReceipt", json!({"receiptId": future})).await?["code"], "VALIDATION");
    // For another product the number is free.
    let other = shop.draft(&supplier, "2026-05-01", json!([line(&ash, "1", "1", Some("X1"))])).await?;
    shop.owner.mutate("confirmReceipt", json!({"receiptId": other}), "__typename").await?;
    shop.sound().await
}

async fn s088_a_draft_is_edited_and_deleted_without_effect(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    let input = json!({"supplierId": supplier, "reference": "PO 7", "note": "Fragile",
                       "lines": [{"productId": oak, "quantity": "5", "unitCost": "2", "expiresOn": "2027-01-31"}]});
    let selection = "receipt { id number state receivedOn reference note value { amount } lines { expiresOn lotNumber lot { id } } }";
    let draft = shop.owner.mutate("saveReceipt", input, selection).await?["receipt"].clone();
    let id = text(&draft["id"])?;
    let expected = json!({"id": id, "number": 1, "state": "DRAFT", "receivedOn": "2026-06-01", "reference": "PO 7",
                          "note": "Fragile", "value": {"amount": "10"},
                          "lines": [{"expiresOn": "2027-01-31", "lotNumber": null, "lot": null}]});
    assert_eq!(draft, expected, "received today");
    let input = json!({"receiptId": id, "supplierId": supplier, "receivedOn": "2026-05-04",
                       "lines": [{"productId": oak, "quantity": 1, "unitCost": 2}, {"productId": oak, "quantity": 2, "unitCost": 2}]});
    let edited = shop
        .owner
        .mutate("saveReceipt", input.clone(), "receipt { id number reference quantity lines { quantity } }")
        .await?;
    let expected = json!({"id": id, "number": 1, "reference": null, "quantity": "3", "lines": [{"quantity": "1"}, {"quantity": "2"}]});
    assert_eq!(edited["receipt"], expected, "replaced as a whole");
    assert_eq!(
        shop.read(&oak, "Product", "onHand movements { totalCount }").await?,
        json!({"onHand": "0", "movements": {"totalCount": 0}})
    );
    let gone = shop.owner.mutate("deleteReceipt", json!({"receiptId": id}), "deletedReceiptId").await?;
    assert_eq!(gone["deletedReceiptId"], json!(id));
    assert_eq!(
        shop.owner.data("query($id: ID!) { receipt(id: $id) { id } }", json!({"id": id})).await?["receipt"],
        Value::Null
    );
    for (mutation, input) in [
        ("saveReceipt", input),
        ("deleteReceipt", json!({"receiptId": id})),
        ("confirmReceipt", json!({"receiptId": id})),
        ("saveReceipt", json!({"supplierId": "sup_01h455vb4pex5vsknk084sn02q", "lines": []})),
        (
            "saveReceipt",
            json!({"supplierId": supplier, "lines": [{"productId": "prd_01h455vb4pex5vsknk084sn02q", "quantity": 1, "unitCost": 1}]}),
        ),
    ] {
        assert_eq!(shop.refused(mutation, input).await?["code"], "NOT_FOUND", "{mutation}");
    }
    // Confirmed, it is fixed.
    let [confirmed, ..] = shop.receive(&supplier, "2026-05-01", &oak, "1", "1").await?;
    let edit = json!({"receiptId": confirmed, "supplierId": supplier, "lines": []});
    for (mutation, input) in [
        ("saveReceipt", edit),
        ("deleteReceipt", json!({"receiptId": confirmed})),
        ("confirmReceipt", json!({"receiptId": confirmed})),
    ] {
        let refusal = shop.refused(mutation, input).await?;
        assert_eq!(refusal["code"], "INVALID_STATE");
        assert_eq!(refusal["help"], "Correct a line, or void it.");
    }
    shop.sound().await
}

async fn s090_suppliers_have_codes_that_head_lot_numbers(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let oak = shop.material("Oak").await?;
    let selection = "supplier { id name code email externalId active }";
    let made =
        shop.owner.mutate("saveSupplier", json!({"name": "Abc Wood", "email": "a@b.example"}), selection).await?;
    let id = text(&made["supplier"]["id"])?;
    let expected = json!({"id": id, "name": "Abc Wood", "code": "ABC", "email": "a@b.example", "externalId": null, "active": true});
    assert_eq!(made["supplier"], expected, "a code from the name");
    let second = shop.owner.mutate("saveSupplier", json!({"name": "abc wood 2"}), "supplier { code }").await?;
    assert_eq!(second["supplier"]["code"], "ABC2");
    for (input, path) in [
        (json!({"name": "Third", "code": "abc"}), json!(["input", "code"])),
        (json!({"name": "Third", "code": "AB"}), json!(["input", "code"])),
        (json!({"name": " "}), json!(["input", "name"])),
        (json!({}), json!(["input", "name"])),
    ] {
        let refusal = shop.refused("saveSupplier", input).await?;
        assert_eq!((&refusal["code"], &refusal["path"]), (&json!("VALIDATION"), &path));
    }
    shop.receive(&id, "2026-04-04", &oak, "1", "1").await?;
    shop.receive(&id, "2026-04-04", &oak, "1", "1").await?;
    let renamed = shop.owner.mutate("saveSupplier", json!({"supplierId": id, "code": "xy9"}), selection).await?;
    assert_eq!((&renamed["supplier"]["code"], &renamed["supplier"]["name"]), (&json!("XY9"), &json!("Abc Wood")));
    shop.receive(&id, "2026-04-04", &oak, "1", "1").await?;
    let numbers = shop.owner.data("{ lots { nodes { number } } }", Value::Null).await?["lots"]["nodes"].clone();
    let expected = json!([{"number": "ABC-20260404"}, {"number": "ABC-20260404-001"}, {"number": "XY9-20260404"}]);
    assert_eq!(numbers, expected);
    Ok(())
}

async fn s097_a_receipt_is_corrected_and_voided_or_refused(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    let [receipt, line, lot] = shop.receive(&supplier, "2026-05-01", &oak, "10", "2").await?;
    let adjust = json!({"lotId": lot, "quantity": -4, "reason": "LOSS"});
    shop.owner.mutate("adjustLot", adjust, "__typename").await?;
    let refusal = shop.refused("voidReceipt", json!({"receiptId": receipt})).await?;
    assert_eq!(refusal["code"], "LOT_CONSUMED");
    assert_eq!(refusal["message"], "Some of lot ABC-20260501 of Oak is gone, so it cannot be voided.");
    let selection = "receipt { quantity value { amount } lines { quantity unitCost { amount } lot { remainingQuantity remainingValue { amount } } } \
                     corrections { line { id } movement { kind } quantity value { amount } capturedValue { amount } \
                     unitCostBefore { amount } unitCostAfter { amount } effectiveOn recordedBy } }";
    let correct = json!({"receiptLineId": line, "quantity": "9", "unitCost": "3"});
    let corrected = shop.owner.mutate("correctReceiptLine", correct, selection).await?["receipt"].clone();
    let expected = json!({
        "quantity": "9", "value": {"amount": "27"},
        "lines": [{"quantity": "9", "unitCost": {"amount": "3"}, "lot": {"remainingQuantity": "5", "remainingValue": {"amount": "15"}}}],
        "corrections": [{"line": {"id": line}, "movement": {"kind": "RECEIPT_CORRECTION"}, "quantity": "-1", "value": {"amount": "3"},
                         "capturedValue": {"amount": "4"}, "unitCostBefore": {"amount": "2"}, "unitCostAfter": {"amount": "3"},
                         "effectiveOn": "2026-06-01", "recordedBy": "owner"}]
    });
    assert_eq!(corrected, expected, "what was lost keeps its cost");
    for (change, code) in [
        (json!({"quantity": "3"}), "INSUFFICIENT_STOCK"),
        (json!({"quantity": "0"}), "INVALID_QUANTITY"),
        (json!({"unitCost": "-1"}), "INVALID_COST"),
    ] {
        let mut input = change;
        input["receiptLineId"] = json!(line);
        assert_eq!(shop.refused("correctReceiptLine", input).await?["code"], code);
    }
    let [other, ..] = shop.receive(&supplier, "2026-05-02", &oak, "1", "1").await?;
    let voided = shop.owner.mutate(
        "voidReceipt",
        json!({"receiptId": other}),
        "receipt { state voidedBy lines { lot { status } } }",
    );
    let expected = json!({"state": "VOIDED", "voidedBy": "owner", "lines": [{"lot": {"status": "VOIDED"}}]});
    assert_eq!(voided.await?["receipt"], expected);
    assert_eq!(shop.refused("voidReceipt", json!({"receiptId": other})).await?["code"], "INVALID_STATE");
    let states = "{ d: receipts(filter: {state: DRAFT}) { totalCount } c: receipts(filter: {state: CONFIRMED}) { nodes { id } } \
                  v: receipts(filter: {state: VOIDED}) { nodes { id } } }";
    let expected = json!({"d": {"totalCount": 0}, "c": {"nodes": [{"id": receipt}]}, "v": {"nodes": [{"id": other}]}});
    assert_eq!(shop.owner.data(states, Value::Null).await?, expected);
    shop.sound().await
}

async fn landed_costs_are_spread(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let supplier = shop.supplier().await?;
    let (a, b) = (shop.material("A").await?, shop.material("B").await?);
    let input = json!({"supplierId": supplier, "receivedOn": "2026-05-01",
        "lines": [{"productId": a, "quantity": 5, "unitCost": 2}, {"productId": b, "quantity": 7, "unitCost": 3}],
        "costs": [{"kind": "FREIGHT", "label": "Freight", "amount": "10", "basis": "QUANTITY"},
                  {"kind": "DUTY", "label": "Duty", "amount": "1", "basis": "VALUE"}]});
    let saved = shop.owner.mutate("saveReceipt", input, "receipt { id value { amount } }").await?;
    assert_eq!(saved["receipt"]["value"]["amount"], "42", "told on the draft already");
    let selection = "receipt { value { amount } costs { kind label amount { amount } basis } lines { landedCost { amount } value { amount } lot { unitCost { amount } } } }";
    let id = json!({"receiptId": saved["receipt"]["id"]});
    let confirmed = shop.owner.mutate("confirmReceipt", id, selection).await?["receipt"].clone();
    let line = |landed: &str, value: &str, cost: &str| json!({"landedCost": {"amount": landed}, "value": {"amount": value}, "lot": {"unitCost": {"amount": cost}}});
    assert_eq!(
        confirmed,
        json!({"value": {"amount": "42"},
               "costs": [{"kind": "FREIGHT", "label": "Freight", "amount": {"amount": "10"}, "basis": "QUANTITY"},
                         {"kind": "DUTY", "label": "Duty", "amount": {"amount": "1"}, "basis": "VALUE"}],
               "lines": [line("4.489248", "14.489248", "2.89785"), line("6.510752", "27.510752", "3.930107")]})
    );
    shop.sound().await
}

async fn a_receipt_is_saved_once_per_key(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    let input = json!({"supplierId": supplier, "idempotencyKey": "one", "lines": [{"productId": oak, "quantity": 1, "unitCost": 1}]});
    let first = shop.owner.mutate("saveReceipt", input.clone(), "receipt { id number }").await?;
    let before = shop.everything().await?;
    assert_eq!(shop.owner.mutate("saveReceipt", input.clone(), "receipt { id number }").await?, first);
    assert_eq!(shop.everything().await?, before);
    let mut other = input;
    other["note"] = json!("Another");
    assert_eq!(shop.refused("saveReceipt", other).await?["code"], "IDEMPOTENCY_MISMATCH");
    let supplier = json!({"name": "Once", "idempotencyKey": "one"});
    let first = shop.owner.mutate("saveSupplier", supplier.clone(), "supplier { id }").await?;
    assert_eq!(shop.owner.mutate("saveSupplier", supplier, "supplier { id }").await?, first, "keys are per mutation");
    Ok(())
}
