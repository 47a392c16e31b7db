//! The accounting API of a company: `/v3/company/{realm}/…` (reference 2).
//!
//! Rule: who calls is checked first, then how often, then what is asked.

mod batch;
mod call;
mod guard;
mod read;
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

use self::call::{Call, Failure};
use super::{
    clock,
    faults::{Fault, text_response},
    query,
    server::Sandbox,
};

/// The routes of this module.
pub(crate) fn routes() -> Router<Arc<Sandbox>> {
    Router::new().route("/v3/company/{realm}/{*resource}", any(serve))
}

async fn serve(
    State(sandbox): State<Arc<Sandbox>>,
    Path((realm, resource)): Path<(String, String)>,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let now = sandbox.clock.now();
    let call = Call::new(&realm, &resource, &method, query.as_deref(), &headers, &body);
    match answer(&sandbox, &call) {
        Ok(body) => text_response(StatusCode::OK, body),
        Err(Failure::Gateway(fault)) => fault.response(now),
        Err(Failure::Business(fault)) => fault.response(now),
        Err(Failure::NoSuchPath) => (StatusCode::NOT_FOUND, "not found").into_response(),
    }
}

fn answer(sandbox: &Sandbox, call: &Call<'_>) -> Result<String, Failure> {
    guard::check(sandbox, call)?;
    let resource = call.resource.to_ascii_lowercase();
    match (call.method.as_str(), resource.as_str(), call.id) {
        ("GET" | "POST", "query", None) => run_query(sandbox, call),
        ("GET", _, _) => read::read(sandbox, call),
        ("POST", "batch", None) => batch::batch(sandbox, call),
        ("POST", _, None) => write::write(sandbox, call),
        _ => Err(Failure::NoSuchPath),
    }
}

/// `{"QueryResponse": …, "time": …}`
fn run_query(sandbox: &Sandbox, call: &Call<'_>) -> Result<String, Failure> {
    let statement = call.statement()?;
    let now = sandbox.clock.now();
    let found = sandbox.read(|state| {
        let company = state.companies.get(call.realm).ok_or_else(Fault::not_found)?;
        query::answer(company, &statement, now)
    })?;
    Ok(envelope("QueryResponse", &found, now))
}

/// An object under its key, with the time (reference 4).
fn envelope(key: &str, object: &str, now: chrono::DateTime<chrono::Utc>) -> String {
    format!("{{\"{key}\":{object},\"time\":\"{}\"}}", clock::envelope_stamp(now))
}
