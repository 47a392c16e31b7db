//! OAuth 2 as the service does it (reference 1): consent, tokens, revocation, connections, and what OpenID adds.
//!
//! Rule: a consent covers one or several organisations, which live on as connections of the person; error bodies are
//! flat, never the problem shape of the API.

mod authorize;
mod connections;
mod discovery;
mod grants;
mod page;
mod respond;
mod revoke;
pub(crate) mod scope;
mod signing;
mod token;

use std::sync::Arc;

use axum::{
    Router,
    routing::{delete, get, post},
};

pub(crate) use grants::{Grants, Unauthorised};
pub(crate) use respond::bearer;

use super::shared::Sandbox;

/// The application that may ask for consent.
pub(crate) const CLIENT_ID: &str = "5B0C5A0DB0EE4C7E9D7E000000000001";
/// Its secret; worth nothing beyond this sandbox.
pub(crate) const CLIENT_SECRET: &str = "sandbox-secret-of-no-worth-000000000002";
/// Path of the authorize page.
pub(crate) const AUTHORIZE_PATH: &str = "/identity/connect/authorize";
/// Path of the token endpoint.
pub(crate) const TOKEN_PATH: &str = "/connect/token";
/// Path of the revocation endpoint.
pub(crate) const REVOKE_PATH: &str = "/connect/revocation";
/// Path of the userinfo endpoint.
pub(crate) const USERINFO_PATH: &str = "/connect/userinfo";
/// Path of the discovery document.
pub(crate) const DISCOVERY_PATH: &str = "/.well-known/openid-configuration";
/// Path of the signing keys.
pub(crate) const JWKS_PATH: &str = "/.well-known/openid-configuration/jwks";
/// Paths of the connections: both spellings that real clients send (reference 1).
pub(crate) const CONNECTIONS_PATHS: [&str; 2] = ["/connections", "/Connections"];

/// The routes of this module, at the paths of the real service's three hosts.
pub(crate) fn routes() -> Router<Arc<Sandbox>> {
    let mut router = Router::new()
        .route(AUTHORIZE_PATH, get(authorize::show).post(authorize::decide))
        .route(TOKEN_PATH, post(token::token))
        .route(REVOKE_PATH, post(revoke::revoke))
        .route(USERINFO_PATH, get(signing::userinfo))
        .route(JWKS_PATH, get(signing::jwks))
        .route(DISCOVERY_PATH, get(discovery::document));
    for path in CONNECTIONS_PATHS {
        router = router
            .route(path, get(connections::list))
            .route(&format!("{path}/{{id}}"), delete(connections::disconnect));
    }
    router
}
