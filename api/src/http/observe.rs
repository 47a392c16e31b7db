//! What is known of every request: an id, a span, a metric, and the headers every answer has.
//!
//! Rule: paths are recorded by route and without their query, which may hold a code or a token.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use metrics_exporter_prometheus::PrometheusHandle;
use tracing::{Instrument, field};
use uuid::Uuid;

use crate::telemetry::names;

/// Names a request in answers and logs.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longer ids from outside are not taken over.
const REQUEST_ID_BYTES_MAX: usize = 64;

/// Puts a request into its span and its answer into the metrics.
pub(super) async fn observe(request: Request, next: Next) -> Response {
    let id = request_id(&request);
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let span =
        tracing::info_span!("request", id = id.to_str().unwrap_or_default(), %method, %route, status = field::Empty);
    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    span.record("status", status);
    let labels = [("method", method.to_string()), ("route", route), ("status", status.to_string())];
    metrics::counter!(names::HTTP_REQUESTS, &labels).increment(1);
    metrics::histogram!(names::HTTP_SECONDS, &labels[..2]).record(started.elapsed());
    span.in_scope(|| tracing::debug!(milliseconds = started.elapsed().as_millis(), "answered"));
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, id);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    response
}

/// The caller's id for the request, if it is one that a log can hold, or a new one.
fn request_id(request: &Request) -> HeaderValue {
    let plain = |id: &HeaderValue| {
        let bytes = id.as_bytes();
        (1..=REQUEST_ID_BYTES_MAX).contains(&bytes.len())
            && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    let given = request.headers().get(REQUEST_ID).filter(|id| plain(id)).cloned();
    given.unwrap_or_else(|| {
        HeaderValue::from_str(&Uuid::now_v7().simple().to_string()).unwrap_or(HeaderValue::from_static("unknown"))
    })
}

/// Answers `/metrics` in Prometheus' text form.
pub(super) async fn render(handle: PrometheusHandle) -> Response {
    handle.run_upkeep();
    (StatusCode::OK, [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render())
        .into_response()
}
