//! OpenID Connect: identity token, signing keys, userinfo (reference 1.8).
//!
//! Rule: only who asked for the `openid` scope gets any of it. The key is fixed and public: it proves nothing beyond
//! this sandbox.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use serde_json::{Value, json};

use super::{Access, CLIENT_ID, discovery::ISSUER, respond, scope::OPENID};
use crate::quickbooks::sandbox::{
    faults::{Fault, GatewayFault, json_response},
    server::Sandbox,
};

/// The one person of the sandbox.
const SUBJECT: &str = "5b1d0c5e-5a0d-4c0e-9d7e-sandbox00001";
/// The id of the one signing key.
const KEY_ID: &str = "sandbox-key-1";
/// The one signing key.
const SIGNING_KEY: &[u8] = include_bytes!("signing-key.pem");

fn key() -> jsonwebtoken::errors::Result<EncodingKey> {
    EncodingKey::from_rsa_pem(SIGNING_KEY)
}

/// A signed identity token, valid for an hour; `None` if it cannot be signed.
pub(super) fn id_token(access: &Access, now: DateTime<Utc>) -> Option<String> {
    let mut header = Header::new(Algorithm::RS256);
    header.kid = Some(KEY_ID.to_owned());
    let claims = json!({
        "iss": ISSUER,
        "sub": SUBJECT,
        "aud": [CLIENT_ID],
        "iat": now.timestamp(),
        "auth_time": now.timestamp(),
        "exp": now.timestamp() + 3600,
        "realmid": access.realm,
    });
    jsonwebtoken::encode(&header, &claims, &key().ok()?).ok()
}

/// `GET` of the signing keys.
pub(super) async fn jwks(State(sandbox): State<Arc<Sandbox>>) -> Response {
    let keys = key().and_then(|key| Jwk::from_encoding_key(&key, Algorithm::RS256));
    match keys.map(|key| serde_json::to_value(key).unwrap_or_default()) {
        Ok(mut key) => {
            key["kid"] = KEY_ID.into();
            key["use"] = "sig".into();
            key["alg"] = "RS256".into();
            json_response(StatusCode::OK, &json!({"keys": [key]}))
        }
        Err(error) => Fault::new(10000, error.to_string()).response(sandbox.clock.now()),
    }
}

/// `GET` of the person's data, by scope.
pub(super) async fn userinfo(State(sandbox): State<Arc<Sandbox>>, headers: HeaderMap) -> Response {
    let now = sandbox.clock.now();
    let token = respond::bearer(&headers).unwrap_or_default();
    let access = sandbox.read(|state| state.grants.access(token, now).cloned());
    match access {
        None => GatewayFault::Authentication("Token expired or invalid".to_owned()).response(now),
        Some(access) if !access.scopes.iter().any(|scope| scope == OPENID) => {
            json_response(StatusCode::FORBIDDEN, &json!({"error": "insufficient_scope"}))
        }
        Some(access) => json_response(StatusCode::OK, &person(&access.scopes)),
    }
}

fn person(scopes: &[String]) -> Value {
    let asked = |name: &str| scopes.iter().any(|scope| scope == name);
    let mut person = json!({"sub": SUBJECT});
    if asked("email") {
        person["email"] = "robin@cedar-and-steel.example".into();
        person["emailVerified"] = true.into();
    }
    if asked("profile") {
        person["givenName"] = "Robin".into();
        person["familyName"] = "Ash".into();
    }
    if asked("phone") {
        person["phoneNumber"] = "+1 5035550142".into();
        person["phoneNumberVerified"] = false.into();
    }
    if asked("address") {
        person["address"] = json!({"streetAddress": "12 Mill Lane", "locality": "Portland", "region": "OR",
                                   "postalCode": "97205", "country": "US"});
    }
    person
}
