//! The URL that Xero sends the user back to (§1.1). Pure.
//!
//! Rule: nothing in it is believed but its shape; the caller checks the state. It names no organisation: those are
//! asked for with the token.

use url::Url;

use crate::{
    error::{ErrorKind, ProviderError},
    provider::Callback,
};

/// Reads the callback.
///
/// # Errors
/// `ConsentRefused`, or `Malformed` naming the part that is missing.
pub(super) fn read(callback: &Url) -> Result<Callback, ProviderError> {
    let part = |name: &str| {
        callback
            .query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .filter(|v| !v.is_empty())
    };
    if let Some(error) = part("error") {
        return Err(refused(&error));
    }
    Ok(Callback {
        state: part("state").ok_or_else(|| unusable("state is missing"))?,
        code: part("code").ok_or_else(|| unusable("code is missing"))?.into(),
        company: None,
    })
}

/// A callback that lacks a part.
fn unusable(what: &str) -> ProviderError {
    let text = format!("the callback cannot be used: {what}; start connecting again");
    ProviderError::new(ErrorKind::Malformed, "oauth.callback", text)
}

/// Consent was not given, or could not be asked for.
fn refused(error: &str) -> ProviderError {
    let shown: String = error.chars().take(40).collect();
    let (kind, text) = match error {
        "access_denied" => (ErrorKind::ConsentRefused, "consent was refused; nothing was connected"),
        "invalid_scope" => (
            ErrorKind::Misconfigured,
            "the app may not ask for these scopes; an app made before March 2026 must first be moved to the granular ones",
        ),
        "unauthorized_client" => (ErrorKind::Misconfigured, "the app may not ask for consent; check its type at Xero"),
        _ => (ErrorKind::ConsentRefused, "consent was not given; start connecting again"),
    };
    ProviderError { code: Some(shown), ..ProviderError::new(kind, "oauth.callback", text) }
}
