//! Full and sparse updates, stale tokens, names of inactive objects (reference 7).

use serde_json::{Value, json};

use crate::service::{REALM, but, connected, inventory_item};

#[tokio::test]
async fn a_sparse_update_leaves_what_is_not_sent() {
    let (service, company) = connected().await;
    service.control(json!({"command": "advance-clock", "seconds": 60})).await;
    let before = company.find("Item", "11").await;
    let after = company.save("Item", json!({"Id": "11", "SyncToken": "0", "sparse": true, "UnitPrice": 325})).await;
    assert_eq!(after["SyncToken"], "1");
    assert_ne!(after["MetaData"]["LastUpdatedTime"], before["MetaData"]["LastUpdatedTime"]);
    let expected = but(before, json!({"UnitPrice": 325, "SyncToken": "1", "MetaData": after["MetaData"]}));
    assert_eq!(after, expected);
    assert_eq!(after["MetaData"]["CreateTime"], "2024-12-02T08:30:00-08:00");
}

#[tokio::test]
async fn a_full_update_clears_what_is_not_sent() {
    let (_service, company) = connected().await;
    let sent = but(inventory_item("Oak Table"), json!({"Id": "11", "SyncToken": 0, "ParentRef": {"value": "2"}}));
    let after = company.save("Item", sent).await;
    for field in ["Sku", "Description", "PurchaseDesc", "ReorderPoint", "Taxable"] {
        assert_eq!(after.get(field), None, "{field}");
    }
    assert_eq!(after["UnitPrice"], json!(20.5));
    assert_eq!((after["QtyOnHand"].clone(), after["InvStartDate"].clone()), (json!(12), json!("2024-01-01")));
    let without_name = company.refused("Item", json!({"Id": "11", "SyncToken": "1"})).await;
    assert_eq!((without_name.0, without_name.1.as_str()), (2020, "Name"));
}

#[tokio::test]
async fn an_empty_text_clears_and_nothing_is_nothing() {
    let (_service, company) = connected().await;
    let sent = json!({"Id": "11", "SyncToken": "0", "sparse": true, "Description": "", "ReorderPoint": null});
    let after = company.save("Item", sent).await;
    assert_eq!(after.get("Description"), None);
    assert_eq!(after["ReorderPoint"], json!(4));
}

#[tokio::test]
async fn an_old_sync_token_is_stale_and_none_is_missing() {
    let (_service, company) = connected().await;
    let update = |token: Value| json!({"Id": "11", "SyncToken": token, "sparse": true, "UnitPrice": 1});
    company.save("Item", update(json!("0"))).await;
    let stale = company.refused("Item", update(json!("0"))).await;
    assert_eq!(stale.0, 5010);
    assert!(stale.2.starts_with("Stale Object Error : You and "), "{}", stale.2);
    assert_eq!(company.refused("Item", update(json!(7))).await.0, 5010);
    assert_eq!(company.refused("Item", update(Value::Null)).await.0, 2020);
    assert_eq!(company.find("Item", "11").await["SyncToken"], "1");
}

#[tokio::test]
async fn an_unknown_id_cannot_be_updated() {
    let (_service, company) = connected().await;
    let update = |id: &str| json!({"Id": id, "SyncToken": "0", "sparse": true, "Name": "x"});
    assert_eq!(company.refused("Item", update("4711")).await.0, 610);
    assert_eq!(company.refused("Item", update("abc")).await.0, 2030);
}

#[tokio::test]
async fn an_update_does_not_change_quantity_unless_the_company_is_told_to() {
    let (service, company) = connected().await;
    let update = |token: &str| json!({"Id": "11", "SyncToken": token, "sparse": true, "QtyOnHand": 99});
    assert_eq!(company.save("Item", update("0")).await["QtyOnHand"], json!(12));
    service.control(json!({"command": "company-rules", "realm": REALM, "quantity_updates": true})).await;
    assert_eq!(company.save("Item", update("1")).await["QtyOnHand"], json!(99));
}

#[tokio::test]
async fn the_type_of_stock_is_for_ever() {
    let (_service, company) = connected().await;
    let change = |id: &str, kind: &str| json!({"Id": id, "SyncToken": "0", "sparse": true, "Type": kind});
    assert_eq!(company.refused("Item", change("11", "Service")).await.0, 6000);
    assert_eq!(company.refused("Item", change("1", "Service")).await.0, 2120);
    assert_eq!(company.refused("Item", change("53", "Category")).await.0, 2120);
    assert_eq!(company.save("Item", change("53", "NonInventory")).await["Type"], "NonInventory");
}

