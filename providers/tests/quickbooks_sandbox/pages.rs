//! The pages for people.

use reqwest::{Method, StatusCode};

use crate::service::{REALM, start};

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
