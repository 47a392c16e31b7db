//! The `Provider` trait for QuickBooks Online: joins the pure parts of this folder to the transport.
//!
//! Rule: no state but configuration and limiters; no decision that [`super::convert`] or [`super::error`] could make.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{
    ENTRY, callback,
    convert::{self, CompanyInfoFacts, CompanySettings},
    endpoints::{Endpoints, misconfigured},
    error::{check, malformed},
    links::Pages,
    page::{self, Rows},
    place::Place,
    request, webhook,
    wire::{CompanyAnswer, PreferencesAnswer, QueryAnswer, read},
};
use crate::{
    capability::Capability,
    clock::{Clock, SystemClock},
    error::ProviderError,
    model::{
        AccountBalance, AdjustmentDraft, ChangeCursor, ChangeSet, Collection, CompanyChoice, DocumentKind,
        ItemValuation, JournalDraft, LedgerPage, LedgerWindow, Listing, Page, PageCursor, PostedDocument, RecordKind,
        RecordRef, RemoteAccount, RemoteBill, RemoteCompany, RemoteItem, RemoteSale, RemoteSupplier, Report, SaleRef,
        SalesWindow, WebhookEvent, WebhookRequest,
    },
    oauth::{OAuth, OAuthConfig, RevokeBody},
    provider::{AuthorizationRequest, Callback, Grant, Provider, TokenSet},
    session::{CallObserver, Session},
    settings::ProviderSettings,
    transport::{self, Call, Limits, Reply, StackOptions, Transport},
};

/// The whole Accounting API; there is no narrower scope (§1.3).
const SCOPES: &[&str] = &["com.intuit.quickbooks.accounting"];

/// On every answer, OAuth included (§1.6, §2).
const TRACE_HEADER: &str = "intuit_tid";

/// Asks for the end of the grant (§1.4).
const HARD_EXPIRY_HEADER: HeaderName = HeaderName::from_static("x-include-refresh-token-hard-expires-in");

/// QuickBooks Online.
#[derive(Debug)]
pub(super) struct QuickBooks {
    pub(super) api: Url,
    pub(super) clock: Arc<dyn Clock>,
    oauth: OAuth,
    transport: Arc<dyn Transport>,
    webhook_key: Option<SecretString>,
    pages: Pages,
}

/// Makes the provider.
///
/// # Errors
/// `Misconfigured`, naming the setting.
pub(super) fn build(settings: &ProviderSettings) -> Result<Arc<dyn Provider>, ProviderError> {
    if settings.client_id.is_empty() {
        return Err(misconfigured("client_id is empty; it is shown with the app's keys at Intuit".to_owned()));
    }
    if let Some(unknown) = settings.options.keys().next() {
        return Err(misconfigured(format!("unknown option `{unknown}`; QuickBooks has no options")));
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
    let api = endpoints.api.clone();
    let oauth = OAuth::new(oauth_config(settings, endpoints), transport.clone(), clock.clone());
    let pages = Pages::of(settings.environment.as_deref());
    let webhook_key = settings.webhook_key.clone().filter(|key| !key.expose_secret().is_empty());
    Ok(Arc::new(QuickBooks { api, clock, oauth, transport, webhook_key, pages }))
}

fn oauth_config(settings: &ProviderSettings, endpoints: Endpoints) -> OAuthConfig {
    OAuthConfig {
        client_id: settings.client_id.clone(),
        client_secret: settings.client_secret.clone(),
        endpoints: endpoints.oauth,
        scopes: SCOPES,
        token_headers: HeaderMap::from_iter([(HARD_EXPIRY_HEADER, HeaderValue::from_static("true"))]),
        refresh_expires_in: Some("x_refresh_token_expires_in"),
        refresh_hard_expires_in: Some("x_refresh_token_hard_expires_in"),
        revoke_body: RevokeBody::Json,
    }
}

impl QuickBooks {
    /// Sends a call and reads its answer, unless it is a fault.
    pub(super) async fn fetch<T: Send + 'static>(
        &self,
        call: Call,
        read: impl Fn(&Reply) -> Result<T, ProviderError> + Send + Sync + 'static,
    ) -> Result<T, ProviderError> {
        let judge = move |reply: &Reply| check(reply).and_then(|()| read(reply));
        transport::fetch(self.transport.as_ref(), call, judge).await
    }

    /// The company's settings.
    pub(super) async fn settings(&self, session: &Session) -> Result<CompanySettings, ProviderError> {
        self.fetch(request::preferences(&self.api, session), read_settings).await
    }

    async fn page<T: Send + 'static>(
        &self,
        session: &Session,
        collection: Collection,
        cursor: &PageCursor,
        read: fn(&Reply) -> Result<Rows<T>, ProviderError>,
    ) -> Result<Page<T>, ProviderError> {
        let (rows, next) = match Place::read(cursor, request::operation(collection, "query"))? {
            Place::At(position) => {
                let call = request::page(&self.api, session, collection, position.start);
                let rows = self.fetch(call, read).await?;
                let next = position.next(rows.count);
                (rows, next)
            }
            Place::Walk(step) => {
                let stride = self.step(session, request::entity(collection), &[], &step, read).await?;
                (stride.rows, stride.next.map(Place::Walk))
            }
        };
        let Rows { records, unusable, .. } = rows;
        Ok(Page { records, unusable, next: next.map(|place| place.cursor()) })
    }
}

