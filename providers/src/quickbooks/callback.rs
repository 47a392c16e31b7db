//! The URL that QuickBooks sends the user back to (§1.2). Pure.
//!
//! Rule: nothing in it is believed but its shape; the caller checks the state.

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
    let company = part("realmId").ok_or_else(|| unusable("realmId is missing"))?;
    if !company.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(unusable("realmId is no number"));
    }
    Ok(Callback {
        state: part("state").ok_or_else(|| unusable("state is missing"))?,
        code: part("code").ok_or_else(|| unusable("code is missing"))?.into(),
        company: Some(company),
    })
}

/// A callback that lacks a part.
pub(super) fn unusable(what: &str) -> ProviderError {
    let text = format!("the callback cannot be used: {what}; start connecting again");
    ProviderError::new(ErrorKind::Malformed, "oauth.callback", text)
}

/// Consent was not given, or could not be asked for (§1.2).
fn refused(error: &str) -> ProviderError {
    let shown: String = error.chars().take(40).collect();
    let (kind, text) = match error {
        "access_denied" => (ErrorKind::ConsentRefused, "consent was refused; nothing was connected"),
        "invalid_scope" => (ErrorKind::Misconfigured, "the app may not ask for this scope; check it at Intuit"),
        _ => (ErrorKind::ConsentRefused, "consent was not given; start connecting again"),
    };
    ProviderError { code: Some(shown), ..ProviderError::new(kind, "oauth.callback", text) }
}
