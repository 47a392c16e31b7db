//! `/graphql/stream`: operations as server-sent events, graphql-sse's distinct connections mode.
//!
//! Rule: results and refusals of an operation are `next` events, then `complete`; the stream ends with the token.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_graphql::{Executor, Request, Response as Answered, parser::types::OperationType};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::{Stream, StreamExt, stream};

use super::{
    execute::Gateway,
    negotiate::{self, Form},
    query::{self, Refusal},
    wire::{self, Operations},
};
use crate::{
    auth::{AuthError, Principal},
    graphql::fault::FaultCode,
    telemetry::names::Gauge,
};

/// A comment this often keeps proxies from closing a quiet stream.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Opens a stream with the operation in the body.
pub(super) async fn by_post<E: Executor>(
    State(gateway): State<Gateway<E>>,
    headers: HeaderMap,
    body: axum::body::Body,
) -> Response {
    let deadline = gateway.shared.deadline();
    let request = match query::receive(&gateway, &headers, body, deadline).await {
        Ok(Operations::Single(request)) => *request,
        Ok(Operations::Batch(_)) => return Refusal::bad_request("A stream carries one operation.").answer(Form::Json),
        Err(refusal) => return refusal.answer(Form::Json),
    };
    open(&gateway, &headers, request, true).await
}

/// Opens a stream with the operation in the address; no mutations.
pub(super) async fn by_get<E: Executor>(State(gateway): State<Gateway<E>>, headers: HeaderMap, uri: Uri) -> Response {
    match wire::from_query_string(uri.query()) {
        Ok(request) => open(&gateway, &headers, request, false).await,
        Err(message) => Refusal::bad_request(message).answer(Form::Json),
    }
}

async fn open<E: Executor>(gateway: &Gateway<E>, headers: &HeaderMap, request: Request, may_change: bool) -> Response {
    if !negotiate::accepts_events(headers) {
        let message = "This address answers with text/event-stream; accept it, or use /graphql.";
        return Refusal::new(StatusCode::NOT_ACCEPTABLE, FaultCode::BadRequest, message).answer(Form::Json);
    }
    let principal = match gateway.shared.caller(headers).await {
        Ok(principal) => principal,
        Err(error) => return Refusal::from(error).answer(Form::Json),
    };
    let answers = answers(gateway, request, &principal, may_change);
    let events = events(gateway.clone(), answers, principal);
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response();
    // Proxies that buffer would hold events back.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The answers of the operation; a refusal is one answer.
fn answers<E: Executor>(
    gateway: &Gateway<E>,
    request: Request,
    principal: &Principal,
    may_change: bool,
) -> stream::BoxStream<'static, Answered> {
    let one = |answer: Answered| stream::once(std::future::ready(answer)).boxed();
    match gateway.guarded.prepare(gateway.admit(request, principal)) {
        Err(refused) => one(*refused),
        Ok(prepared) if prepared.kind == OperationType::Mutation && !may_change => {
            one(FaultCode::MethodNotAllowed.response("GET executes no mutations; send this by POST."))
        }
        Ok(prepared) if prepared.kind == OperationType::Subscription => gateway.guarded.stream(prepared, None),
        Ok(prepared) => {
            let (gateway, deadline) = (gateway.clone(), gateway.shared.deadline());
            stream::once(async move { gateway.execute(prepared, deadline).await }).boxed()
        }
    }
}

/// The answers as events, until the operation, the token or the gateway ends.
fn events<E: Executor>(
    gateway: Gateway<E>,
    answers: stream::BoxStream<'static, Answered>,
    principal: Principal,
) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    let lifecycle = gateway.shared.lifecycle.clone();
    let left = (principal.expires_at - gateway.shared.authenticator.clock().now()).to_std().unwrap_or_default();
    let (gauge, token_ended) = (Gauge::open("sse"), Arc::new(AtomicBool::new(false)));
    let ended = Arc::clone(&token_ended);
    let until = Box::pin(async move {
        tokio::select! {
            () = lifecycle.stopped() => {}
            () = tokio::time::sleep(left) => ended.store(true, Ordering::Release),
        }
    });
    // After the token's end nothing is sent but that it ended.
    let farewell = stream::once(async move {
        let expired = AuthError::Expired { at: principal.expires_at };
        let told = || FaultCode::Unauthenticated.response(expired.to_string());
        token_ended.load(Ordering::Acquire).then(told)
    });
    answers.take_until(until).chain(farewell.filter_map(std::future::ready)).map(|answer| Ok(next(&answer))).chain(
        stream::once(async move {
            drop(gauge);
            // A browser passes on only events that have data.
            Ok(Event::default().event("complete").data("null"))
        }),
    )
}

fn next(answer: &Answered) -> Event {
    match wire::answer(answer).map(String::from_utf8) {
        Ok(Ok(json)) => Event::default().event("next").data(json),
        Ok(Err(_)) | Err(_) => {
            tracing::error!("an answer could not be written");
            Event::default().event("next").data("{\"errors\":[{\"message\":\"The answer could not be written.\",\"extensions\":{\"code\":\"INTERNAL\"}}]}")
        }
    }
}
