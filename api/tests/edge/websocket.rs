//! Operations over WebSocket, by both protocols.

use std::{sync::atomic::Ordering, time::Duration};

use futures::{SinkExt, StreamExt};
use rstest::rstest;
use serde_json::{Value, json};
use stockbridge::config::Limits;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{self, Message, client::IntoClientRequest, protocol::frame::coding::CloseCode},
};

use super::server::{BUSINESS, Server, Setup, start, start_with, until};

const NEW: &str = "graphql-transport-ws";
const OLDER: &str = "graphql-ws";

pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

async fn dial(server: &Server, protocol: &str, origin: Option<&str>) -> Result<Socket, tungstenite::Error> {
    let mut request = format!("ws://{}/graphql/ws", server.address).into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", protocol.parse().unwrap());
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", origin.parse().unwrap());
    }
    connect_async(request).await.map(|(socket, _)| Socket(socket))
}

fn refused_status(result: Result<Socket, tungstenite::Error>) -> u16 {
    match result {
        Err(tungstenite::Error::Http(response)) => response.status().as_u16(),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("accepted"),
    }
}

impl Socket {
    pub(crate) async fn open(server: &Server, protocol: &str, seconds: i64) -> Self {
        let mut socket = dial(server, protocol, None).await.unwrap();
        socket.send(json!({"type": "connection_init", "payload": {"authorization": format!("Bearer {}", server.token(seconds))}})).await;
        assert_eq!(socket.json().await, json!({"type": "connection_ack"}));
        socket
    }

