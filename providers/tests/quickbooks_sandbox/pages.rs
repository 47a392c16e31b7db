//! The pages for people.

use reqwest::{Method, StatusCode, header};
use serde_json::json;

use crate::service::{REALM, Service, connected, start};

impl Service {
    /// A page's text.
    async fn page(&self, path: &str) -> String {
        let answer = self.request(Method::GET, path).send().await.expect("a page");
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.text().await.expect("html")
    }

    /// Sends a form; where it leads to, else the page that it answers with.
    async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
        let answer = self.request(Method::POST, path).form(fields).send().await.expect("an answer");
        let to = answer.headers().get(header::LOCATION).map(|to| to.to_str().expect("text").to_owned());
        let status = answer.status();
        (status, to.unwrap_or(answer.text().await.expect("html")))
    }
}

#[tokio::test]
async fn the_first_page_lists_the_companies_with_counts_and_no_script() {
    let service = start().await;
    let page = service.request(Method::GET, "/").send().await.expect("a page");
    assert_eq!(page.status(), StatusCode::OK);
    let html = page.text().await.expect("html");
    assert!(html.contains(&format!("<a href=\"/companies/{REALM}\">Cedar &amp; Steel Workshop</a>")));
    assert!(html.contains("62 × Item, 69 × Account, 12 × Vendor, 15 × Customer"), "{html}");
    assert!(!html.contains("<script"));
}

