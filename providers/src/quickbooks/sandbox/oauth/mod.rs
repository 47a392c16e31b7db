//! OAuth 2 as the service does it (reference 1): consent, tokens, revocation, and what OpenID adds.
//!
//! Rule: one consent is one company with its own chain of tokens; error bodies are flat, never the fault envelope.

mod authorize;
mod discovery;
mod grants;
mod openid;
mod page;
mod respond;
mod revoke;
mod scope;
mod token;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};

pub(crate) use grants::{Access, Grants, Rotation};
pub(crate) use respond::bearer;
pub(crate) use scope::ACCOUNTING;

use super::server::Sandbox;

/// The application that may ask for consent.
pub(crate) const CLIENT_ID: &str = "ABSandboxClientOfStockbridge00000000000000000000001";
/// Its secret; worth nothing beyond this sandbox.
pub(crate) const CLIENT_SECRET: &str = "sandbox-secret-of-no-worth-000000000001";
/// Path of the authorize page.
pub(crate) const AUTHORIZE_PATH: &str = "/connect/oauth2";
/// Path of the token endpoint.
pub(crate) const TOKEN_PATH: &str = "/oauth2/v1/tokens/bearer";
/// Path of the revocation endpoint.
pub(crate) const REVOKE_PATH: &str = "/v2/oauth2/tokens/revoke";
/// Path of the userinfo endpoint.
pub(crate) const USERINFO_PATH: &str = "/v1/openid_connect/userinfo";
/// Path of the signing keys.
pub(crate) const JWKS_PATH: &str = "/op/v1/jwks";

/// The routes of this module, at the paths of the real service.
pub(crate) fn routes() -> Router<Arc<Sandbox>> {
    let mut router = Router::new()
        .route(AUTHORIZE_PATH, get(authorize::show).post(authorize::decide))
        .route(TOKEN_PATH, post(token::token))
        .route(REVOKE_PATH, post(revoke::revoke))
        .route(USERINFO_PATH, get(openid::userinfo))
        .route(JWKS_PATH, get(openid::jwks));
    for path in discovery::PATHS {
        router = router.route(path, get(discovery::document));
    }
    router
}
