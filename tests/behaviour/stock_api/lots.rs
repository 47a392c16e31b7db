//! Lots, movements, adjustments, shortages, stock at a moment (statements 43, 44, 49 and 51 to 53).

use std::time::Duration;

use domain::{business::Actor, stock::Consumption};
use entity::{ProductId, Role, TypedId};
use serde_json::{Value, json};
use stockbridge_tests::{
    Outcome, TestDatabase, on_both_databases,
    shop::quantity,
    workshop::{Workshop, text},
};
use uuid::Uuid;

on_both_databases!(
    s043_s044_a_build_consumes_the_oldest_lots_and_says_so,
    s049_enabling_receiving_makes_legacy_lots,
    s051_s052_s053_a_lot_is_adjusted_or_refused,
    stock_is_adjusted_once_per_key,
    a_shortage_is_listed_and_settled,
    stock_is_told_for_any_moment,
    a_closed_day_refuses_and_settings_are_told,
    lots_and_movements_are_filtered_ordered_and_paged,
);

async fn s043_s044_a_build_consumes_the_oldest_lots_and_says_so(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let supplier = shop.supplier().await?;
    let (oak, chair) = (shop.material("Oak").await?, shop.product("Chair", "FINISHED_GOOD").await?);
    for (day, quantity, cost) in [("2026-05-03", "40", "3"), ("2026-05-01", "10", "2"), ("2026-05-02", "15", "2.5")] {
        shop.receive(&supplier, day, &oak, quantity, cost).await?;
    }
    shop.bom(&chair, &[(&oak, "3")]).await?;
    let build = shop.build(&chair, "10").await?;
    let selection = "totalValue { amount currency } unitCost { amount } lot { number source remainingQuantity unitCost { amount } \
                     build { id } receipt { id } } lines { quantity consumptions { quantity value { amount } unitCost { amount } \
                     reversed reversedQuantity effectiveOn lot { receivedOn status remainingQuantity } \
                     consumedBy { __typename id } movement { kind consumptions { quantity } } } }";
    let built = shop.read(&build, "Build", selection).await?;
    assert_eq!(built["totalValue"], json!({"amount": "72.5", "currency": "USD"}));
    assert_eq!(
        built["lot"],
        json!({"number": "B-00001", "source": "BUILD", "remainingQuantity": "10", "unitCost": {"amount": "7.25"},
               "build": {"id": build}, "receipt": null})
    );
    let taken = built["lines"][0]["consumptions"].as_array().unwrap();
    let rows: Vec<Value> = taken
        .iter()
        .map(|row| {
            json!([
                row["quantity"],
                row["value"]["amount"],
                row["unitCost"]["amount"],
                row["lot"]["receivedOn"],
                row["lot"]["status"]
            ])
        })
        .collect();
    let expected = json!([
        ["10", "20", "2", "2026-05-01", "EXHAUSTED"],
        ["15", "37.5", "2.5", "2026-05-02", "EXHAUSTED"],
        ["5", "15", "3", "2026-05-03", "ACTIVE"]
    ]);
    assert_eq!(json!(rows), expected);
    assert_eq!(taken[2]["lot"]["remainingQuantity"], "35");
    for row in taken {
        assert_eq!(row["consumedBy"], json!({"__typename": "Build", "id": build}));
        assert_eq!((&row["reversed"], &row["reversedQuantity"]), (&json!(false), &json!("0")));
        assert_eq!(row["movement"]["kind"], "BUILD_CONSUME");
        assert_eq!(row["movement"]["consumptions"].as_array().unwrap().len(), 3);
    }
    // Taken back, each says so and the lots are as before.
    shop.owner.mutate("reverseBuild", json!({"buildId": build, "note": "Wrong"}), "build { state reviewNote }").await?;
    let lots = "{ lots(filter: {productId: \"%\"}, orderBy: {field: RECEIVED_ON}) { nodes { remainingQuantity status \
                consumptions { nodes { quantity reversed reversedQuantity } totalCount } } totalCount } }";
    let lots = shop.owner.data(&lots.replace('%', &oak), Value::Null).await?["lots"].clone();
    let lot = |quantity: &str, taken: &str| {
        json!({"remainingQuantity": quantity, "status": "ACTIVE", "consumptions": {"totalCount": 1,
               "nodes": [{"quantity": taken, "reversed": true, "reversedQuantity": taken}]}})
    };
    assert_eq!(lots, json!({"totalCount": 3, "nodes": [lot("10", "10"), lot("15", "15"), lot("40", "5")]}));
    shop.sound().await
}