    pub(crate) async fn send(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    async fn message(&mut self) -> Message {
        tokio::time::timeout(Duration::from_secs(10), self.0.next()).await.expect("something comes").unwrap().unwrap()
    }

    pub(crate) async fn json(&mut self) -> Value {
        match self.message().await {
            Message::Text(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    /// The close frame, messages before it skipped.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        loop {
            if let Message::Close(Some(frame)) = self.message().await {
                return (u16::from(frame.code), frame.reason.to_string());
            }
        }
    }
}

/// The names of a protocol's messages.
fn words(protocol: &str) -> (&'static str, &'static str, &'static str) {
    if protocol == NEW { ("subscribe", "next", "complete") } else { ("start", "data", "stop") }
}

#[rstest]
#[case(NEW)]
#[case(OLDER)]
#[tokio::test]
async fn subscriptions_queries_and_mutations_are_answered(#[case] protocol: &str) {
    let server = start().await;
    let mut socket = Socket::open(&server, protocol, 60).await;
    let (begin, next, _) = words(protocol);
    socket.send(json!({"type": begin, "id": "1", "payload": {"query": "subscription { ticks(count: 2) }"}})).await;
    for tick in 0..2 {
        let message = socket.json().await;
        assert_eq!((&message["type"], &message["payload"]["data"]), (&json!(next), &json!({"ticks": tick})));
    }
    assert_eq!(socket.json().await, json!({"type": "complete", "id": "1"}));
    socket.send(json!({"type": begin, "id": "2", "payload": {"query": "mutation($n: Int!) { add(by: $n) }", "variables": {"n": 3}}})).await;
    assert_eq!(socket.json().await["payload"]["data"], json!({"add": 3}));
    assert_eq!(socket.json().await, json!({"type": "complete", "id": "2"}));
}

#[rstest]
#[case("graphql-ws", OLDER)]
#[case("graphql-transport-ws", NEW)]
#[case("graphql-ws, graphql-transport-ws", OLDER)]
#[case("graphql-transport-ws, graphql-ws", NEW)]
#[case("soap, graphql-transport-ws", NEW)]
#[tokio::test]
async fn the_first_known_protocol_of_the_clients_is_answered_and_spoken(#[case] offered: &str, #[case] chosen: &str) {
    let server = start().await;
    let mut request = format!("ws://{}/graphql/ws", server.address).into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", offered.parse().unwrap());
    let (socket, response) = connect_async(request).await.unwrap();
    assert_eq!(response.headers()["sec-websocket-protocol"].to_str().unwrap(), chosen);
    let mut socket = Socket(socket);
    let authorization = format!("Bearer {}", server.token(60));
    socket.send(json!({"type": "connection_init", "payload": {"authorization": authorization}})).await;
    assert_eq!(socket.json().await["type"], "connection_ack");
    let (begin, next, _) = words(chosen);
    socket.send(json!({"type": begin, "id": "1", "payload": {"query": "{ version }"}})).await;
    assert_eq!(socket.json().await["type"], next);
}

#[tokio::test]
async fn a_client_that_speaks_neither_protocol_is_refused() {
    let server = start().await;
    assert_eq!(refused_status(dial(&server, "soap", None).await), 400);
}

#[tokio::test]
async fn subscriptions_know_their_caller() {
    let server = start().await;
    let mut socket = Socket::open(&server, NEW, 60).await;
    socket.send(json!({"type": "subscribe", "id": "1", "payload": {"query": "subscription { caller }"}})).await;
    assert_eq!(socket.json().await["payload"]["data"]["caller"], format!("user-7 of {BUSINESS}"));
}

#[rstest]
#[case::none(json!({}), "This needs a token")]
#[case::no_payload(Value::Null, "This needs a token")]
#[case::nonsense(json!({"authorization": "Bearer nonsense"}), "The token is not a JSON Web Token")]
#[tokio::test]
async fn a_connection_without_a_good_token_is_closed(#[case] payload: Value, #[case] reason: &str) {
    let server = start().await;
    for protocol in [NEW, OLDER] {
        let mut socket = dial(&server, protocol, None).await.unwrap();
        socket.send(json!({"type": "connection_init", "payload": payload})).await;
        let (code, text) = socket.closed().await;
        assert_eq!((code, text.starts_with(reason)), (4403, true), "{text}");
    }
}

#[tokio::test]
async fn an_expired_token_opens_nothing() {
    let server = start().await;
    let mut socket = dial(&server, NEW, None).await.unwrap();
    let authorization = format!("Bearer {}", server.token(-1));
    socket.send(json!({"type": "connection_init", "payload": {"authorization": authorization}})).await;
    let (code, reason) = socket.closed().await;
    assert_eq!((code, reason.starts_with("The token expired at ")), (4403, true), "{reason}");
}

#[tokio::test]
async fn nothing_is_executed_before_the_connection_is_somebodys() {
    let server = start().await;
    let mut socket = dial(&server, NEW, None).await.unwrap();
    socket.send(json!({"type": "subscribe", "id": "1", "payload": {"query": "mutation { add(by: 1) }"}})).await;
    assert_eq!(socket.closed().await, (4401, "Unauthorized".to_owned()));
    assert_eq!(server.watch.total.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_connection_is_initialised_once() {
    let server = start().await;
    let mut socket = Socket::open(&server, NEW, 60).await;
    socket.send(json!({"type": "connection_init"})).await;
    assert_eq!(socket.closed().await.0, 4429);
}

#[rstest]
#[case("nonsense")]
#[case("{\"type\":\"dance\"}")]
#[case("{\"type\":\"subscribe\",\"payload\":{\"query\":\"{ version }\"}}")]
#[case("{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{\"query\":7}}")]
#[tokio::test]
async fn what_is_no_message_closes_the_connection(#[case] text: &str) {
    let server = start().await;
    let mut socket = Socket::open(&server, NEW, 60).await;
    socket.0.send(Message::text(text)).await.unwrap();
    assert_eq!(socket.closed().await.0, 4400);
}

#[tokio::test]
async fn a_refused_operation_is_answered_and_the_connection_stays() {
    let server = start().await;
    let mut socket = Socket::open(&server, NEW, 60).await;
    socket.send(json!({"type": "subscribe", "id": "1", "payload": {"query": "subscription { nothing }"}})).await;
    assert_eq!(socket.json().await["payload"]["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(socket.json().await["type"], "complete");
    socket.send(json!({"type": "ping"})).await;
    assert_eq!(socket.json().await, json!({"type": "pong"}));
}

#[rstest]
#[case(NEW)]
#[case(OLDER)]
#[tokio::test]
async fn a_connection_ends_when_its_token_does(#[case] protocol: &str) {
    let server = start().await;
    let mut socket = Socket::open(&server, protocol, 2).await;
    let (begin, next, _) = words(protocol);
    socket.send(json!({"type": begin, "id": "1", "payload": {"query": "subscription { forever }"}})).await;
    assert_eq!(socket.json().await["type"], next);
    let (code, reason) = socket.closed().await;
    assert_eq!((code, reason.starts_with("The token expired at ")), (4403, true), "{reason}");
    until("the subscription is dropped", || server.watch.open.load(Ordering::SeqCst) == 0).await;
}

#[tokio::test]
async fn a_subscription_that_is_completed_by_its_client_ends() {
    let server = start().await;
    let mut socket = Socket::open(&server, NEW, 60).await;
    socket.send(json!({"type": "subscribe", "id": "1", "payload": {"query": "subscription { forever }"}})).await;
    assert_eq!(socket.json().await["type"], "next");
    socket.send(json!({"type": "complete", "id": "1"})).await;
    until("the subscription is dropped", || server.watch.open.load(Ordering::SeqCst) == 0).await;
}

#[tokio::test]
async fn a_client_that_goes_away_ends_its_subscriptions() {
    let server = start().await;
    let mut socket = Socket::open(&server, NEW, 60).await;
    socket.send(json!({"type": "subscribe", "id": "1", "payload": {"query": "subscription { forever }"}})).await;
    assert_eq!(socket.json().await["type"], "next");
    drop(socket);
    until("the subscription is dropped", || server.watch.open.load(Ordering::SeqCst) == 0).await;
}

#[tokio::test]
async fn a_connection_holds_only_so_many_operations() {
    let server = start_with(Setup::limits(Limits { subscriptions: 2, ..Limits::default() })).await;
    let mut socket = Socket::open(&server, NEW, 60).await;
    for id in ["1", "2", "3"] {
        socket.send(json!({"type": "subscribe", "id": id, "payload": {"query": "subscription { forever }"}})).await;
    }
    let refusal = loop {
        let message = socket.json().await;
        if message["id"] == "3" {
            break message;
        }
    };
    assert_eq!(refusal["payload"]["errors"][0]["extensions"]["code"], "RATE_LIMITED", "{refusal}");
    assert_eq!(server.watch.open.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_message_larger_than_a_body_may_be_is_refused() {
    let server = start_with(Setup::limits(Limits { body_bytes: 1000, ..Limits::default() })).await;
    let mut socket = Socket::open(&server, NEW, 60).await;
    let query = format!("{{ version }} #{}", "x".repeat(2000));
    socket.send(json!({"type": "subscribe", "id": "1", "payload": {"query": query}})).await;
    let ended = tokio::time::timeout(Duration::from_secs(10), socket.0.next()).await.unwrap();
    assert!(!matches!(ended, Some(Ok(Message::Text(_)))), "{ended:?}");
}

#[rstest]
#[case(Some("https://evil.example"), false)]
#[case(Some("null"), false)]
#[case(Some("https://console.example"), true)]
#[case(None, true)]
#[tokio::test]
async fn only_known_pages_open_a_connection(#[case] origin: Option<&str>, #[case] allowed: bool) {
    let server = start().await;
    let result = dial(&server, NEW, origin).await;
    if allowed {
        result.unwrap();
    } else {
        assert_eq!(refused_status(result), 403);
    }
}

#[tokio::test]
async fn a_stopping_gateway_completes_subscriptions_and_says_that_it_goes() {
    let server = start().await;
    let mut socket = Socket::open(&server, NEW, 60).await;
    socket.send(json!({"type": "subscribe", "id": "1", "payload": {"query": "subscription { forever }"}})).await;
    assert_eq!(socket.json().await["type"], "next");
    server.lifecycle.stop();
    loop {
        let message = socket.json().await;
        if message["type"] != "next" {
            assert_eq!(message, json!({"type": "complete", "id": "1"}));
            break;
        }
    }
    assert_eq!(socket.closed().await, (u16::from(CloseCode::Away), "the gateway is stopping".to_owned()));
}

/// With the clock held, time passes only when everybody waits.
#[tokio::test(start_paused = true)]
async fn a_connection_that_is_not_initialised_is_closed() {
    let server = start().await;
    let mut socket = dial(&server, NEW, None).await.unwrap();
    match socket.0.next().await {
        Some(Ok(Message::Close(Some(frame)))) => {
            let expected = (4408, "Connection initialisation timeout");
            assert_eq!((u16::from(frame.code), frame.reason.as_str()), expected);
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_answers_no_ping_is_taken_for_gone() {
    let server = start().await;
    let mut socket = Socket::open(&server, NEW, 3600).await;
    socket.send(json!({"type": "subscribe", "id": "1", "payload": {"query": "subscription { waits }"}})).await;
    let connected = tokio::time::Instant::now();
    // Reads nothing, so that no ping is answered.
    while server.watch.open.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    while server.watch.open.load(Ordering::SeqCst) == 1 {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let seconds = connected.elapsed().as_secs();
    assert!((30..=62).contains(&seconds), "after {seconds} s");
}

#[tokio::test(start_paused = true)]
async fn a_quiet_client_that_answers_pings_stays_connected() {
    let server = start().await;
    let mut socket = Socket::open(&server, NEW, 3600).await;
    socket.send(json!({"type": "subscribe", "id": "1", "payload": {"query": "subscription { waits }"}})).await;
    for _ in 0..5 {
        match socket.0.next().await {
            Some(Ok(Message::Ping(_))) => socket.0.flush().await.unwrap(),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(server.watch.open.load(Ordering::SeqCst), 1);
}
