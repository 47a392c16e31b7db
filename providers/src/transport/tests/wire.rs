//! The whole stack over real sockets: what the other side can do to a connection, and what is let through.

use std::{sync::Arc, time::Duration};

use reqwest::Method;
use rstest::rstest;

use crate::{
    clock::SystemClock,
    error::{ErrorKind, Outcome, ProviderError, Retry},
    settings::TransportSettings,
    testing::{Answer, Sitting, Stub, quick, raw_server, reply, reply_with, sitting},
    transport::{Call, Limits, StackOptions, Transport, stack},
};

fn transport(settings: TransportSettings) -> Arc<dyn Transport> {
    let limits = Limits { windows: vec![(1000, Duration::from_secs(1))], concurrent: 10 };
    let options = StackOptions { settings, limits, trace_header: "x-trace", tls: false, clock: Arc::new(SystemClock) };
    stack(&options).unwrap()
}

fn once() -> TransportSettings {
    TransportSettings { attempts: 1, ..quick() }
}

fn write(sitting: &Sitting, url: &url::Url) -> Call {
    Call {
        write: true,
        safe_to_repeat: false,
        ..Call::read("thing.write", Method::POST, url.clone(), &sitting.session)
    }
}

fn read(sitting: &Sitting, url: &url::Url) -> Call {
    Call::read("thing.read", Method::GET, url.clone(), &sitting.session)
}

#[tokio::test]
async fn an_answer_arrives_whole_with_status_header_and_trace_id() {
    let stub = Stub::start(|_, _| reply_with(201, &[("x-trace", "t-7"), ("x-other", "o")], "{}")).await;
    let sitting = sitting("1");
    let reply = transport(quick()).send(&read(&sitting, &stub.url)).await.unwrap();
    assert_eq!((reply.status, reply.bytes.as_slice(), reply.header("x-other")), (201, b"{}".as_slice(), Some("o")));
    assert_eq!(reply.trace_id.as_deref(), Some("t-7"));
    assert_eq!(stub.seen()[0].header("authorization"), "Bearer CANARY-token-0");
    assert!(stub.seen()[0].header("user-agent").starts_with("stockbridge/"));
}

#[tokio::test]
async fn compressed_answers_are_unpacked() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    let router = axum::Router::new()
        .fallback(async || "a".repeat(100_000))
        .layer(tower_http::compression::CompressionLayer::new());
    let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let reply = transport(once()).send(&read(&sitting("1"), &url)).await.unwrap();
    assert_eq!(reply.bytes, [b'a'; 100_000]);
    let strict = TransportSettings { answer_bytes_max: 99_999, ..once() };
    let error = transport(strict).send(&read(&sitting("1"), &url)).await.unwrap_err();
    assert_eq!(error.message, "the answer is larger than the 99999 bytes allowed");
    server.abort();
}

#[tokio::test]
async fn an_answer_beyond_the_cap_is_refused_and_not_asked_for_again() {
    let stub = Stub::start(|_, _| reply(200, "a".repeat(1001))).await;
    let settings = TransportSettings { answer_bytes_max: 1000, ..quick() };
    let sitting = sitting("1");
    let error = transport(settings).send(&read(&sitting, &stub.url)).await.unwrap_err();
    let expected =
        ProviderError::new(ErrorKind::Malformed, "thing.read", "the answer is larger than the 1000 bytes allowed");
    assert_eq!(error, ProviderError { http_status: Some(200), ..expected });
    assert_eq!(stub.seen().len(), 1);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let stub = Stub::start(|_, _| reply_with(302, &[("location", "/elsewhere")], "")).await;
    let reply = transport(once()).send(&read(&sitting("1"), &stub.url)).await.unwrap();
    assert_eq!(reply.status, 302);
    assert_eq!(stub.urls(), ["/"]);
}

#[rstest]
#[case("http://example.com/")]
#[case("http://192.0.2.1/")]
#[case("http://localhost.example.com/")]
#[case("ftp://127.0.0.1/")]
#[tokio::test]
async fn nothing_leaves_this_machine_in_clear_text(#[case] url: &str) {
    let sitting = sitting("1");
    let error = transport(quick()).send(&read(&sitting, &url.parse().unwrap())).await.unwrap_err();
    assert_eq!((error.kind, error.attempts), (ErrorKind::Misconfigured, 1));
    assert!(error.message.contains("must be called with https"), "{}", error.message);
}

