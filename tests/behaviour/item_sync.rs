//! Item syncs: what is created, updated, deactivated and skipped (statements 12 to 22, 25, 26).

use serde_json::{Value, json};
use stockbridge_tests::{
    Options, Outcome, TestDatabase, World,
    client::Client,
    on_both_databases,
    sandbox::{BAKERY, Sandbox, WORKSHOP},
    steps::{
        change_settings, connect, counts, ended, import, item_named, items, movements, products, start_sync, sync,
    },
};

on_both_databases!(
    s012_default_filters_create_three_and_skip_one,
    s013_a_filter_that_excludes_everything_creates_nothing_and_says_why,
    s014_a_first_sync_holds_every_field,
    s015_a_renamed_item_is_updated,
    s016_an_item_made_inactive_is_deactivated,
    s016_an_item_that_is_gone_is_deactivated,
    s017_no_change_writes_nothing,
    s018_a_failure_on_page_two_of_three_deactivates_nothing_and_resumes,
    s019_a_type_removed_from_the_filter_stays_active_and_is_skipped,
    s020_an_item_made_active_again_is_updated,
    s021_a_changed_quantity_moves_stock_in_sync_mode,
    s022_a_changed_quantity_moves_nothing_in_self_managed_mode,
    s025_the_accounting_systems_name_wins_in_sync_mode,
    s026_group_in_the_filter_means_bundle,
    the_whole_sample_company_is_accounted_for,
);

/// The bakery with one item each of inventory, non-inventory, service and bundle.
async fn one_of_each(sandbox: &Sandbox) -> Outcome {
    sandbox.remove(BAKERY, "Item", &["5", "6", "9", "1", "2"]).await?;
    sandbox.edit(BAKERY, "Item", "8", json!({"Type": "Group"})).await?;
    Ok(())
}

/// A connected and synced bakery.
async fn synced_bakery(world: &World) -> anyhow::Result<(Client, String)> {
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    assert_eq!(counts(&sync(&owner, &id).await?), [5, 0, 0, 0, 4]);
    Ok((owner, id))
}

async fn s012_default_filters_create_three_and_skip_one(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    one_of_each(&world.sandbox).await?;
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    let run = sync(&owner, &id).await?;
    assert_eq!(counts(&run), [3, 0, 0, 0, 1]);
    assert_eq!(run["counts"]["skippedByType"], json!([{"type": "NON_INVENTORY", "count": 1}]));
    assert_eq!(run["counts"]["skippedByReason"], json!([{"reason": "TYPE_NOT_SELECTED", "count": 1}]));
    assert_eq!((&run["state"], &run["done"], &run["total"]), (&json!("SUCCEEDED"), &json!(4), &json!(4)));
    let expected = json!([
        {"name": "Catering", "type": "SERVICE"},
        {"name": "Delivery", "type": "BUNDLE"},
        {"name": "Sourdough Loaf", "type": "INVENTORY"},
    ]);
    assert_eq!(json!(items(&owner, "name type").await?), expected);
    Ok(())
}

async fn s013_a_filter_that_excludes_everything_creates_nothing_and_says_why(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    world.sandbox.remove(BAKERY, "Item", &["4", "5", "6", "7", "9", "1", "2"]).await?;
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    change_settings(&owner, &id, json!({"itemTypes": ["INVENTORY"]})).await?;
    let run = sync(&owner, &id).await?;
    assert_eq!(counts(&run), [0, 0, 0, 0, 2]);
    assert_eq!(run["counts"]["skippedByType"], json!([{"type": "SERVICE", "count": 2}]));
    assert_eq!(items(&owner, "id").await?, [Value::Null; 0]);
    let advice = owner.node(run["id"].as_str().unwrap(), "SyncRun", "advice { severity message help }").await?;
    let expected = json!([{
        "severity": "WARNING",
        "message": "0 items created: the item-type filter skipped 2 Service.",
        "help": "To bring them in, select Service in the item types of the settings and sync again.",
    }]);
    assert_eq!(advice["advice"], expected);
    Ok(())
}

const ITEM: &str = "externalId name fullName sku type active unitPrice { amount currency } \
    purchaseCost { amount currency } quantityOnHand incomeAccount { externalId name } \
    expenseAccount { externalId name } assetAccount { externalId name }";

