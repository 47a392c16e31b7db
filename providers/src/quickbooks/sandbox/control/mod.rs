//! The control endpoint of tests: what happens behind the client's back, faults to come, counts of calls.
//!
//! Rule: no authorization, because it is for this machine; so nothing from another site's page (`Origin`) is obeyed.
//! `README.md` lists every command.

mod command;
mod edit;
mod inject;
mod shift;

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::{get, post},
};
use serde_json::{Value, json};

pub(crate) use self::{
    command::Command,
    inject::{Action, Plan},
};
use super::{faults::json_response, shared::Sandbox};
use crate::sandbox::origin;

/// The routes of this module.
pub(crate) fn routes() -> Router<Arc<Sandbox>> {
    Router::new().route("/sandbox/control", post(control)).route("/sandbox/control/calls", get(calls))
}

/// One command, or several in an array; they are all read before the first is done.
async fn control(State(sandbox): State<Arc<Sandbox>>, headers: HeaderMap, body: Bytes) -> Response {
    if !origin::is_own_and_local(&headers) {
        return refused(StatusCode::FORBIDDEN, "calls from the pages of other sites are not obeyed");
    }
    let commands = match read(&body) {
        Ok(commands) => commands,
        Err(error) => return refused(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    let done: Result<Vec<Value>, String> = commands.into_iter().map(|command| command.run(&sandbox)).collect();
    match done {
        Ok(results) => json_response(StatusCode::OK, &json!({"results": results})),
        Err(error) => refused(StatusCode::BAD_REQUEST, &error),
    }
}

fn read(body: &[u8]) -> serde_json::Result<Vec<Command>> {
    let value: Value = serde_json::from_slice(body)?;
    if value.is_array() { serde_json::from_value(value) } else { Ok(vec![serde_json::from_value(value)?]) }
}

fn refused(status: StatusCode, error: &str) -> Response {
    json_response(status, &json!({"error": error}))
}

/// Counts since the start or the last reset.
async fn calls(State(sandbox): State<Arc<Sandbox>>) -> Response {
    let calls = sandbox.calls.all();
    let total: u64 = calls.values().sum();
    json_response(StatusCode::OK, &json!({"calls": calls, "total": total}))
}
