//! How many statements a query costs: one per level, whatever the number of rows.
//!
//! Rule: measured at a gateway of its own that does nothing else; the first request, which looks up who asks, is counted
//! apart.

use serde_json::{Value, json};
use stockbridge_tests::{
    Options, Outcome, TestDatabase, World,
    client::Client,
    on_both_databases,
    sandbox::WORKSHOP,
    steps::{connect, counts, sync},
};

on_both_databases!(
    fifty_products_with_item_and_account_cost_four_statements_at_most,
    every_list_costs_one_statement_per_level,
    rows_show_what_their_objects_show,
    a_field_by_itself_is_what_the_whole_item_shows,
);

/// A gateway that does nothing but answer, over 1,000 items of which 60 are imported.
async fn prepared(database: &TestDatabase) -> anyhow::Result<(World, World, String)> {
    let world = World::with(database, Options { items: 1_000, ..Options::default() }).await?;
    let owner = world.owner();
    let id = connect(&owner, WORKSHOP).await?;
    assert!(counts(&sync(&owner, &id).await?)[0] > 700);
    let found = owner.data("{ items(first: 60, filter: {types: [INVENTORY]}) { nodes { id } } }", Value::Null).await?;
    let ids: Vec<Value> = found["items"]["nodes"].as_array().unwrap().iter().map(|node| node["id"].clone()).collect();
    let payload = owner.mutate("importItems", json!({"itemIds": ids}), "created failed").await?;
    assert_eq!(payload["created"], 60, "{payload}");
    let quiet = world.another_gateway(true).await?;
    Ok((world, quiet, id))
}

/// The statements that a query costs, and its data.
async fn cost(world: &World, client: &Client, query: &str) -> anyhow::Result<(u64, Value)> {
    let before = world.app.db.statement_count();
    let data = client.data(query, Value::Null).await?;
    Ok((world.app.db.statement_count() - before, data))
}

async fn fifty_products_with_item_and_account_cost_four_statements_at_most(database: TestDatabase) -> Outcome {
    let (_busy, quiet, _) = prepared(&database).await?;
    let owner = quiet.owner();
    let query = "{ products(first: 50) { nodes { id name sku onHand value { amount } item { id name sku unitPrice { amount } \
                 incomeAccount { id name } expenseAccount { id name } assetAccount { id name } } } } }";
    let (first, _) = cost(&quiet, &owner, query).await?;
    assert_eq!(first, 4, "who asks, products, items, accounts");
    // Again and again: how the look-ups of a level meet must not depend on chance.
    for _ in 0..20 {
        assert_eq!(cost(&quiet, &owner, query).await?.0, 3, "who asks is remembered for a moment");
    }
    let (_, data) = cost(&quiet, &owner, query).await?;
    let nodes = data["products"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 50);
    assert!(nodes.iter().all(|node| node["item"]["incomeAccount"]["name"].is_string()), "{:?}", nodes[0]);
    Ok(())
}

async fn every_list_costs_one_statement_per_level(database: TestDatabase) -> Outcome {
    let (_busy, quiet, integration) = prepared(&database).await?;
    let owner = quiet.owner();
    owner.data("{ viewer { subject } }", Value::Null).await?;
    let accounts = format!("{{ accounts(integrationId: \"{integration}\", first: 50) {{ nodes {{ name }} }} }}");
    for (query, expected) in [
        ("{ items(first: 50, filter: {types: [INVENTORY], active: true}) { nodes { id name sku } } }", 1),
        ("{ items(first: 50, filter: {search: \"oak\"}) { nodes { id } totalCount } }", 2),
        ("{ items(first: 50) { nodes { id product { id name } } } }", 2),
        ("{ items(first: 50) { nodes { id integration { id company { name } } product { id } } } }", 3),
        ("{ products(first: 50) { nodes { id } } }", 1),
        ("{ products(first: 50) { nodes { id drift { difference } } } }", 2),
        ("{ stockMovements(first: 50) { nodes { id product { id name } } } }", 2),
        ("{ suppliers(first: 50) { nodes { id name } } }", 1),
        ("{ syncRuns(first: 50) { nodes { id integration { id } } } }", 2),
        ("{ syncLogs(first: 50) { nodes { id operation run { id } integration { id } } } }", 3),
        (accounts.as_str(), 1),
    ] {
        let (statements, _) = cost(&quiet, &owner, query).await?;
        assert_eq!(statements, expected, "{query}");
    }
    // A deep page costs no more than the first.
    let first = owner.data("{ items(first: 250) { pageInfo { endCursor } } }", Value::Null).await?;
    let cursor = first["items"]["pageInfo"]["endCursor"].as_str().unwrap().to_owned();
    let deep = format!("{{ items(first: 50, after: \"{cursor}\") {{ nodes {{ id }} }} }}");
    assert_eq!(cost(&quiet, &owner, &deep).await?.0, 1);
    Ok(())
}

