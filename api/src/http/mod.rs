//! The HTTP surface: GraphQL over HTTP, WebSocket and SSE, the console, OAuth callbacks, health and metrics.
//!
//! Rule: an edge only. It knows tokens, limits and transports; what an operation means is the executor's.

mod assets;
mod body;
mod execute;
mod files;
mod health;
mod listen;
mod negotiate;
mod oauth;
mod observe;
mod origin;
mod page;
mod query;
mod serve;
mod stream;
mod webhook;
mod websocket;
mod wire;

use std::sync::Arc;

use async_graphql::Executor;
use axum::{Router, middleware, routing::get};
use metrics_exporter_prometheus::PrometheusHandle;
use tower_http::compression::CompressionLayer;
use url::Url;

pub use self::{
    execute::{Gateway, GatewayError},
    files::Files,
    health::{Probe, Readiness},
    listen::{ListenError, bind},
    oauth::{CallbackRefusal, OAuthCallback},
    origin::Origins,
    serve::{Lifecycle, serve, stop_on_signals},
    webhook::{Announcements, Deaf},
};
use crate::{auth::Authenticator, config::Limits};

/// Everything the HTTP surface is made of.
#[derive(Debug)]
pub struct AppParts<E> {
    /// Executes operations; usually the schema. The limits are put before it here.
    pub executor: E,
    /// The schema of `executor` in SDL, from which the limits learn which fields are lists.
    pub sdl: String,
    /// Checks tokens.
    pub authenticator: Arc<Authenticator>,
    /// How much one request may ask for.
    pub limits: Limits,
    /// Answer introspection.
    pub introspection: bool,
    /// Which browser pages may call.
    pub origins: Origins,
    /// The address under which the gateway is reached, for the callback URL handed to [`OAuthCallback`].
    pub public_url: Url,
    /// Completes connections.
    pub oauth: Arc<dyn OAuthCallback>,
    /// Takes what accounting systems announce; not served if none.
    pub announcements: Option<Arc<dyn Announcements>>,
    /// Serves lists as files, and files into stock; not served if none.
    pub files: Option<Files>,
    /// Is asked by `/health/ready`.
    pub readiness: Readiness,
    /// Renders `/metrics`; not served if none.
    pub metrics: Option<PrometheusHandle>,
    /// Serve the console and GraphiQL.
    pub console: bool,
    /// Tells everything long-lived to end.
    pub lifecycle: Lifecycle,
}

/// The router of the whole surface.
///
/// # Errors
/// When the SDL cannot be read.
pub fn router<E: Executor>(parts: AppParts<E>) -> Result<Router, GatewayError> {
    let callbacks = oauth::routes(parts.oauth, parts.public_url, &parts.origins);
    let health = health::routes(parts.readiness, parts.lifecycle.clone());
    let gateway = Gateway::new(execute::GatewayParts {
        executor: parts.executor,
        sdl: parts.sdl,
        authenticator: parts.authenticator,
        limits: parts.limits,
        introspection: parts.introspection,
        origins: parts.origins.clone(),
        lifecycle: parts.lifecycle,
    })?;
    let graphql = Router::new()
        .route("/graphql", get(query::by_get).post(query::by_post).fallback(query::other_method))
        .route("/graphql/stream", get(stream::by_get).post(stream::by_post).fallback(query::other_method))
        .route("/graphql/ws", get(websocket::upgrade))
        .with_state(gateway)
        .layer(parts.origins.cors());
    let files = parts.files.map(|files| files::routes(files, &parts.origins)).unwrap_or_default();
    let webhooks = parts.announcements.map(webhook::routes).unwrap_or_default();
    let mut router = Router::new().merge(graphql).merge(callbacks).merge(webhooks).merge(health).merge(files);
    if let Some(handle) = parts.metrics {
        router = router.route("/metrics", get(move || observe::render(handle.clone())));
    }
    if parts.console {
        router = router.merge(assets::routes());
    }
    Ok(router.fallback(page::not_found).layer(CompressionLayer::new()).layer(middleware::from_fn(observe::observe)))
}