async fn s049_enabling_receiving_makes_legacy_lots(database: TestDatabase) -> Outcome {
    let shop = Workshop::open(&database).await?;
    let (oak, none) = (shop.material("Oak").await?, shop.material("Nothing of it").await?);
    shop.add(&oak, "12", "2.5").await?;
    assert_eq!(shop.owner.refusal("saveReceipt", receipt_for(&shop, &oak).await?).await?["code"], "FEATURE_DISABLED");
    let payload = shop.enable_receiving().await?;
    assert_eq!(payload, json!({"lotsMade": 1, "settings": {"receiving": true}, "userErrors": []}));
    let lots = "{ lots { nodes { product { id } source receivedQuantity unitCost { amount } remainingValue { amount } costStatus } } }";
    let expected = json!([{"product": {"id": oak}, "source": "LEGACY", "receivedQuantity": "12",
                           "unitCost": {"amount": "2.5"}, "remainingValue": {"amount": "30"}, "costStatus": "COMPLETE"}]);
    assert_eq!(shop.owner.data(lots, Value::Null).await?["lots"]["nodes"], expected);
    assert_eq!(shop.read(&none, "Product", "lots { totalCount }").await?["lots"]["totalCount"], 0);
    // Again, nothing changes.
    let before = shop.everything().await?;
    assert_eq!(shop.enable_receiving().await?["lotsMade"], 0);
    assert_eq!(shop.everything().await?, before);
    shop.sound().await
}

async fn receipt_for(shop: &Workshop, product: &str) -> anyhow::Result<Value> {
    let supplier = shop.supplier().await?;
    Ok(json!({"supplierId": supplier, "lines": [{"productId": product, "quantity": 1, "unitCost": 1}]}))
}

async fn s051_s052_s053_a_lot_is_adjusted_or_refused(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    let [_, _, lot] = shop.receive(&supplier, "2026-05-01", &oak, "9", "2").await?;
    let adjust = |quantity: Value, reason: &str| json!({"lotId": lot, "quantity": quantity, "reason": reason});
    let refusal = shop.refused("adjustLot", adjust(json!("5"), "BREAKAGE")).await?;
    assert_eq!((&refusal["code"], &refusal["path"]), (&json!("INVALID_QUANTITY"), &json!(["input", "quantity"])));
    assert_eq!(refusal["message"], "An adjustment for breakage or loss takes stock away; 5 adds some.");
    let payload =
        shop.owner.mutate("adjustLot", adjust(json!(-4), "BREAKAGE"), "lot { remainingQuantity product { onHand } }");
    assert_eq!(payload.await?["lot"], json!({"remainingQuantity": "5", "product": {"onHand": "5"}}));
    let movement = "{ stockMovements(first: 1) { nodes { kind quantity reason recordedBy document { __typename id } \
                    reverses { id } onHandAfter valueAfter { amount } } } }";
    let expected = json!({"kind": "LOT_ADJUSTMENT", "quantity": "-4", "reason": "BREAKAGE", "recordedBy": "owner",
                          "document": {"__typename": "Lot", "id": lot}, "reverses": null, "onHandAfter": "5",
                          "valueAfter": {"amount": "10"}});
    assert_eq!(shop.owner.data(movement, Value::Null).await?["stockMovements"]["nodes"][0], expected);
    for (quantity, reason, code) in [
        (json!("-6"), "LOSS", "INSUFFICIENT_STOCK"),
        (json!(0), "OTHER", "INVALID_QUANTITY"),
        (json!(1), "LOSS", "INVALID_QUANTITY"),
    ] {
        assert_eq!(shop.refused("adjustLot", adjust(quantity, reason)).await?["code"], code);
    }
    let unknown = json!({"lotId": "lot_01h455vb4pex5vsknk084sn02q", "quantity": 1, "reason": "OTHER"});
    assert_eq!(shop.refused("adjustLot", unknown).await?["code"], "NOT_FOUND");
    shop.sound().await
}

