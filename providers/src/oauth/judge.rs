//! What the answers of OAuth endpoints mean (RFC 6749, 5.2; RFC 7009, 2.2). Pure.
//!
//! Rule: a grant is gone only when the provider says `invalid_grant` in so many words, and not while it is failing.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    error::{ErrorKind, Outcome, ProviderError, Retry},
    transport::{Reply, retry_after},
};

/// An answer that cannot be read, or lacks what it must have.
pub(super) fn malformed(operation: &'static str, text: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Malformed, operation, text).retry(Retry::Backoff(None)).outcome(Outcome::Unknown)
}

/// An OAuth error body (RFC 6749, 5.2).
#[derive(Debug, Deserialize)]
struct ErrorBody {
    error: String,
    error_description: Option<String>,
}

/// What the answer of a token endpoint means. Pure.
///
/// # Errors
/// `ConnectionExpired` only for `invalid_grant`.
pub(super) fn token_answer(reply: &Reply) -> Result<(), ProviderError> {
    let body = serde_json::from_slice::<ErrorBody>(&reply.bytes).ok();
    match (reply.status, body) {
        (429, _) => Err(ProviderError::new(ErrorKind::RateLimited, "", "too many token requests")
            .retry(Retry::Backoff(retry_after(reply)))),
        (500.., _) => Err(unavailable(reply)),
        (_, Some(body)) => Err(refusal(&body)),
        (200..=299, None) if is_json_object(&reply.bytes) => Ok(()),
        (status, None) => {
            Err(malformed("", &format!("the token endpoint answered HTTP {status} with nothing that can be read")))
        }
    }
}

/// What the answer of a revocation endpoint means: a client error other than a refused client says that there is no such
/// grant, which is what was wanted.
pub(super) fn revocation(reply: &Reply) -> Result<(), ProviderError> {
    match (reply.status, token_answer(reply)) {
        (200..=299, Err(error)) if error.kind != ErrorKind::Malformed => Err(error),
        (200..=299, _) => Ok(()),
        (400, Err(error)) if error.code.as_deref() == Some("invalid_client") => Err(error),
        (400, _) => Ok(()),
        (_, judged) => judged,
    }
}

fn is_json_object(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Map<String, Value>>(bytes).is_ok()
}

fn unavailable(reply: &Reply) -> ProviderError {
    let text = format!("the token endpoint is down (HTTP {}); the grant itself is not in question", reply.status);
    ProviderError::new(ErrorKind::Unavailable, "", text)
        .retry(Retry::Backoff(retry_after(reply)))
        .outcome(Outcome::Unknown)
}

fn refusal(body: &ErrorBody) -> ProviderError {
    let (kind, hint) = match body.error.as_str() {
        "invalid_grant" => (ErrorKind::ConnectionExpired, "the grant is no longer valid; connect again"),
        "invalid_client" => (ErrorKind::Misconfigured, "client id or secret is wrong; check the provider's settings"),
        "unauthorized_client" | "unsupported_grant_type" | "invalid_scope" | "invalid_request" => {
            (ErrorKind::Misconfigured, "the request was refused; check client and redirect URI at the provider")
        }
        "temporarily_unavailable" | "server_error" => (ErrorKind::Unavailable, "the provider is not ready; try later"),
        _ => (ErrorKind::Rejected, "the provider refused"),
    };
    let text = match &body.error_description {
        Some(description) => format!("{hint} ({description})"),
        None => hint.to_owned(),
    };
    let transient = kind == ErrorKind::Unavailable;
    let error = ProviderError::new(kind, "", text).retry(if transient { Retry::Backoff(None) } else { Retry::Never });
    ProviderError { code: Some(body.error.clone()), ..error }
}
