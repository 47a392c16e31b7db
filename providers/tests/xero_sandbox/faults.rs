//! Limits, and everything that goes wrong on demand (reference 2.4, 2.5).

use std::time::Duration;

use providers::sandbox::SandboxOptions;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::service::{MAIN, SCOPES, connected, start_with};

fn header<'r>(answer: &'r reqwest::Response, name: &str) -> Option<&'r str> {
    answer.headers().get(name).and_then(|value| value.to_str().ok())
}

#[tokio::test]
async fn the_sixty_first_call_of_a_minute_is_refused_with_its_reason() {
    let service = start_with(SandboxOptions::default()).await;
    let main = service.connect(&[MAIN], SCOPES).await;
    for left in (0..60).rev() {
        let answer = main.request(Method::GET, "Currencies").send().await.expect("an answer");
        assert_eq!(
            (answer.status(), header(&answer, "x-minlimit-remaining")),
            (StatusCode::OK, Some(left.to_string().as_str()))
        );
    }
    let answer = main.request(Method::GET, "Currencies").send().await.expect("an answer");
    assert_eq!(
        (answer.status(), header(&answer, "x-rate-limit-problem")),
        (StatusCode::TOO_MANY_REQUESTS, Some("minute"))
    );
    let wait: u64 = header(&answer, "retry-after").expect("a wait").parse().expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(answer.text().await.expect("a body"), "");
    service.control(json!({"command": "throttle", "per_day": 1})).await;
    assert_eq!(main.get("Currencies").await.0, StatusCode::OK);
    let answer = main.request(Method::GET, "Currencies").send().await.expect("an answer");
    assert_eq!(
        (header(&answer, "x-rate-limit-problem"), header(&answer, "x-daylimit-remaining")),
        (Some("day"), Some("0"))
    );
}

#[tokio::test]
async fn the_sixth_call_at_once_is_refused() {
    let service = start_with(SandboxOptions { latency: Duration::from_millis(300), ..SandboxOptions::default() }).await;
    let main = service.connect(&[MAIN], SCOPES).await;
    let calls = (0..6).map(|_| main.request(Method::GET, "Currencies").send());
    let answers = futures::future::join_all(calls).await;
    let answers: Vec<_> = answers.into_iter().map(|answer| answer.expect("an answer")).collect();
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status() == StatusCode::TOO_MANY_REQUESTS).collect();
    assert_eq!(refused.len(), 1);
    assert_eq!(
        (header(refused[0], "x-rate-limit-problem"), header(refused[0], "retry-after")),
        (Some("concurrent"), None)
    );
}

#[tokio::test]
async fn planned_failures_strike_before_or_after_the_call_is_done() {
    let (service, main) = connected().await;
    let before = json!({"command": "fail", "operation": "create Contacts", "times": 1, "fault": {"kind": "status", "status": 503, "retry_after": 7}});
    service.control(before).await;
    let answer =
        main.request(Method::PUT, "Contacts").json(&json!({"Name": "Before"})).send().await.expect("an answer");
    assert_eq!((answer.status(), header(&answer, "retry-after")), (StatusCode::SERVICE_UNAVAILABLE, Some("7")));
    let after =
        json!({"command": "fail", "target": "writes", "times": 1, "after_commit": true, "fault": {"kind": "reset"}});
    service.control(after).await;
    assert!(main.request(Method::PUT, "Contacts").json(&json!({"Name": "After"})).send().await.is_err());
    let names = main.column("Contacts", &[], "Name").await;
    assert_eq!((names.contains(&"Before".to_owned()), names.contains(&"After".to_owned())), (false, true));
    assert_eq!(service.calls("create Contacts").await, 2);
}

