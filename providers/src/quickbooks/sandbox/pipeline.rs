//! What happens to every call of the service around its handler.
//!
//! Rule: every answer carries `intuit_tid` (reference 1.6, 2), whatever it is.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};

use super::server::Sandbox;

/// The header that names a call to the service's support.
const TRACE_HEADER: HeaderName = HeaderName::from_static("intuit_tid");

/// Runs a call.
pub(crate) async fn run(State(sandbox): State<Arc<Sandbox>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let mut response = next.run(request).await;
    tokio::time::sleep(sandbox.latency.saturating_sub(started.elapsed())).await;
    if let Ok(trace) = HeaderValue::from_str(&trace_id()) {
        response.headers_mut().insert(TRACE_HEADER, trace);
    }
    response
}

/// In the form of the service's: `1-<8 hex>-<24 hex>`.
fn trace_id() -> String {
    format!("1-{:08x}-{:024x}", rand::random::<u32>(), rand::random::<u128>() >> 32)
}
