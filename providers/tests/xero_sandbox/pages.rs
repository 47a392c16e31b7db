//! The pages for people.

use reqwest::{Method, StatusCode, header};
use serde_json::json;

use crate::service::{MAIN, connected, sold, start};

#[tokio::test]
async fn the_pages_list_what_there_is_with_safe_text_and_no_script() {
    let service = start().await;
    let home = service.request(Method::GET, "/").send().await.expect("a page").text().await.expect("html");
    assert!(home.contains(&format!("<a href=\"/organisations/{MAIN}\">Tōtara &amp; Pine Furniture</a>")), "{home}");
    let page = service.request(Method::GET, &format!("/organisations/{MAIN}")).send().await.expect("a page");
    let html = page.text().await.expect("html");
    assert!(html.contains("Stool &quot;Bertha&quot;") && html.contains("O&#39;Brien &amp; Sons &lt;Fitouts&gt;"));
    assert!(html.contains("INV-0001") && html.contains("Wages of February, workshop") && !html.contains("<script"));
    let missing = service.request(Method::GET, "/organisations/1").send().await.expect("a page");
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_person_edits_voids_and_deletes_by_forms_within_the_rules() {
    let (service, main) = connected().await;
    let customer = main.contact("Kōwhai Café").await;
    let invoice = main.create("Invoices", sold(&customer, "OT-1", 2, "300")).await;
    let id = invoice["InvoiceID"].as_str().expect("an id");
    let path = format!("/organisations/{MAIN}/Invoices/{id}");
    let form = service.request(Method::GET, &path).send().await.expect("a page").text().await.expect("html");
    assert!(form.contains("name=\"0.Quantity\" value=\"2\"") && form.contains("value=\"void\""), "{form}");
    let post = |path: String, fields: &'static [(&'static str, &'static str)]| {
        let request = service.request(Method::POST, &path).form(fields);
        async move { request.send().await.expect("an answer") }
    };
    let done = post(path.clone(), &[("act", "save"), ("0.Quantity", "3"), ("Reference", "by hand")]).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    assert_eq!(done.headers()[header::LOCATION], format!("/organisations/{MAIN}"));
    let edited = main.find("Invoices", id).await;
    assert_eq!((&edited["Reference"], edited["Total"].to_string()), (&json!("by hand"), "900.00".to_owned()));
    assert_eq!(main.on_hand("OT-1").await.0, "7");
    let refused = post(path.clone(), &[("act", "save"), ("0.Quantity", "300")]).await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    assert!(refused.text().await.expect("html").contains("<strong>Refused:</strong> There are not enough items"));
    assert_eq!(post(path, &[("act", "void")]).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        (main.find("Invoices", id).await["Status"].clone(), main.on_hand("OT-1").await.0),
        (json!("VOIDED"), "10".to_owned())
    );
    let item = main.create("Items", json!({"Code": "BRIEF", "SalesDetails": {"UnitPrice": 5}})).await;
    let path = format!("/organisations/{MAIN}/Items/{}", item["ItemID"].as_str().expect("an id"));
    post(path.clone(), &[("act", "save"), ("Name", "Short"), ("SalesDetails.UnitPrice", "6.5")]).await;
    let saved = main.find("Items", "BRIEF").await;
    assert_eq!((&saved["Name"], &saved["SalesDetails"]["UnitPrice"]), (&json!("Short"), &json!(6.5)));
    post(path, &[("act", "delete")]).await;
    assert_eq!(main.get("Items/BRIEF").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn forms_from_other_sites_are_not_obeyed() {
    let (service, main) = connected().await;
    let journal = main.list("ManualJournals", &[]).await[0]["ManualJournalID"].as_str().expect("an id").to_owned();
    let request = service.request(Method::POST, &format!("/organisations/{MAIN}/ManualJournals/{journal}"));
    let sent =
        request.header("origin", "https://evil.example").form(&[("act", "void")]).send().await.expect("an answer");
    assert_eq!(sent.status(), StatusCode::FORBIDDEN);
    assert_eq!(main.find("ManualJournals", &journal).await["Status"], "POSTED");
}
