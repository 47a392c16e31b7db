//! Several at once, idempotency, bodies that cannot be read (reference 2, 2.2, 2.3).

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::service::{Organisation, answer, connected};

#[tokio::test]
async fn every_answer_has_its_envelope_and_a_trace() {
    let (_service, main) = connected().await;
    let answer = main.request(Method::GET, "Accounts").send().await.expect("an answer");
    for name in ["xero-correlation-id", "x-daylimit-remaining", "x-minlimit-remaining", "x-appminlimit-remaining"] {
        assert!(answer.headers().contains_key(name), "{name}");
    }
    let body: Value = answer.json().await.expect("json");
    assert_eq!(body["Status"], "OK");
    assert!(body["Id"].is_string() && body["ProviderName"].is_string());
    assert!(body["DateTimeUTC"].as_str().is_some_and(|text| text.starts_with("/Date(") && text.ends_with(")/")));
}

#[tokio::test]
async fn with_summarize_errors_off_each_element_stands_for_itself() {
    let (_service, main) = connected().await;
    let body = json!({"Items": [{"Code": "A-1", "Name": "x"}, {"Name": "no code"}, {"Code": "A-1"}, {"Code": "A-2"}]});
    let (status, answer) = main.put("Items?summarizeErrors=false", &body).await;
    let items = answer["Items"].as_array().expect("items").iter();
    let told: Vec<&str> = items.map(|item| item["StatusAttributeString"].as_str().expect("a word")).collect();
    assert_eq!((status, told), (StatusCode::OK, vec!["OK", "ERROR", "ERROR", "OK"]));
    assert_eq!(answer["Items"][1]["ValidationErrors"], json!([{"Message": "Item Code is required."}]));
    assert_eq!((&answer["Items"][1]["Name"], &answer["Items"][1]["HasErrors"]), (&json!("no code"), &json!(true)));
    assert_eq!(main.find("Items", "A-1").await["Name"], "x");
    assert_eq!(main.get("Items/A-2").await.0, StatusCode::OK);
}

#[tokio::test]
async fn otherwise_one_wrong_element_refuses_all() {
    let (_service, main) = connected().await;
    let body = json!({"Items": [{"Code": "A-1"}, {"Name": "no code"}]});
    let (status, answer) = main.put("Items", &body).await;
    assert_eq!((status, answer["Elements"].as_array().map(Vec::len)), (StatusCode::BAD_REQUEST, Some(1)));
    assert_eq!(
        answer["Elements"][0],
        json!({"Name": "no code", "ValidationErrors": [{"Message": "Item Code is required."}]})
    );
    assert_eq!(main.get("Items/A-1").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_no_body_is_told_so() {
    let (_service, main) = connected().await;
    for body in ["", "[1]", "\"text\"", "{\"Items\": [", "{\"Items\": []}"] {
        let (status, answer) = answer(main.request(Method::PUT, "Items").body(body)).await;
        assert_eq!(
            (status, &answer["ErrorNumber"], &answer["Type"]),
            (StatusCode::BAD_REQUEST, &json!(14), &json!("PostDataInvalidException")),
            "{body}"
        );
    }
    let (status, _) = main.post("Items/00000000-0000-4000-8000-000000000000", &json!({"Name": "x"})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let unknown = main.post("Items", &json!({"ItemID": "00000000-0000-4000-8000-000000000000", "Name": "x"})).await;
    assert!(crate::service::invalid(&unknown).contains("could not be found"));
}

async fn keyed(main: &Organisation, key: &str, path: &str, body: &Value) -> (StatusCode, Value) {
    answer(main.request(Method::PUT, path).header("Idempotency-Key", key).json(body)).await
}

#[tokio::test]
async fn a_key_is_remembered_for_six_minutes() {
    let (service, main) = connected().await;
    let body = json!({"Name": "Once only"});
    let first = keyed(&main, "k-1", "Contacts", &body).await;
    assert_eq!(first.0, StatusCode::OK);
    assert_eq!(keyed(&main, "k-1", "Contacts", &body).await, first);
    service.control(json!({"command": "advance-clock", "seconds": 359})).await;
    assert_eq!(keyed(&main, "k-1", "Contacts", &body).await, first);
    service.control(json!({"command": "advance-clock", "seconds": 1})).await;
    let (status, after) = keyed(&main, "k-1", "Contacts", &body).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "it is done anew, and the name is taken: {after}");
}

#[tokio::test]
async fn a_key_with_another_request_is_refused_and_does_nothing() {
    let (_service, main) = connected().await;
    keyed(&main, "k-1", "Contacts", &json!({"Name": "First"})).await;
    for (path, name) in [("Contacts", "Second"), ("Contacts?summarizeErrors=false", "First")] {
        let (status, body) = keyed(&main, "k-1", path, &json!({"Name": name})).await;
        assert_eq!(
            (status, &body["Detail"]),
            (StatusCode::BAD_REQUEST, &json!("The Idempotency-Key was already used with a different request."))
        );
    }
    assert!(!main.column("Contacts", &[], "Name").await.contains(&"Second".to_owned()));
    assert_eq!(keyed(&main, &"k".repeat(129), "Contacts", &json!({"Name": "Third"})).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn refusals_and_failures_of_the_service_are_remembered_too() {
    let (service, main) = connected().await;
    let refused = keyed(&main, "k-1", "Contacts", &json!({"EmailAddress": "x"})).await;
    assert_eq!(
        (refused.0, keyed(&main, "k-1", "Contacts", &json!({"EmailAddress": "x"})).await),
        (StatusCode::BAD_REQUEST, refused)
    );
    service
        .control(json!({"command": "fail", "times": 1, "target": "writes", "fault": {"kind": "status", "status": 500}}))
        .await;
    let body = json!({"Name": "Failed"});
    assert_eq!(keyed(&main, "k-2", "Contacts", &body).await.0, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(keyed(&main, "k-2", "Contacts", &body).await.0, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(keyed(&main, "k-3", "Contacts", &body).await.0, StatusCode::OK);
}

#[tokio::test]
async fn clients_that_send_a_body_with_a_read_are_answered() {
    let (_service, main) = connected().await;
    let (status, body) = answer(main.request(Method::GET, "Organisation").json(&json!({}))).await;
    assert_eq!((status, &body["Status"]), (StatusCode::OK, &json!("OK")));
}
