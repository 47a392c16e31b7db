//! Request ids and malformed requests (reference 3, 4.2).

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::service::{answer, connected, fault, inventory_item};

#[tokio::test]
async fn a_repeated_request_id_is_answered_and_not_done_again() {
    let (_service, company) = connected().await;
    let first = company.post("item?requestid=r-1", &inventory_item("Once")).await;
    let second = company.post("item?requestid=r-1&minorversion=75", &inventory_item("Once")).await;
    assert_eq!(first.0, StatusCode::OK);
    assert_eq!(first, second);
    let other_payload = company.post("item?requestid=r-1", &inventory_item("Another")).await;
    assert_eq!(other_payload, first);
    assert_eq!(company.query("SELECT COUNT(*) FROM Item").await, json!({"totalCount": 59}));
}

#[tokio::test]
async fn a_failure_is_not_remembered() {
    let (_service, company) = connected().await;
    let wrong = company.post("item?requestid=r-2", &json!({"Name": "Once", "Type": "Inventory"})).await;
    assert_eq!(fault(&wrong).0, 2020);
    assert_eq!(company.post("item?requestid=r-2", &inventory_item("Once")).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_request_id_belongs_to_its_company() {
    let (service, company) = connected().await;
    let bakery = service.connect(crate::service::OTHER_REALM).await;
    let category = json!({"Name": "Shared", "Type": "Category"});
    let one = company.post("item?requestid=same", &category).await;
    let two = bakery.post("item?requestid=same", &category).await;
    assert_eq!((one.1["Item"]["Id"].clone(), two.1["Item"]["Id"].clone()), (json!("63"), json!("10")));
}

#[tokio::test]
async fn a_request_id_has_fifty_characters_at_most() {
    let (_service, company) = connected().await;
    let with = |length: usize| format!("item?requestid={}", "x".repeat(length));
    assert_eq!(fault(&company.post(&with(51), &inventory_item("Once")).await).0, 2130);
    assert_eq!(company.post(&with(50), &inventory_item("Once")).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_found_under_its_request_id() {
    let (service, company) = connected().await;
    let plan = json!({"command": "fail", "operation": "create Item", "times": 1, "after_commit": true,
                      "fault": {"kind": "status", "status": 503}});
    service.control(plan).await;
    let lost = company.post("item?requestid=r-3", &inventory_item("Once")).await;
    assert_eq!(lost.0, StatusCode::SERVICE_UNAVAILABLE);
    let again = company.post("item?requestid=r-3", &inventory_item("Once")).await;
    assert_eq!((again.0, again.1["Item"]["Id"].clone()), (StatusCode::OK, json!("63")));
    assert_eq!(company.query("SELECT COUNT(*) FROM Item").await, json!({"totalCount": 59}));
}

#[tokio::test]
async fn what_is_not_json_is_refused_by_number() {
    let (_service, company) = connected().await;
    let post =
        |kind: &str, body: &'static str| company.request(Method::POST, "item").header("Content-Type", kind).body(body);
    assert_eq!(fault(&answer(post("application/json", "{\"Name\": ")).await).0, 2010);
    assert_eq!(fault(&answer(post("application/json", "[]")).await).0, 2010);
    assert_eq!(fault(&answer(post("text/plain", "{}")).await).0, 1050);
    assert_eq!(fault(&company.post("spaceship", &json!({})).await).0, 500);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let (_service, company) = connected().await;
    let body = json!({"Name": "x".repeat(9 * 1024 * 1024)});
    let sent = company.request(Method::POST, "item").json(&body).send().await;
    // The server may close the connection before it has read everything.
    assert!(sent.map_or(true, |answer| answer.status() == StatusCode::PAYLOAD_TOO_LARGE));
    assert_eq!(company.query("SELECT COUNT(*) FROM Item").await, json!({"totalCount": 58}));
}