/// The fields of a type that need no arguments and no selection, with the parts of money.
async fn plain_fields(client: &Client, kind: &str) -> anyhow::Result<Vec<String>> {
    let query = "query($name: String!) { __type(name: $name) { fields { name args { name } type { ...of ofType { ...of } } } } } \
                 fragment of on __Type { kind name }";
    let data = client.data(query, json!({"name": kind})).await?;
    let mut names = Vec::new();
    for field in data["__type"]["fields"].as_array().unwrap() {
        let name = field["name"].as_str().unwrap();
        let shown = if field["type"]["kind"] == "NON_NULL" { &field["type"]["ofType"] } else { &field["type"] };
        match (field["args"].as_array().unwrap().is_empty(), shown["kind"].as_str(), shown["name"].as_str()) {
            (true, Some("SCALAR" | "ENUM"), _) => names.push(name.to_owned()),
            (true, _, Some("Money")) => names.push(format!("{name} {{ amount currency }}")),
            _ => {}
        }
    }
    Ok(names)
}

/// Rows answer plain fields by themselves; a name asked for twice sends them all to the resolvers.
async fn rows_show_what_their_objects_show(database: TestDatabase) -> Outcome {
    let (_busy, quiet, integration) = prepared(&database).await?;
    let owner = quiet.owner();
    owner.data("mutation { enableReceiving { userErrors { code } } }", Value::Null).await?;
    let accounts = format!("accounts(integrationId: \"{integration}\", first: 60)");
    for (list, kind, known) in [
        ("items(first: 250)", "Item", 14),
        ("products(first: 60)", "Product", 11),
        (&accounts, "Account", 9),
        ("suppliers(first: 60)", "Supplier", 7),
        ("stockMovements(first: 60)", "StockMovement", 13),
        ("lots(first: 60)", "Lot", 13),
        ("syncLogs(first: 60)", "SyncLogEntry", 15),
    ] {
        let fields = plain_fields(&owner, kind).await?.join(" ");
        let rows =
            |fields: &str| format!("{{ list: {list} {{ nodes {{ {fields} }} edges {{ node {{ {fields} }} }} }} }}");
        let by_rows = owner.data(&rows(&fields), Value::Null).await?;
        let by_objects = owner.data(&rows(&format!("id {fields}")), Value::Null).await?;
        assert_eq!(by_rows, by_objects, "{kind}: {fields}");
        let nodes = by_rows["list"]["nodes"].as_array().unwrap();
        assert!(nodes.len() > 5, "{kind}");
        assert!(nodes.iter().all(|node| node.as_object().unwrap().len() >= known), "{kind}: {:?}", nodes[0]);
        let through = format!(
            "{{ list: {list} {{ nodes {{ a: id ...part ... on {kind} {{ ... {{ b: __typename }} }} }} }} }} \
             fragment part on {kind} {{ c: id }}"
        );
        let data = owner.data(&through, Value::Null).await?;
        for (row, node) in data["list"]["nodes"].as_array().unwrap().iter().zip(nodes) {
            assert_eq!(*row, json!({"a": node["id"], "b": kind, "c": node["id"]}));
        }
    }
    Ok(())
}

/// A list of items reads the columns that are asked for, so each field is asked for by itself, and in every order.
async fn a_field_by_itself_is_what_the_whole_item_shows(database: TestDatabase) -> Outcome {
    let (_busy, quiet, _) = prepared(&database).await?;
    let owner = quiet.owner();
    let mut fields = plain_fields(&owner, "Item").await?;
    let others = ["incomeAccount", "expenseAccount", "assetAccount", "integration", "product"];
    fields.extend(others.map(|name| format!("{name} {{ id }}")));
    for order in ["NAME", "SKU", "UPDATED_AT"] {
        let list = format!("items(first: 20, orderBy: {{field: {order}}})");
        let found = owner.data(&format!("{{ {list} {{ nodes {{ id }} }} }}"), Value::Null).await?;
        let mut whole = Vec::new();
        for row in found["items"]["nodes"].as_array().unwrap() {
            whole.push(owner.node(row["id"].as_str().unwrap(), "Item", &fields.join(" ")).await?);
        }
        assert_eq!(whole.len(), 20);
        for field in &fields {
            let name = field.split(' ').next().unwrap();
            let query = format!(
                "{{ list: {list} {{ ...part edges {{ node {{ {field} }} }} pageInfo {{ endCursor }} }} }} \
                 fragment part on ItemConnection {{ nodes {{ {field} }} }}"
            );
            let list = owner.data(&query, Value::Null).await?["list"].clone();
            let shown = |row: &Value| row[name].clone();
            let expected: Vec<Value> = whole.iter().map(shown).collect();
            let nodes: Vec<Value> = list["nodes"].as_array().unwrap().iter().map(shown).collect();
            let edges: Vec<Value> =
                list["edges"].as_array().unwrap().iter().map(|edge| edge["node"][name].clone()).collect();
            assert_eq!((&nodes, &edges), (&expected, &expected), "{field}");
        }
    }
    Ok(())
}
