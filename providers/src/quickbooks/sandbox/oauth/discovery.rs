//! The discovery document (reference 1.1).
//!
//! Rule: all endpoints on the origin that was asked; the issuer is the real one, for clients that insist on it.

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::json;

use super::{AUTHORIZE_PATH, JWKS_PATH, REVOKE_PATH, TOKEN_PATH, USERINFO_PATH};
use crate::{quickbooks::sandbox::faults::json_response, sandbox::origin};

/// Where it is served: both documents, with and without the slash that some clients append.
pub(crate) const PATHS: [&str; 4] = [
    "/.well-known/openid_configuration",
    "/.well-known/openid_configuration/",
    "/.well-known/openid_sandbox_configuration",
    "/.well-known/openid_sandbox_configuration/",
];

/// The issuer, the same in all environments.
pub(crate) const ISSUER: &str = "https://oauth.platform.intuit.com/op/v1";

/// `GET` of the document.
pub(crate) async fn document(headers: HeaderMap) -> Response {
    let at = |path: &str| format!("{}{path}", origin::own(&headers));
    let document = json!({
        "issuer": ISSUER,
        "authorization_endpoint": at(AUTHORIZE_PATH),
        "token_endpoint": at(TOKEN_PATH),
        "userinfo_endpoint": at(USERINFO_PATH),
        "revocation_endpoint": at(REVOKE_PATH),
        "jwks_uri": at(JWKS_PATH),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile", "address", "phone"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"]
    });
    json_response(StatusCode::OK, &document)
}