async fn stock_is_adjusted_once_per_key(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let oak = shop.material("Oak").await?;
    let input = json!({"productId": oak, "quantity": "10", "unitCost": "1.5", "reason": "COUNT_CORRECTION",
                       "note": "Found", "idempotencyKey": "k1"});
    for _ in 0..2 {
        let payload = shop.owner.mutate(
            "adjustStock",
            input.clone(),
            "product { onHand value { amount } averageCost { amount } }",
        );
        let expected = json!({"onHand": "10", "value": {"amount": "15"}, "averageCost": {"amount": "1.5"}});
        assert_eq!(payload.await?["product"], expected, "the second time too");
    }
    let mut other = input.clone();
    other["quantity"] = json!("11");
    let refusal = shop.refused("adjustStock", other).await?;
    assert_eq!(
        (&refusal["code"], &refusal["path"]),
        (&json!("IDEMPOTENCY_MISMATCH"), &json!(["input", "idempotencyKey"]))
    );
    let taken = json!({"productId": oak, "quantity": "-11", "reason": "LOSS"});
    let refusal = shop.refused("adjustStock", taken).await?;
    assert_eq!(refusal["message"], "There is not enough of Oak: 11 needed, 10 available.");
    assert_eq!(refusal["code"], "INSUFFICIENT_STOCK");
    shop.sound().await
}

/// Takes stock as a sale will: the API has none yet.
async fn sell(shop: &Workshop, product: &str, units: &str, sale: u128) -> anyhow::Result<()> {
    let services = &shop.world.app.services;
    let actor: Actor = services.businesses.actor(shop.world.business, "owner", Role::Owner).await?.unwrap();
    let line = Consumption {
        product: ProductId::parse(product)?,
        quantity: quantity(units),
        source: Uuid::from_u128(sale),
        line: 0,
        effective_on: chrono::NaiveDate::from_ymd_opt(2026, 6, 1).unwrap(),
    };
    services.stock.consume(&actor, &[line]).await?;
    Ok(())
}

async fn a_shortage_is_listed_and_settled(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    shop.receive(&supplier, "2026-05-01", &oak, "2", "3").await?;
    sell(&shop, &oak, "5", 1).await?;
    let query = "{ shortages { nodes { id product { id } quantity openQuantity openValue { amount } assumedUnitCost { amount } costStatus \
                 settled since movement { kind document { id } consumptions { quantity } } } totalCount } \
                 lots { totalCount } }";
    let found = shop.owner.data(query, Value::Null).await?;
    let shortage = &found["shortages"]["nodes"][0];
    assert_eq!((&found["shortages"]["totalCount"], &found["lots"]["totalCount"]), (&json!(1), &json!(1)));
    assert_eq!(
        json!([
            shortage["product"]["id"],
            shortage["quantity"],
            shortage["openQuantity"],
            shortage["openValue"]["amount"],
            shortage["assumedUnitCost"]["amount"],
            shortage["settled"],
            shortage["since"]
        ]),
        json!([oak, "3", "3", "9", "3", false, "2026-06-01"])
    );
    let movement = json!({"kind": "SALE", "document": null, "consumptions": [{"quantity": "2"}]});
    assert_eq!(shortage["movement"], movement);
    let id = text(&shortage["id"])?;
    let product = "product { onHand shortQuantity }";
    assert_eq!(
        shop.read(&oak, "Product", "onHand shortQuantity").await?,
        json!({"onHand": "-3", "shortQuantity": "3"})
    );
    shop.receive(&supplier, "2026-05-02", &oak, "10", "4").await?;
    let payload =
        shop.owner.mutate("settleShortages", json!({"productId": oak}), &format!("settled {product}")).await?;
    assert_eq!((&payload["settled"], &payload["product"]), (&json!(1), &json!({"onHand": "7", "shortQuantity": "0"})));
    let settled = shop.read(&id, "Shortage", "settled openQuantity quantity").await?;
    assert_eq!(settled, json!({"settled": true, "openQuantity": "0", "quantity": "3"}));
    // Once.
    let again = shop.owner.mutate("settleShortages", json!({"productId": oak}), "settled").await?;
    assert_eq!(again["settled"], 0);
    shop.sound().await
}

