//! Bad input: malformed ids, cursors, numbers, page sizes; tokens that open nothing.
//!
//! Rule: a code to branch on, a message that says what is wrong, and nothing changed.

use chrono::TimeDelta;
use entity::{Role, TypedId};
use serde_json::{Value, json};
use stockbridge_tests::{
    Outcome, TestDatabase, World,
    client::Client,
    on_both_databases,
    sandbox::BAKERY,
    steps::{connect, import, item_named, items, products, sync},
};

on_both_databases!(
    malformed_ids_are_refused,
    malformed_cursors_are_refused,
    pages_too_large_or_senseless_are_refused,
    cursors_stay_good_over_inserts_and_go_both_ways,
    malformed_numbers_and_dates_are_refused,
    inputs_that_make_no_sense_are_refused_with_their_place,
    bad_tokens_open_nothing,
    the_same_key_with_another_input_is_refused,
);

async fn malformed_ids_are_refused(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    let other_kind = "prd_01h455vb4pex5vsknk084sn02q";
    for bad in [
        "",
        "x",
        "int_",
        "int_zzz",
        "int_01h455vb4pex5vsknk084sn02",
        "int_01H455VB4PEX5VSKNK084SN02U",
        "17",
        "'; DROP TABLE item; --",
        other_kind,
    ] {
        let fault = owner.mutation_fault("syncItems", json!({"integrationId": bad})).await?;
        assert_eq!(fault.code, "INVALID_ID", "{bad}");
    }
    for bad in ["", "x", "zzz_01h455vb4pex5vsknk084sn02q", "itm_!!"] {
        let fault = owner.fault("query($id: ID!) { node(id: $id) { id } }", json!({"id": bad})).await?;
        assert_eq!(fault.code, "INVALID_ID", "{bad}");
        let fault = owner.fault("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({"ids": [id, bad]})).await?;
        assert_eq!(fault.code, "INVALID_ID", "{bad}");
    }
    // Well formed but unknown is not found.
    let refusal = owner.refusal("syncItems", json!({"integrationId": "int_01h455vb4pex5vsknk084sn02q"})).await?;
    assert_eq!((&refusal["code"], &refusal["path"]), (&json!("NOT_FOUND"), &json!(["input", "integrationId"])));
    assert_eq!(owner.data("{ syncRuns { totalCount } }", Value::Null).await?["syncRuns"]["totalCount"], 0);
    Ok(())
}

async fn malformed_cursors_are_refused(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    sync(&owner, &id).await?;
    let by_sku = "{ items(first: 1, orderBy: {field: SKU}) { pageInfo { endCursor } } }";
    let of_sku = owner.data(by_sku, Value::Null).await?["items"]["pageInfo"]["endCursor"].clone();
    let of_suppliers = owner.data("{ suppliers(first: 1) { pageInfo { endCursor } } }", Value::Null).await?;
    let of_suppliers = of_suppliers["suppliers"]["pageInfo"]["endCursor"].clone();
    for bad in [json!(""), json!("x"), json!("////"), json!("MTIz"), of_sku, of_suppliers] {
        let query = "query($after: String) { items(first: 2, after: $after) { nodes { id } } }";
        let fault = owner.fault(query, json!({"after": bad})).await?;
        assert_eq!(fault.code, "VALIDATION", "{bad}");
        assert!(fault.message.to_lowercase().contains("cursor"), "{}", fault.message);
    }
    Ok(())
}

async fn pages_too_large_or_senseless_are_refused(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    for arguments in ["first: 1000000", "first: 251", "last: 251", "first: -1", "last: -3", "first: 1, last: 1"] {
        let fault = owner.fault(&format!("{{ items({arguments}) {{ nodes {{ id }} }} }}"), Value::Null).await?;
        assert_eq!(fault.code, "VALIDATION", "{arguments}: {}", fault.message);
    }
    let fault = owner.fault("{ items(first: 99999999999) { nodes { id } } }", Value::Null).await?;
    assert!(["GRAPHQL_VALIDATION_FAILED", "VALIDATION"].contains(&fault.code.as_str()), "{fault:?}");
    assert_eq!(owner.data("{ items(first: 0) { nodes { id } } }", Value::Null).await?["items"]["nodes"], json!([]));
    let data = owner
        .data("{ items(first: 250) { nodes { id } pageInfo { hasNextPage endCursor } totalCount } }", Value::Null)
        .await?;
    let empty = json!({"nodes": [], "pageInfo": {"hasNextPage": false, "endCursor": null}, "totalCount": 0});
    assert_eq!(data["items"], empty);
    Ok(())
}

async fn names(client: &Client, arguments: &str) -> anyhow::Result<(Vec<String>, Value)> {
    let query = format!(
        "{{ items({arguments}) {{ nodes {{ name }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
    );
    let data = client.data(&query, Value::Null).await?;
    let nodes = data["items"]["nodes"].as_array().unwrap();
    let names = nodes.iter().map(|node| node["name"].as_str().unwrap().to_owned()).collect();
    Ok((names, data["items"]["pageInfo"].clone()))
}

async fn cursors_stay_good_over_inserts_and_go_both_ways(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    sync(&owner, &id).await?;
    let (first, page) = names(&owner, "first: 2").await?;
    assert_eq!(first, ["Catering", "Croissant"]);
    assert_eq!((&page["hasNextPage"], &page["hasPreviousPage"]), (&json!(true), &json!(false)));
    // What is added before the cursor does not move what comes after it; an equal name is told apart by its id.
    world
        .sandbox
        .add_odd_item(
            BAKERY,
            json!({"Id": "601", "Name": "Almond", "Type": "Service", "Active": true, "SyncToken": "0"}),
        )
        .await?;
    world
        .sandbox
        .add_odd_item(
            BAKERY,
            json!({"Id": "602", "Name": "Croissant", "Type": "Service", "Active": true, "SyncToken": "0"}),
        )
        .await?;
    sync(&owner, &id).await?;
    let cursor = page["endCursor"].as_str().unwrap();
    let (next, page) = names(&owner, &format!("first: 9, after: \"{cursor}\"")).await?;
    assert_eq!(next, ["Croissant", "Delivery", "Rye Loaf", "Sourdough Loaf"]);
    assert_eq!((&page["hasNextPage"], &page["hasPreviousPage"]), (&json!(false), &json!(true)));
    let (back, _) = names(&owner, &format!("last: 2, before: \"{cursor}\"")).await?;
    assert_eq!(back, ["Almond", "Catering"]);
    let (down, _) = names(&owner, "first: 3, orderBy: {field: NAME, direction: DESC}").await?;
    assert_eq!(down, ["Sourdough Loaf", "Rye Loaf", "Delivery"]);
    let (end, page) = names(&owner, "last: 2").await?;
    assert_eq!(end, ["Rye Loaf", "Sourdough Loaf"]);
    assert_eq!((&page["hasNextPage"], &page["hasPreviousPage"]), (&json!(false), &json!(true)));
    Ok(())
}

async fn malformed_numbers_and_dates_are_refused(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    for bad in [json!("soon"), json!(1.5), json!("60"), json!(99_999_999_999_i64)] {
        let input = json!({"integrationId": id, "itemSyncEveryMinutes": bad});
        let fault = owner.mutation_fault("updateIntegrationSettings", input).await?;
        assert!(["GRAPHQL_VALIDATION_FAILED", "VALIDATION"].contains(&fault.code.as_str()), "{bad}: {fault:?}");
    }
    for bad in ["yesterday", "2026-01-31", "2026-01-31T09:30:00", "2026-02-30T00:00:00Z"] {
        let query = "query($from: DateTime) { syncLogs(filter: {from: $from}) { nodes { id } } }";
        let fault = owner.fault(query, json!({"from": bad})).await?;
        assert!(["GRAPHQL_VALIDATION_FAILED", "VALIDATION"].contains(&fault.code.as_str()), "{bad}: {fault:?}");
    }
    Ok(())
}

async fn inputs_that_make_no_sense_are_refused_with_their_place(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    sync(&owner, &id).await?;
    let rye = item_named(&owner, "Rye Loaf").await?;
    import(&owner, &[&rye]).await?;
    let settings = "query($id: ID!) { node(id: $id) { ... on Integration { settings { itemTypes documentPrefix itemSyncEveryMinutes } } } }";
    let everything = || async {
        let settings = owner.data(settings, json!({"id": id})).await?;
        anyhow::Ok(json!([settings, products(&owner, "id name sku").await?]))
    };
    let before = everything().await?;
    let product = products(&owner, "id").await?[0]["id"].clone();
    let long = "x".repeat(201);
    for (mutation, input, code, path) in [
        ("connectIntegration", json!({"providerId": "nobody"}), "NOT_FOUND", "providerId"),
        (
            "connectIntegration",
            json!({"providerId": "quickbooks", "returnTo": "https://elsewhere.example/"}),
            "VALIDATION",
            "returnTo",
        ),
        (
            "connectIntegration",
            json!({"providerId": "quickbooks", "returnTo": "//elsewhere.example/"}),
            "VALIDATION",
            "returnTo",
        ),
        ("updateIntegrationSettings", json!({"integrationId": id, "itemTypes": []}), "VALIDATION", "itemTypes"),
        (
            "updateIntegrationSettings",
            json!({"integrationId": id, "itemTypes": ["CATEGORY"]}),
            "VALIDATION",
            "itemTypes",
        ),
        (
            "updateIntegrationSettings",
            json!({"integrationId": id, "documentPrefix": "TOO-LONG"}),
            "VALIDATION",
            "documentPrefix",
        ),
        (
            "updateIntegrationSettings",
            json!({"integrationId": id, "itemSyncEveryMinutes": 1}),
            "VALIDATION",
            "itemSyncEveryMinutes",
        ),
        ("createProduct", json!({"name": " "}), "VALIDATION", "name"),
        ("createProduct", json!({"name": long}), "VALIDATION", "name"),
        ("createProduct", json!({"name": "Other", "sku": "ry-1"}), "SKU_CONFLICT", "sku"),
        ("updateProduct", json!({"productId": product, "name": ""}), "VALIDATION", "name"),
        ("importItems", json!({"itemIds": []}), "VALIDATION", "itemIds"),
    ] {
        let refusal = owner.refusal(mutation, input.clone()).await?;
        let place = json!(["input", path]);
        assert_eq!((&refusal["code"], &refusal["path"]), (&json!(code), &place), "{mutation} {input}: {refusal}");
        assert!(refusal["message"].as_str().is_some_and(|message| !message.is_empty()), "{refusal}");
    }
    for input in [json!({}), json!({"itemIds": [rye], "filter": {}})] {
        assert_eq!(owner.refusal("importItems", input).await?["code"], "VALIDATION");
    }
    assert_eq!(everything().await?, before);
    Ok(())
}

async fn bad_tokens_open_nothing(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let query = "{ viewer { subject } }";
    let with = |token: String| Client::new(world.url.clone(), token);
    let good = world.token(world.business, Role::Owner, TimeDelta::hours(1));
    assert_eq!(with(good.clone()).data(query, Value::Null).await?["viewer"]["subject"], "owner");
    let expired = world.token(world.business, Role::Owner, TimeDelta::minutes(-1));
    let nowhere =
        world.token(entity::BusinessId::parse("biz_01h455vb4pex5vsknk084sn02q")?, Role::Owner, TimeDelta::hours(1));
    let (head, rest) = good.split_once('.').unwrap();
    let (claims, _) = rest.split_once('.').unwrap();
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}.");
    let tampered = format!("{head}.{claims}.AAAA");
    for (name, token) in [
        ("expired", expired),
        ("unsigned", unsigned),
        ("tampered", tampered),
        ("rubbish", "rubbish".to_owned()),
        ("none", String::new()),
    ] {
        let fault = with(token).fault(query, Value::Null).await?;
        assert_eq!((fault.status, fault.code.as_str()), (401, "UNAUTHENTICATED"), "{name}");
        assert!(!fault.message.contains(claims), "{name}");
    }
    // A good signature for a business that is not here.
    let fault = with(nowhere).fault(query, Value::Null).await?;
    assert_eq!(fault.code, "UNAUTHENTICATED");
    assert!(items(&world.owner(), "id").await?.is_empty());
    Ok(())
}