#[tokio::test]
async fn a_companys_page_shows_its_objects_with_safe_text() {
    let service = start().await;
    let html = service.request(Method::GET, &format!("/companies/{REALM}")).send().await.expect("a page");
    let html = html.text().await.expect("html");
    assert!(html.contains("Furniture:Seating:Stool &quot;Bertha&quot;"));
    assert!(html.contains("Hardware:Wall Hook O&#39;Malley"));
    let missing = service.request(Method::GET, "/companies/1").send().await.expect("a page");
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_person_edits_voids_and_deletes_documents_by_forms_within_the_rules() {
    let (service, company) = connected().await;
    let line = json!({"DetailType": "SalesItemLineDetail", "Description": "<oak>",
                      "SalesItemLineDetail": {"ItemRef": {"value": "11"}, "Qty": 2, "UnitPrice": 310}});
    let body = json!({"TxnDate": "2026-03-01", "CustomerRef": {"value": "1"}, "Line": [line]});
    let id = company.save("Invoice", body).await["Id"].as_str().expect("an id").to_owned();
    let path = format!("/companies/{REALM}/Invoice/{id}");
    let list = service.page(&format!("/companies/{REALM}")).await;
    assert!(list.contains(&format!("<a href=\"{path}\">{id}</a>")), "{list}");
    let form = service.page(&path).await;
    assert!(form.contains("Line 1: Furniture:Tables:Oak Table") && form.contains("value=\"&lt;oak&gt;\""), "{form}");
    assert!(form.contains("name=\"0.SalesItemLineDetail.Qty\" value=\"2\"") && form.contains("value=\"void\""));

    let fields = [("SyncToken", "0"), ("0.SalesItemLineDetail.Qty", "3"), ("PrivateNote", "by hand")];
    assert_eq!(service.submit(&path, &fields).await, (StatusCode::SEE_OTHER, format!("/companies/{REALM}")));
    let edited = company.find("Invoice", &id).await;
    assert_eq!((&edited["TotalAmt"], &edited["PrivateNote"]), (&json!(930), &json!("by hand")));
    assert_eq!(company.find("Item", "11").await["QtyOnHand"], 9);
    let price = [("SyncToken", "1"), ("0.SalesItemLineDetail.UnitPrice", "300.5")];
    assert_eq!(service.submit(&path, &price).await.0, StatusCode::SEE_OTHER);
    assert_eq!(company.find("Invoice", &id).await["TotalAmt"], 901.5);

    let (status, page) = service.submit(&path, &[("SyncToken", "0"), ("PrivateNote", "late")]).await;
    assert!(
        status == StatusCode::BAD_REQUEST && page.contains("<strong>Refused:</strong>") && page.contains("5010"),
        "{page}"
    );
    assert_eq!(company.find("Invoice", &id).await["PrivateNote"], "by hand");
    assert_eq!(service.submit(&path, &[("act", "void")]).await.0, StatusCode::SEE_OTHER);
    assert_eq!(company.find("Invoice", &id).await["TotalAmt"], 0);
    assert_eq!(company.find("Item", "11").await["QtyOnHand"], 12);
    assert_eq!(service.submit(&path, &[("act", "delete")]).await.0, StatusCode::SEE_OTHER);
    assert_eq!(company.get(&format!("invoice/{id}")).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(service.request(Method::GET, &path).send().await.expect("a page").status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_person_changes_items_journals_and_adjustments_by_forms() {
    let (service, company) = connected().await;
    let item = format!("/companies/{REALM}/Item/11");
    let fields = [("SyncToken", "0"), ("Name", "Oak Table XL"), ("UnitPrice", "320.25")];
    assert_eq!(service.submit(&item, &fields).await.0, StatusCode::SEE_OTHER);
    let renamed = company.find("Item", "11").await;
    assert_eq!((&renamed["Name"], &renamed["UnitPrice"]), (&json!("Oak Table XL"), &json!(320.25)));
    let (status, page) = service.submit(&item, &[("SyncToken", "1"), ("UnitPrice", "dear")]).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{page}");

    let adjusted = json!({"TxnDate": "2026-03-01", "AdjustAccountRef": {"value": "91"}, "Line": [
        {"DetailType": "ItemAdjustmentLineDetail",
         "ItemAdjustmentLineDetail": {"ItemRef": {"value": "11"}, "QtyDiff": -2}}]});
    let id = company.save("InventoryAdjustment", adjusted).await["Id"].as_str().expect("an id").to_owned();
    let path = format!("/companies/{REALM}/InventoryAdjustment/{id}");
    let fields = [("SyncToken", "0"), ("0.ItemAdjustmentLineDetail.QtyDiff", "-5")];
    assert_eq!(service.submit(&path, &fields).await.0, StatusCode::SEE_OTHER);
    assert_eq!(company.find("Item", "11").await["QtyOnHand"], 7);
    assert!(!service.page(&path).await.contains("value=\"void\""), "an adjustment cannot be voided");
    assert_eq!(service.submit(&path, &[("act", "delete")]).await.0, StatusCode::SEE_OTHER);
    assert_eq!(company.find("Item", "11").await["QtyOnHand"], 12);

    let side = |account: &str, side: &str| {
        json!({"Amount": 40, "DetailType": "JournalEntryLineDetail",
        "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}}})
    };
    let entry = json!({"TxnDate": "2026-03-01", "Line": [side("54", "Debit"), side("55", "Credit")]});
    let id = company.save("JournalEntry", entry).await["Id"].as_str().expect("an id").to_owned();
    let path = format!("/companies/{REALM}/JournalEntry/{id}");
    let (status, page) = service.submit(&path, &[("SyncToken", "0"), ("0.Amount", "41")]).await;
    assert!(status == StatusCode::BAD_REQUEST && page.contains("2300"), "one side alone does not balance: {page}");
    let both = [("SyncToken", "0"), ("0.Amount", "41"), ("1.Amount", "41")];
    assert_eq!(service.submit(&path, &both).await.0, StatusCode::SEE_OTHER);
    assert_eq!(company.find("JournalEntry", &id).await["Line"][1]["Amount"], 41);
}

#[tokio::test]
async fn an_item_is_made_inactive_and_active_again_by_its_form() {
    let (service, company) = connected().await;
    let made =
        company.save("Item", json!({"Name": "Brief", "Type": "Service", "IncomeAccountRef": {"value": "79"}})).await;
    let id = made["Id"].as_str().expect("an id");
    let path = format!("/companies/{REALM}/Item/{id}");
    assert_eq!(service.submit(&path, &[("act", "deactivate")]).await.0, StatusCode::SEE_OTHER);
    assert_eq!(company.find("Item", id).await["Active"], false);
    assert!(service.page(&path).await.contains("value=\"activate\""));
    assert_eq!(service.submit(&path, &[("act", "activate")]).await.0, StatusCode::SEE_OTHER);
    let back = company.find("Item", id).await;
    assert_eq!((&back["Active"], &back["Name"]), (&json!(true), &json!("Brief")));
}

#[tokio::test]
async fn forms_from_other_sites_are_not_obeyed() {
    let (service, company) = connected().await;
    let request = service.request(Method::POST, &format!("/companies/{REALM}/Item/11"));
    let sent = request.header("origin", "https://evil.example").form(&[("SyncToken", "0"), ("Name", "Taken")]);
    assert_eq!(sent.send().await.expect("an answer").status(), StatusCode::FORBIDDEN);
    assert_eq!(company.find("Item", "11").await["Name"], "Oak Table");
    for path in ["Item/999999", "Account/81", "Nothing/1"] {
        let path = format!("/companies/{REALM}/{path}");
        assert_eq!(service.request(Method::GET, &path).send().await.expect("a page").status(), StatusCode::NOT_FOUND);
    }
}
