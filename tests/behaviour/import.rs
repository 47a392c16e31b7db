//! Importing items as products, and linking (statements 27 to 33).

use serde_json::{Value, json};
use stockbridge_tests::{
    Outcome, TestDatabase, World,
    client::Client,
    on_both_databases,
    sandbox::BAKERY,
    steps::{connect, import, item_named, items, movements, products, sync},
};

on_both_databases!(
    s027_a_sync_alone_makes_no_product,
    s028_selected_items_become_linked_products,
    s028_a_filter_imports_what_matches,
    s029_quantity_and_cost_become_opening_stock,
    s030_a_linked_item_is_skipped,
    s030_the_same_request_again_answers_the_same,
    s032_a_linked_item_is_not_linked_again,
    s033_an_equal_sku_proposes_a_link,
    a_type_is_chosen_at_import,
    unknown_items_fail_alone,
);

async fn synced(world: &World) -> anyhow::Result<(Client, String)> {
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    sync(&owner, &id).await?;
    Ok((owner, id))
}

/// Products, links and movements, to see that nothing changed.
async fn stock(owner: &Client) -> anyhow::Result<Value> {
    let products = products(owner, "id name sku onHand value { amount } item { id }").await?;
    let items = items(owner, "id product { id }").await?;
    Ok(json!([products, items, movements(owner, "id kind quantity").await?]))
}

async fn s027_a_sync_alone_makes_no_product(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, id) = synced(&world).await?;
    sync(&owner, &id).await?;
    assert_eq!(products(&owner, "id").await?, [Value::Null; 0]);
    assert_eq!(movements(&owner, "id").await?, [Value::Null; 0]);
    Ok(())
}

async fn s028_selected_items_become_linked_products(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, _) = synced(&world).await?;
    let (rye, sourdough) = (item_named(&owner, "Rye Loaf").await?, item_named(&owner, "Sourdough Loaf").await?);
    let results = import(&owner, &[&sourdough, &rye]).await?;
    let statuses: Vec<&Value> = results.iter().map(|result| &result["status"]).collect();
    assert_eq!(statuses, ["CREATED", "CREATED"]);
    let expected = json!([
        {"name": "Rye Loaf", "sku": "RY-1", "type": "RAW_MATERIAL", "active": true, "item": {"id": rye}},
        {"name": "Sourdough Loaf", "sku": "SD-1", "type": "RAW_MATERIAL", "active": true, "item": {"id": sourdough}},
    ]);
    assert_eq!(json!(products(&owner, "name sku type active item { id }").await?), expected);
    let linked = owner.all("items", "ItemFilter", json!({"linked": true}), "id product { name }").await?;
    let expected = json!([
        {"id": rye, "product": {"name": "Rye Loaf"}},
        {"id": sourdough, "product": {"name": "Sourdough Loaf"}},
    ]);
    assert_eq!(json!(linked), expected);
    Ok(())
}

async fn s028_a_filter_imports_what_matches(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, _) = synced(&world).await?;
    let input = json!({"filter": {"types": ["INVENTORY"], "linked": false}, "productType": "COMPONENT"});
    let payload = owner.mutate("importItems", input, "created skipped failed").await?;
    assert_eq!((&payload["created"], &payload["skipped"], &payload["failed"]), (&json!(3), &json!(0), &json!(0)));
    let names = json!([
        {"name": "Croissant", "type": "COMPONENT"},
        {"name": "Rye Loaf", "type": "COMPONENT"},
        {"name": "Sourdough Loaf", "type": "COMPONENT"},
    ]);
    assert_eq!(json!(products(&owner, "name type").await?), names);
    Ok(())
}