async fn s014_a_first_sync_holds_every_field(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, _) = synced_bakery(&world).await?;
    let usd = |amount: &str| json!({"amount": amount, "currency": "USD"});
    let account = |id: &str, name: &str| json!({"externalId": id, "name": name});
    let service = |id: &str, name: &str, price: &str| {
        json!({
            "externalId": id, "name": name, "fullName": name, "sku": null, "type": "SERVICE", "active": true,
            "unitPrice": usd(price), "purchaseCost": null, "quantityOnHand": null,
            "incomeAccount": account("1", "Services"), "expenseAccount": null, "assetAccount": null,
        })
    };
    let good = |id: &str, category: &str, name: &str, sku: &str, price: &str, cost: &str, quantity: &str| {
        json!({
            "externalId": id, "name": name, "fullName": format!("{category}:{name}"), "sku": sku, "type": "INVENTORY",
            "active": true, "unitPrice": usd(price), "purchaseCost": usd(cost), "quantityOnHand": quantity,
            "incomeAccount": account("79", "Sales of Product Income"),
            "expenseAccount": account("80", "Cost of Goods Sold"),
            "assetAccount": account("81", "Inventory Asset"),
        })
    };
    let expected = json!([
        service("3", "Catering", "250"),
        good("6", "Pastry", "Croissant", "CR-1", "3.75", "0.92", "60"),
        service("8", "Delivery", "12"),
        good("5", "Bread", "Rye Loaf", "RY-1", "8", "2.35", "16"),
        good("4", "Bread", "Sourdough Loaf", "SD-1", "7.5", "2.1", "24"),
    ]);
    assert_eq!(json!(items(&owner, ITEM).await?), expected);
    Ok(())
}

async fn s015_a_renamed_item_is_updated(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, id) = synced_bakery(&world).await?;
    let before = items(&owner, "id externalId name").await?;
    world.sandbox.edit(BAKERY, "Item", "6", json!({"Name": "Butter Croissant"})).await?;
    assert_eq!(counts(&sync(&owner, &id).await?), [0, 1, 4, 0, 4]);
    let renamed = item_named(&owner, "Butter Croissant").await?;
    let same = before.iter().find(|item| item["externalId"] == "6").unwrap();
    assert_eq!((same["name"].as_str(), same["id"].as_str()), (Some("Croissant"), Some(renamed.as_str())));
    assert_eq!(items(&owner, "id").await?.len(), 5);
    Ok(())
}

async fn active(owner: &Client, name: &str) -> anyhow::Result<Value> {
    Ok(owner.node(&item_named(owner, name).await?, "Item", "active").await?["active"].clone())
}

async fn s016_an_item_made_inactive_is_deactivated(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, id) = synced_bakery(&world).await?;
    // The service renames what it deactivates; here only the flag changes.
    world.sandbox.edit(BAKERY, "Item", "6", json!({"Active": false})).await?;
    assert_eq!(counts(&sync(&owner, &id).await?), [0, 0, 4, 1, 4]);
    let inactive = owner.all("items", "ItemFilter", json!({"active": false}), "externalId active").await?;
    assert_eq!(json!(inactive), json!([{"externalId": "6", "active": false}]));
    assert_eq!(items(&owner, "id").await?.len(), 5);
    Ok(())
}

async fn s016_an_item_that_is_gone_is_deactivated(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, id) = synced_bakery(&world).await?;
    world.sandbox.remove(BAKERY, "Item", &["6"]).await?;
    assert_eq!(counts(&sync(&owner, &id).await?), [0, 0, 4, 1, 4]);
    assert_eq!(active(&owner, "Croissant").await?, false);
    // Once.
    assert_eq!(counts(&sync(&owner, &id).await?), [0, 0, 4, 0, 4]);
    Ok(())
}

async fn s017_no_change_writes_nothing(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, id) = synced_bakery(&world).await?;
    let croissant = item_named(&owner, "Croissant").await?;
    import(&owner, &[&croissant]).await?;
    let everything = || async {
        let items = items(&owner, "id externalId name active quantityOnHand externalVersion syncedAt").await?;
        let products = products(&owner, "id name onHand value { amount }").await?;
        anyhow::Ok(json!([items, products, movements(&owner, "id kind quantity recordedAt").await?]))
    };
    let before = everything().await?;
    let run = sync(&owner, &id).await?;
    assert_eq!(counts(&run), [0, 0, 5, 0, 4]);
    assert_eq!((&run["state"], &run["counts"]["products"]), (&json!("SUCCEEDED"), &json!(0)));
    assert_eq!(everything().await?, before);
    // A new version of a record without a new value is no change either.
    world.sandbox.edit(BAKERY, "Item", "6", json!({"Name": "Croissant"})).await?;
    assert_eq!(counts(&sync(&owner, &id).await?), [0, 0, 5, 0, 4]);
    assert_eq!(everything().await?, before);
    Ok(())
}

