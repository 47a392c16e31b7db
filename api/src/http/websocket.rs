//! `/graphql/ws`: operations over WebSocket, by graphql-transport-ws or the older graphql-ws.
//!
//! Rule: a connection is nobody's until `connection_init` brought a token, and ends when that token does. Close codes are
//! graphql-transport-ws's: 4400 unreadable, 4401 not yet initialised, 4403 not or no longer allowed, 4408 too late.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_graphql::{
    Data, Executor, Request, Response as Answered, http::ALL_WEBSOCKET_PROTOCOLS, parser::types::OperationType,
};
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::{
    extract::{
        State, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket},
    },
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::{
    SinkExt, StreamExt,
    channel::mpsc,
    stream::{self, BoxStream, SplitSink},
};
use serde_json::Value as Json;
use tokio::{
    sync::Notify,
    time::{Instant, interval_at, sleep_until},
};
use tracing::Instrument;

use super::execute::Gateway;
use crate::{
    auth::{AuthError, Principal},
    graphql::fault::FaultCode,
    telemetry::names::Gauge,
};

/// How long a client may take to send `connection_init`.
const INIT_TIME: Duration = Duration::from_secs(10);

/// A quiet connection is asked this often whether it is still there.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// How long subscriptions get to be completed when the gateway stops.
const COMPLETION_TIME: Duration = Duration::from_secs(2);

/// Messages that may wait for a slow client before its subscriptions wait too.
const OUTBOX: usize = 16;

/// Close codes.
mod close {
    pub(super) const GOING_AWAY: u16 = 1001;
    pub(super) const BAD_REQUEST: u16 = 4400;
    pub(super) const UNAUTHORIZED: u16 = 4401;
    pub(super) const FORBIDDEN: u16 = 4403;
    pub(super) const INIT_TIMEOUT: u16 = 4408;
}

/// Turns a request into a WebSocket.
pub(super) async fn upgrade<E: Executor>(
    State(gateway): State<Gateway<E>>,
    headers: HeaderMap,
    protocol: Result<GraphQLProtocol, StatusCode>,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !gateway.shared.origins.allow(&headers) {
        let refusal = "This page may not open a WebSocket here; add its origin to server.origins.";
        return (StatusCode::FORBIDDEN, refusal).into_response();
    }
    let Ok(protocol) = protocol else {
        let refusal = "Offer the subprotocol graphql-transport-ws or graphql-ws.";
        return (StatusCode::BAD_REQUEST, refusal).into_response();
    };
    let tasks = gateway.shared.lifecycle.tasks().clone();
    upgrade
        .max_message_size(gateway.shared.limits.body_bytes)
        .protocols(in_the_clients_order(&headers))
        .on_upgrade(move |socket| tasks.track_future(serve(socket, gateway, protocol).in_current_span()))
}

/// The subprotocols that are spoken here. The library speaks the first of them that the client names, while the upgrade
/// answers with the first of ours: this order makes them the same one.
fn in_the_clients_order(headers: &HeaderMap) -> Vec<&'static str> {
    let offered = headers.get(header::SEC_WEBSOCKET_PROTOCOL).and_then(|offered| offered.to_str().ok());
    let names = offered.unwrap_or_default().split(',').map(str::trim);
    names.filter_map(|name| ALL_WEBSOCKET_PROTOCOLS.into_iter().find(|known| *known == name)).collect()
}

/// What the parts of one connection tell each other.
#[derive(Debug, Default)]
struct Connection {
    caller: OnceLock<Principal>,
    refused: OnceLock<AuthError>,
    initialised: Notify,
    active: AtomicUsize,
    heard: AtomicBool,
}

