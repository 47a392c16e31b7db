//! Operations as server-sent events.

use std::{sync::atomic::Ordering, time::Duration};

use futures::StreamExt;
use reqwest::{Response, header};
use serde_json::{Value, json};

use super::server::{Server, answer, head, start, until};

async fn open(server: &Server, query: &str, seconds: i64) -> Response {
    let request = server.post("/graphql/stream").bearer_auth(server.token(seconds));
    request.header(header::ACCEPT, "text/event-stream").json(&json!({"query": query})).send().await.unwrap()
}

/// Every event of a stream until it ends: its name and data.
async fn events(response: Response) -> Vec<(String, Value)> {
    let text = tokio::time::timeout(Duration::from_secs(10), response.text()).await.expect("the stream ends").unwrap();
    text.split("\n\n").filter(|block| !block.trim().is_empty() && !block.starts_with(':')).map(event).collect()
}

fn event(block: &str) -> (String, Value) {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(&format!("{name}:"))).unwrap_or("").trim();
    (field("event").to_owned(), serde_json::from_str(field("data")).unwrap_or(Value::Null))
}

#[tokio::test]
async fn a_subscription_is_its_results_and_then_complete() {
    let server = start().await;
    let response = open(&server, "subscription { ticks(count: 3) }", 60).await;
    assert_eq!((response.status().as_u16(), head(&response, "content-type")), (200, "text/event-stream"));
    let events = events(response).await;
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["next", "next", "next", "complete"]);
    let data: Vec<&Value> = events.iter().map(|(_, data)| &data["data"]).collect();
    assert_eq!(data, [&json!({"ticks": 0}), &json!({"ticks": 1}), &json!({"ticks": 2}), &Value::Null]);
}

#[tokio::test]
async fn queries_and_mutations_are_one_result_and_then_complete() {
    let server = start().await;
    for (query, data) in [("{ version }", json!({"version": "1"})), ("mutation { add(by: 4) }", json!({"add": 4}))] {
        let events = events(open(&server, query, 60).await).await;
        assert_eq!((events.len(), events[0].0.as_str(), &events[0].1["data"]), (2, "next", &data));
        assert_eq!(events[1].0, "complete");
    }
}

#[tokio::test]
async fn what_is_refused_is_said_in_the_stream() {
    let server = start().await;
    for (query, code) in [
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
        ("subscription { fails }", "INTERNAL"),
    ] {
        let events = events(open(&server, query, 60).await).await;
        assert_eq!((events.len(), &events[0].1["errors"][0]["extensions"]["code"]), (2, &json!(code)), "{events:?}");
        assert!(!format!("{events:?}").contains("/var"), "{events:?}");
    }
}

#[tokio::test]
async fn a_stream_by_get_changes_nothing() {
    let server = start().await;
    let get = |query: &str| {
        let request = server.get("/graphql/stream").bearer_auth(server.token(60)).query(&[("query", query)]);
        request.header(header::ACCEPT, "text/event-stream").send()
    };
    let ticks = events(get("subscription { ticks(count: 1) }").await.unwrap()).await;
    assert_eq!((ticks.len(), &ticks[0].1["data"]), (2, &json!({"ticks": 0})));
    let refused = events(get("mutation { add(by: 1) }").await.unwrap()).await;
    assert_eq!(refused[0].1["errors"][0]["extensions"]["code"], "METHOD_NOT_ALLOWED");
    assert_eq!(server.watch.total.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_stream_is_not_opened_without_a_token_or_for_a_client_that_takes_none() {
    let server = start().await;
    let body = json!({"query": "subscription { ticks(count: 1) }"});
    let anonymous = answer(server.post("/graphql/stream").json(&body)).await;
    assert_eq!((anonymous.0, &anonymous.1["errors"][0]["extensions"]["code"]), (401, &json!("UNAUTHENTICATED")));
    let json_only =
        server.post("/graphql/stream").bearer_auth(server.token(60)).header(header::ACCEPT, "application/json");
    assert_eq!(answer(json_only.json(&body)).await.0, 406);
    let simple =
        server.post("/graphql/stream").bearer_auth(server.token(60)).header(header::CONTENT_TYPE, "text/plain");
    assert_eq!(answer(simple.body(body.to_string())).await.0, 415);
}

#[tokio::test]
async fn a_stream_ends_with_its_token_and_says_so() {
    let server = start().await;
    let events = events(open(&server, "subscription { forever }", 2).await).await;
    let (last, before) = (&events[events.len() - 1], &events[events.len() - 2]);
    assert_eq!(events[0].1["data"], json!({"forever": 0}));
    assert_eq!(
        (last.0.as_str(), &before.1["errors"][0]["extensions"]["code"]),
        ("complete", &json!("UNAUTHENTICATED"))
    );
    let message = before.1["errors"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("The token expired at "), "{message}");
    until("the subscription is dropped", || server.watch.open.load(Ordering::SeqCst) == 0).await;
}

#[tokio::test]
async fn a_client_that_goes_away_ends_its_subscription() {
    let server = start().await;
    let mut chunks = open(&server, "subscription { forever }", 60).await.bytes_stream();
    assert!(chunks.next().await.unwrap().unwrap().starts_with(b"event: next"));
    assert_eq!(server.watch.open.load(Ordering::SeqCst), 1);
    drop(chunks);
    until("the subscription is dropped", || server.watch.open.load(Ordering::SeqCst) == 0).await;
}
