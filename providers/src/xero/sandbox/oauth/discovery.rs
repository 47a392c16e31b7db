//! The discovery document (reference 1).
//!
//! Rule: all endpoints on the origin that was asked; the issuer is the real one, for clients that insist on it.

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::json;

use super::{AUTHORIZE_PATH, JWKS_PATH, REVOKE_PATH, TOKEN_PATH, USERINFO_PATH};
use crate::{sandbox::origin, xero::sandbox::problem::json_response};

/// The issuer.
pub(crate) const ISSUER: &str = "https://identity.xero.com";

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
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"]
    });
    json_response(StatusCode::OK, &document)
}
