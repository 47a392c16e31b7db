//! `/webhooks/{provider}`: what accounting systems announce by themselves.
//!
//! Rule: nobody signs in here; the signature over the raw bytes is all that counts, and it is checked before anything is
//! read. The answer says nothing but whether it was taken, and comes at once: what it wakes runs by itself.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use providers::model::WebhookRequest;

/// The largest request, bytes: QuickBooks and Xero send a few hundred bytes for each of some dozens of events.
const BODY_MAX: usize = 1024 * 1024;

/// Takes announcements; the domain does.
#[async_trait]
pub trait Announcements: Send + Sync + fmt::Debug {
    /// Takes a request that claims to come from a provider.
    ///
    /// # Errors
    /// Why it was not taken.
    async fn hear(&self, provider_id: &str, request: WebhookRequest<'_>) -> Result<(), Deaf>;
}

/// Why an announcement was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deaf {
    /// The signature is missing or wrong. Xero's "intent to receive" wants 401 for it (xero-api.md, webhooks).
    Forged,
    /// No key is configured, so nothing can be checked.
    NoKey,
    /// The provider announces nothing here.
    Unknown,
    /// Signed, and not readable.
    Unreadable(String),
    /// The database did not answer; the provider sends it again.
    Busy,
}

pub(super) fn routes(announcements: Arc<dyn Announcements>) -> Router {
    Router::new()
        .route("/webhooks/{provider}", post(announced))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .with_state(announcements)
}

async fn announced(
    State(announcements): State<Arc<dyn Announcements>>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if providers::registry::find(&provider).is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let readable = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    let headers: Vec<(String, String)> = headers.iter().filter_map(readable).collect();
    match announcements.hear(&provider, WebhookRequest { headers: &headers, body: &body }).await {
        Ok(()) => StatusCode::OK,
        Err(Deaf::Forged) => StatusCode::UNAUTHORIZED,
        Err(Deaf::NoKey) => {
            tracing::warn!(provider, "an announcement came, but providers.{provider}.webhook_key is not set");
            StatusCode::SERVICE_UNAVAILABLE
        }
        Err(Deaf::Unknown) => StatusCode::NOT_FOUND,
        Err(Deaf::Unreadable(why)) => {
            tracing::warn!(provider, why, "a signed announcement cannot be read");
            StatusCode::BAD_REQUEST
        }
        Err(Deaf::Busy) => StatusCode::SERVICE_UNAVAILABLE,
    }
    .into_response()
}
