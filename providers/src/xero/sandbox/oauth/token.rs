//! The token endpoint: a code or a refresh token for new tokens (reference 1.2).
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
    grants::Exchange,
    respond::{OauthError, check_client, form},
    scope, signing,
};
use crate::xero::sandbox::{problem::json_response, shared::Sandbox};

/// `POST` of the endpoint.
pub(super) async fn token(State(sandbox): State<Arc<Sandbox>>, headers: HeaderMap, body: Bytes) -> Response {
    match grant(&sandbox, &headers, &form(&body)) {
        Ok(exchange) => answer(&sandbox, &exchange),
        Err(error) => error.response(),
    }
}

fn grant(sandbox: &Sandbox, headers: &HeaderMap, fields: &HashMap<String, String>) -> Result<Exchange, OauthError> {
    let field = |name: &str| fields.get(name).map(String::as_str).ok_or(OauthError::InvalidRequest);
    let grant_type = fields.get("grant_type").map(String::as_str);
    // A public client has no secret at all: neither for its code nor for its refresh tokens.
    let is_proven = match (grant_type, fields.get("code")) {
        (Some("authorization_code"), Some(code)) => sandbox.read(|state| state.grants.is_proven_by_verifier(code)),
        _ => false,
    };
    check_client(headers, fields, is_proven)?;
    let now = sandbox.clock.now();
    let exchange = match grant_type {
        Some("authorization_code") => {
            let (code, redirect_uri) = (field("code")?, field("redirect_uri")?);
            let verifier = fields.get("code_verifier").map(String::as_str);
            sandbox.change(|state| state.grants.exchange(code, redirect_uri, verifier, now))
        }
        Some("refresh_token") => {
            let token = field("refresh_token")?;
            sandbox.change(|state| state.grants.refresh(token, now))
        }
        // Only an application made as a custom connection may (reference 1.1).
        Some("client_credentials") => return Err(OauthError::UnauthorizedClient),
        Some(_) => return Err(OauthError::UnsupportedGrantType),
        None => return Err(OauthError::InvalidRequest),
    };
    exchange.ok_or(OauthError::InvalidGrant)
}

fn answer(sandbox: &Sandbox, exchange: &Exchange) -> Response {
    let now = sandbox.clock.now();
    let Some(access_token) = signing::access_token(&exchange.consent, exchange.expires_in, now) else {
        return json_response(StatusCode::INTERNAL_SERVER_ERROR, &json!({"error": "server_error"}));
    };
    sandbox.change(|state| state.grants.admit(&exchange.refresh_token, &access_token, now));
    let scopes = &exchange.consent.scopes;
    let has = |wanted: &str| scopes.iter().any(|scope| scope == wanted);
    let mut answer = json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": exchange.expires_in,
        "scope": scopes.join(" "),
    });
    if has(scope::OFFLINE) {
        answer["refresh_token"] = exchange.refresh_token.clone().into();
    }
    if has(scope::OPENID) {
        answer["id_token"] = signing::id_token(&exchange.consent, now).map_or(Value::Null, Value::String);
    }
    json_response(StatusCode::OK, &answer)
}
