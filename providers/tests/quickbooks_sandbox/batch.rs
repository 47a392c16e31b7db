//! Batches (reference 10).

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::service::{but, connected, fault, inventory_item};

#[tokio::test]
async fn each_operation_succeeds_or_faults_alone() {
    let (_service, company) = connected().await;
    let body = json!({"BatchItemRequest": [
        {"bId": "a", "operation": "create", "Item": inventory_item("In a batch")},
        {"bId": "b", "operation": "create", "Item": {"Name": "Half"}},
        {"bId": "c", "operation": "update", "Customer": {"Id": "1", "SyncToken": "0", "sparse": true, "Notes": "n"}},
        {"bId": "d", "Query": "SELECT COUNT(*) FROM Item"},
        {"bId": "e", "Query": "SELECT"},
        {"bId": "f", "operation": "delete", "Item": {"Id": "11", "SyncToken": "0"}}
    ]});
    let (status, answer) = company.post("batch?minorversion=75", &body).await;
    assert_eq!(status, StatusCode::OK);
    let items = answer["BatchItemResponse"].as_array().expect("items");
    let ids: Vec<&str> = items.iter().filter_map(|item| item["bId"].as_str()).collect();
    assert_eq!(ids, ["a", "b", "c", "d", "e", "f"]);
    assert_eq!(items[0]["Item"]["Id"], "63");
    assert_eq!(items[2]["Customer"]["SyncToken"], "1");
    assert_eq!(items[3]["QueryResponse"], json!({"totalCount": 59}));
    let codes = [1, 4, 5].map(|at: usize| items[at]["Fault"]["Error"][0]["code"].clone());
    assert_eq!(codes, [json!("2020"), json!("4000"), json!("500")]);
    assert!(answer["time"].is_string());
}

fn categories(count: usize) -> Value {
    let item = |number| {
        json!({"bId": format!("b{number}"), "operation": "create",
                               "Item": {"Name": format!("Category {number}"), "Type": "Category"}})
    };
    json!({"BatchItemRequest": (0..count).map(item).collect::<Vec<Value>>()})
}

#[tokio::test]
async fn thirty_operations_are_the_most() {
    let (_service, company) = connected().await;
    assert_eq!(fault(&company.post("batch", &categories(31)).await).0, 1040);
    assert_eq!(company.query("SELECT COUNT(*) FROM Item").await, json!({"totalCount": 58}));
    assert_eq!(company.post("batch", &categories(30)).await.0, StatusCode::OK);
    assert_eq!(company.query("SELECT COUNT(*) FROM Item").await, json!({"totalCount": 88}));
}

#[tokio::test]
async fn in_a_batch_request_and_item_id_together_are_done_once() {
    let (_service, company) = connected().await;
    let path = "batch?requestid=q-1";
    let first = company.post(path, &categories(2)).await;
    let second = company.post(path, &categories(3)).await;
    assert_eq!(second.1["BatchItemResponse"][0], first.1["BatchItemResponse"][0]);
    assert_eq!(second.1["BatchItemResponse"][2]["Item"]["Name"], "Category 2");
    assert_eq!(company.query("SELECT COUNT(*) FROM Item").await, json!({"totalCount": 61}));
}

#[tokio::test]
async fn ids_in_a_batch_with_a_request_id_are_short() {
    let (_service, company) = connected().await;
    let long_request = format!("batch?requestid={}", "x".repeat(37));
    assert_eq!(fault(&company.post(&long_request, &categories(1)).await).0, 2130);
    let body =
        json!({"BatchItemRequest": [{"bId": "elevenchars", "operation": "create", "Item": inventory_item("x")}]});
    let (_, answer) = company.post("batch?requestid=q-2", &body).await;
    assert_eq!(answer["BatchItemResponse"][0]["Fault"]["Error"][0]["code"], "2130");
    let (_, answer) = company.post("batch", &but(body, json!({}))).await;
    assert_eq!(answer["BatchItemResponse"][0]["Item"]["Id"], "63");
}
