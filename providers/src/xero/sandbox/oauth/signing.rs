//! Signed tokens: access token, identity token, the signing keys, userinfo (reference 1.2).
//!
//! Rule: the key is fixed and public: it proves nothing beyond this sandbox.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{CLIENT_ID, discovery::ISSUER, grants::Consent, respond, scope::OPENID};
use crate::xero::sandbox::{
    problem::{Problem, json_response},
    shared::Sandbox,
};

/// The one person of the sandbox.
const USER: &str = "5b1d0c5e-5a0d-4c0e-9d7e-5a4db0c50001";
/// The id of the one signing key.
const KEY_ID: &str = "sandbox-key-1";
/// The one signing key.
const SIGNING_KEY: &[u8] = include_bytes!("signing-key.pem");
/// Life of an identity token.
const ID_TOKEN_SECONDS: i64 = 300;

fn key() -> jsonwebtoken::errors::Result<EncodingKey> {
    EncodingKey::from_rsa_pem(SIGNING_KEY)
}

fn sign(claims: &Value) -> Option<String> {
    let mut header = Header::new(Algorithm::RS256);
    header.kid = Some(KEY_ID.to_owned());
    jsonwebtoken::encode(&header, claims, &key().ok()?).ok()
}

/// A signed access token for a consent; `None` if it cannot be signed.
pub(super) fn access_token(consent: &Consent, seconds: i64, now: DateTime<Utc>) -> Option<String> {
    sign(&json!({
        "nbf": now.timestamp(),
        "exp": now.timestamp() + seconds,
        "iss": ISSUER,
        "aud": format!("{ISSUER}/resources"),
        "client_id": CLIENT_ID,
        "sub": Uuid::parse_str(USER).ok()?.simple(),
        "auth_time": consent.at.timestamp(),
        "xero_userid": USER,
        "global_session_id": consent.event.simple(),
        "jti": Uuid::new_v4().simple(),
        "authentication_event_id": consent.event,
        "scope": consent.scopes,
    }))
}

/// A signed identity token, valid for five minutes; `None` if it cannot be signed.
pub(super) fn id_token(consent: &Consent, now: DateTime<Utc>) -> Option<String> {
    let mut claims = json!({
        "nbf": now.timestamp(),
        "iat": now.timestamp(),
        "exp": now.timestamp() + ID_TOKEN_SECONDS,
        "iss": ISSUER,
        "aud": CLIENT_ID,
        "auth_time": consent.at.timestamp(),
    });
    let person = person(&consent.scopes);
    if let (Some(claims), Value::Object(person)) = (claims.as_object_mut(), person) {
        claims.extend(person);
    }
    sign(&claims)
}

/// `GET` of the signing keys.
pub(super) async fn jwks() -> Response {
    let keys = key().and_then(|key| Jwk::from_encoding_key(&key, Algorithm::RS256));
    match keys.map(|key| serde_json::to_value(key).unwrap_or_default()) {
        Ok(mut key) => {
            key["kid"] = KEY_ID.into();
            key["use"] = "sig".into();
            key["alg"] = "RS256".into();
            json_response(StatusCode::OK, &json!({"keys": [key]}))
        }
        Err(error) => json_response(StatusCode::INTERNAL_SERVER_ERROR, &json!({"error": error.to_string()})),
    }
}

/// `GET` of the person's data, by scope.
pub(super) async fn userinfo(State(sandbox): State<Arc<Sandbox>>, headers: HeaderMap) -> Response {
    let now = sandbox.clock.now();
    let token = respond::bearer(&headers).unwrap_or_default();
    match sandbox.read(|state| state.grants.consent(token, now).cloned()) {
        Err(reason) => Problem::unauthorised(reason).response(),
        Ok(consent) if !consent.scopes.iter().any(|scope| scope == OPENID) => {
            json_response(StatusCode::FORBIDDEN, &json!({"error": "insufficient_scope"}))
        }
        Ok(consent) => json_response(StatusCode::OK, &person(&consent.scopes)),
    }
}

fn person(scopes: &[String]) -> Value {
    let asked = |name: &str| scopes.iter().any(|scope| scope == name);
    let mut person = json!({"sub": USER.replace('-', ""), "xero_userid": USER});
    if asked("email") {
        person["email"] = "aroha@totara-and-pine.example".into();
    }
    if asked("profile") {
        person["given_name"] = "Aroha".into();
        person["family_name"] = "Parata".into();
        person["name"] = "Aroha Parata".into();
    }
    person
}
