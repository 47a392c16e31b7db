//! Generated items: many, the same ones for the same seed, and as good as stored ones.

use std::collections::BTreeSet;

use providers::sandbox::SandboxOptions;
use serde_json::json;

use crate::service::{REALM, but, inventory_item, start_with};

fn many(extra_items: u32, seed: u64) -> SandboxOptions {
    SandboxOptions { throttle: false, extra_items, seed, ..SandboxOptions::default() }
}

#[tokio::test]
async fn pages_of_a_long_listing_hold_every_item_once() {
    let service = start_with(many(2500, 1)).await;
    let company = service.connect(REALM).await;
    let mut ids = BTreeSet::new();
    let mut rows = 0;
    for page in 0..4 {
        let statement = format!(
            "SELECT * FROM Item WHERE Active IN (true, false) ORDERBY Id STARTPOSITION {} MAXRESULTS 1000",
            page * 1000 + 1
        );
        let found = company.column(&statement, "Item", "Id").await;
        rows += found.len();
        ids.extend(found);
    }
    assert_eq!((rows, ids.len()), (2562, 2562));
    let active = company.query("SELECT COUNT(*) FROM Item").await["totalCount"].as_u64().expect("a count");
    assert!((2400..2558).contains(&active), "{active} active");
}

#[tokio::test]
async fn no_page_is_longer_than_a_thousand() {
    let service = start_with(many(2500, 1)).await;
    let company = service.connect(REALM).await;
    assert_eq!(company.query("SELECT * FROM Item MAXRESULTS 5000").await["maxResults"], json!(1000));
}

#[tokio::test]
async fn the_same_seed_gives_the_same_company() {
    let mut listings = Vec::new();
    for seed in [5, 5, 6] {
        let service = start_with(many(300, seed)).await;
        let company = service.connect(REALM).await;
        listings.push(company.query("SELECT * FROM Item ORDERBY Id MAXRESULTS 1000").await);
    }
    assert_eq!(listings[0], listings[1]);
    assert_ne!(listings[0], listings[2]);
}

#[tokio::test]
async fn a_generated_item_is_found_updated_removed_and_its_name_taken() {
    let service = start_with(many(100, 1)).await;
    let company = service.connect(REALM).await;
    let found = company.query("SELECT * FROM Item WHERE Sku = 'GEN-000042' AND Active IN (true, false)").await;
    let item = found["Item"][0].clone();
    assert_eq!(item["Id"], "10042");
    let name = item["Name"].as_str().expect("a name").to_owned();
    let taken = company.refused("Item", inventory_item(&name)).await;
    assert_eq!(taken.2, "The name supplied already exists. : Id=10042");
    let update = json!({"Id": "10042", "SyncToken": "0", "sparse": true, "Name": "Renamed"});
    let renamed = company.save("Item", update).await;
    assert_eq!(
        renamed,
        but(
            item,
            json!({"Name": "Renamed", "FullyQualifiedName": "Renamed", "SyncToken": "1",
                                        "MetaData": renamed["MetaData"]})
        )
    );
    assert_eq!(company.save("Item", inventory_item(&name)).await["Id"], "10101");
    service.control(json!({"command": "remove", "realm": REALM, "entity": "Item", "id": "10042"})).await;
    let count = company.query("SELECT COUNT(*) FROM Item WHERE Active IN (true, false)").await;
    assert_eq!(count, json!({"totalCount": 162}));
}