#[tokio::test]
async fn answers_are_spoilt_in_every_way() {
    let (service, main) = connected().await;
    let plan = |fault: serde_json::Value| {
        service.control(json!({"command": "fail", "operation": "list items", "times": 1, "fault": fault}))
    };
    plan(json!({"kind": "cut-off"})).await;
    let text = main.request(Method::GET, "Items").send().await.expect("an answer").text().await.expect("half");
    assert!(text.starts_with('{') && serde_json::from_str::<serde_json::Value>(&text).is_err());
    plan(json!({"kind": "html"})).await;
    assert!(main.get("Items").await.1.as_str().is_some_and(|text| text.starts_with("<html>")));
    plan(json!({"kind": "slow", "milliseconds": 1})).await;
    assert_eq!(main.get("Items").await.0, StatusCode::OK);
    plan(json!({"kind": "validation", "message": "no"})).await;
    assert_eq!(crate::service::invalid(&main.get("Items").await), "no");
    plan(json!({"kind": "status", "status": 401})).await;
    assert_eq!(main.get("Items").await.0, StatusCode::UNAUTHORIZED);
    plan(json!({"kind": "status", "status": 429})).await;
    let answer = main.request(Method::GET, "Items").send().await.expect("an answer");
    assert_eq!(
        (answer.status(), header(&answer, "x-rate-limit-problem")),
        (StatusCode::TOO_MANY_REQUESTS, Some("minute"))
    );
    plan(json!({"kind": "hang"})).await;
    let hung = main.request(Method::GET, "Items").timeout(Duration::from_millis(100)).send().await;
    assert!(hung.is_err_and(|error| error.is_timeout()));
    assert_eq!(service.control(json!({"command": "clear-faults"})).await, json!({"cleared": 0}));
}

#[tokio::test]
async fn pages_move_under_the_reader_by_one_row_in_turn() {
    let (service, main) = connected().await;
    service
        .control(json!({"command": "fail", "operation": "list Invoices", "times": 2, "fault": {"kind": "pages-shift"}}))
        .await;
    let page = |number: u32| {
        let main = main.clone();
        async move {
            main.column(
                "Invoices",
                &[("page", &number.to_string()), ("pageSize", "3"), ("order", "UpdatedDateUTC")],
                "InvoiceNumber",
            )
            .await
        }
    };
    let moved = page(2).await;
    let right = page(2).await;
    assert_eq!((moved.len(), &moved[1..], moved[0] == right[0]), (3, &right[..2], false));
    assert_eq!(page(2).await, right);
}

#[tokio::test]
async fn tokens_and_consents_end_on_demand() {
    let (service, main) = connected().await;
    assert_eq!(service.control(json!({"command": "expire-access-tokens"})).await, json!({"expired": 1}));
    assert_eq!(main.get("Items").await.0, StatusCode::UNAUTHORIZED);
    let (_, tokens) = service.refresh(&main.refresh_token).await;
    service.control(json!({"command": "end-grace"})).await;
    assert_eq!(service.refresh(&main.refresh_token).await.0, StatusCode::BAD_REQUEST);
    let again = crate::service::Organisation {
        token: tokens["access_token"].as_str().expect("a token").to_owned(),
        ..main.clone()
    };
    assert_eq!(again.get("Items").await.0, StatusCode::OK);
    service.control(json!({"command": "disconnect", "tenant": MAIN})).await;
    assert_eq!(again.get("Items").await.0, StatusCode::FORBIDDEN);
    service.control(json!({"command": "revoke-consent"})).await;
    assert_eq!(again.get("Items").await.0, StatusCode::UNAUTHORIZED);
    service.control(json!({"command": "fail", "times": 1, "target": "tokens", "fault": {"kind": "oauth-error", "error": "invalid_client"}})).await;
    assert_eq!(service.refresh("x").await.1, json!({"error": "invalid_client"}));
}

#[tokio::test]
async fn a_command_that_means_nothing_is_refused_and_none_before_it_is_done() {
    let (service, _main) = connected().await;
    for body in ["{\"command\": \"dance\"}", "[{\"command\": \"revoke-consent\"}, {\"command\": \"fail\"}]", "nonsense"]
    {
        let answer = service.request(Method::POST, "/sandbox/control").body(body).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{body}");
    }
    let foreign = service.request(Method::POST, "/sandbox/control").header("origin", "https://evil.example");
    let foreign = foreign.json(&json!({"command": "reset"})).send().await.expect("an answer");
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    assert_eq!(service.connect(&[MAIN], SCOPES).await.get("Items").await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_reset_brings_the_first_start_back() {
    let (service, main) = connected().await;
    main.create("Contacts", json!({"Name": "Gone soon"})).await;
    service.control(json!({"command": "advance-clock", "seconds": 5000})).await;
    service.control(json!({"command": "reset"})).await;
    assert_eq!(main.get("Items").await.0, StatusCode::UNAUTHORIZED);
    let main = service.connect(&[MAIN], SCOPES).await;
    assert!(!main.column("Contacts", &[], "Name").await.contains(&"Gone soon".to_owned()));
}
