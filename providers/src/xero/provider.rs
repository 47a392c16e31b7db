//! The `Provider` trait for Xero: hands each call to the file that knows its subject.
//!
//! Rule: no state but configuration, limiters and the keys that are used up (see [`super::keys`]); what the capability denies is answered here, before anything is sent.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use reqwest::header::HeaderMap;
use secrecy::SecretString;
use url::Url;

use super::{
    ENTRY, callback,
    changes::cursor_at,
    endpoints::{Endpoints, misconfigured},
    error::{check, check_record},
    keys::Keys,
    links, tenants, webhook,
};
use crate::{
    capability::Capability,
    clock::{Clock, SystemClock},
    error::ProviderError,
    model::{
        AccountBalance, ChangeCursor, ChangeSet, Collection, DocumentKind, ItemValuation, JournalDraft, LedgerPage,
        LedgerWindow, Listing, Page, PageCursor, PostedDocument, RecordKind, RecordRef, RemoteAccount, RemoteCompany,
        RemoteItem, RemoteSale, RemoteSupplier, Report, SaleRef, SalesWindow, WebhookEvent, WebhookRequest,
    },
    oauth::{OAuth, OAuthConfig, RevokeBody},
    provider::{AuthorizationRequest, Callback, Grant, Provider, TokenSet},
    session::{CallObserver, Session},
    settings::ProviderSettings,
    transport::{self, Call, Limits, Reply, StackOptions, Transport},
};

/// The least that is needed (§1.3). Items and accounts are settings; `offline_access` brings the refresh token.
const SCOPES: &[&str] = &[
    "offline_access",
    "accounting.settings.read",
    "accounting.invoices.read",
    "accounting.contacts.read",
    "accounting.manualjournals",
    "accounting.reports.trialbalance.read",
];

/// On every answer (§2.4).
const TRACE_HEADER: &str = "xero-correlation-id";

/// How long a refresh token lasts unused (§1.2); no field of the answer says it.
const REFRESH_LASTS: TimeDelta = TimeDelta::days(60);

/// Xero.
#[derive(Debug)]
pub(super) struct Xero {
    pub(super) endpoints: Endpoints,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) keys: Keys,
    pub(super) oauth: OAuth,
    webhook_key: Option<SecretString>,
}

/// Makes the provider.
///
/// # Errors
/// `Misconfigured`, naming the setting.
pub(super) fn build(settings: &ProviderSettings) -> Result<Arc<dyn Provider>, ProviderError> {
    if settings.client_id.is_empty() {
        return Err(misconfigured("client_id is empty; it is shown with the app's configuration at Xero".to_owned()));
    }
    let endpoints = Endpoints::of(settings)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let transport = transport::stack(&StackOptions {
        settings: settings.transport.clone(),
        limits: Limits::of(&ENTRY.capability, &settings.transport),
        trace_header: TRACE_HEADER,
        tls: endpoints.tls(),
        clock: clock.clone(),
    })?;
    let oauth = OAuth::new(oauth_config(settings, &endpoints), transport.clone(), clock.clone());
    let webhook_key = settings.webhook_key.clone();
    Ok(Arc::new(Xero { endpoints, transport, clock, keys: Keys::default(), oauth, webhook_key }))
}

fn oauth_config(settings: &ProviderSettings, endpoints: &Endpoints) -> OAuthConfig {
    OAuthConfig {
        client_id: settings.client_id.clone(),
        client_secret: settings.client_secret.clone(),
        endpoints: endpoints.oauth.clone(),
        scopes: SCOPES,
        token_headers: HeaderMap::new(),
        refresh_expires_in: None,
        refresh_hard_expires_in: None,
        revoke_body: RevokeBody::Form,
    }
}

impl Xero {
    /// Sends a call and reads its answer, unless it is a refusal. "Not modified" is for the reader to understand.
    pub(super) async fn fetch<T: Send + 'static>(
        &self,
        call: Call,
        read: impl Fn(&Reply) -> Result<T, ProviderError> + Send + Sync + 'static,
    ) -> Result<T, ProviderError> {
        let accept = |reply: &Reply| if reply.status == 304 { Ok(()) } else { check(reply) };
        let judge = move |reply: &Reply| accept(reply).and_then(|()| read(reply));
        transport::fetch(self.transport.as_ref(), call, judge).await
    }

    /// As [`Xero::fetch`], for a call that asks for one record.
    pub(super) async fn fetch_record<T: Send + 'static>(
        &self,
        call: Call,
        read: impl Fn(&Reply) -> Result<T, ProviderError> + Send + Sync + 'static,
    ) -> Result<T, ProviderError> {
        let judge = move |reply: &Reply| check_record(reply).and_then(|()| read(reply));
        transport::fetch(self.transport.as_ref(), call, judge).await
    }

    fn dated(&self, tokens: TokenSet) -> TokenSet {
        TokenSet { refresh_expires_at: self.clock.now().checked_add_signed(REFRESH_LASTS), ..tokens }
    }
}

