//! No attempt lasts for ever.
//!
//! Rule: the time covers connecting, sending and reading the answer to its end, of one attempt.

use std::time::Duration;

use async_trait::async_trait;

use super::{Call, Reply, Transport};
use crate::error::{ErrorKind, Outcome, ProviderError, Retry};

/// Ends an attempt that takes too long.
#[derive(Debug)]
pub struct Timeout<T> {
    inner: T,
    limit: Duration,
}

impl<T> Timeout<T> {
    /// Calls that set no time of their own get `limit`.
    pub fn new(inner: T, limit: Duration) -> Self {
        Self { inner, limit }
    }
}

#[async_trait]
impl<T: Transport> Transport for Timeout<T> {
    async fn send(&self, call: &Call) -> Result<Reply, ProviderError> {
        let limit = call.timeout.unwrap_or(self.limit);
        tokio::time::timeout(limit, self.inner.send(call)).await.unwrap_or_else(|_| {
            let text = format!("no complete answer within {limit:?}");
            Err(ProviderError::new(ErrorKind::Unavailable, call.operation, text)
                .retry(Retry::Backoff(None))
                .outcome(Outcome::Unknown))
        })
    }
}
