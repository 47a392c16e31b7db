//! Who may do what (statements 124 and, as far as it goes yet, 123).

use entity::Role;
use serde_json::{Value, json};
use stockbridge_tests::{
    Outcome, TestDatabase, World,
    client::Client,
    on_both_databases,
    sandbox::BAKERY,
    steps::{connect, ended, import, item_named, products, sync},
};

on_both_databases!(
    s124_a_builder_connects_nothing_and_reads_no_log,
    s123_an_accountant_syncs_and_imports_but_connects_nothing,
    every_mutation_asks_for_its_permission,
    the_viewer_sees_its_permissions,
    nobody_sees_another_business,
);

/// Everything that a refused mutation must leave as it is.
async fn everything(owner: &Client) -> anyhow::Result<Value> {
    let query = "{ integrations(includeDisconnected: true) { id status settings { itemTypes inventoryMode } } \
                 products(first: 250) { nodes { id name item { id } } } items(first: 250) { nodes { id product { id } } } \
                 syncRuns { totalCount } }";
    owner.data(query, Value::Null).await
}

async fn s124_a_builder_connects_nothing_and_reads_no_log(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, builder) = (world.owner(), world.client(Role::Builder));
    let id = connect(&owner, BAKERY).await?;
    let before = everything(&owner).await?;
    for (mutation, input) in [
        ("connectIntegration", json!({"providerId": "quickbooks"})),
        ("reconnectIntegration", json!({"integrationId": id})),
        ("disconnectIntegration", json!({"integrationId": id})),
        ("completeConnection", json!({"callbackUrl": "http://127.0.0.1/oauth/callback/quickbooks?state=x"})),
        ("syncItems", json!({"integrationId": id})),
    ] {
        let fault = builder.mutation_fault(mutation, input).await?;
        assert_eq!((fault.status, fault.code.as_str()), (200, "FORBIDDEN"), "{mutation}");
        assert!(fault.message.contains("permission"), "{}", fault.message);
    }
    let fault = builder.fault("{ syncLogs { nodes { id } } }", Value::Null).await?;
    assert_eq!((fault.status, fault.code.as_str()), (200, "FORBIDDEN"));
    assert_eq!(everything(&owner).await?, before);
    // Nor is an entry reached by its id, or the log through a run.
    let entry =
        owner.data("{ syncLogs(first: 1) { nodes { id } } }", Value::Null).await?["syncLogs"]["nodes"][0]["id"].clone();
    let fault = builder.fault("query($id: ID!) { node(id: $id) { id } }", json!({"id": entry})).await?;
    assert_eq!(fault.code, "FORBIDDEN");
    // What a builder works with is readable.
    let data =
        builder.data("{ items { totalCount } products { totalCount } suppliers { totalCount } }", Value::Null).await?;
    assert_eq!(data["items"]["totalCount"], 0);
    Ok(())
}

async fn s123_an_accountant_syncs_and_imports_but_connects_nothing(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let (owner, accountant) = (world.owner(), world.client(Role::Accountant));
    let id = connect(&owner, BAKERY).await?;
    assert_eq!(sync(&accountant, &id).await?["requestedBy"], "accountant");
    let rye = item_named(&accountant, "Rye Loaf").await?;
    assert_eq!(import(&accountant, &[&rye]).await?[0]["status"], "CREATED");
    accountant.data("{ syncLogs { nodes { id } } }", Value::Null).await?;
    accountant
        .mutate("updateIntegrationSettings", json!({"integrationId": id, "documentPrefix": "AC"}), "__typename")
        .await?;
    for (mutation, input) in [
        ("connectIntegration", json!({"providerId": "quickbooks"})),
        ("disconnectIntegration", json!({"integrationId": id})),
    ] {
        assert_eq!(accountant.mutation_fault(mutation, input).await?.code, "FORBIDDEN", "{mutation}");
    }
    Ok(())
}

