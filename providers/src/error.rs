//! The one error of every provider call: what went wrong, whether to try again, and whether it may have taken effect.
//!
//! Rule: code above branches on [`ErrorKind`], the retry layer on [`Retry`] alone, and nobody on the text.

use std::{fmt, time::Duration};

/// What went wrong, in words that every provider shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The grant is gone: the refresh token was refused, or the consent was revoked. Only a reconnect helps.
    ConnectionExpired,
    /// The access token was refused; a refresh may help, once.
    TokenRejected,
    /// The provider understood the request and refused it.
    Rejected,
    /// The record asked for does not exist (or no longer does).
    NotFound,
    /// The record was changed by somebody else since it was read.
    Stale,
    /// The books are closed at the document's date.
    PeriodClosed,
    /// Too many requests.
    RateLimited,
    /// The provider is down, slow or unreachable.
    Unavailable,
    /// The answer could not be understood: HTML, cut-off JSON, a missing field.
    Malformed,
    /// The provider cannot do this at all; agrees with [`crate::Capability`].
    Unsupported,
    /// The whole company is closed to us (subscription lapsed, locked out). Nothing more may be sent.
    CompanyBlocked,
    /// Our own configuration is wrong: client id, secret, redirect URI.
    Misconfigured,
    /// The user refused consent.
    ConsentRefused,
    /// A webhook whose signature is not the provider's. Nothing of it was read.
    Forged,
}

/// Whether the same request may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Never: it would fail the same way.
    Never,
    /// After a pause: the one the provider advised, else our own backoff.
    Backoff(Option<Duration>),
    /// Once, after the access token was refreshed.
    AfterRefresh,
}

/// Whether a write took effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It certainly did not.
    NotApplied,
    /// Nobody knows: look it up before sending it again.
    Unknown,
}

/// A failed provider call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderError {
    /// What went wrong.
    pub kind: ErrorKind,
    /// Whether to try again.
    pub retry: Retry,
    /// Whether a write may have taken effect.
    pub outcome: Outcome,
    /// A sentence for people, without secrets.
    pub message: String,
    /// The provider's own code, as it wrote it (for example `6240`).
    pub code: Option<String>,
    /// HTTP status of the answer, when there was one.
    pub http_status: Option<u16>,
    /// The provider's trace id, for its support desk.
    pub trace_id: Option<String>,
    /// The operation that failed (for example `item.query`).
    pub operation: &'static str,
    /// How many times it was sent.
    pub attempts: u32,
}

impl ProviderError {
    /// A final error: not to be sent again, certainly without effect.
    pub fn new(kind: ErrorKind, operation: &'static str, message: impl Into<String>) -> Self {
        Self {
            kind,
            retry: Retry::Never,
            outcome: Outcome::NotApplied,
            message: message.into(),
            code: None,
            http_status: None,
            trace_id: None,
            operation,
            attempts: 1,
        }
    }

    /// What a provider cannot do, named so that the reader knows which flag says so.
    pub fn unsupported(provider: &str, operation: &'static str) -> Self {
        Self::new(ErrorKind::Unsupported, operation, format!("{provider} does not support {operation}"))
    }

    /// Sets whether to try again.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Sets whether a write may have taken effect.
    #[must_use]
    pub fn outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }

    /// Whether the trouble passes by itself: an outage, a slow or unreadable answer, too many requests.
    pub fn is_transient(&self) -> bool {
        matches!(self.kind, ErrorKind::RateLimited | ErrorKind::Unavailable | ErrorKind::Malformed)
    }
}

impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation, self.message)?;
        if let Some(code) = &self.code {
            write!(f, " (code {code})")?;
        }
        if let Some(status) = self.http_status {
            write!(f, " [HTTP {status}]")?;
        }
        if self.attempts > 1 {
            write!(f, " after {} attempts", self.attempts)?;
        }
        Ok(())
    }
}

impl std::error::Error for ProviderError {}
