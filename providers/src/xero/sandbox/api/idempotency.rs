//! Writes that carry an idempotency key are done once (reference 2.3).
//!
//! Rule: the same key with another request is refused; a failure of the service itself is remembered like any answer.

use axum::http::{HeaderMap, Method, StatusCode};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Answer, call::Call};
use crate::xero::sandbox::{
    problem::{Problem, Refusal},
    shared::Sandbox,
    store::Replay,
};

/// The header.
const HEADER: &str = "idempotency-key";
/// Longest key.
const KEY_MAX: usize = 128;

/// Does a write, unless it was done: then answers as before.
///
/// # Errors
/// Those of the write, or 400 for a key that was used for something else.
pub(super) fn once(
    sandbox: &Sandbox,
    call: &Call<'_>,
    write: impl FnOnce() -> Result<Answer, Refusal>,
) -> Result<Answer, Refusal> {
    let Some(key) = call.header(HEADER) else { return write() };
    if key.chars().count() > KEY_MAX {
        return Err(Problem::bad_request(format!("Idempotency-Key must be at most {KEY_MAX} characters long.")).into());
    }
    let now = sandbox.clock.now();
    let request = fingerprint(call.method, &call.segments.join("/"), &parameters(call), call.headers, call.body);
    // Two calls with one key at once: the second waits for the first.
    let _turn = sandbox.turn();
    match sandbox.read(|state| state.replays.get(key, now).cloned()) {
        Some(replay) if replay.request != request => {
            Err(Problem::bad_request("The Idempotency-Key was already used with a different request.").into())
        }
        Some(replay) => {
            let status = StatusCode::from_u16(replay.status).unwrap_or(StatusCode::OK);
            Ok(Answer::Again(status, replay.body))
        }
        None => {
            let done = write();
            let (status, body) = match &done {
                Ok(Answer::Body(body)) => (StatusCode::OK, body.clone()),
                Err(refusal) => refusal.parts(),
                Ok(_) => (StatusCode::NO_CONTENT, Value::Null),
            };
            let (status, body, key) = (status.as_u16(), body.to_string(), key.to_owned());
            sandbox.change(|state| state.replays.put(key, Replay { request, status, body, at: now }));
            done
        }
    }
}

fn parameters(call: &Call<'_>) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&call.parameters).finish()
}

/// Everything that makes a request, hashed.
fn fingerprint(method: &Method, path: &str, query: &str, headers: &HeaderMap, body: &[u8]) -> String {
    let tenant = headers.get("xero-tenant-id").map(axum::http::HeaderValue::as_bytes).unwrap_or_default();
    let mut hash = Sha256::new();
    for part in [method.as_str().as_bytes(), path.as_bytes(), query.as_bytes(), tenant, body] {
        hash.update(u64::try_from(part.len()).unwrap_or_default().to_be_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())
}

/// Remembers a failure of the service for the key of a write.
pub(crate) fn remember(
    sandbox: &Sandbox,
    (method, path, query): (&Method, &str, Option<&str>),
    headers: &HeaderMap,
    body: &[u8],
    (status, answer): (StatusCode, String),
) {
    let Some(key) = headers.get(HEADER).and_then(|key| key.to_str().ok()) else { return };
    let path = path.strip_prefix(super::PATH).unwrap_or(path).split('/').filter(|part| !part.is_empty());
    let path: Vec<&str> = path.collect();
    let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let request = fingerprint(method, &path.join("/"), &query, headers, body);
    let replay = Replay { request, status: status.as_u16(), body: answer, at: sandbox.clock.now() };
    sandbox.change(|state| state.replays.put(key.to_owned(), replay));
}
