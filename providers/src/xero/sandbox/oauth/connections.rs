//! The organisations that a person has connected (reference 1.4).
//!
//! Rule: no tenant header here; what is listed are the person's connections, whichever consent made them.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    bearer,
    grants::{Connection, Unauthorised},
};
use crate::xero::sandbox::{
    problem::{Problem, json_response},
    shared::Sandbox,
};

/// `GET`: all of them, or those of one consent; the filter's name is taken in any case.
pub(super) async fn list(
    State(sandbox): State<Arc<Sandbox>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    if let Err(reason) = check(&sandbox, &headers) {
        return Problem::unauthorised(reason).response();
    }
    let wanted =
        query.iter().find(|(name, _)| name.eq_ignore_ascii_case("authEventId")).map(|(_, id)| id.to_lowercase());
    let rows: Vec<Value> = sandbox.read(|state| {
        let of_event = |connection: &&Connection| wanted.as_ref().is_none_or(|id| *id == connection.event.to_string());
        let connections = state.grants.connections().iter().filter(of_event);
        connections.map(|connection| row(connection, &state.name_of(&connection.tenant))).collect()
    });
    json_response(StatusCode::OK, &Value::Array(rows))
}

/// `DELETE` of one.
pub(super) async fn disconnect(
    State(sandbox): State<Arc<Sandbox>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    if let Err(reason) = check(&sandbox, &headers) {
        return Problem::unauthorised(reason).response();
    }
    let id = Uuid::parse_str(&id).ok();
    match id.is_some_and(|id| sandbox.change(|state| state.grants.disconnect(id))) {
        true => StatusCode::NO_CONTENT.into_response(),
        false => StatusCode::NOT_FOUND.into_response(),
    }
}

fn check(sandbox: &Sandbox, headers: &HeaderMap) -> Result<(), Unauthorised> {
    let now = sandbox.clock.now();
    let token = bearer(headers).unwrap_or_default();
    sandbox.read(|state| state.grants.consent(token, now).map(|_| ()))
}

fn row(connection: &Connection, name: &str) -> Value {
    json!({
        "id": connection.id,
        "authEventId": connection.event,
        "tenantId": connection.tenant,
        "tenantType": "ORGANISATION",
        "tenantName": name,
        "createdDateUtc": stamp(connection.created),
        "updatedDateUtc": stamp(connection.updated),
    })
}

/// Seven digits after the point, no zone.
fn stamp(at: DateTime<Utc>) -> String {
    format!("{}0", at.format("%Y-%m-%dT%H:%M:%S%.6f"))
}