#[tokio::test]
async fn a_host_that_does_not_listen_has_certainly_not_seen_the_write() {
    let stub = Stub::start(|_, _| Answer::Hang).await;
    let url = stub.url.clone();
    drop(stub);
    // The port is free again once the server's task is gone.
    while tokio::net::TcpStream::connect(("127.0.0.1", url.port().unwrap())).await.is_ok() {
        tokio::task::yield_now().await;
    }
    let sitting = sitting("1");
    let error = transport(quick()).send(&write(&sitting, &url)).await.unwrap_err();
    assert_eq!((error.kind, error.outcome, error.attempts), (ErrorKind::Unavailable, Outcome::NotApplied, 4));
    assert!(error.message.starts_with("127.0.0.1 cannot be reached: "), "{}", error.message);
    assert_eq!(sitting.records.all().len(), 4);
}

#[rstest]
#[case::reset("")]
#[case::closed_within_the_headers("HTTP/1.1 200 OK\r\ncontent-len")]
#[case::closed_within_the_body("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"cut\":")]
#[tokio::test]
async fn a_connection_that_breaks_leaves_a_write_in_doubt(#[case] answer: &'static str) {
    let (url, server) = raw_server(answer).await;
    let sitting = sitting("1");
    let error = transport(quick()).send(&write(&sitting, &url)).await.unwrap_err();
    assert_eq!((error.kind, error.outcome), (ErrorKind::Unavailable, Outcome::Unknown));
    assert_eq!((error.retry, error.attempts), (Retry::Backoff(None), 1));
    let error = transport(quick()).send(&read(&sitting, &url)).await.unwrap_err();
    assert_eq!((error.kind, error.outcome, error.attempts), (ErrorKind::Unavailable, Outcome::NotApplied, 4));
    server.abort();
}

#[tokio::test]
async fn silence_longer_than_the_timeout_ends_the_attempt() {
    let stub = Stub::start(|_, _| Answer::Hang).await;
    let settings = TransportSettings { timeout: Duration::from_millis(80), attempts: 2, ..quick() };
    let sitting = sitting("1");
    let error = transport(settings).send(&read(&sitting, &stub.url)).await.unwrap_err();
    assert_eq!((error.kind, error.attempts), (ErrorKind::Unavailable, 2));
    assert_eq!(error.message, "no complete answer within 80ms");
    assert_eq!((stub.seen().len(), sitting.records.all().len()), (2, 2));
}

#[tokio::test]
async fn a_call_dropped_midway_is_recorded_and_frees_its_place() {
    let stub = Stub::start(|_, nth| if nth == 0 { Answer::Hang } else { reply(200, "{}") }).await;
    let limits = Limits { windows: vec![(1000, Duration::from_secs(1))], concurrent: 1 };
    let options =
        StackOptions { settings: quick(), limits, trace_header: "x-trace", tls: false, clock: Arc::new(SystemClock) };
    let transport = stack(&options).unwrap();
    let sitting = sitting("1");
    let call = read(&sitting, &stub.url);
    tokio::select! {
        _ = transport.send(&call) => panic!("the stub hangs"),
        () = stub.arrival() => {}
    }
    sitting.records.arrival().await;
    transport.send(&call).await.unwrap();
    let ended: Vec<Option<u16>> = sitting.records.all().iter().map(|record| record.http_status).collect();
    assert_eq!(ended, [None, Some(200)]);
}

#[tokio::test]
async fn a_client_for_tls_can_be_made_where_there_are_root_certificates() {
    let limits = Limits { windows: Vec::new(), concurrent: 1 };
    let options =
        StackOptions { settings: quick(), limits, trace_header: "x-trace", tls: true, clock: Arc::new(SystemClock) };
    if let Err(error) = stack(&options) {
        assert_eq!(error.kind, ErrorKind::Misconfigured);
        assert!(error.message.contains("root certificates"), "{}", error.message);
    }
}