#[async_trait]
impl Provider for QuickBooks {
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
        let company = callback.company.clone().ok_or_else(|| callback::unusable("realmId is missing"))?;
        let tokens = self.oauth.exchange_code(callback, redirect_uri, observer).await?;
        Ok(Grant { tokens, companies: vec![CompanyChoice { external_id: company, name: None }] })
    }

    async fn refresh(
        &self,
        refresh_token: &SecretString,
        observer: Arc<dyn CallObserver>,
    ) -> Result<TokenSet, ProviderError> {
        self.oauth.refresh(refresh_token, observer).await
    }

    /// A grant is one company's here (§1.2).
    async fn revoke(
        &self,
        refresh_token: &SecretString,
        _: Option<&str>,
        observer: Arc<dyn CallObserver>,
    ) -> Result<(), ProviderError> {
        self.oauth.revoke(refresh_token, observer).await
    }

    async fn company(&self, session: &Session) -> Result<RemoteCompany, ProviderError> {
        let info = self.fetch(request::company_info(&self.api, session), read_company);
        let settings = self.settings(session);
        let (info, settings) = futures::try_join!(info, settings)?;
        Ok(convert::company(&session.company, &info, &settings))
    }

    async fn open_listing(
        &self,
        session: &Session,
        collection: Collection,
        resume: Option<&PageCursor>,
    ) -> Result<Listing, ProviderError> {
        let operation = request::operation(collection, "count");
        let first = match resume {
            Some(cursor) => Place::read(cursor, operation)?,
            None => Place::first(),
        };
        let total = self.fetch(request::count(&self.api, session, collection), read_count).await?;
        let cursors = first.pages(total).iter().map(Place::cursor).collect();
        Ok(Listing { total: Some(total), cursors })
    }

    async fn items(&self, session: &Session, cursor: &PageCursor) -> Result<Page<RemoteItem>, ProviderError> {
        self.page(session, Collection::Items, cursor, |reply| page::read(reply, convert::item)).await
    }

    async fn accounts(&self, session: &Session, cursor: &PageCursor) -> Result<Page<RemoteAccount>, ProviderError> {
        self.page(session, Collection::Accounts, cursor, |reply| page::read(reply, convert::account)).await
    }

    async fn suppliers(&self, session: &Session, cursor: &PageCursor) -> Result<Page<RemoteSupplier>, ProviderError> {
        self.page(session, Collection::Suppliers, cursor, |reply| page::read(reply, convert::supplier)).await
    }

    async fn open_sales(
        &self,
        session: &Session,
        window: &SalesWindow,
        resume: Option<&PageCursor>,
    ) -> Result<Listing, ProviderError> {
        self.sales_listing(session, window, resume).await
    }

    async fn sales(
        &self,
        session: &Session,
        window: &SalesWindow,
        cursor: &PageCursor,
    ) -> Result<Page<RemoteSale>, ProviderError> {
        self.sales_page(session, window, cursor).await
    }

    async fn sale(&self, session: &Session, sale: &SaleRef) -> Result<RemoteSale, ProviderError> {
        self.one_sale(session, sale).await
    }

    async fn bill(&self, session: &Session, external_id: &str) -> Result<RemoteBill, ProviderError> {
        self.one_bill(session, external_id).await
    }

    fn changes_since(&self, moment: DateTime<Utc>) -> Result<ChangeCursor, ProviderError> {
        Ok(Self::changes_from(moment))
    }

    async fn changes(
        &self,
        session: &Session,
        since: &ChangeCursor,
        kinds: &[RecordKind],
    ) -> Result<ChangeSet, ProviderError> {
        self.changes_after(session, since, kinds).await
    }

    async fn post_adjustment(
        &self,
        session: &Session,
        draft: &AdjustmentDraft,
    ) -> Result<PostedDocument, ProviderError> {
        self.new_adjustment(session, draft).await
    }

    async fn post_journal(&self, session: &Session, draft: &JournalDraft) -> Result<PostedDocument, ProviderError> {
        self.new_journal(session, draft).await
    }

    async fn find_posted(
        &self,
        session: &Session,
        kind: DocumentKind,
        reference: &str,
        date: NaiveDate,
    ) -> Result<Vec<PostedDocument>, ProviderError> {
        self.posted_with(session, kind, reference, date).await
    }

    async fn read_posted(
        &self,
        session: &Session,
        kind: DocumentKind,
        external_id: &str,
    ) -> Result<PostedDocument, ProviderError> {
        self.one_posted(session, kind, external_id).await
    }

    async fn account_balances(
        &self,
        session: &Session,
        as_of: Option<NaiveDate>,
    ) -> Result<Report<AccountBalance>, ProviderError> {
        self.balances(session, as_of).await
    }

    async fn item_valuation(
        &self,
        session: &Session,
        as_of: Option<NaiveDate>,
    ) -> Result<Report<ItemValuation>, ProviderError> {
        self.valuation(session, as_of).await
    }

    async fn ledger_lines(
        &self,
        session: &Session,
        window: &LedgerWindow,
        cursor: Option<&PageCursor>,
    ) -> Result<LedgerPage, ProviderError> {
        self.general_ledger(session, window, cursor).await
    }

    fn webhook(&self, request: &WebhookRequest<'_>) -> Result<Vec<WebhookEvent>, ProviderError> {
        webhook::read(self.webhook_key.as_ref(), request)
    }

    fn document_url(&self, company: &str, record: &RecordRef) -> Option<Url> {
        self.pages.url(company, record)
    }
}

pub(super) fn read_count(reply: &Reply) -> Result<u64, ProviderError> {
    let answer: QueryAnswer<'_, serde::de::IgnoredAny> = read(reply)?;
    let total = answer.response.total_count.text().and_then(|total| total.parse().ok());
    total.ok_or_else(|| malformed("the answer has no usable totalCount"))
}

fn read_company(reply: &Reply) -> Result<CompanyInfoFacts, ProviderError> {
    Ok(CompanyInfoFacts::from(&read::<CompanyAnswer<'_>>(reply)?.company))
}

fn read_settings(reply: &Reply) -> Result<CompanySettings, ProviderError> {
    CompanySettings::try_from(&read::<PreferencesAnswer<'_>>(reply)?.preferences)
}
