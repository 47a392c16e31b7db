//! What happens to every call of the service around its handler: it is named, counted, perhaps spoilt, and stamped.
//!
//! Rule: every answer carries `intuit_tid` (reference 1.6, 2), whatever it is.

use std::{sync::Arc, time::Instant};

use axum::{
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request, State},
    http::{HeaderName, HeaderValue, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{operation, server::BODY_BYTES_MAX, shared::Sandbox};
use crate::sandbox::connection::Connection;

/// The header that names a call to the service's support.
const TRACE_HEADER: HeaderName = HeaderName::from_static("intuit_tid");

/// Runs a call.
pub(crate) async fn run(
    State(sandbox): State<Arc<Sandbox>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let mut response = answer(&sandbox, &connection, request, next).await;
    sandbox.pause(sandbox.latency().saturating_sub(started.elapsed())).await;
    if let Ok(trace) = HeaderValue::from_str(&trace_id()) {
        response.headers_mut().insert(TRACE_HEADER, trace);
    }
    response
}

async fn answer(sandbox: &Sandbox, connection: &Connection, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let operation = operation::of(&parts.method, &parts.uri, &body);
    let statement = operation::statement(&parts.method, &parts.uri, &body);
    sandbox.calls.count(&operation);
    let request = Request::from_parts(parts, Body::from(body));
    match sandbox.plans.take(&operation) {
        None => next.run(request).await,
        Some(plan) => {
            plan.before(sandbox, &operation, &statement);
            let right = if plan.lets_through() { Some(next.run(request).await) } else { None };
            plan.answer(sandbox, connection, right).await
        }
    }
}

/// In the form of the service's: `1-<8 hex>-<24 hex>`.
fn trace_id() -> String {
    format!("1-{:08x}-{:024x}", rand::random::<u32>(), rand::random::<u128>() >> 32)
}