async fn stock_is_told_for_any_moment(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    let [_, _, first] = shop.receive(&supplier, "2026-05-10", &oak, "10", "2").await?;
    let knew = shop.owner.data("{ stockMovements(first: 1) { nodes { recordedAt } } }", Value::Null).await?;
    let knew = text(&knew["stockMovements"]["nodes"][0]["recordedAt"])?;
    shop.world.advance(Duration::from_secs(86_400));
    // Recorded late, effective earlier.
    shop.receive(&supplier, "2026-05-01", &oak, "5", "3").await?;
    let adjust = json!({"lotId": first, "quantity": -4, "reason": "LOSS", "effectiveOn": "2026-05-20"});
    shop.owner.mutate("adjustLot", adjust, "__typename").await?;
    let figures = "{ quantity value { amount } unitCost { amount } }";
    let query = format!(
        "query($id: ID!, $knew: DateTime!) {{ node(id: $id) {{ ... on Product {{ now: at {figures} \
         first: at(asOf: \"2026-05-01\") {figures} before: at(asOf: \"2026-04-30\") {figures} \
         tenth: at(asOf: \"2026-05-10\") {figures} knew: at(knownAt: $knew) {figures} \
         both: at(asOf: \"2026-05-01\", knownAt: $knew) {figures} }} ... on Lot {{ now: at {figures} \
         tenth: at(asOf: \"2026-05-10\") {figures} knew: at(knownAt: $knew) {figures} }} }} }}"
    );
    let told = shop.owner.data(&query, json!({"id": oak, "knew": knew})).await?["node"].clone();
    let is = |quantity: &str, value: &str, cost: Value| json!({"quantity": quantity, "value": {"amount": value}, "unitCost": cost});
    let cost = |amount: &str| json!({"amount": amount});
    let nothing = is("0", "0", Value::Null);
    assert_eq!(
        told,
        json!({"now": is("11", "27", cost("2.454545")), "first": is("5", "15", cost("3")), "before": nothing,
               "tenth": is("15", "35", cost("2.333333")), "knew": is("10", "20", cost("2")), "both": nothing})
    );
    let told = shop.owner.data(&query, json!({"id": first, "knew": knew})).await?["node"].clone();
    let two = || cost("2");
    assert_eq!(
        told,
        json!({"now": is("6", "12", two()), "tenth": is("10", "20", two()), "knew": is("10", "20", two())})
    );
    shop.sound().await
}

async fn a_closed_day_refuses_and_settings_are_told(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    let late = shop.draft(&supplier, "2026-04-30", json!([{"productId": oak, "quantity": 1, "unitCost": 1}])).await?;
    let settings = "settings { receiving qaReview settleShortagesAtOnce closedBefore }";
    let payload = shop.owner.mutate("closeBefore", json!({"day": "2026-05-01"}), settings).await?;
    let expected =
        json!({"receiving": true, "qaReview": false, "settleShortagesAtOnce": false, "closedBefore": "2026-05-01"});
    assert_eq!(payload["settings"], expected);
    let refusal = shop.refused("confirmReceipt", json!({"receiptId": late})).await?;
    assert_eq!(refusal["code"], "PERIOD_CLOSED");
    assert_eq!(refusal["message"], "The books are closed before 2026-05-01; 2026-04-30 is earlier.");
    assert!(refusal["help"].as_str().unwrap().contains("later date"), "{refusal}");
    let adjust = json!({"productId": oak, "quantity": 1, "reason": "OTHER", "effectiveOn": "2026-04-30"});
    assert_eq!(shop.refused("adjustStock", adjust).await?["code"], "PERIOD_CLOSED");
    let change = json!({"settleShortagesAtOnce": true, "qaReview": true});
    let payload = shop.owner.mutate("updateStockSettings", change, settings).await?;
    let expected =
        json!({"receiving": true, "qaReview": true, "settleShortagesAtOnce": true, "closedBefore": "2026-05-01"});
    assert_eq!(payload["settings"], expected, "what is left out stays");
    let payload = shop.owner.mutate("updateStockSettings", json!({"closedBefore": null}), settings).await?;
    assert_eq!(payload["settings"]["closedBefore"], Value::Null);
    shop.owner.mutate("confirmReceipt", json!({"receiptId": late}), "receipt { state }").await?;
    shop.sound().await
}

