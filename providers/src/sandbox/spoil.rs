//! Answers that no client wants to get, whatever the service: cut off, a web page, a bare status.
//!
//! Rule: what a spoilt answer looks like beyond this (a service's own error bodies) is the sandbox's own business.

use axum::{
    body::{Body, to_bytes},
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

/// The longest answer that is cut in half; a longer one is cut to nothing.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The first half of an answer's body, as if it were all.
pub(crate) async fn half(right: Response) -> Response {
    let (mut parts, body) = right.into_parts();
    let bytes = to_bytes(body, ANSWER_BYTES_MAX).await.unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(bytes.slice(..bytes.len() / 2)))
}

/// A page as a proxy in front of a service sends it.
pub(crate) fn edge_page(status: StatusCode) -> Response {
    let reason = status.canonical_reason().unwrap_or("Error");
    let text =
        format!("<html><head><title>{} {reason}</title></head><body><h1>{reason}</h1></body></html>", status.as_u16());
    (status, Html(text)).into_response()
}

/// The status of this number; 500 if there is none.
pub(crate) fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Adds `Retry-After` in seconds, if given.
pub(crate) fn with_retry_after(mut response: Response, seconds: Option<u64>) -> Response {
    if let Some(seconds) = seconds {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
