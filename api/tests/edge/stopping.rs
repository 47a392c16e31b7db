//! How the gateway ends.

use std::{sync::atomic::Ordering, time::Duration};

use serde_json::json;

use super::server::{Setup, answer, start, start_with, until};

#[tokio::test]
async fn requests_in_progress_are_answered_and_no_new_ones_taken() {
    let server = start().await;
    let pending = tokio::spawn(server.operation(&json!({"query": "{ waits }"})).send());
    until("the request runs", || server.watch.waiting.load(Ordering::SeqCst) == 1).await;
    server.lifecycle.stop();
    let refused = async {
        while tokio::net::TcpStream::connect(server.address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), refused).await.unwrap();
    assert!(!server.task.is_finished());
    server.watch.go_on.notify_waiters();
    assert_eq!(pending.await.unwrap().unwrap().status().as_u16(), 200);
    tokio::time::timeout(Duration::from_secs(10), server.task).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn a_stopping_gateway_is_not_ready() {
    let server = start().await;
    // Opened before, so that it is still served.
    let keep = server.get("/health/ready");
    assert_eq!(answer(keep).await.0, 200);
    let holder = tokio::spawn(server.operation(&json!({"query": "{ waits }"})).send());
    until("the request runs", || server.watch.waiting.load(Ordering::SeqCst) == 1).await;
    assert!(!server.lifecycle.stopping());
    server.lifecycle.stop();
    assert!(server.lifecycle.stopping());
    server.watch.go_on.notify_waiters();
    holder.await.unwrap().unwrap();
}

#[tokio::test]
async fn event_streams_are_completed() {
    let server = start().await;
    let request = server.post("/graphql/stream").bearer_auth(server.token(60)).header("accept", "text/event-stream");
    let stream = request.json(&json!({"query": "subscription { forever }"})).send().await.unwrap();
    server.lifecycle.stop();
    let text = tokio::time::timeout(Duration::from_secs(10), stream.text()).await.unwrap().unwrap();
    assert!(text.ends_with("event: complete\ndata: null\n\n"), "{text:?}");
    tokio::time::timeout(Duration::from_secs(10), server.task).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn what_does_not_end_is_cut_at_the_deadline() {
    let server = start_with(Setup { deadline: Duration::from_millis(200), ..Setup::default() }).await;
    let pending = tokio::spawn(server.operation(&json!({"query": "{ waits }"})).send());
    until("the request runs", || server.watch.waiting.load(Ordering::SeqCst) == 1).await;
    server.lifecycle.stop();
    tokio::time::timeout(Duration::from_secs(5), server.task).await.unwrap().unwrap().unwrap();
    pending.abort();
}

#[tokio::test]
async fn mutations_are_carried_through_before_the_end() {
    let server = start().await;
    let client = tokio::spawn(server.operation(&json!({"query": "mutation { addSlowly(by: 5) }"})).send());
    until("the mutation runs", || server.watch.waiting.load(Ordering::SeqCst) == 1).await;
    client.abort();
    server.lifecycle.stop();
    let watch = std::sync::Arc::clone(&server.watch);
    let release = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(50)).await;
        watch.go_on.notify_waiters();
    });
    tokio::time::timeout(Duration::from_secs(10), server.task).await.unwrap().unwrap().unwrap();
    assert_eq!(server.watch.total.load(Ordering::SeqCst), 5);
    release.await.unwrap();
}