async fn s029_quantity_and_cost_become_opening_stock(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    world.sandbox.edit(BAKERY, "Item", "4", json!({"QtyOnHand": 8, "PurchaseCost": 2.5})).await?;
    let (owner, _) = synced(&world).await?;
    let (sourdough, catering) = (item_named(&owner, "Sourdough Loaf").await?, item_named(&owner, "Catering").await?);
    import(&owner, &[&sourdough, &catering]).await?;
    let expected = json!([
        {
            "name": "Catering", "onHand": "0", "value": {"amount": "0", "currency": "USD"}, "averageCost": null,
            "costStatus": "MISSING",
        },
        {
            "name": "Sourdough Loaf", "onHand": "8", "value": {"amount": "20", "currency": "USD"},
            "averageCost": {"amount": "2.5", "currency": "USD"}, "costStatus": "COMPLETE",
        },
    ]);
    let selection = "name onHand value { amount currency } averageCost { amount currency } costStatus";
    assert_eq!(json!(products(&owner, selection).await?), expected);
    let expected = json!([{
        "kind": "OPENING", "quantity": "8", "onHandAfter": "8", "value": {"amount": "20"},
        "product": {"name": "Sourdough Loaf"},
    }]);
    assert_eq!(
        json!(movements(&owner, "kind quantity onHandAfter value { amount } product { name }").await?),
        expected,
        "what is not counted opens no stock"
    );
    Ok(())
}

async fn s030_a_linked_item_is_skipped(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, _) = synced(&world).await?;
    let rye = item_named(&owner, "Rye Loaf").await?;
    let first = import(&owner, &[&rye]).await?;
    let before = stock(&owner).await?;
    let again = import(&owner, &[&rye]).await?;
    assert_eq!((&again[0]["status"], &again[0]["product"]), (&json!("SKIPPED"), &first[0]["product"]));
    assert_eq!(again[0]["reason"]["code"], "ITEM_ALREADY_LINKED");
    assert_eq!(again[0]["reason"]["message"], "Rye Loaf is already linked to the product Rye Loaf.");
    assert_eq!(stock(&owner).await?, before);
    // The same item twice in one request makes one product.
    let croissant = item_named(&owner, "Croissant").await?;
    assert_eq!(import(&owner, &[&croissant, &croissant]).await?.len(), 1);
    assert_eq!(products(&owner, "id").await?.len(), 2);
    Ok(())
}

async fn s030_the_same_request_again_answers_the_same(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, _) = synced(&world).await?;
    let (rye, croissant) = (item_named(&owner, "Rye Loaf").await?, item_named(&owner, "Croissant").await?);
    let input = json!({"itemIds": [rye], "idempotencyKey": "import-1"});
    let selection = "created skipped failed results { itemId status product { id name } }";
    let first = owner.mutate("importItems", input.clone(), selection).await?;
    let before = stock(&owner).await?;
    assert_eq!(owner.mutate("importItems", input, selection).await?, first);
    let other = json!({"itemIds": [croissant], "idempotencyKey": "import-1"});
    assert_eq!(owner.refusal("importItems", other).await?["code"], "IDEMPOTENCY_MISMATCH");
    assert_eq!(stock(&owner).await?, before);
    Ok(())
}

async fn s032_a_linked_item_is_not_linked_again(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, id) = synced(&world).await?;
    let (rye, croissant) = (item_named(&owner, "Rye Loaf").await?, item_named(&owner, "Croissant").await?);
    import(&owner, &[&rye]).await?;
    let other = owner.mutate("createProduct", json!({"name": "House Rye", "sku": "HR-1"}), "product { id }").await?;
    let other = &other["product"]["id"];
    let before = stock(&owner).await?;
    let refusal = owner.refusal("linkProduct", json!({"productId": other, "itemId": rye})).await?;
    let expected = json!({
        "code": "ITEM_ALREADY_LINKED",
        "message": "Rye Loaf is already linked to the product Rye Loaf.",
        "path": ["input", "itemId"],
        "help": "Unlink it first, or choose another.",
        "providerCode": null,
    });
    assert_eq!(refusal, expected);
    assert_eq!(stock(&owner).await?, before);
    // A product takes one item of an integration.
    owner.mutate("linkProduct", json!({"productId": other, "itemId": croissant}), "product { id }").await?;
    let catering = item_named(&owner, "Catering").await?;
    let refusal = owner.refusal("linkProduct", json!({"productId": other, "itemId": catering})).await?;
    assert_eq!(refusal["message"], "House Rye is already linked to the item Croissant.");
    assert_eq!(refusal["path"], json!(["input", "productId"]));
    // The same pair again is no change; unlinked it is free again.
    owner.mutate("linkProduct", json!({"productId": other, "itemId": croissant}), "product { id }").await?;
    owner.mutate("unlinkProduct", json!({"productId": other, "integrationId": id}), "product { id }").await?;
    owner.mutate("linkProduct", json!({"productId": other, "itemId": catering}), "product { id }").await?;
    let linked = owner.node(other.as_str().unwrap(), "Product", "item { name }").await?;
    assert_eq!(linked, json!({"item": {"name": "Catering"}}));
    Ok(())
}

