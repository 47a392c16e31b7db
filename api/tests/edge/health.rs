//! Health and metrics.

use serde_json::json;

use super::server::{answer, start};

#[tokio::test]
async fn live_asks_nobody_and_ready_names_what_is_not() {
    let server = start().await;
    *server.part.0.lock().unwrap() = Some("does not answer".to_owned());
    let live = server.get("/health/live").send().await.unwrap();
    assert_eq!((live.status().as_u16(), live.text().await.unwrap().as_str()), (200, "ok"));
    let expected = json!({"ready": false, "checks": [{"name": "database", "ok": false, "reason": "does not answer"}]});
    assert_eq!(answer(server.get("/health/ready")).await, (503, expected));
    *server.part.0.lock().unwrap() = None;
    let expected = json!({"ready": true, "checks": [{"name": "database", "ok": true}]});
    assert_eq!(answer(server.get("/health/ready")).await, (200, expected));
}

#[tokio::test]
async fn requests_and_operations_are_counted_by_route_without_their_query() {
    let server = start().await;
    server.data("{ version }").await;
    server.get("/oauth/callback/nobody?code=geheim").send().await.unwrap();
    let metrics = server.get("/metrics").send().await.unwrap().text().await.unwrap();
    for line in [
        "stockbridge_http_requests_total{method=\"POST\",route=\"/graphql\",status=\"200\"} 1",
        "stockbridge_graphql_operations_total{kind=\"query\",outcome=\"ok\"} 1",
        "stockbridge_http_request_duration_seconds_count{method=\"POST\",route=\"/graphql\"} 1",
        "route=\"/oauth/callback/{provider}\",status=\"404\"} 1",
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
    assert!(!metrics.contains("geheim"));
}
