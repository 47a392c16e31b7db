//! Creating items (reference 9.1).

use rstest::rstest;
use serde_json::{Value, json};

use crate::service::{REALM, but, connected, inventory_item};

#[tokio::test]
async fn an_inventory_item_is_created_with_everything_that_follows() {
    let (_service, company) = connected().await;
    let sent = but(
        inventory_item("Trestle"),
        json!({"ParentRef": {"value": "2"}, "Sku": "TR-1", "PurchaseCost": "11.2500001"}),
    );
    let item = company.save("Item", sent).await;
    assert_eq!(item["Id"], "63");
    assert_eq!(item["SyncToken"], "0");
    assert_eq!(item["FullyQualifiedName"], "Furniture:Tables:Trestle");
    assert_eq!(item["Level"], json!(2));
    assert_eq!(item["SubItem"], json!(true));
    assert_eq!(item["Active"], json!(true));
    assert_eq!(item["QtyOnHand"], json!(10));
    assert_eq!(item["PurchaseCost"].to_string(), "11.2500001");
    assert_eq!(item["IncomeAccountRef"], json!({"value": "79", "name": "Sales of Product Income"}));
    assert_eq!(item["MetaData"]["CreateTime"], item["MetaData"]["LastUpdatedTime"]);
    assert_eq!(company.find("Item", "63").await, item);
}

#[rstest]
#[case(json!({"Name": null}), 2020, "Name")]
#[case(json!({"Name": "   "}), 2020, "Name")]
#[case(json!({"Type": null}), 2020, "Type")]
#[case(json!({"QtyOnHand": null}), 2020, "QtyOnHand")]
#[case(json!({"InvStartDate": null}), 2020, "InvStartDate")]
#[case(json!({"AssetAccountRef": null}), 2020, "AssetAccountRef")]
#[case(json!({"IncomeAccountRef": null}), 2020, "IncomeAccountRef")]
#[case(json!({"ExpenseAccountRef": null}), 2020, "ExpenseAccountRef")]
#[case(json!({"Colour": "red"}), 2010, "Colour")]
#[case(json!({"Name": "x".repeat(101)}), 2050, "Name")]
#[case(json!({"Name": "a:b"}), 2040, "Name")]
#[case(json!({"Name": "a\nb"}), 2040, "Name")]
#[case(json!({"Type": "Assembly"}), 2170, "Type")]
#[case(json!({"Type": "Group"}), 500, "Type")]
#[case(json!({"UnitPrice": 100_000_000_000_i64}), 2240, "UnitPrice")]
#[case(json!({"IncomeAccountRef": {"value": "9999"}}), 2500, "IncomeAccountRef")]
#[case(json!({"AssetAccountRef": {"value": "56"}}), 610, "AssetAccountRef")]
#[case(json!({"PrefVendorRef": {"value": "12"}}), 610, "PrefVendorRef")]
#[case(json!({"PrefVendorRef": {"value": "77"}}), 2500, "PrefVendorRef")]
#[case(json!({"AssetAccountRef": {"value": "35"}}), 6430, "AssetAccountRef")]
#[case(json!({"AssetAccountRef": {"value": "3"}}), 6430, "AssetAccountRef")]
#[case(json!({"IncomeAccountRef": {"value": "1"}}), 6430, "IncomeAccountRef")]
#[case(json!({"ExpenseAccountRef": {"value": "21"}}), 6430, "ExpenseAccountRef")]
#[case(json!({"ParentRef": {"value": "11"}}), 700, "ParentRef")]
#[case(json!({"SubItem": true}), 6150, "ParentRef")]
#[tokio::test]
async fn an_inventory_item_that_breaks_a_rule_is_refused(
    #[case] change: Value,
    #[case] code: u32,
    #[case] element: &str,
) {
    let (_service, company) = connected().await;
    let found = company.refused("Item", but(inventory_item("Trestle"), change)).await;
    assert_eq!((found.0, found.1.as_str()), (code, element), "{}", found.2);
    assert_eq!(
        company.query("SELECT COUNT(*) FROM Item WHERE Active IN (true,false)").await,
        json!({"totalCount": 62})
    );
}

#[rstest]
#[case(json!({"Type": "Service", "IncomeAccountRef": {"value": "1"}}), &[("UnitPrice", json!(0)), ("TrackQtyOnHand", json!(false))])]
#[case(json!({"Type": "NonInventory", "ExpenseAccountRef": {"value": "21"}}), &[("ExpenseAccountRef", json!({"value": "21", "name": "Supplies"}))])]
#[case(json!({"Type": "Category", "UnitPrice": 5, "QtyOnHand": 2}), &[("UnitPrice", Value::Null), ("QtyOnHand", Value::Null)])]
#[tokio::test]
async fn other_types_need_less(#[case] sent: Value, #[case] expected: &[(&str, Value)]) {
    let (_service, company) = connected().await;
    let item = company.save("Item", but(sent, json!({"Name": "Something new"}))).await;
    for (field, value) in expected {
        assert_eq!(item.get(field).unwrap_or(&Value::Null), value, "{field}");
    }
}

#[tokio::test]
async fn a_service_without_an_income_account_is_refused() {
    let (_service, company) = connected().await;
    let sent = json!({"Name": "Advice", "Type": "Service", "ExpenseAccountRef": {"value": "21"}});
    assert_eq!(company.refused("Item", sent).await.0, 2020);
    assert_eq!(company.refused("Item", json!({"Name": "Thing", "Type": "NonInventory"})).await.0, 2020);
}

#[tokio::test]
async fn a_name_is_free_in_another_category_and_taken_in_the_same() {
    let (_service, company) = connected().await;
    company.save("Item", inventory_item("Oak Table")).await;
    let again = company.refused("Item", but(inventory_item("OAK table"), json!({"ParentRef": {"value": "2"}}))).await;
    assert_eq!(again, (6240, "Name".to_owned(), "The name supplied already exists. : Id=11".to_owned()));
}

#[tokio::test]
async fn categories_go_four_levels_deep() {
    let (_service, company) = connected().await;
    let category = |parent: &str| json!({"Name": "Deeper", "Type": "Category", "ParentRef": {"value": parent}});
    assert_eq!(company.refused("Item", category("9")).await.0, 6180);
    let fourth = company.save("Item", category("8")).await;
    assert_eq!(fourth["Level"], json!(3));
    let item = company.save("Item", but(inventory_item("Deep"), json!({"ParentRef": {"value": fourth["Id"]}}))).await;
    assert_eq!(item["FullyQualifiedName"], "Raw Materials:Timber:Hardwood:Deeper:Deep");
}

#[tokio::test]
async fn inventory_below_plus_is_refused() {
    let (service, company) = connected().await;
    let command = json!({"command": "company-rules", "realm": REALM, "offering": "QuickBooks Online Essentials"});
    service.control(command).await;
    assert_eq!(company.refused("Item", inventory_item("Trestle")).await.0, 5020);
}

#[tokio::test]
async fn a_lapsed_subscription_reads_but_does_not_write() {
    let (service, company) = connected().await;
    service.control(json!({"command": "company-rules", "realm": REALM, "subscription": "EXPIRED"})).await;
    assert_eq!(company.refused("Item", inventory_item("Trestle")).await.0, 6190);
    assert_eq!(company.find("Item", "11").await["Name"], "Oak Table");
}