async fn s033_an_equal_sku_proposes_a_link(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, _) = synced(&world).await?;
    // Letter case makes no other SKU.
    let house = owner.mutate("createProduct", json!({"name": "House Rye", "sku": "ry-1"}), "product { id }").await?;
    let house = house["product"]["id"].as_str().unwrap().to_owned();
    let (rye, croissant) = (item_named(&owner, "Rye Loaf").await?, item_named(&owner, "Croissant").await?);
    let results = import(&owner, &[&rye, &croissant]).await?;
    assert_eq!((&results[0]["status"], &results[0]["product"]), (&json!("CONFLICT"), &Value::Null));
    assert_eq!(results[0]["conflictingProduct"], json!({"id": house, "name": "House Rye"}));
    assert_eq!(results[0]["reason"]["code"], "SKU_CONFLICT");
    assert_eq!(results[0]["reason"]["message"], "Rye Loaf has the SKU ry-1 of the unlinked product House Rye.");
    assert!(results[0]["reason"]["help"].as_str().unwrap().contains("Link the item to that product"));
    assert_eq!(results[1]["status"], "CREATED", "the others are imported");
    assert_eq!(products(&owner, "id").await?.len(), 2);
    // The way out that was proposed.
    owner.mutate("linkProduct", json!({"productId": house, "itemId": rye}), "product { id }").await?;
    assert_eq!(import(&owner, &[&rye]).await?[0]["status"], "SKIPPED");
    Ok(())
}

async fn a_type_is_chosen_at_import(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, _) = synced(&world).await?;
    let rye = item_named(&owner, "Rye Loaf").await?;
    let input = json!({"itemIds": [rye], "productType": "FINISHED_GOOD"});
    owner.mutate("importItems", input, "created").await?;
    assert_eq!(json!(products(&owner, "type").await?), json!([{"type": "FINISHED_GOOD"}]));
    Ok(())
}

async fn unknown_items_fail_alone(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, _) = synced(&world).await?;
    let rye = item_named(&owner, "Rye Loaf").await?;
    let unknown = "itm_01h455vb4pex5vsknk084sn02q";
    let results = import(&owner, &[unknown, &rye]).await?;
    assert_eq!((&results[0]["status"], &results[0]["reason"]["code"]), (&json!("FAILED"), &json!("NOT_FOUND")));
    assert_eq!(results[1]["status"], "CREATED");
    // Another business's item reads as not found.
    let stranger = world.client_of(world.another_business("Another").await?, entity::Role::Owner);
    let results = import(&stranger, &[&rye]).await?;
    assert_eq!((&results[0]["status"], &results[0]["reason"]["code"]), (&json!("FAILED"), &json!("NOT_FOUND")));
    let refusal = owner.refusal("importItems", json!({"itemIds": []})).await?;
    assert_eq!((&refusal["code"], &refusal["path"]), (&json!("VALIDATION"), &json!(["input", "itemIds"])));
    Ok(())
}
