//! Where costs come from and where lots went, as a client sees it.

use serde_json::{Value, json};
use stockbridge_tests::{
    Outcome, TestDatabase, on_both_databases,
    workshop::{Workshop, text},
};

on_both_databases!(a_cost_is_explained_and_its_parts_add_up, a_lot_is_traced_both_ways);

/// A table of two legs from two lots, and an hour of work; the legs came with freight. The table's build and the legs' lots.
async fn table(shop: &Workshop) -> anyhow::Result<(String, String, Vec<String>)> {
    let supplier = shop.supplier().await?;
    let (leg, table) = (shop.material("Leg").await?, shop.product("Table", "FINISHED_GOOD").await?);
    let mut lots = Vec::new();
    for (day, quantity, cost) in [("2026-05-01", "1", "10"), ("2026-05-02", "3", "11")] {
        let input = json!({"supplierId": supplier, "receivedOn": day,
            "lines": [{"productId": leg, "quantity": quantity, "unitCost": cost}],
            "costs": [{"kind": "FREIGHT", "label": "Truck", "amount": "1", "basis": "VALUE"}]});
        let saved = shop.owner.mutate("saveReceipt", input, "receipt { id }").await?;
        let id = json!({"receiptId": saved["receipt"]["id"]});
        let confirmed = shop.owner.mutate("confirmReceipt", id, "receipt { lines { lot { id } } }").await?;
        lots.push(text(&confirmed["receipt"]["lines"][0]["lot"]["id"])?);
    }
    let lines = json!([{"kind": "COMPONENT", "productId": leg, "quantity": 2}, {"kind": "LABOUR", "label": "Work", "rate": "5"}]);
    shop.owner.mutate("saveBom", json!({"productId": table, "lines": lines}), "__typename").await?;
    let build = shop.build(&table, "1").await?;
    let made = text(&shop.read(&build, "Build", "lot { id }").await?["lot"]["id"])?;
    Ok((build, made, lots))
}

const EXPLAIN: &str = "query($id: ID!) { explain(id: $id) { parts { place parent depth kind quantity value { amount } label costStatus \
                       lotSource product { name } lot { number } supplier { code } unitCost { amount } receipt { number } cut } } }";

async fn a_cost_is_explained_and_its_parts_add_up(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let (build, made, _) = table(&shop).await?;
    for id in [&build, &made] {
        let found = shop.owner.data(EXPLAIN, json!({"id": id})).await?["explain"]["parts"].clone();
        let parts = found.as_array().unwrap();
        // 11 from the first lot, 11.333333 from the second, 5 for the work.
        assert_eq!(parts[0]["value"]["amount"], "27.333333", "{found}");
        let kinds: Vec<&str> = parts.iter().map(|part| part["kind"].as_str().unwrap()).collect();
        for kind in ["COMPONENT", "LABOUR", "LOT", "PRICE", "FREIGHT"] {
            assert!(kinds.contains(&kind), "{kinds:?}");
        }
        // The parts of every part add up to it.
        for (place, part) in parts.iter().enumerate() {
            assert_eq!(part["place"], json!(place));
            let inner: Vec<rust_decimal::Decimal> = parts
                .iter()
                .filter(|inner| inner["parent"] == json!(place))
                .map(|inner| inner["value"]["amount"].as_str().unwrap().parse().unwrap())
                .collect();
            let whole: rust_decimal::Decimal = part["value"]["amount"].as_str().unwrap().parse()?;
            assert!(inner.is_empty() || inner.iter().sum::<rust_decimal::Decimal>() == whole, "{part} {inner:?}");
        }
        let price = parts.iter().find(|part| part["kind"] == "PRICE").unwrap();
        assert_eq!(
            (&price["supplier"]["code"], &price["unitCost"]["amount"], &price["receipt"]["number"]),
            (&json!("ABC"), &json!("10"), &json!(1))
        );
        let lot = parts.iter().find(|part| part["kind"] == "LOT" && part["lotSource"] == "RECEIPT").unwrap();
        assert_eq!((&lot["lot"]["number"], &lot["label"]), (&json!("ABC-20260501"), &json!("ABC-20260501")));
    }
    // A consumption is explained by its movement.
    let taken = shop.read(&build, "Build", "lines { consumptions { id movement { id } } }").await?;
    let taken = &taken["lines"][0]["consumptions"][0];
    let by_entry = shop.owner.data(EXPLAIN, json!({"id": taken["id"]})).await?;
    assert_eq!(by_entry, shop.owner.data(EXPLAIN, json!({"id": taken["movement"]["id"]})).await?);
    assert_eq!(by_entry["explain"]["parts"][0]["value"]["amount"], "22.333333");
    for (id, code) in [
        ("prd_01h455vb4pex5vsknk084sn02q", "INVALID_ID"),
        ("lot_01h455vb4pex5vsknk084sn02q", "NOT_FOUND"),
        ("ent_01h455vb4pex5vsknk084sn02q", "NOT_FOUND"),
        ("x", "INVALID_ID"),
    ] {
        assert_eq!(shop.owner.fault(EXPLAIN, json!({"id": id})).await?.code, code, "{id}");
    }
    let stranger = shop.world.client_of(shop.world.another_business("Another").await?, entity::Role::Owner);
    assert_eq!(stranger.fault(EXPLAIN, json!({"id": made})).await?.code, "NOT_FOUND");
    Ok(())
}

async fn a_lot_is_traced_both_ways(database: TestDatabase) -> Outcome {
    let shop = Workshop::with_lots(&database).await?;
    let (build, made, lots) = table(&shop).await?;
    let query = "query($id: ID!, $way: TraceDirection!) { traceLot(lotId: $id, direction: $way) { complete lots { id } \
                 links { from { id } to { id } build { id } movement { kind } kind quantity value { amount } effectiveOn depth } } }";
    let origin = shop.owner.data(query, json!({"id": made, "way": "ORIGIN"})).await?["traceLot"].clone();
    assert_eq!(origin["complete"], true);
    let mut found: Vec<String> =
        origin["lots"].as_array().unwrap().iter().map(|lot| text(&lot["id"]).unwrap()).collect();
    assert_eq!(found.remove(0), made);
    found.sort();
    let mut expected = lots.clone();
    expected.sort();
    assert_eq!(found, expected);
    let taken = &lots[0];
    let usage = shop.owner.data(query, json!({"id": taken, "way": "USE"})).await?["traceLot"].clone();
    let link = json!({"from": {"id": taken}, "to": {"id": made}, "build": {"id": build}, "movement": {"kind": "BUILD_CONSUME"},
        "kind": "BUILD_CONSUME", "quantity": "1", "value": {"amount": "11"}, "effectiveOn": "2026-06-01", "depth": 1});
    assert_eq!(usage, json!({"complete": true, "lots": [{"id": taken}, {"id": made}], "links": [link]}));
    let nowhere = shop.owner.data(query, json!({"id": made, "way": "USE"})).await?["traceLot"].clone();
    assert_eq!(nowhere, json!({"complete": true, "lots": [{"id": made}], "links": []}));
    assert_eq!(
        shop.owner.fault(query, json!({"id": "lot_01h455vb4pex5vsknk084sn02q", "way": "USE"})).await?.code,
        "NOT_FOUND"
    );
    assert_eq!(shop.owner.data("{ integrity { sound } }", Value::Null).await?["integrity"]["sound"], true);
    Ok(())
}
