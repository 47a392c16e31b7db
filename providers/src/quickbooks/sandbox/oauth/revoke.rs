//! The revocation endpoint (reference 1.7).
//!
//! Rule: either token ends both; the body may be JSON or a form, whatever its content type says.

use std::{collections::HashMap, sync::Arc};

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::respond::{OauthError, check_client, form};
use crate::quickbooks::sandbox::server::Sandbox;

/// `POST` of the endpoint: 200 with an empty body, 400 for a token it does not know.
pub(super) async fn revoke(State(sandbox): State<Arc<Sandbox>>, headers: HeaderMap, body: Bytes) -> Response {
    let fields = fields(&body);
    if let Err(error) = check_client(&headers, &fields) {
        return error.response();
    }
    let known = fields.get("token").is_some_and(|token| sandbox.change(|state| state.grants.revoke(token)));
    if known { StatusCode::OK.into_response() } else { OauthError::InvalidRequest.response() }
}

fn fields(body: &[u8]) -> HashMap<String, String> {
    match serde_json::from_slice::<HashMap<String, Value>>(body) {
        Ok(json) => json.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned()))).collect(),
        Err(_) => form(body),
    }
}
