//! Where the OAuth steps are found: set one by one, or read from a discovery document (RFC 8414).
//!
//! Rule: the document is read when the first step needs it, once; what is set wins over what the document says.

use std::sync::Arc;

use reqwest::{
    Method,
    header::{ACCEPT, HeaderValue},
};
use serde::Deserialize;
use tokio::sync::OnceCell;
use url::Url;

use super::TIMEOUT;
use crate::{
    error::{ErrorKind, ProviderError, Retry},
    session::CallObserver,
    transport::{self, Call, Reply, Transport, retry_after},
};

/// Addresses of the OAuth steps; those not set are in the discovery document.
#[derive(Debug, Clone, Default)]
pub struct OAuthEndpoints {
    /// Where the user consents.
    pub authorize: Option<Url>,
    /// Where tokens come from.
    pub token: Option<Url>,
    /// Where grants are given back.
    pub revoke: Option<Url>,
    /// The document that knows the others.
    pub discovery: Option<Url>,
}

/// A step that has an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Authorize,
    Token,
    Revoke,
}

/// The part of the document that is used (RFC 8414, 2; RFC 7009 for revocation).
#[derive(Debug, Clone, Deserialize)]
struct Document {
    authorization_endpoint: Url,
    token_endpoint: Url,
    revocation_endpoint: Url,
}

/// Finds addresses.
#[derive(Debug)]
pub(super) struct Directory {
    known: OAuthEndpoints,
    document: OnceCell<Document>,
}

impl Directory {
    pub(super) fn new(known: OAuthEndpoints) -> Self {
        Self { known, document: OnceCell::new() }
    }

    /// The address of a step.
    pub(super) async fn find(
        &self,
        step: Step,
        transport: &dyn Transport,
        observer: &Arc<dyn CallObserver>,
    ) -> Result<Url, ProviderError> {
        if let Some(set) = self.set(step) {
            return Ok(set.clone());
        }
        let read = || read(self.known.discovery.as_ref(), transport, observer.clone());
        let document = self.document.get_or_try_init(read).await?;
        Ok(match step {
            Step::Authorize => document.authorization_endpoint.clone(),
            Step::Token => document.token_endpoint.clone(),
            Step::Revoke => document.revocation_endpoint.clone(),
        })
    }

    fn set(&self, step: Step) -> Option<&Url> {
        match step {
            Step::Authorize => self.known.authorize.as_ref(),
            Step::Token => self.known.token.as_ref(),
            Step::Revoke => self.known.revoke.as_ref(),
        }
    }
}

async fn read(
    discovery: Option<&Url>,
    transport: &dyn Transport,
    observer: Arc<dyn CallObserver>,
) -> Result<Document, ProviderError> {
    let operation = "oauth.discover";
    let url = discovery.ok_or_else(|| {
        let text = "neither the OAuth endpoints nor a discovery document are configured";
        ProviderError::new(ErrorKind::Misconfigured, operation, text)
    })?;
    let call = Call::bare(operation, Method::GET, url.clone(), observer)
        .header(ACCEPT, HeaderValue::from_static("application/json"));
    transport::fetch(transport, Call { timeout: Some(TIMEOUT), ..call }, understand).await
}

fn understand(reply: &Reply) -> Result<Document, ProviderError> {
    let (kind, retry) = match reply.status {
        200 => (ErrorKind::Malformed, Retry::Backoff(None)),
        429 => (ErrorKind::RateLimited, Retry::Backoff(retry_after(reply))),
        500.. => (ErrorKind::Unavailable, Retry::Backoff(retry_after(reply))),
        _ => (ErrorKind::Misconfigured, Retry::Never),
    };
    let failed = |text: String| Err(ProviderError::new(kind, "", text).retry(retry));
    if reply.status != 200 {
        return failed(format!("no discovery document at the configured address (HTTP {})", reply.status));
    }
    serde_json::from_slice(&reply.bytes)
        .or_else(|error| failed(format!("the discovery document cannot be used: {error}")))
}
