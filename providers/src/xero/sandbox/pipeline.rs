//! What happens to every call of the service around its handler: it is named, counted, limited, perhaps spoilt, stamped.
//!
//! Rule: every answer carries `Xero-Correlation-Id` (reference 2.4), and those of the API what is left of the limits.

use std::{sync::Arc, time::Instant};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{ConnectInfo, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header::DATE, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use super::{api, operation, server::BODY_BYTES_MAX, shared::Sandbox};
use crate::sandbox::{Sort, connection::Connection};

/// How a moment is written in the head of an answer.
const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";
/// The header that names a call to the service's support.
const TRACE_HEADER: HeaderName = HeaderName::from_static("xero-correlation-id");

/// Runs a call.
pub(crate) async fn run(
    State(sandbox): State<Arc<Sandbox>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let mut response = match to_bytes(body, BODY_BYTES_MAX).await {
        Ok(body) => limited(&sandbox, &connection, parts, body, next, started).await,
        Err(_) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
    };
    if let Ok(trace) = HeaderValue::from_str(&Uuid::new_v4().to_string()) {
        response.headers_mut().insert(TRACE_HEADER, trace);
    }
    // By the same clock as every stamp: readers of changes go on from here.
    if let Ok(date) = HeaderValue::from_str(&sandbox.clock.now().format(HTTP_DATE).to_string()) {
        response.headers_mut().insert(DATE, date);
    }
    response
}

/// Calls of the API count against the limits of their organisation, also while they wait.
async fn limited(
    sandbox: &Sandbox,
    connection: &Connection,
    parts: Parts,
    body: Bytes,
    next: Next,
    started: Instant,
) -> Response {
    let tenant = parts.headers.get("xero-tenant-id").and_then(|tenant| tenant.to_str().ok()).map(str::to_owned);
    let running = match tenant.filter(|_| parts.uri.path().starts_with(api::PATH)) {
        None => None,
        Some(tenant) => match sandbox.throttle.begin(&tenant, started) {
            Ok(running) => Some(running),
            Err(too_many) => return too_many.response(),
        },
    };
    let mut response = answer(sandbox, connection, parts, body, next).await;
    sandbox.pause(sandbox.latency().saturating_sub(started.elapsed())).await;
    if let Some(running) = running {
        running.left.stamp(&mut response);
    }
    response
}

async fn answer(sandbox: &Sandbox, connection: &Connection, parts: Parts, body: Bytes, next: Next) -> Response {
    let operation = operation::of(&parts.method, &parts.uri, &body);
    sandbox.calls.count(&operation);
    let Some(plan) = sandbox.plans.take(&operation) else {
        return next.run(Request::from_parts(parts, Body::from(body))).await;
    };
    plan.before(sandbox, &operation);
    let right = if plan.lets_through(&operation) {
        Some(next.run(Request::from_parts(parts.clone(), Body::from(body.clone()))).await)
    } else {
        None
    };
    let spoilt = plan.answer(sandbox, connection, right).await;
    // A failure of the service itself is an answer like any other to whoever repeats the call (reference 2.3).
    if operation.sort == Sort::Write && spoilt.status() == StatusCode::INTERNAL_SERVER_ERROR {
        let (parts, body) = (&parts, &body);
        let place = (&parts.method, parts.uri.path(), parts.uri.query());
        api::remember_failure(sandbox, place, &parts.headers, body, (spoilt.status(), super::control::failure_text()));
    }
    spoilt
}
