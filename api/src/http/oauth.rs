//! `/oauth/callback/{provider}`: where a provider sends the user back to.
//!
//! Rule: nothing here is trusted or kept. The whole URL goes to [`OAuthCallback`], which checks the state; the code in it
//! reaches no log, no page and no `Referer`.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use axum::{
    Router,
    extract::{Path, RawQuery, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use url::Url;

use super::{origin::Origins, page::page};

/// Completes a connection; the domain does.
#[async_trait]
pub trait OAuthCallback: Send + Sync + fmt::Debug {
    /// Takes the URL the user came back with, and says where to send the user next: a path of this server, or an address
    /// of a configured origin.
    ///
    /// # Errors
    /// What to tell the user when there is no page to send them to.
    async fn complete(&self, provider_id: &str, callback: Url) -> Result<String, CallbackRefusal>;
}

/// A callback that leads nowhere, in words for the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackRefusal {
    /// What happened, for example "This sign-in link was used already."
    pub message: String,
    /// What to do now.
    pub help: String,
}

#[derive(Debug, Clone)]
struct Callbacks {
    completer: Arc<dyn OAuthCallback>,
    public_url: Url,
    origins: Origins,
}

/// Where users go whose target cannot be trusted.
const HOME: &str = "/console";

pub(super) fn routes(completer: Arc<dyn OAuthCallback>, public_url: Url, origins: &Origins) -> Router {
    let callbacks = Callbacks { completer, public_url, origins: origins.clone() };
    Router::new().route("/oauth/callback/{provider}", get(callback)).with_state(callbacks)
}

async fn callback(
    State(callbacks): State<Callbacks>,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    if providers::registry::find(&provider).is_none() {
        let message = "No accounting system of that name is connected here.";
        return page(StatusCode::NOT_FOUND, "Unknown accounting system", &[message]);
    }
    let mut url = callbacks.public_url.clone();
    url.set_path(&format!("/oauth/callback/{provider}"));
    url.set_query(query.as_deref());
    let mut response = match callbacks.completer.complete(&provider, url).await {
        Ok(target) => Redirect::to(&callbacks.trusted(target)).into_response(),
        Err(refusal) => {
            page(StatusCode::BAD_REQUEST, "The connection was not made", &[&refusal.message, &refusal.help])
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

impl Callbacks {
    /// The target if it stays with us, so that no link can use this route to lead users elsewhere.
    fn trusted(&self, target: String) -> String {
        let own = target.starts_with('/') && !target.starts_with("//") && !target.contains('\\');
        let known = Url::parse(&target).is_ok_and(|url| {
            self.origins.contains(&url) || (url.origin().is_tuple() && url.origin() == self.public_url.origin())
        });
        if own || known { target } else { HOME.to_owned() }
    }
}
