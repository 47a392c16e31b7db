//! The accounting API: `/api.xro/2.0/…` (reference 2).
//!
//! Rule: who may call is settled first ([`guard`]); a repeated write is answered from memory; everything else is one
//! read or one change of the state.

mod call;
mod guard;
mod idempotency;
mod read;
pub(crate) mod render;
mod write;

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
    routing::any,
};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) use idempotency::remember as remember_failure;

use self::call::Call;
use super::{
    problem::{Refusal, text_response},
    shared::Sandbox,
};

/// Where the API is.
pub(crate) const PATH: &str = "/api.xro/2.0";

/// The routes of this module.
pub(crate) fn routes() -> Router<Arc<Sandbox>> {
    Router::new().route(&format!("{PATH}/{{*resource}}"), any(serve))
}

/// What a call is answered with.
pub(crate) enum Answer {
    /// 200 with an envelope.
    Body(Value),
    /// 204.
    Deleted,
    /// 304.
    NotModified,
    /// An answer given before.
    Again(StatusCode, String),
}

async fn serve(
    State(sandbox): State<Arc<Sandbox>>,
    Path(resource): Path<String>,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = Call::new(&resource, &method, query.as_deref(), &headers, &body);
    let done = guard::check(&sandbox, &call).map_err(Refusal::from).and_then(|()| answer(&sandbox, &call));
    match done {
        Ok(Answer::Body(body)) => text_response(StatusCode::OK, body.to_string()),
        Ok(Answer::Deleted) => StatusCode::NO_CONTENT.into_response(),
        Ok(Answer::NotModified) => StatusCode::NOT_MODIFIED.into_response(),
        Ok(Answer::Again(status, body)) => text_response(status, body),
        Err(refusal) => refusal.response(),
    }
}

fn answer(sandbox: &Sandbox, call: &Call<'_>) -> Result<Answer, Refusal> {
    match *call.method {
        Method::GET => read::read(sandbox, call),
        Method::PUT | Method::POST => idempotency::once(sandbox, call, || write::write(sandbox, call)),
        Method::DELETE => write::delete(sandbox, call),
        _ => Err(Refusal::NotImplemented),
    }
}

/// Records under their name, with what every answer has (reference 2).
fn envelope(array: &str, records: Vec<Value>, pagination: Option<Value>, now: DateTime<Utc>) -> Value {
    let mut body = json!({
        "Id": Uuid::new_v4(), "Status": "OK", "ProviderName": "Stockbridge",
        "DateTimeUTC": format!("/Date({})/", now.timestamp_millis()),
    });
    if let Some(pagination) = pagination {
        body["pagination"] = pagination;
    }
    body[array] = Value::Array(records);
    body
}

/// A moment as some fields give it beside the service's own form: no zone, to the millisecond.
pub(crate) fn string_moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true).trim_end_matches('Z').to_owned()
}