async fn s018_a_failure_on_page_two_of_three_deactivates_nothing_and_resumes(database: TestDatabase) -> Outcome {
    // 62 + 2,100 items are three pages of 1,000.
    let world = World::with(&database, Options { items: 2_100, prefetch: Some(1), ..Options::default() }).await?;
    let owner = world.owner();
    let id = connect(&owner, WORKSHOP).await?;
    change_settings(&owner, &id, json!({"itemTypes": ["INVENTORY", "NON_INVENTORY", "SERVICE", "BUNDLE"]})).await?;
    let first = sync(&owner, &id).await?;
    // All but the ten categories.
    assert_eq!(counts(&first), [2_152, 0, 0, 0, 10]);
    let inactive = || owner.all("items", "ItemFilter", json!({"active": false}), "externalId");
    let before = inactive().await?.len();
    // One item of the first page and one of the third are gone.
    world.sandbox.remove(WORKSHOP, "Item", &["11", "12050"]).await?;
    world.sandbox.forget_calls().await?;
    // The first call counts; then come the pages in order, and the second fails for good.
    world.sandbox.fail("query Item", 2, None, json!({"kind": "status", "status": 500})).await?;
    let failed = ended(&owner, &start_sync(&owner, &id).await?).await?;
    assert_eq!((&failed["state"], &failed["error"]["code"]), (&json!("FAILED"), &json!("PROVIDER_UNAVAILABLE")));
    assert_eq!(counts(&failed), [0, 0, 990, 0, 10], "the first page counts");
    assert_eq!((&failed["done"], &failed["total"]), (&json!(1_000), &json!(2_160)));
    assert_eq!(inactive().await?.len(), before);
    assert_eq!(active(&owner, "Oak Table").await?, true);

    world.sandbox.heal().await?;
    world.sandbox.forget_calls().await?;
    let resumed = sync(&owner, &id).await?;
    assert_eq!(world.sandbox.calls_of("query Item").await?, 3, "a count and the two pages that were missing");
    assert_eq!(counts(&resumed), [0, 0, 1_160, 2, 0]);
    assert_eq!((&resumed["done"], &resumed["total"]), (&json!(2_160), &json!(2_160)));
    assert_eq!(inactive().await?.len(), before + 2);
    assert_eq!(active(&owner, "Oak Table").await?, false);
    Ok(())
}

async fn s019_a_type_removed_from_the_filter_stays_active_and_is_skipped(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, id) = synced_bakery(&world).await?;
    change_settings(&owner, &id, json!({"itemTypes": ["INVENTORY"]})).await?;
    world.sandbox.edit(BAKERY, "Item", "8", json!({"Name": "Delivery by bicycle"})).await?;
    let run = sync(&owner, &id).await?;
    assert_eq!(counts(&run), [0, 0, 3, 0, 6]);
    let services = owner.all("items", "ItemFilter", json!({"types": ["SERVICE"]}), "name active").await?;
    assert_eq!(json!(services), json!([{"name": "Catering", "active": true}, {"name": "Delivery", "active": true}]));
    Ok(())
}

async fn s020_an_item_made_active_again_is_updated(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, id) = synced_bakery(&world).await?;
    world.sandbox.edit(BAKERY, "Item", "6", json!({"Active": false})).await?;
    assert_eq!(counts(&sync(&owner, &id).await?), [0, 0, 4, 1, 4]);
    world.sandbox.edit(BAKERY, "Item", "6", json!({"Active": true, "Name": "Croissant"})).await?;
    assert_eq!(counts(&sync(&owner, &id).await?), [0, 1, 4, 0, 4]);
    assert_eq!(active(&owner, "Croissant").await?, true);
    Ok(())
}

const STOCK: &str = "name sku onHand value { amount } averageCost { amount }";

/// The bakery with its croissant (60 at 0.92) imported.
async fn with_croissant(world: &World) -> anyhow::Result<(Client, String)> {
    let (owner, id) = synced_bakery(world).await?;
    let item = item_named(&owner, "Croissant").await?;
    import(&owner, &[&item]).await?;
    Ok((owner, id))
}

async fn s021_a_changed_quantity_moves_stock_in_sync_mode(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, id) = with_croissant(&world).await?;
    world.sandbox.edit(BAKERY, "Item", "6", json!({"QtyOnHand": 64})).await?;
    let run = sync(&owner, &id).await?;
    assert_eq!((counts(&run), &run["counts"]["products"]), ([0, 1, 4, 0, 4], &json!(1)));
    let expected = json!([{
        "name": "Croissant", "sku": "CR-1", "onHand": "64", "value": {"amount": "58.88"},
        "averageCost": {"amount": "0.92"},
    }]);
    assert_eq!(json!(products(&owner, STOCK).await?), expected);
    let expected = json!([
        {"kind": "ITEM_SYNC", "quantity": "4", "onHandAfter": "64", "value": {"amount": "3.68"}},
        {"kind": "OPENING", "quantity": "60", "onHandAfter": "60", "value": {"amount": "55.2"}},
    ]);
    assert_eq!(json!(movements(&owner, "kind quantity onHandAfter value { amount }").await?), expected);
    Ok(())
}

