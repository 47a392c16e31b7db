//! A company in a provider's sandbox, connected without a gateway: the provider alone, as the engine uses it.
//!
//! Rule: any registered provider that has a sandbox; consent is given by its neutral hand.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use async_trait::async_trait;
use providers::{
    Provider,
    error::ProviderError,
    provider::AuthorizationRequest,
    registry::{PROVIDERS, ProviderEntry},
    sandbox::{RunningSandbox, SandboxOptions, StartSandbox},
    session::{CallObserver, CallRecord, Session, TokenSource},
    settings::ProviderSettings,
};
use secrecy::SecretString;
use url::Url;

/// A connected company.
#[derive(Debug)]
pub struct Company {
    /// Its sandbox.
    pub sandbox: RunningSandbox,
    /// Settings with which the provider was built.
    pub settings: ProviderSettings,
    /// The provider.
    pub provider: Arc<dyn Provider>,
    /// For its calls.
    pub session: Session,
    /// What was called.
    pub calls: Arc<Calls>,
}

/// Every provider with a sandbox, with what starts it.
pub fn with_sandbox() -> impl Iterator<Item = (&'static ProviderEntry, StartSandbox)> {
    PROVIDERS.iter().filter_map(|entry| Some((*entry, entry.sandbox?)))
}

impl Company {
    /// Starts a sandbox and connects its first company.
    ///
    /// # Errors
    /// When one of the steps fails.
    pub async fn connect(entry: &'static ProviderEntry, start: StartSandbox, throttle: bool) -> Result<Self> {
        let sandbox = start(SandboxOptions { throttle, ..SandboxOptions::default() }).await?;
        let mut settings = sandbox.provider_settings();
        settings.transport.requests_per_second = (!throttle).then_some(1_000_000);
        // A refused call is to be seen, not waited for.
        settings.transport.attempts = 1;
        let provider = (entry.build)(&settings)?;
        let calls = Arc::new(Calls::default());
        let company = sandbox.control.companies().first().context("a sandbox without companies")?.external_id.clone();
        let redirect_uri = Url::parse("http://localhost:9/back")?;
        let request = AuthorizationRequest { state: "bench".to_owned(), redirect_uri: redirect_uri.clone() };
        let link = provider.authorization_url(&request, calls.clone()).await?;
        let back = sandbox.control.consent(&link, std::slice::from_ref(&company)).await?;
        let callback = provider.parse_callback(&back)?;
        let grant = provider.exchange_code(&callback, &redirect_uri, calls.clone()).await?;
        let tokens = Arc::new(Known(grant.tokens.access_token.clone()));
        let session = Session { company, tokens, observer: calls.clone() };
        Ok(Self { sandbox, settings, provider, session, calls })
    }
}

/// A token that is known, so that nothing but the calls is measured.
#[derive(Debug)]
struct Known(SecretString);

#[async_trait]
impl TokenSource for Known {
    async fn access_token(&self) -> Result<SecretString, ProviderError> {
        Ok(self.0.clone())
    }

    async fn replace_token(&self, _rejected: &SecretString) -> Result<SecretString, ProviderError> {
        Ok(self.0.clone())
    }
}

/// Remembers when each call was sent and how it was answered.
#[derive(Debug, Default)]
pub struct Calls(Mutex<Vec<(chrono::DateTime<chrono::Utc>, Option<u16>)>>);

impl Calls {
    /// All so far, in the order in which they were sent.
    pub fn all(&self) -> Vec<(chrono::DateTime<chrono::Utc>, Option<u16>)> {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        calls.sort_unstable();
        calls
    }

    /// How many so far.
    pub fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Starts anew.
    pub fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[async_trait]
impl CallObserver for Calls {
    async fn observe(&self, record: CallRecord) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((record.started_at, record.http_status));
    }
}
