//! Lists: pages, filters, order, what changed (reference 2.1).

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::service::{Organisation, answer, connected, sold};

#[tokio::test]
async fn pages_tell_where_they_are_and_hold_the_lines() {
    let (_service, main) = connected().await;
    let (_, body) = main.get("Invoices?page=2&pageSize=3&order=InvoiceNumber%20DESC").await;
    assert_eq!(body["pagination"], json!({"page": 2, "pageSize": 3, "pageCount": 3, "itemCount": 8}));
    assert_eq!(body["Invoices"].as_array().map(Vec::len), Some(3));
    assert!(body["Invoices"][0]["LineItems"].as_array().is_some_and(|lines| !lines.is_empty()));
    let (_, whole) = main.get("Invoices").await;
    assert_eq!((whole.get("pagination"), &whole["Invoices"][0]["LineItems"]), (None, &json!([])));
    assert_eq!(whole["Invoices"].as_array().map(Vec::len), Some(8));
    let (_, brief) = main.get("Invoices?page=1&summaryOnly=True").await;
    assert_eq!((&brief["Invoices"][0]["LineItems"], &brief["pagination"]["pageSize"]), (&json!([]), &json!(100)));
    let (_, items) = main.get("Items?page=1&pageSize=5").await;
    assert_eq!((items.get("pagination"), items["Items"].as_array().map(Vec::len)), (None, Some(42)));
    assert_eq!(main.get("Invoices?page=0").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(main.get("Invoices?page=1&pageSize=5000").await.1["pagination"]["pageSize"], 1000);
}

#[tokio::test]
async fn filters_find_what_they_name() {
    let (_service, main) = connected().await;
    let column = |filter: &'static str| {
        let main = main.clone();
        async move { main.column("Invoices", &[("where", filter), ("page", "1")], "InvoiceNumber").await }
    };
    assert_eq!(column(r#"Type=="ACCPAY" AND Date>=DateTime(2026,02,20)"#).await, ["55-1"]);
    assert_eq!(column(r#"Type=="ACCREC" AND Status=="DRAFT""#).await, ["INV-0005"]);
    assert_eq!(column(r#"Total>1500 AND Type=="ACCREC" OR InvoiceNumber=="55-1""#).await, ["INV-0001", "55-1"]);
    assert_eq!(column(r#"Contact.Name.Contains("kōwhai")"#).await, ["INV-0002"]);
    let contact = main.contact("Kōwhai Café").await;
    let by_guid = format!("Contact.ContactID==Guid(\"{contact}\")");
    assert_eq!(main.column("Invoices", &[("where", &by_guid)], "InvoiceNumber").await, ["INV-0002"]);
    assert_eq!(
        main.column("Items", &[("where", "IsTrackedAsInventory==true AND QuantityOnHand==0")], "Code").await,
        ["CAB-9"]
    );
}

#[tokio::test]
async fn a_filter_or_order_that_cannot_be_read_is_an_error() {
    let (_service, main) = connected().await;
    for (name, value, text) in [
        ("where", "Type==", "Expression expected"),
        ("where", "Nonsense==\"x\"", "No property or field 'Nonsense' exists in type 'Invoice'"),
        ("order", "Nonsense", "No property or field 'Nonsense' exists in type 'Invoice'"),
        ("order", "Date UP", "Syntax error in order 'Date UP'"),
    ] {
        let (status, body) = answer(main.request(Method::GET, "Invoices").query(&[(name, value)])).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{value}");
        assert_eq!(
            (&body["ErrorNumber"], &body["Type"], &body["Message"]),
            (&json!(16), &json!("QueryParseException"), &json!(text))
        );
    }
}

#[tokio::test]
async fn invoices_are_listed_by_ids_numbers_contacts_and_states() {
    let (_service, main) = connected().await;
    let all = main.list("Invoices", &[]).await;
    let id = |index: usize| all[index]["InvoiceID"].as_str().expect("an id").to_uppercase();
    assert_eq!(main.list("Invoices", &[("IDs", &format!("{},{}", id(0), id(3)))]).await.len(), 2);
    assert_eq!(
        main.column("Invoices", &[("InvoiceNumbers", "INV-0003,inv-0001")], "InvoiceNumber").await,
        ["INV-0001", "INV-0003"]
    );
    assert_eq!(main.column("Invoices", &[("Statuses", "DRAFT,VOIDED")], "InvoiceNumber").await, ["INV-0005"]);
    let contact = main.contact("Fixings Direct").await;
    assert_eq!(main.column("Invoices", &[("ContactIDs", &contact)], "InvoiceNumber").await, ["55-1"]);
    assert_eq!(main.column("Invoices", &[("searchTerm", "po 4471")], "InvoiceNumber").await, ["INV-0001"]);
}

async fn since(main: &Organisation, path: &str, since: &str) -> (StatusCode, Value) {
    answer(main.request(Method::GET, path).header(header::IF_MODIFIED_SINCE, since)).await
}

#[tokio::test]
async fn only_what_changed_since_a_second_is_listed() {
    let (_service, main) = connected().await;
    let customer = main.contact("Kōwhai Café").await;
    let invoice = main.create("Invoices", sold(&customer, "WAX", 1, "1")).await;
    let updated = invoice["UpdatedDateUTCString"].as_str().expect("a moment");
    for form in [
        updated.get(..19).expect("seconds").to_owned(),
        updated.replace('T', " ").get(..19).expect("seconds").to_owned(),
    ] {
        let (_, body) = since(&main, "Invoices?page=1", &form).await;
        assert_eq!(body["Invoices"].as_array().map(Vec::len), Some(1), "{form}");
        assert_eq!(body["Invoices"][0]["InvoiceID"], invoice["InvoiceID"]);
    }
    let (status, body) = since(&main, "Invoices?page=1", "2099-01-01T00:00:00").await;
    assert_eq!((status, &body["Invoices"], &body["pagination"]["itemCount"]), (StatusCode::OK, &json!([]), &json!(0)));
    assert_eq!(since(&main, "Items", "2099-01-01T00:00:00").await.0, StatusCode::NOT_MODIFIED);
    assert_eq!(
        since(&main, "Items", "Mon, 05 Jan 2026 00:00:00 GMT").await.1["Items"].as_array().map(Vec::len),
        Some(42)
    );
}

#[tokio::test]
async fn a_movement_of_stock_does_not_date_its_item() {
    let (_service, main) = connected().await;
    let before = main.find("Items", "OT-1").await["UpdatedDateUTC"].clone();
    let customer = main.contact("Kōwhai Café").await;
    main.create("Invoices", sold(&customer, "OT-1", 1, "310")).await;
    let after = main.find("Items", "OT-1").await;
    assert_eq!((&after["UpdatedDateUTC"], &after["QuantityOnHand"]), (&before, &json!(9)));
}

#[tokio::test]
async fn generated_items_are_the_same_for_the_same_seed() {
    let codes = async |seed: u64| {
        let options =
            providers::sandbox::SandboxOptions { throttle: false, extra_items: 300, seed, ..Default::default() };
        let service = crate::service::start_with(options).await;
        let main = service.connect(&[crate::service::MAIN], crate::service::SCOPES).await;
        main.list("Items", &[]).await
    };
    let (first, again, other) = (codes(7).await, codes(7).await, codes(8).await);
    assert_eq!((first.len(), first == again, first == other), (342, true, false));
    let tracked = first[42..].iter().filter(|item| item["IsTrackedAsInventory"] == true).count();
    assert!((5..30).contains(&tracked), "{tracked}");
}
