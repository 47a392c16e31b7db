//! Who may call and how often (reference 4.1, 4.2, 13).

use providers::sandbox::SandboxOptions;
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::service::{Company, OTHER_REALM, REALM, answer, connected, start_with};

fn gateway_fault(body: &Value) -> (Value, Value, Value) {
    let error = &body["fault"]["error"][0];
    (error["code"].clone(), error["message"].clone(), body["fault"]["type"].clone())
}

#[tokio::test]
async fn an_unknown_or_missing_token_is_401_in_lower_case() {
    let (service, company) = connected().await;
    let unknown = Company { token: "made-up".to_owned(), ..company };
    let (status, body) = unknown.get("item/11").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let message = "message=AuthenticationFailed; errorCode=003200; statusCode=401";
    assert_eq!(gateway_fault(&body), (json!("3200"), json!(message), json!("AUTHENTICATION")));
    assert!(body["time"].is_i64());
    let bare = service.request(Method::GET, "/v3/company/1/item/11").header(header::ACCEPT, "application/json");
    assert_eq!(answer(bare).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_of_another_company_is_403() {
    let (service, company) = connected().await;
    let other = Company { base: service.url(&format!("/v3/company/{OTHER_REALM}/")), ..company.clone() };
    let (status, body) = other.get("item/4").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let message = "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403";
    assert_eq!(gateway_fault(&body), (json!("003100"), json!(message), json!("SERVICE")));
}

#[tokio::test]
async fn a_token_without_the_accounting_scope_is_403() {
    let (service, company) = connected().await;
    let code = service.code(&[("scope", "com.intuit.quickbooks.payment")]).await;
    let (_, tokens) = service.exchange(&code).await;
    let payments = Company { token: tokens["access_token"].as_str().expect("a token").to_owned(), ..company };
    assert_eq!(payments.get("item/11").await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn calls_beyond_the_limit_are_429_without_advice() {
    let service = start_with(SandboxOptions::default()).await;
    let company = service.connect(REALM).await;
    let calls = futures::future::join_all((0..200).map(|_| company.request(Method::GET, "item/11").send())).await;
    let answers: Vec<reqwest::Response> = calls.into_iter().map(|call| call.expect("an answer")).collect();
    let refused: Vec<&reqwest::Response> =
        answers.iter().filter(|answer| answer.status() == StatusCode::TOO_MANY_REQUESTS).collect();
    // Ten pass at once and ten more each second; the rest is refused.
    assert!((100..=190).contains(&refused.len()), "{} refused", refused.len());
    assert!(refused.iter().all(|answer| !answer.headers().contains_key(header::RETRY_AFTER)));
    let body: Value = answers
        .into_iter()
        .find(|answer| answer.status() == StatusCode::TOO_MANY_REQUESTS)
        .expect("one refused")
        .json()
        .await
        .expect("json");
    let message = "message=ThrottleExceeded; errorCode=003001; statusCode=429";
    assert_eq!(gateway_fault(&body), (json!("003001"), json!(message), json!("SERVICE")));
}

#[tokio::test]
async fn limits_can_be_set_and_advise() {
    let (service, company) = connected().await;
    service.control(json!({"command": "throttle", "per_minute": 2, "per_second": 100, "retry_after": 7})).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let answer = company.request(Method::GET, "item/11").send().await.expect("an answer");
        statuses.push((answer.status().as_u16(), answer.headers().get(header::RETRY_AFTER).cloned()));
    }
    let seven = header::HeaderValue::from_static("7");
    assert_eq!(statuses, [(200, None), (200, None), (429, Some(seven))]);
}
