//! The accounting API of a company: `/v3/company/{realm}/…` (reference 2).
//!
//! Rule: who calls is checked first, then how often, then what is asked.

mod batch;
mod call;
mod cdc;
mod guard;
mod read;
mod write;

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::any,
};

use chrono::{DateTime, Utc};

use self::call::{Call, Failure};
use super::{
    clock, entities,
    faults::{Fault, text_response},
    json::Record,
    query, reports,
    shared::Sandbox,
    xml,
};

/// Writes an object as a person does in the service's own pages: by the same rules as the API. Answers with the object.
///
/// # Errors
/// The fault of the first rule that is broken.
pub(crate) fn write_by_hand(
    sandbox: &Sandbox,
    realm: &str,
    entity: &str,
    operation: &str,
    body: &Record,
) -> Result<Record, Fault> {
    let now = sandbox.clock.now();
    let entity = entities::find(entity).ok_or_else(|| Fault::unsupported(entity))?;
    sandbox.change(|state| {
        let company = state.companies.get_mut(realm).ok_or_else(Fault::not_found)?;
        write::apply(company, entity, operation, body, now)
    })
}

/// Makes an object that only the service's own pages make, with everything that follows from it. Answers with its id.
///
/// # Errors
/// 6240 where the name is taken.
pub(crate) fn make_by_hand(sandbox: &Sandbox, realm: &str, entity: &str, record: Record) -> Result<String, Fault> {
    let now = sandbox.clock.now();
    let entity = entities::find(entity).ok_or_else(|| Fault::unsupported(entity))?;
    sandbox.change(|state| {
        let company = state.companies.get_mut(realm).ok_or_else(Fault::not_found)?;
        let (id, record) = entities::make(company, entity, record, now)?;
        company.table_mut(entity.name).put(id, record);
        Ok(id.to_string())
    })
}

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
    let done = answer(&sandbox, &call);
    if !accepts_json(&headers) {
        return in_xml(done, now);
    }
    match done {
        Ok(body) => text_response(StatusCode::OK, body),
        Err(Failure::Gateway(fault)) => fault.response(now),
        Err(Failure::Business(fault)) => fault.response(now),
        Err(Failure::NoSuchPath) => no_such_path(),
    }
}

fn no_such_path() -> Response {
    (StatusCode::NOT_FOUND, "not found").into_response()
}

/// Who does not ask for JSON gets XML (reference 2).
fn accepts_json(headers: &HeaderMap) -> bool {
    let accept = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accept.into_iter().any(|accept| accept.to_ascii_lowercase().contains("json"))
}

fn in_xml(done: Result<String, Failure>, now: DateTime<Utc>) -> Response {
    let (status, body) = match done {
        Ok(body) => (StatusCode::OK, serde_json::from_str(&body).unwrap_or_default()),
        Err(Failure::Gateway(fault)) => (fault.status(), fault.upper_case_body(now)),
        Err(Failure::Business(fault)) => (StatusCode::BAD_REQUEST, fault.body(now)),
        Err(Failure::NoSuchPath) => return no_such_path(),
    };
    (status, [(header::CONTENT_TYPE, "application/xml;charset=UTF-8")], xml::document(&body)).into_response()
}

fn answer(sandbox: &Sandbox, call: &Call<'_>) -> Result<String, Failure> {
    guard::check(sandbox, call)?;
    let resource = call.resource.to_ascii_lowercase();
    match (call.method.as_str(), resource.as_str(), call.id) {
        ("GET" | "POST", "query", None) => run_query(sandbox, call),
        ("GET", "cdc", None) => cdc::changes(sandbox, call),
        ("GET", "reports", Some(name)) if call.rest.is_none() => report(sandbox, call, name),
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

fn report(sandbox: &Sandbox, call: &Call<'_>, name: &str) -> Result<String, Failure> {
    let now = sandbox.clock.now();
    let report = sandbox.read(|state| {
        let company = state.companies.get(call.realm).ok_or_else(Fault::not_found)?;
        reports::answer(company, name, &call.parameters, now)
    })?;
    Ok(report)
}

/// An object under its key, with the time (reference 4).
fn envelope(key: &str, object: &str, now: DateTime<Utc>) -> String {
    format!("{{\"{key}\":{object},\"time\":\"{}\"}}", clock::envelope_stamp(now))
}