async fn s022_a_changed_quantity_moves_nothing_in_self_managed_mode(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, id) = with_croissant(&world).await?;
    change_settings(&owner, &id, json!({"inventoryMode": "SELF_MANAGED"})).await?;
    let before = json!([products(&owner, STOCK).await?, movements(&owner, "id kind").await?]);
    let change = json!({"QtyOnHand": 64, "PurchaseCost": 1.25, "Name": "Butter Croissant"});
    world.sandbox.edit(BAKERY, "Item", "6", change).await?;
    let run = sync(&owner, &id).await?;
    assert_eq!((counts(&run), &run["counts"]["products"]), ([0, 1, 4, 0, 4], &json!(0)));
    assert_eq!(json!([products(&owner, STOCK).await?, movements(&owner, "id kind").await?]), before);
    // The item knows better, and the difference is shown.
    let drift = products(&owner, "drift { ours theirs difference } item { name quantityOnHand }").await?;
    let expected = json!([{
        "drift": {"ours": "60", "theirs": "64", "difference": "-4"},
        "item": {"name": "Butter Croissant", "quantityOnHand": "64"},
    }]);
    assert_eq!(json!(drift), expected);
    Ok(())
}

async fn s025_the_accounting_systems_name_wins_in_sync_mode(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, id) = with_croissant(&world).await?;
    let product = products(&owner, "id").await?[0]["id"].clone();
    let edit = json!({"productId": product, "name": "Our croissant", "sku": "OURS-1"});
    owner.mutate("updateProduct", edit, "product { name sku }").await?;
    let run = sync(&owner, &id).await?;
    assert_eq!((counts(&run), &run["counts"]["products"]), ([0, 0, 5, 0, 4], &json!(1)));
    let expected = json!([{"id": product, "name": "Croissant", "sku": "CR-1"}]);
    assert_eq!(json!(products(&owner, "id name sku").await?), expected);
    assert_eq!(movements(&owner, "kind").await?.len(), 1, "a name moves no stock");
    Ok(())
}

async fn s026_group_in_the_filter_means_bundle(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    one_of_each(&world.sandbox).await?;
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    let settings = change_settings(&owner, &id, json!({"itemTypes": ["GROUP"]})).await?;
    assert_eq!(settings["itemTypes"], json!(["BUNDLE"]));
    assert_eq!(counts(&sync(&owner, &id).await?), [1, 0, 0, 0, 3]);
    assert_eq!(json!(items(&owner, "name type").await?), json!([{"name": "Delivery", "type": "BUNDLE"}]));
    let by_group = owner.all("items", "ItemFilter", json!({"types": ["GROUP"]}), "name type").await?;
    assert_eq!(json!(by_group), json!([{"name": "Delivery", "type": "BUNDLE"}]));
    Ok(())
}

async fn the_whole_sample_company_is_accounted_for(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, WORKSHOP).await?;
    let run = sync(&owner, &id).await?;
    // 34 inventory, 7 service, 3 bundles; 8 non-inventory and 10 categories are passed over.
    assert_eq!(counts(&run), [44, 0, 0, 0, 18]);
    assert_eq!((&run["counts"]["accounts"], &run["counts"]["suppliers"]), (&json!(69), &json!(12)));
    let mut by_reason = run["counts"]["skippedByReason"].as_array().unwrap().clone();
    by_reason.sort_by_key(|row| row["reason"].as_str().unwrap().to_owned());
    let expected = json!([{"reason": "CATEGORY", "count": 10}, {"reason": "TYPE_NOT_SELECTED", "count": 8}]);
    assert_eq!(json!(by_reason), expected);
    // Names of every kind arrive as they are.
    let found = owner.all("items", "ItemFilter", json!({"search": "cb-🪵"}), "sku").await?;
    assert_eq!(json!(found), json!([{"sku": "CB-🪵"}]));
    let quoted = owner.all("items", "ItemFilter", json!({"search": "1-1/4\""}), "fullName").await?;
    assert_eq!(json!(quoted), json!([{"fullName": "Hardware:Fasteners:#8 Wood Screw, 1-1/4\""}]));
    Ok(())
}
