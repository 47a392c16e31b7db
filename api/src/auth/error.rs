//! Why a token was not accepted.
//!
//! Rule: tells the caller what to change; never repeats any part of the token.

use chrono::{DateTime, SecondsFormat, Utc};

/// Why a request has no caller. All of them are `UNAUTHENTICATED` to the client, but for the last.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// Nothing was sent.
    #[error(
        "This needs a token: send the header `Authorization: Bearer <token>`, on a WebSocket the same text as `authorization` in connection_init."
    )]
    Missing,
    /// Not `Bearer <token>`.
    #[error("The authorization must have the form `Bearer <token>`.")]
    Scheme,
    /// Not a JSON Web Token.
    #[error("The token is not a JSON Web Token that can be read.")]
    Malformed,
    /// Signed in a way that is not accepted here.
    #[error("The token is signed with an algorithm that is not accepted here; accepted: {accepted}.")]
    Algorithm {
        /// What is accepted.
        accepted: &'static str,
    },
    /// The signature does not fit.
    #[error("The token's signature is not valid: it was changed, or signed with another key.")]
    Signature,
    /// No published key fits.
    #[error("The token is signed with a key that its issuer does not publish.")]
    UnknownKey,
    /// `exp` has passed.
    #[error("The token expired at {}; get a new one.", .at.to_rfc3339_opts(SecondsFormat::Secs, true))]
    Expired {
        /// When it ended.
        at: DateTime<Utc>,
    },
    /// `nbf` is to come.
    #[error("The token is not valid before {}.", .from.to_rfc3339_opts(SecondsFormat::Secs, true))]
    NotYetValid {
        /// When it begins.
        from: DateTime<Utc>,
    },
    /// Another `iss`.
    #[error("The token was issued by somebody else than this gateway trusts (claim `iss`).")]
    Issuer,
    /// Another `aud`.
    #[error("The token is meant for another service (claim `aud`).")]
    Audience,
    /// A claim is missing or has the wrong form.
    #[error("The token's claim `{claim}` {reason}.")]
    Claim {
        /// Its name.
        claim: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The issuer's keys cannot be had.
    #[error("The token cannot be checked at the moment because its issuer's keys cannot be fetched; try again soon.")]
    KeysUnavailable,
}

impl AuthError {
    /// Short reason for logs and metrics.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Scheme | Self::Malformed => "malformed",
            Self::Algorithm { .. } => "algorithm",
            Self::Signature => "signature",
            Self::UnknownKey => "unknown_key",
            Self::Expired { .. } => "expired",
            Self::NotYetValid { .. } => "not_yet_valid",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Claim { .. } => "claim",
            Self::KeysUnavailable => "keys_unavailable",
        }
    }
}
