//! OAuth answers: flat error bodies, and who the client says it is.
//!
//! Rule: every error is HTTP 400 with the bare word of RFC 6749 (reference 1.2).

use std::collections::HashMap;

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

use super::{CLIENT_ID, CLIENT_SECRET};
use crate::xero::sandbox::problem::json_response;

/// An error of the token or revocation endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OauthError {
    /// Code or refresh token of no use.
    InvalidGrant,
    /// Wrong client id or secret.
    InvalidClient,
    /// A parameter is missing.
    InvalidRequest,
    /// A grant that this application was not made for.
    UnauthorizedClient,
    /// A grant that there is not.
    UnsupportedGrantType,
}

impl OauthError {
    /// The answer.
    pub(crate) fn response(self) -> Response {
        let error = match self {
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidClient => "invalid_client",
            Self::InvalidRequest => "invalid_request",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
        };
        json_response(StatusCode::BAD_REQUEST, &json!({"error": error}))
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

/// Who the client says it is: by Basic authorization, or with id and secret in the body (reference 1.2).
fn claimed(headers: &HeaderMap, fields: &HashMap<String, String>) -> (Option<String>, Option<String>) {
    match basic(headers) {
        Some((id, secret)) => (Some(id), Some(secret)),
        None => (fields.get("client_id").cloned(), fields.get("client_secret").cloned()),
    }
}

/// Checks the client; a secret is not asked for where a verifier proves it.
///
/// # Errors
/// `invalid_client` when it is another one.
pub(crate) fn check_client(
    headers: &HeaderMap,
    fields: &HashMap<String, String>,
    is_proven: bool,
) -> Result<(), OauthError> {
    let (id, secret) = claimed(headers, fields);
    let secret_right = secret.as_deref() == Some(CLIENT_SECRET) || (is_proven && secret.is_none());
    if id.as_deref() == Some(CLIENT_ID) && secret_right { Ok(()) } else { Err(OauthError::InvalidClient) }
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