#[tokio::test]
async fn an_inactive_item_gives_its_name_free_and_its_stock_up() {
    let (_service, company) = connected().await;
    let off = |id: &str, token: &str| json!({"Id": id, "SyncToken": token, "sparse": true, "Active": false});
    let gone = company.save("Item", off("12", "0")).await;
    assert_eq!(gone["Name"], "Walnut Coffee Table (deleted)");
    assert_eq!(gone["FullyQualifiedName"], "Furniture:Tables:Walnut Coffee Table (deleted)");
    assert_eq!(gone["QtyOnHand"], json!(0));
    let found = company.query("SELECT * FROM Item WHERE Name LIKE 'Walnut%'").await;
    assert_eq!(found, json!({}));
    let named = but(inventory_item("Walnut Coffee Table"), json!({"ParentRef": {"value": "2"}}));
    let again = company.save("Item", named).await;
    let second = company.save("Item", off(again["Id"].as_str().expect("an id"), "0")).await;
    assert_eq!(second["Name"], "Walnut Coffee Table (deleted 2)");
    let back = json!({"Id": "12", "SyncToken": "1", "sparse": true, "Active": true});
    assert_eq!(company.save("Item", back).await["Name"], "Walnut Coffee Table (deleted)");
    let named = json!({"Id": "12", "SyncToken": "2", "sparse": true, "Name": "Walnut Coffee Table"});
    assert_eq!(company.save("Item", named).await["FullyQualifiedName"], "Furniture:Tables:Walnut Coffee Table");
}

#[tokio::test]
async fn a_category_stays_active() {
    let (_service, company) = connected().await;
    let off = json!({"Id": "5", "SyncToken": "0", "sparse": true, "Active": false});
    assert_eq!(company.refused("Item", off).await.0, 6000);
}

#[tokio::test]
async fn renaming_a_category_renames_the_place_of_all_below() {
    let (_service, company) = connected().await;
    company.save("Item", json!({"Id": "6", "SyncToken": "0", "sparse": true, "Name": "Materials"})).await;
    let oak = company.find("Item", "31").await;
    assert_eq!(oak["FullyQualifiedName"], "Materials:Timber:Hardwood:Kiln-dried:Red Oak 4/4, board foot");
    assert_eq!(oak["SyncToken"], "0");
}

#[tokio::test]
async fn a_category_cannot_move_below_itself() {
    let (_service, company) = connected().await;
    let under = |parent: &str| json!({"Id": "6", "SyncToken": "0", "sparse": true, "ParentRef": {"value": parent}});
    assert_eq!(company.refused("Item", under("8")).await.0, 900);
    assert_eq!(company.refused("Item", under("6")).await.0, 900);
}

#[tokio::test]
async fn an_item_leaves_its_category_when_it_is_no_sub_item() {
    let (_service, company) = connected().await;
    let out = json!({"Id": "12", "SyncToken": "0", "sparse": true, "SubItem": false});
    let item = company.save("Item", out).await;
    assert_eq!(item["FullyQualifiedName"], "Walnut Coffee Table");
    assert_eq!((item.get("ParentRef"), item.get("Level"), item.get("SubItem")), (None, None, None));
}

#[tokio::test]
async fn list_objects_are_neither_deleted_nor_voided() {
    let (_service, company) = connected().await;
    for operation in ["delete", "void"] {
        let path = format!("item?operation={operation}");
        let answer = company.post(&path, &json!({"Id": "11", "SyncToken": "0"})).await;
        assert_eq!(crate::service::fault(&answer).0, 500);
    }
}

#[tokio::test]
async fn preferences_are_updated_setting_by_setting() {
    let (_service, company) = connected().await;
    let sent = json!({"SyncToken": "0", "sparse": true, "AccountingInfoPrefs": {"BookCloseDate": "2025-12-31"}});
    let after = company.save("Preferences", sent).await;
    assert_eq!(after["AccountingInfoPrefs"]["BookCloseDate"], "2025-12-31");
    assert_eq!(after["AccountingInfoPrefs"]["FirstMonthOfFiscalYear"], "January");
    assert_eq!(after["CurrencyPrefs"]["HomeCurrency"]["value"], "USD");
}

#[tokio::test]
async fn the_company_itself_is_updated_too() {
    let (_service, company) = connected().await;
    let sent = json!({"Id": "1", "SyncToken": "0", "sparse": true, "CompanyName": "Cedar, Steel & Brass"});
    let after = company.save("CompanyInfo", sent).await;
    assert_eq!((after["CompanyName"].clone(), after["SyncToken"].clone()), (json!("Cedar, Steel & Brass"), json!("1")));
    assert_eq!(after["Country"], "US");
}