async fn the_same_key_with_another_input_is_refused(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    let input = json!({"integrationId": id, "idempotencyKey": "monday"});
    let first = owner.mutate("syncItems", input.clone(), "run { id }").await?;
    assert_eq!(owner.mutate("syncItems", input, "run { id }").await?, first);
    let other = json!({"integrationId": id, "full": true, "idempotencyKey": "monday"});
    assert_eq!(owner.refusal("syncItems", other).await?["code"], "IDEMPOTENCY_MISMATCH");
    assert_eq!(owner.data("{ syncRuns { totalCount } }", Value::Null).await?["syncRuns"]["totalCount"], 1);
    stockbridge_tests::steps::ended(&owner, first["run"]["id"].as_str().unwrap()).await?;
    let product = json!({"name": "By hand", "sku": "BH", "idempotencyKey": "monday"});
    let made = owner.mutate("createProduct", product.clone(), "product { id }").await?;
    assert_eq!(owner.mutate("createProduct", product, "product { id }").await?, made);
    assert_eq!(products(&owner, "id").await?.len(), 1);
    for key in ["", &"k".repeat(129)] {
        let refusal = owner.refusal("createProduct", json!({"name": "Other", "idempotencyKey": key})).await?;
        assert_eq!(refusal["code"], "VALIDATION", "{} characters", key.len());
    }
    Ok(())
}
