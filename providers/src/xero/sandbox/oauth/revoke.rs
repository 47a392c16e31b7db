//! The revocation endpoint (reference 1.2).
//!
//! Rule: 200 with an empty body whatever the token, as RFC 7009 has it; only a refresh token ends anything.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};

use super::respond::{OauthError, check_client, form};
use crate::xero::sandbox::shared::Sandbox;

/// `POST` of the endpoint.
pub(super) async fn revoke(State(sandbox): State<Arc<Sandbox>>, headers: HeaderMap, body: Bytes) -> Response {
    let fields = form(&body);
    if let Err(error) = check_client(&headers, &fields, false) {
        return error.response();
    }
    let Some(token) = fields.get("token") else { return OauthError::InvalidRequest.response() };
    sandbox.change(|state| state.grants.revoke(token));
    StatusCode::OK.into_response()
}