#[async_trait]
impl Provider for Xero {
    fn id(&self) -> &'static str {
        ENTRY.id
    }

    fn name(&self) -> &'static str {
        ENTRY.name
    }

    fn capability(&self) -> &Capability {
        &ENTRY.capability
    }

    async fn authorization_url(
        &self,
        request: &AuthorizationRequest,
        observer: Arc<dyn CallObserver>,
    ) -> Result<Url, ProviderError> {
        self.oauth.authorization_url(request, observer).await
    }

    fn parse_callback(&self, callback: &Url) -> Result<Callback, ProviderError> {
        callback::read(callback)
    }

    async fn exchange_code(
        &self,
        callback: &Callback,
        redirect_uri: &Url,
        observer: Arc<dyn CallObserver>,
    ) -> Result<Grant, ProviderError> {
        let tokens = self.dated(self.oauth.exchange_code(callback, redirect_uri, observer.clone()).await?);
        let connections = &self.endpoints.connections;
        let companies = tenants::list(self.transport.as_ref(), connections, &tokens.access_token, &observer).await?;
        Ok(Grant { tokens, companies })
    }

    /// Each refresh brings another refresh token; the old one works for another 30 minutes (§1.2), so the repeat of a
    /// call whose answer was lost is answered too.
    async fn refresh(
        &self,
        refresh_token: &SecretString,
        observer: Arc<dyn CallObserver>,
    ) -> Result<TokenSet, ProviderError> {
        Ok(self.dated(self.oauth.refresh(refresh_token, observer).await?))
    }

    async fn revoke(
        &self,
        refresh_token: &SecretString,
        company: Option<&str>,
        observer: Arc<dyn CallObserver>,
    ) -> Result<(), ProviderError> {
        self.give_back(refresh_token, company, observer).await
    }

    async fn company(&self, session: &Session) -> Result<RemoteCompany, ProviderError> {
        self.read_company(session).await
    }

    async fn open_listing(
        &self,
        _: &Session,
        collection: Collection,
        resume: Option<&PageCursor>,
    ) -> Result<Listing, ProviderError> {
        self.open_collection(collection, resume)
    }

    async fn items(&self, session: &Session, cursor: &PageCursor) -> Result<Page<RemoteItem>, ProviderError> {
        self.list_items(session, cursor).await
    }

    async fn accounts(&self, session: &Session, cursor: &PageCursor) -> Result<Page<RemoteAccount>, ProviderError> {
        self.list_accounts(session, cursor).await
    }

    async fn suppliers(&self, session: &Session, cursor: &PageCursor) -> Result<Page<RemoteSupplier>, ProviderError> {
        self.list_suppliers(session, cursor).await
    }

    async fn open_sales(
        &self,
        session: &Session,
        window: &SalesWindow,
        resume: Option<&PageCursor>,
    ) -> Result<Listing, ProviderError> {
        self.open_sales_window(session, window, resume).await
    }

    async fn sales(
        &self,
        session: &Session,
        window: &SalesWindow,
        cursor: &PageCursor,
    ) -> Result<Page<RemoteSale>, ProviderError> {
        self.list_sales(session, window, cursor).await
    }

    async fn sale(&self, session: &Session, sale: &SaleRef) -> Result<RemoteSale, ProviderError> {
        self.read_sale(session, sale).await
    }

    fn changes_since(&self, moment: DateTime<Utc>) -> Result<ChangeCursor, ProviderError> {
        Ok(cursor_at(moment))
    }

    async fn changes(
        &self,
        session: &Session,
        since: &ChangeCursor,
        kinds: &[RecordKind],
    ) -> Result<ChangeSet, ProviderError> {
        self.read_changes(session, since, kinds).await
    }

    async fn post_journal(&self, session: &Session, draft: &JournalDraft) -> Result<PostedDocument, ProviderError> {
        self.create_journal(session, draft).await
    }

    async fn find_posted(
        &self,
        session: &Session,
        kind: DocumentKind,
        reference: &str,
        date: NaiveDate,
    ) -> Result<Vec<PostedDocument>, ProviderError> {
        match kind {
            DocumentKind::JournalEntry => self.find_journals(session, reference, date).await,
            DocumentKind::InventoryAdjustment => Err(self.unsupported("document.find")),
        }
    }

    async fn read_posted(
        &self,
        session: &Session,
        kind: DocumentKind,
        external_id: &str,
    ) -> Result<PostedDocument, ProviderError> {
        match kind {
            DocumentKind::JournalEntry => self.read_journal(session, external_id).await,
            DocumentKind::InventoryAdjustment => Err(self.unsupported("document.read")),
        }
    }

    async fn account_balances(
        &self,
        session: &Session,
        as_of: Option<NaiveDate>,
    ) -> Result<Report<AccountBalance>, ProviderError> {
        self.read_balances(session, as_of).await
    }

    async fn item_valuation(
        &self,
        session: &Session,
        as_of: Option<NaiveDate>,
    ) -> Result<Report<ItemValuation>, ProviderError> {
        match as_of {
            None => self.read_valuation(session).await,
            // Items know their pool of costs as it is, not as it was (§3.1).
            Some(_) => Err(self.unsupported("report.valuation")),
        }
    }

    async fn ledger_lines(
        &self,
        session: &Session,
        window: &LedgerWindow,
        cursor: Option<&PageCursor>,
    ) -> Result<LedgerPage, ProviderError> {
        self.read_ledger(session, window, cursor).await
    }

    fn webhook(&self, request: &WebhookRequest<'_>) -> Result<Vec<WebhookEvent>, ProviderError> {
        webhook::read(self.webhook_key.as_ref(), request)
    }

    fn document_url(&self, _: &str, record: &RecordRef) -> Option<Url> {
        links::page(&self.endpoints.app, record)
    }
}
