//! What a provider call is made with: the company, a source of access tokens, and an observer of every call.
//!
//! Rule: this crate never stores a token; it asks the [`TokenSource`] each time and tells it when one was refused.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::SecretString;

use crate::error::ProviderError;

/// Gives access tokens, refreshed when they must be.
#[async_trait]
pub trait TokenSource: Send + Sync {
    /// A token that is valid now.
    ///
    /// # Errors
    /// `ConnectionExpired` when the grant is gone, `Unavailable` when a needed refresh failed for a passing reason.
    async fn access_token(&self) -> Result<SecretString, ProviderError>;

    /// A token other than `rejected`, which the provider has just refused.
    ///
    /// # Errors
    /// As [`TokenSource::access_token`].
    async fn replace_token(&self, rejected: &SecretString) -> Result<SecretString, ProviderError>;
}

/// Is told of every attempt of every call, once, when it has ended.
#[async_trait]
pub trait CallObserver: Send + Sync {
    /// Takes the record of one ended attempt. Must not fail the call.
    async fn observe(&self, record: CallRecord);
}

/// One ended attempt of a call, already redacted: it holds no token, secret or authorization header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRecord {
    /// Operation name, for example `item.query`.
    pub operation: &'static str,
    /// HTTP method.
    pub method: String,
    /// URL without secrets.
    pub url: String,
    /// Body sent, redacted and capped.
    pub request_body: Option<String>,
    /// Body received, redacted and capped.
    pub response_body: Option<String>,
    /// HTTP status, when an answer came.
    pub http_status: Option<u16>,
    /// How it ended.
    pub result: CallResult,
    /// The provider's trace id.
    pub trace_id: Option<String>,
    /// 1 for the first attempt.
    pub attempt: u32,
    /// When it was sent.
    pub started_at: DateTime<Utc>,
    /// How long it took.
    pub duration: Duration,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallResult {
    /// The provider answered and did what was asked.
    Ok,
    /// It failed; the error's message and code are shown to people.
    Failed(ProviderError),
}

/// Everything a call needs beside its own arguments. Cheap to clone.
#[derive(Clone)]
pub struct Session {
    /// The company's external id.
    pub company: String,
    /// Where access tokens come from.
    pub tokens: Arc<dyn TokenSource>,
    /// Who is told of every attempt.
    pub observer: Arc<dyn CallObserver>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("company", &self.company).finish_non_exhaustive()
    }
}