async fn lots_and_movements_are_filtered_ordered_and_paged(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let supplier = shop.supplier().await?;
    let (oak, ash) = (shop.material("Oak").await?, shop.material("Ash").await?);
    let mut receipts = Vec::new();
    for day in ["2026-05-05", "2026-05-01", "2026-05-03", "2026-05-03"] {
        // Ids follow the clock, and ties go by id.
        shop.world.advance(Duration::from_millis(2));
        receipts.push(shop.receive(&supplier, day, &oak, "1", "1").await?);
    }
    shop.receive(&supplier, "2026-05-02", &ash, "1", "1").await?;
    let page = "query($after: String, $before: String, $first: Int, $last: Int) { lots(filter: {productId: \"%\"}, \
                orderBy: {field: RECEIVED_ON, direction: DESC}, first: $first, after: $after, last: $last, before: $before) \
                { nodes { id number receivedOn } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
    let page = page.replace('%', &oak);
    let mut numbers = Vec::new();
    let mut after = Value::Null;
    loop {
        let found = shop.owner.data(&page, json!({"first": 1, "after": after})).await?["lots"].clone();
        numbers.push(text(&found["nodes"][0]["number"])?);
        if found["pageInfo"]["hasNextPage"] != true {
            let back = json!({"last": 2, "before": found["pageInfo"]["startCursor"]});
            let back = shop.owner.data(&page, back).await?["lots"].clone();
            assert_eq!(back["nodes"][1]["receivedOn"], "2026-05-03");
            assert_eq!(
                (&back["pageInfo"]["hasPreviousPage"], &back["pageInfo"]["hasNextPage"]),
                (&json!(true), &json!(true))
            );
            break;
        }
        after = found["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(numbers, ["ABC-20260505", "ABC-20260503-001", "ABC-20260503", "ABC-20260501"]);
    // A cursor of one order is none of another.
    let other = "query($after: String) { lots(first: 1, after: $after) { nodes { id } } }";
    assert_eq!(shop.owner.fault(other, json!({"after": after})).await?.code, "VALIDATION");
    let filtered = "query($lots: LotFilter, $movements: StockMovementFilter) { lots(filter: $lots) { nodes { id } } \
                    stockMovements(filter: $movements) { nodes { document { id } } totalCount } }";
    let [receipt, _, lot] = &receipts[1];
    for lots in [
        json!({"receiptId": receipt}),
        json!({"number": "ABC-20260501"}),
        json!({"number": "ABC-20260501", "supplierId": supplier, "status": "ACTIVE", "productId": oak}),
    ] {
        let movements = json!({"documentId": receipt});
        let found = shop.owner.data(filtered, json!({"lots": lots, "movements": movements})).await?;
        assert_eq!(found["lots"]["nodes"], json!([{"id": lot}]), "{lots}");
        assert_eq!(found["stockMovements"], json!({"nodes": [{"document": {"id": receipt}}], "totalCount": 1}));
    }
    let movements = json!({"kinds": ["RECEIVE"], "from": "2026-05-02", "to": "2026-05-03"});
    let found = shop.owner.data(filtered, json!({"lots": {"status": "VOIDED"}, "movements": movements})).await?;
    assert_eq!((&found["lots"]["nodes"], &found["stockMovements"]["totalCount"]), (&json!([]), &json!(3)));
    let by_id = shop.owner.data("query($id: ID!) { lot(id: $id) { id } }", json!({"id": lot})).await?;
    assert_eq!(by_id["lot"]["id"], json!(lot));
    // A product's own lots, from the start and past a cursor.
    let own = "query($id: ID!, $after: String) { node(id: $id) { ... on Product { lots(first: 2, status: ACTIVE, after: $after) \
               { nodes { receivedOn } pageInfo { hasNextPage endCursor } totalCount } } } }";
    let first = shop.owner.data(own, json!({"id": oak})).await?["node"]["lots"].clone();
    assert_eq!(first["nodes"], json!([{"receivedOn": "2026-05-05"}, {"receivedOn": "2026-05-01"}]), "as recorded");
    assert_eq!((&first["pageInfo"]["hasNextPage"], &first["totalCount"]), (&json!(true), &json!(4)));
    let rest = shop.owner.data(own, json!({"id": oak, "after": first["pageInfo"]["endCursor"]})).await?;
    let rest = &rest["node"]["lots"];
    assert_eq!((rest["nodes"].as_array().unwrap().len(), &rest["pageInfo"]["hasNextPage"]), (2, &json!(false)));
    Ok(())
}
