//! One way out: every HTTP call of every provider passes through these layers.
//!
//! Rule: the order is fixed, outermost first: [`retry`], [`concurrency`], [`authorize`], [`rate_limit`], [`observe`],
//! [`timeout`], [`http`]. A call takes its place among those under way before it takes its rate permit, so that a
//! permit is dated when the request leaves and not when it began to wait; otherwise permits pile up behind a slow
//! answer and leave as one burst. Limits belong to the company and are shared by all sessions of one stack.

pub mod authorize;
pub mod call;
pub mod concurrency;
pub mod http;
pub mod observe;
pub mod rate_limit;
pub mod redact;
pub mod retry;
#[cfg(test)]
mod tests;
pub mod timeout;

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;

pub use self::call::{Auth, Body, Call, Reply, retry_after};
use crate::{capability::Capability, clock::Clock, error::ProviderError, settings::TransportSettings};

/// Sends calls; each layer is one and holds the next.
#[async_trait]
pub trait Transport: Send + Sync + fmt::Debug {
    /// Sends a call and gives the answer that its judge accepted.
    ///
    /// # Errors
    /// What the judge or a layer made of the answer, or of its absence.
    async fn send(&self, call: &Call) -> Result<Reply, ProviderError>;
}

/// What a provider allows one company, whoever asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// So many requests in so long a window, each window on its own.
    pub windows: Vec<(u32, Duration)>,
    /// Requests under way at once.
    pub concurrent: u32,
}

impl Limits {
    /// The limits a provider states, or those the operator set in their place.
    pub fn of(capability: &Capability, settings: &TransportSettings) -> Self {
        let second = Duration::from_secs(1);
        let windows = match (settings.requests_per_second, capability.requests_per_second) {
            (Some(own), _) => vec![(own, second)],
            (None, Some(stated)) => {
                vec![(stated, second), (capability.requests_per_minute, Duration::from_secs(60))]
            }
            (None, None) => vec![(capability.requests_per_minute, Duration::from_secs(60))],
        };
        Self { windows, concurrent: capability.concurrent_requests }
    }
}

/// What a stack is built from.
#[derive(Debug, Clone)]
pub struct StackOptions {
    /// How calls are made.
    pub settings: TransportSettings,
    /// What a company is allowed.
    pub limits: Limits,
    /// Header that carries the provider's trace id.
    pub trace_header: &'static str,
    /// Whether any host is reached over TLS; without it no certificates are loaded.
    pub tls: bool,
    /// Dates the call records.
    pub clock: Arc<dyn Clock>,
}

/// Builds the layers.
///
/// # Errors
/// `Misconfigured` when the HTTP client cannot be made, for example without root certificates.
pub fn stack(options: &StackOptions) -> Result<Arc<dyn Transport>, ProviderError> {
    let settings = &options.settings;
    let http = http::Http::new(settings, options.trace_header, options.tls)?;
    let timeout = timeout::Timeout::new(http, settings.timeout);
    let observe = observe::Observe::new(timeout, options.clock.clone(), settings.log_body_bytes);
    let rate_limit = rate_limit::RateLimit::new(observe, &options.limits.windows, settings);
    let authorize = authorize::Authorize::new(rate_limit);
    let concurrency = concurrency::Concurrency::new(authorize, options.limits.concurrent);
    Ok(Arc::new(retry::RetryLayer::new(concurrency, settings)))
}

/// Sends a call whose answer is `decode`d as part of the attempt: an answer that cannot be understood is recorded as
/// failed and sent again like any other trouble.
///
/// # Errors
/// As [`Transport::send`].
pub async fn fetch<T, D>(transport: &dyn Transport, call: Call, decode: D) -> Result<T, ProviderError>
where
    T: Send + 'static,
    D: Fn(&Reply) -> Result<T, ProviderError> + Send + Sync + 'static,
{
    let decoded = Arc::new(std::sync::Mutex::new(None));
    let operation = call.operation;
    let call = call.judged({
        let decoded = decoded.clone();
        move |reply| {
            let value = decode(reply)?;
            *decoded.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(value);
            Ok(())
        }
    });
    transport.send(&call).await?;
    let value = decoded.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
    value.ok_or_else(|| {
        ProviderError::new(crate::error::ErrorKind::Malformed, operation, "the answer was accepted without being read")
    })
}