async fn serve<E: Executor>(socket: WebSocket, gateway: Gateway<E>, protocol: GraphQLProtocol) {
    let gauge = Gauge::open("websocket");
    let connection = Arc::new(Connection { heard: AtomicBool::new(true), ..Connection::default() });
    let (sink, frames) = socket.split();
    let frames = frames.inspect({
        let connection = Arc::clone(&connection);
        move |_| connection.heard.store(true, Ordering::Release)
    });
    let (outbox, messages) = mpsc::channel(OUTBOX);
    let operations = Operations { gateway: gateway.clone(), connection: Arc::clone(&connection) };
    let speaking = GraphQLWebSocket::new_with_pair(outbox, frames, operations, protocol).on_connection_init({
        let (gateway, connection) = (gateway.clone(), Arc::clone(&connection));
        move |payload| initialise(gateway, connection, payload)
    });
    converse(sink, messages, speaking.serve(), &gateway, &connection).await;
    drop(gauge);
}

/// Sends what the protocol has to say until something ends the connection.
async fn converse<E: Executor>(
    mut sink: SplitSink<WebSocket, Message>,
    mut messages: mpsc::Receiver<Message>,
    speaking: impl Future<Output = ()>,
    gateway: &Gateway<E>,
    connection: &Connection,
) {
    let lifecycle = &gateway.shared.lifecycle;
    let (mut speaking, mut spoken) = (std::pin::pin!(speaking), false);
    let mut token_end = std::pin::pin!(token_end(gateway, connection));
    let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
    let mut completed_by = None;
    let (code, reason) = loop {
        tokio::select! {
            // Dropping what was spoken from ends `messages`, after whatever is still in it.
            () = &mut speaking, if !spoken => spoken = true,
            message = messages.next() => match message {
                Some(Message::Close(Some(frame))) => break translate(frame.code, frame.reason.to_string(), connection),
                Some(message) => if sink.send(message).await.is_err() {
                    return;
                },
                None => break ended(connection),
            },
            ending = &mut token_end => break ending,
            _ = heartbeat.tick() => {
                // Every client answers a ping, so two heartbeats without a word mean that it is gone.
                let alive = connection.heard.swap(false, Ordering::AcqRel);
                if !alive || sink.send(Message::Ping(Vec::new().into())).await.is_err() {
                    return;
                }
            }
            () = lifecycle.stopped(), if completed_by.is_none() => {
                completed_by = Some(Instant::now() + COMPLETION_TIME);
            }
            () = until(completed_by) => break going_away(),
        }
        if completed_by.is_some() && connection.active.load(Ordering::Acquire) == 0 {
            // Every subscription has ended; what is left here says so.
            while let Ok(message) = messages.try_recv() {
                if sink.send(message).await.is_err() {
                    return;
                }
            }
            break going_away();
        }
    };
    // The client may be gone already; there is nobody left to tell.
    let _ = sink.send(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
}

fn going_away() -> (u16, String) {
    (close::GOING_AWAY, "the gateway is stopping".to_owned())
}

async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// Waits for the first reason to end that time brings: no `connection_init`, or the token's end.
async fn token_end<E: Executor>(gateway: &Gateway<E>, connection: &Connection) -> (u16, String) {
    let initialised = tokio::time::timeout(INIT_TIME, connection.initialised.notified()).await;
    let Some(caller) = connection.caller.get() else {
        return match initialised {
            Err(_) => (close::INIT_TIMEOUT, "Connection initialisation timeout".to_owned()),
            // Refused: the protocol says so itself.
            Ok(()) => std::future::pending().await,
        };
    };
    let left = (caller.expires_at - gateway.shared.authenticator.clock().now()).to_std().unwrap_or_default();
    tokio::time::sleep(left).await;
    (close::FORBIDDEN, reason(AuthError::Expired { at: caller.expires_at }.to_string()))
}

/// A close frame's reason has at most 123 bytes (RFC 6455, 5.5).
fn reason(mut text: String) -> String {
    let mut end = text.len().min(123);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

/// The library's close codes in those of the protocol.
fn translate(code: u16, text: String, connection: &Connection) -> (u16, String) {
    match (connection.refused.get(), code) {
        (Some(refused), _) => (close::FORBIDDEN, reason(refused.to_string())),
        (None, 1011) => (close::UNAUTHORIZED, "Unauthorized".to_owned()),
        (None, 1002) => (close::BAD_REQUEST, reason(text)),
        (None, code) => (code, reason(text)),
    }
}

fn ended(connection: &Connection) -> (u16, String) {
    match connection.refused.get() {
        Some(refused) => (close::FORBIDDEN, reason(refused.to_string())),
        None => (1000, String::new()),
    }
}

async fn initialise<E: Executor>(
    gateway: Gateway<E>,
    connection: Arc<Connection>,
    payload: Json,
) -> async_graphql::Result<Data> {
    let text = ["authorization", "Authorization"].iter().find_map(|name| payload.get(name)?.as_str());
    let caller = gateway.shared.authenticator.bearer(text).await;
    let outcome = match caller {
        Ok(principal) => {
            let mut data = Data::default();
            data.insert(principal.clone());
            // A connection is initialised once; the protocol refuses a second time.
            let _ = connection.caller.set(principal);
            Ok(data)
        }
        Err(error) => {
            let message = error.to_string();
            let _ = connection.refused.set(error);
            Err(async_graphql::Error::new(message))
        }
    };
    connection.initialised.notify_one();
    outcome
}

/// The executor of one connection: admits its caller, bounds its subscriptions, ends them when the gateway stops.
#[derive(Debug)]
struct Operations<E> {
    gateway: Gateway<E>,
    connection: Arc<Connection>,
}

impl<E: Clone> Clone for Operations<E> {
    fn clone(&self) -> Self {
        Self { gateway: self.gateway.clone(), connection: Arc::clone(&self.connection) }
    }
}

impl<E: Executor> Executor for Operations<E> {
    async fn execute(&self, request: Request) -> Answered {
        let mut answers = self.execute_stream(request, None);
        let nothing = || FaultCode::Internal.response("The operation ended without an answer.");
        answers.next().await.unwrap_or_else(nothing)
    }

    fn execute_stream(&self, request: Request, session: Option<Arc<Data>>) -> BoxStream<'static, Answered> {
        let one = |answer: Answered| stream::once(std::future::ready(answer)).boxed();
        let Some(caller) = self.connection.caller.get() else {
            return one(FaultCode::Unauthenticated.response(AuthError::Missing.to_string()));
        };
        let slot = Slot::take(&self.connection);
        let allowed = self.gateway.shared.limits.subscriptions;
        if slot.number > allowed {
            let message = format!(
                "This connection has {allowed} operations open already; complete some, or open another connection."
            );
            return one(FaultCode::RateLimited.response(message));
        }
        let answers = match self.gateway.guarded.prepare(self.gateway.admit(request, caller)) {
            Err(refused) => one(*refused),
            Ok(prepared) if prepared.kind == OperationType::Subscription => {
                self.gateway.guarded.stream(prepared, session)
            }
            Ok(prepared) => {
                let (gateway, deadline) = (self.gateway.clone(), self.gateway.shared.deadline());
                stream::once(async move { gateway.execute(prepared, deadline).await }).boxed()
            }
        };
        let lifecycle = self.gateway.shared.lifecycle.clone();
        let until_stop = Box::pin(async move { lifecycle.stopped().await });
        // The slot is free when the stream is dropped.
        answers.take_until(until_stop).map(move |answer| (answer, &slot).0).boxed()
    }
}

/// One open operation of a connection.
struct Slot {
    connection: Arc<Connection>,
    number: usize,
}

impl Slot {
    fn take(connection: &Arc<Connection>) -> Self {
        let number = connection.active.fetch_add(1, Ordering::AcqRel) + 1;
        Self { connection: Arc::clone(connection), number }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.connection.active.fetch_sub(1, Ordering::AcqRel);
    }
}
