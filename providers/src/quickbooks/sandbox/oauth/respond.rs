//! OAuth answers: flat error bodies, and who the client says it is.
//!
//! Rule: RFC 6749 bodies, not the fault envelope (reference 1.6).

use std::collections::HashMap;

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

use super::{CLIENT_ID, CLIENT_SECRET};
use crate::quickbooks::sandbox::faults::json_response;

/// An error of the token or revocation endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OauthError {
    /// Code or refresh token of no use.
    InvalidGrant,
    /// Wrong client id or secret.
    InvalidClient,
    /// A parameter is missing or malformed.
    InvalidRequest,
    /// Neither code nor refresh.
    UnsupportedGrantType,
}

impl OauthError {
    /// The answer.
    pub(crate) fn response(self) -> Response {
        let (status, error) = match self {
            Self::InvalidGrant => (StatusCode::BAD_REQUEST, "invalid_grant"),
            Self::InvalidClient => (StatusCode::UNAUTHORIZED, "invalid_client"),
            Self::InvalidRequest => (StatusCode::BAD_REQUEST, "invalid_request"),
            Self::UnsupportedGrantType => (StatusCode::BAD_REQUEST, "unsupported_grant_type"),
        };
        json_response(status, &json!({"error": error}))
    }
}

/// A form body as a map; the first of equal names counts.
pub(crate) fn form(body: &[u8]) -> HashMap<String, String> {
    let mut fields = HashMap::new();
    for (name, value) in url::form_urlencoded::parse(body) {
        fields.entry(name.into_owned()).or_insert_with(|| value.into_owned());
    }
    fields
}

/// Checks the client: Basic authorization, or id and secret in the body.
///
/// # Errors
/// `invalid_client` when neither is right.
pub(crate) fn check_client(headers: &HeaderMap, fields: &HashMap<String, String>) -> Result<(), OauthError> {
    let given = basic(headers)
        .or_else(|| Some((fields.get("client_id")?.clone(), fields.get("client_secret")?.clone())))
        .ok_or(OauthError::InvalidClient)?;
    let right = given.0 == CLIENT_ID && given.1 == CLIENT_SECRET;
    if right { Ok(()) } else { Err(OauthError::InvalidClient) }
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    let decoded = STANDARD.decode(encoded.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let text = String::from_utf8(decoded).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((percent_decoded(id), percent_decoded(secret)))
}

/// Clients that follow RFC 6749 to the letter encode both parts first.
fn percent_decoded(text: &str) -> String {
    let pair = format!("v={text}");
    url::form_urlencoded::parse(pair.as_bytes()).next().map_or_else(|| text.to_owned(), |(_, value)| value.into_owned())
}

/// The bearer token of a call.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
