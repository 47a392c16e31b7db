//! The token endpoint: a code or a refresh token for new tokens (reference 1.4).
//!
//! Rule: the client is checked first; what is wrong with a grant is never told apart.

use std::{collections::HashMap, sync::Arc};

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::{Value, json};

use super::{
    grants::Tokens,
    openid,
    respond::{OauthError, check_client, form},
    scope,
};
use crate::quickbooks::sandbox::{faults::json_response, server::Sandbox};

/// Asks for the seconds left of the five-year cap (reference 1.4).
const HARD_EXPIRY_HEADER: &str = "x-include-refresh-token-hard-expires-in";

/// `POST` of the endpoint.
pub(super) async fn token(State(sandbox): State<Arc<Sandbox>>, headers: HeaderMap, body: Bytes) -> Response {
    match grant(&sandbox, &headers, &form(&body)) {
        Ok(tokens) => json_response(StatusCode::OK, &answer(&sandbox, &headers, &tokens)),
        Err(error) => error.response(),
    }
}

fn grant(sandbox: &Sandbox, headers: &HeaderMap, fields: &HashMap<String, String>) -> Result<Tokens, OauthError> {
    check_client(headers, fields)?;
    let field = |name: &str| fields.get(name).map(String::as_str).ok_or(OauthError::InvalidRequest);
    let now = sandbox.clock.now();
    let tokens = match field("grant_type")? {
        "authorization_code" => {
            let (code, redirect_uri) = (field("code")?, field("redirect_uri")?);
            sandbox.change(|state| state.grants.exchange(code, redirect_uri, now))
        }
        "refresh_token" => {
            let token = field("refresh_token")?;
            sandbox.change(|state| state.grants.refresh(token, now))
        }
        _ => return Err(OauthError::UnsupportedGrantType),
    };
    tokens.ok_or(OauthError::InvalidGrant)
}

fn answer(sandbox: &Sandbox, headers: &HeaderMap, tokens: &Tokens) -> Value {
    let mut answer = json!({
        "token_type": "bearer",
        "access_token": tokens.access_token,
        "expires_in": tokens.expires_in,
        "refresh_token": tokens.refresh_token,
        "x_refresh_token_expires_in": tokens.refresh_expires_in,
    });
    let wants_cap = headers.get(HARD_EXPIRY_HEADER).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"));
    if wants_cap {
        answer["x_refresh_token_hard_expires_in"] = tokens.hard_expires_in.into();
    }
    if tokens.access.scopes.iter().any(|scope| scope == scope::OPENID) {
        let id_token = openid::id_token(&tokens.access, sandbox.clock.now());
        answer["id_token"] = id_token.map_or(Value::Null, Value::String);
    }
    answer
}
