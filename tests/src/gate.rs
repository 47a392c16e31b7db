//! A provider whose item pages pass a gate that the test opens: so that a sync stands still where the test wants it.
//!
//! Rule: everything else goes straight to the provider behind it.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use providers::{
    Capability, Provider, ProviderError, Session,
    model::{
        Collection, CompanyChoice, Listing, Page, PageCursor, RemoteAccount, RemoteCompany, RemoteItem, RemoteSupplier,
    },
    provider::{AuthorizationRequest, Callback, Grant, TokenSet},
    session::CallObserver,
};
use secrecy::SecretString;
use tokio::sync::{Semaphore, watch};
use url::Url;

/// Lets item pages through, or not.
#[derive(Debug)]
pub struct Gate {
    permits: Semaphore,
    waiting: watch::Sender<usize>,
    covers: Mutex<Covers>,
}

/// What consents cover, where they are to cover several companies.
#[derive(Debug, Default)]
struct Covers {
    companies: Vec<CompanyChoice>,
    agreed: Option<String>,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            permits: Semaphore::new(Semaphore::MAX_PERMITS),
            waiting: watch::Sender::new(0),
            covers: Mutex::default(),
        }
    }
}

impl Gate {
    /// No page passes until it is admitted.
    pub fn close(&self) {
        self.permits.forget_permits(Semaphore::MAX_PERMITS);
    }

    /// Lets so many pages through.
    pub fn admit(&self, pages: usize) {
        self.permits.add_permits(pages);
    }

    /// Lets everything through from now on.
    pub fn open(&self) {
        self.permits.add_permits(Semaphore::MAX_PERMITS - self.permits.available_permits());
    }

    /// Waits until a page stands before the gate.
    pub async fn reached(&self) {
        let mut waiting = self.waiting.subscribe();
        let reached = waiting.wait_for(|waiting| *waiting > 0);
        tokio::time::timeout(crate::PATIENCE, reached)
            .await
            .expect("a page reaches the gate")
            .expect("the gate is there");
    }

    /// From now on consents cover these companies, and the callback does not say for which one the person agreed.
    pub fn consents_cover(&self, companies: &[(&str, &str)]) {
        let choice =
            |(id, name): &(&str, &str)| CompanyChoice { external_id: (*id).to_owned(), name: Some((*name).to_owned()) };
        self.covers().companies = companies.iter().map(choice).collect();
    }

    fn covers(&self) -> std::sync::MutexGuard<'_, Covers> {
        self.covers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn pass(&self) {
        self.waiting.send_modify(|waiting| *waiting += 1);
        let _guard = Waiting(self);
        self.permits.acquire().await.expect("the gate is never torn down").forget();
    }
}

/// Counts somebody as waiting until dropped, also when the waiting is given up.
struct Waiting<'a>(&'a Gate);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.send_modify(|waiting| *waiting -= 1);
    }
}

/// The provider behind a gate.
#[derive(Debug)]
pub(crate) struct Gated {
    pub(crate) inner: Arc<dyn Provider>,
    pub(crate) gate: Arc<Gate>,
}

#[async_trait]
impl Provider for Gated {
    fn id(&self) -> &'static str {
        self.inner.id()
    }

    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn capability(&self) -> &Capability {
        self.inner.capability()
    }

    async fn authorization_url(
        &self,
        request: &AuthorizationRequest,
        observer: Arc<dyn CallObserver>,
    ) -> Result<Url, ProviderError> {
        self.inner.authorization_url(request, observer).await
    }

    fn parse_callback(&self, callback: &Url) -> Result<Callback, ProviderError> {
        let mut parsed = self.inner.parse_callback(callback)?;
        let mut covers = self.gate.covers();
        if !covers.companies.is_empty() {
            covers.agreed = parsed.company.take();
        }
        Ok(parsed)
    }

    async fn exchange_code(
        &self,
        callback: &Callback,
        redirect_uri: &Url,
        observer: Arc<dyn CallObserver>,
    ) -> Result<Grant, ProviderError> {
        let (companies, agreed) = {
            let covers = self.gate.covers();
            (covers.companies.clone(), covers.agreed.clone())
        };
        if companies.is_empty() {
            return self.inner.exchange_code(callback, redirect_uri, observer).await;
        }
        let callback = Callback { company: agreed, ..callback.clone() };
        let grant = self.inner.exchange_code(&callback, redirect_uri, observer).await?;
        Ok(Grant { companies, ..grant })
    }

    async fn refresh(&self, token: &SecretString, observer: Arc<dyn CallObserver>) -> Result<TokenSet, ProviderError> {
        self.inner.refresh(token, observer).await
    }

    async fn revoke(&self, token: &SecretString, observer: Arc<dyn CallObserver>) -> Result<(), ProviderError> {
        self.inner.revoke(token, observer).await
    }

    async fn company(&self, session: &Session) -> Result<RemoteCompany, ProviderError> {
        self.inner.company(session).await
    }

    async fn open_listing(
        &self,
        session: &Session,
        collection: Collection,
        resume: Option<&PageCursor>,
    ) -> Result<Listing, ProviderError> {
        self.inner.open_listing(session, collection, resume).await
    }

    async fn items(&self, session: &Session, cursor: &PageCursor) -> Result<Page<RemoteItem>, ProviderError> {
        self.gate.pass().await;
        self.inner.items(session, cursor).await
    }

    async fn accounts(&self, session: &Session, cursor: &PageCursor) -> Result<Page<RemoteAccount>, ProviderError> {
        self.inner.accounts(session, cursor).await
    }

    async fn suppliers(&self, session: &Session, cursor: &PageCursor) -> Result<Page<RemoteSupplier>, ProviderError> {
        self.inner.suppliers(session, cursor).await
    }
}
