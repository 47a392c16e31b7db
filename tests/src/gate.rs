//! A provider whose item pages pass a gate that the test opens: so that a sync stands still where the test wants it.
//!
//! Rule: everything else goes straight to the provider behind it.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use providers::{
    Capability, Provider, ProviderError, Session,
    model::{
        AccountBalance, AdjustmentDraft, ChangeCursor, ChangeSet, Collection, CompanyChoice, DocumentKind,
        ItemValuation, JournalDraft, LedgerPage, LedgerWindow, Listing, Page, PageCursor, PostedDocument, RecordKind,
        RecordRef, RemoteAccount, RemoteBill, RemoteCompany, RemoteItem, RemoteSale, RemoteSupplier, Report, SaleRef,
        SalesWindow, WebhookEvent, WebhookRequest,
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
}

impl Default for Gate {
    fn default() -> Self {
        Self { permits: Semaphore::new(Semaphore::MAX_PERMITS), waiting: watch::Sender::new(0) }
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
        self.inner.parse_callback(callback)
    }

    async fn exchange_code(
        &self,
        callback: &Callback,
        redirect_uri: &Url,
        observer: Arc<dyn CallObserver>,
    ) -> Result<Grant, ProviderError> {
        self.inner.exchange_code(callback, redirect_uri, observer).await
    }

    async fn refresh(&self, token: &SecretString, observer: Arc<dyn CallObserver>) -> Result<TokenSet, ProviderError> {
        self.inner.refresh(token, observer).await
    }

    async fn revoke(
        &self,
        token: &SecretString,
        company: Option<&str>,
        observer: Arc<dyn CallObserver>,
    ) -> Result<(), ProviderError> {
        self.inner.revoke(token, company, observer).await
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

    async fn configured_company(&self, observer: Arc<dyn CallObserver>) -> Result<CompanyChoice, ProviderError> {
        self.inner.configured_company(observer).await
    }

    async fn open_sales(
        &self,
        session: &Session,
        window: &SalesWindow,
        resume: Option<&PageCursor>,
    ) -> Result<Listing, ProviderError> {
        self.inner.open_sales(session, window, resume).await
    }

    async fn sales(
        &self,
        session: &Session,
        window: &SalesWindow,
        cursor: &PageCursor,
    ) -> Result<Page<RemoteSale>, ProviderError> {
        self.inner.sales(session, window, cursor).await
    }

    async fn sale(&self, session: &Session, sale: &SaleRef) -> Result<RemoteSale, ProviderError> {
        self.inner.sale(session, sale).await
    }

    async fn bill(&self, session: &Session, external_id: &str) -> Result<RemoteBill, ProviderError> {
        self.inner.bill(session, external_id).await
    }

    fn changes_since(&self, moment: DateTime<Utc>) -> Result<ChangeCursor, ProviderError> {
        self.inner.changes_since(moment)
    }

    async fn changes(
        &self,
        session: &Session,
        since: &ChangeCursor,
        kinds: &[RecordKind],
    ) -> Result<ChangeSet, ProviderError> {
        self.inner.changes(session, since, kinds).await
    }

    async fn post_adjustment(
        &self,
        session: &Session,
        draft: &AdjustmentDraft,
    ) -> Result<PostedDocument, ProviderError> {
        self.inner.post_adjustment(session, draft).await
    }

    async fn post_journal(&self, session: &Session, draft: &JournalDraft) -> Result<PostedDocument, ProviderError> {
        self.inner.post_journal(session, draft).await
    }

    async fn find_posted(
        &self,
        session: &Session,
        kind: DocumentKind,
        reference: &str,
        date: NaiveDate,
    ) -> Result<Vec<PostedDocument>, ProviderError> {
        self.inner.find_posted(session, kind, reference, date).await
    }

    async fn read_posted(
        &self,
        session: &Session,
        kind: DocumentKind,
        external_id: &str,
    ) -> Result<PostedDocument, ProviderError> {
        self.inner.read_posted(session, kind, external_id).await
    }

    async fn account_balances(
        &self,
        session: &Session,
        as_of: Option<NaiveDate>,
    ) -> Result<Report<AccountBalance>, ProviderError> {
        self.inner.account_balances(session, as_of).await
    }

    async fn item_valuation(
        &self,
        session: &Session,
        as_of: Option<NaiveDate>,
    ) -> Result<Report<ItemValuation>, ProviderError> {
        self.inner.item_valuation(session, as_of).await
    }

    async fn ledger_lines(
        &self,
        session: &Session,
        window: &LedgerWindow,
        cursor: Option<&PageCursor>,
    ) -> Result<LedgerPage, ProviderError> {
        self.inner.ledger_lines(session, window, cursor).await
    }

    fn webhook(&self, request: &WebhookRequest<'_>) -> Result<Vec<WebhookEvent>, ProviderError> {
        self.inner.webhook(request)
    }

    fn document_url(&self, company: &str, record: &RecordRef) -> Option<Url> {
        self.inner.document_url(company, record)
    }
}
