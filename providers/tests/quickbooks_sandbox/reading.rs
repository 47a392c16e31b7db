//! Reading single objects (reference 2, 4, 9.7, 9.8).

use reqwest::{Method, StatusCode, header};
use rstest::rstest;
use serde_json::json;

use crate::service::{OTHER_REALM, connected, fault, start};

#[tokio::test]
async fn the_company_says_its_name_and_what_it_has_subscribed_to() {
    let (_service, company) = connected().await;
    let (status, body) = company.get("companyinfo/9341453920441001?minorversion=75").await;
    assert_eq!(status, StatusCode::OK);
    let info = &body["CompanyInfo"];
    assert_eq!(info["CompanyName"], "Cedar & Steel Workshop");
    assert_eq!(info["Id"], "1");
    assert_eq!(info["DefaultTimeZone"], "America/Los_Angeles");
    let offering = json!({"Name": "OfferingSku", "Value": "QuickBooks Online Plus"});
    assert!(info["NameValue"].as_array().is_some_and(|values| values.contains(&offering)));
    assert!(body["time"].as_str().is_some_and(|time| time.len() == "2026-03-02T09:14:07.511-08:00".len()));
}

#[tokio::test]
async fn preferences_name_the_home_currency() {
    let (_service, company) = connected().await;
    let (_, body) = company.get("preferences").await;
    let preferences = &body["Preferences"];
    assert_eq!(preferences["CurrencyPrefs"], json!({"MultiCurrencyEnabled": false, "HomeCurrency": {"value": "USD"}}));
    assert_eq!(preferences["ProductAndServicesPrefs"]["QuantityOnHand"], json!(true));
    assert_eq!(preferences["AccountingInfoPrefs"].get("BookCloseDate"), None);
}

#[tokio::test]
async fn each_company_has_its_own_objects() {
    let (service, workshop) = connected().await;
    let bakery = service.connect(OTHER_REALM).await;
    assert_eq!(workshop.find("Item", "4").await["Name"], "Hardware");
    assert_eq!(bakery.find("Item", "4").await["Name"], "Sourdough Loaf");
}

#[tokio::test]
async fn an_item_has_its_place_its_accounts_and_exact_numbers() {
    let (_service, company) = connected().await;
    let item = company.find("Item", "14").await;
    let expected = json!({
        "Id": "14", "SyncToken": "0", "domain": "QBO", "sparse": false, "Active": true,
        "Name": "Steel-leg Desk", "FullyQualifiedName": "Furniture:Tables:Steel-leg Desk", "Sku": "SLD-140",
        "Description": "Desk with a welded steel frame", "Type": "Inventory", "SubItem": true, "Level": 2,
        "ParentRef": {"value": "2", "name": "Furniture:Tables"}, "Taxable": true,
        "UnitPrice": 420, "PurchaseCost": "see below", "TrackQtyOnHand": true, "QtyOnHand": 5,
        "InvStartDate": "2024-01-01",
        "IncomeAccountRef": {"value": "46", "name": "Workshop Sales:Furniture"},
        "ExpenseAccountRef": {"value": "80", "name": "Cost of Goods Sold"},
        "AssetAccountRef": {"value": "81", "name": "Inventory Asset"},
        "MetaData": {"CreateTime": "2024-12-02T08:30:00-08:00", "LastUpdatedTime": "2024-12-02T08:30:00-08:00"}
    });
    assert_eq!(item["PurchaseCost"].to_string(), "233.333333");
    let mut item = item;
    item["PurchaseCost"] = "see below".into();
    assert_eq!(item, expected);
}

#[rstest]
#[case("ITEM/11")]
#[case("Item/11?format=json&minorversion=4&&")]
#[case("item/11?minorversion=9999")]
#[tokio::test]
async fn paths_are_read_in_any_case_and_unknown_parameters_ignored(#[case] path: &str) {
    let (_service, company) = connected().await;
    let (status, body) = company.get(path).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body["Item"]["Name"], "Oak Table");
}

#[tokio::test]
async fn what_cannot_be_read_is_told_by_number() {
    let (_service, company) = connected().await;
    assert_eq!(fault(&company.get("item/99999").await).0, 610);
    assert_eq!(fault(&company.get("item/abc").await).0, 2030);
    assert_eq!(fault(&company.get("spaceship/1").await).0, 500);
    assert_eq!(company.get("item/1/2/3").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_inactive_object_is_read_like_any_other() {
    let (_service, company) = connected().await;
    let item = company.find("Item", "44").await;
    assert_eq!((item["Active"].clone(), item["Name"].clone()), (json!(false), json!("Oak Table (deleted)")));
}

#[tokio::test]
async fn who_does_not_ask_for_json_gets_xml() {
    let (service, company) = connected().await;
    let url = company.base.join("item/11").expect("a path");
    let answer = service.http.get(url).bearer_auth(&company.token).send().await.expect("an answer");
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/xml;charset=UTF-8");
    let text = answer.text().await.expect("text");
    assert!(
        text.contains("<Item domain=\"QBO\" sparse=\"false\">") && text.contains("<Name>Oak Table</Name>"),
        "{text}"
    );
}

#[tokio::test]
async fn answers_open_no_door_for_other_sites() {
    let service = start().await;
    let request = service.request(Method::GET, "/v3/company/1/item/1").header(header::ORIGIN, "https://evil.example");
    let response = request.send().await.expect("an answer");
    assert!(!response.headers().keys().any(|name| name.as_str().starts_with("access-control")));
}