async fn every_mutation_asks_for_its_permission(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    let run = sync(&owner, &id).await?["id"].clone();
    let (rye, croissant) = (item_named(&owner, "Rye Loaf").await?, item_named(&owner, "Croissant").await?);
    import(&owner, &[&rye]).await?;
    let product = products(&owner, "id").await?[0]["id"].clone();
    // Mutation, an input that would be carried out, and who may: owner, admin, accountant, builder.
    let table = [
        ("connectIntegration", json!({"providerId": "quickbooks"}), [true, true, false, false]),
        ("reconnectIntegration", json!({"integrationId": id}), [true, true, false, false]),
        ("updateIntegrationSettings", json!({"integrationId": id, "documentPrefix": "SB"}), [true, true, true, false]),
        ("refreshAccounts", json!({"integrationId": id}), [true, true, true, false]),
        ("cancelSync", json!({"runId": run}), [true, true, true, false]),
        ("importItems", json!({"itemIds": [rye]}), [true, true, true, false]),
        ("linkProduct", json!({"productId": product, "itemId": rye}), [true, true, true, false]),
        (
            "unlinkProduct",
            json!({"productId": product, "integrationId": "int_01h455vb4pex5vsknk084sn02q"}),
            [true, true, true, false],
        ),
        ("createProduct", json!({"name": "Made by hand"}), [true, true, true, false]),
        ("updateProduct", json!({"productId": product, "unit": "each"}), [true, true, true, false]),
        ("completeConnection", json!({"callbackUrl": "http://127.0.0.1/?state=x"}), [true, true, false, false]),
    ];
    for (mutation, input, allowed) in table {
        for (role, may) in [Role::Owner, Role::Admin, Role::Accountant, Role::Builder].into_iter().zip(allowed) {
            let client = world.client(role);
            if may {
                client.payload(mutation, input.clone(), "__typename").await?;
            } else {
                let before = everything(&owner).await?;
                let fault = client.mutation_fault(mutation, input.clone()).await?;
                assert_eq!(fault.code, "FORBIDDEN", "{mutation} as {role:?}");
                assert_eq!(everything(&owner).await?, before, "{mutation} as {role:?}");
            }
        }
    }
    // The two that change what the others need come last.
    for role in [Role::Accountant, Role::Admin] {
        let input = json!({"integrationId": id});
        let started = world.client(role).mutate("syncItems", input, "run { id }").await?;
        ended(&owner, started["run"]["id"].as_str().unwrap()).await?;
    }
    let input = json!({"integrationId": id});
    assert_eq!(
        world.client(Role::Accountant).mutation_fault("disconnectIntegration", input.clone()).await?.code,
        "FORBIDDEN"
    );
    world.client(Role::Admin).mutate("disconnectIntegration", input, "revoked").await?;
    assert!(!croissant.is_empty());
    Ok(())
}

async fn the_viewer_sees_its_permissions(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let query = "{ viewer { subject role permissions business { name currency timeZone } } }";
    let viewer = world.client(Role::Builder).data(query, Value::Null).await?["viewer"].clone();
    let mut permissions: Vec<String> = serde_json::from_value(viewer["permissions"].clone())?;
    permissions.sort();
    assert_eq!(permissions, ["MANAGE_STOCK", "READ_CATALOG"]);
    assert_eq!((&viewer["subject"], &viewer["role"]), (&json!("builder"), &json!("BUILDER")));
    let business = json!({"name": "Cedar & Steel", "currency": "USD", "timeZone": "America/Los_Angeles"});
    assert_eq!(viewer["business"], business);
    Ok(())
}

async fn nobody_sees_another_business(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let id = connect(&owner, BAKERY).await?;
    let run = sync(&owner, &id).await?;
    let rye = item_named(&owner, "Rye Loaf").await?;
    import(&owner, &[&rye]).await?;
    let query = "query($id: ID!) { integrations { id } items(first: 9) { nodes { id } } products(first: 9) { nodes { id } } \
                 stockMovements(first: 9) { nodes { id } } suppliers(first: 9) { nodes { id } } syncRuns { nodes { id } } \
                 syncLogs(first: 9) { nodes { id } } accounts(integrationId: $id, first: 9) { nodes { id } } business { id } }";
    let mine = owner.data(query, json!({"id": id})).await?;
    let stranger = world.client_of(world.another_business("Another").await?, Role::Owner);
    let mut ids = vec![json!(id), run["id"].clone(), mine["business"]["id"].clone()];
    for list in ["items", "products", "stockMovements", "suppliers", "syncRuns", "syncLogs", "accounts"] {
        let nodes = mine[list]["nodes"].as_array().unwrap();
        assert!(!nodes.is_empty(), "{list}");
        ids.extend(nodes.iter().map(|node| node["id"].clone()));
    }
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let found = owner.data(nodes, json!({"ids": ids})).await?["nodes"].clone();
    assert_eq!(found, json!(ids.iter().map(|id| json!({"id": id})).collect::<Vec<_>>()), "the owner finds them all");
    let found = stranger.data(nodes, json!({"ids": ids})).await?["nodes"].clone();
    assert_eq!(found, json!(vec![Value::Null; ids.len()]), "as if they did not exist");
    for (mutation, input) in [
        ("syncItems", json!({"integrationId": id})),
        ("disconnectIntegration", json!({"integrationId": id})),
        ("cancelSync", json!({"runId": run["id"]})),
        ("updateIntegrationSettings", json!({"integrationId": id, "documentPrefix": "XX"})),
        ("updateProduct", json!({"productId": mine["products"]["nodes"][0]["id"], "name": "Stolen"})),
    ] {
        assert_eq!(stranger.refusal(mutation, input).await?["code"], "NOT_FOUND", "{mutation}");
    }
    assert_eq!(owner.data(query, json!({"id": id})).await?, mine);
    Ok(())
}
