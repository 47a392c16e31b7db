//! The `Provider` trait: everything the gateway asks of an accounting system.
//!
//! Rule: an implementation keeps no state but its configuration and its limiters; it talks through
//! [`crate::transport`] alone, so every call is limited, retried and observed the same way.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use secrecy::SecretString;
use url::Url;

use crate::{
    capability::Capability,
    error::ProviderError,
    model::{
        AccountBalance, AdjustmentDraft, ChangeCursor, ChangeSet, Collection, CompanyChoice, DocumentKind,
        ItemValuation, JournalDraft, LedgerPage, LedgerWindow, Listing, Page, PageCursor, PostedDocument, RecordKind,
        RecordRef, RemoteAccount, RemoteBill, RemoteCompany, RemoteItem, RemoteSale, RemoteSupplier, Report, SaleRef,
        SalesWindow, WebhookEvent, WebhookRequest,
    },
    session::{CallObserver, Session},
};

/// What the user is sent to the provider with.
#[derive(Debug, Clone)]
pub struct AuthorizationRequest {
    /// Single-use value that comes back with the callback.
    pub state: String,
    /// Where the provider sends the user back to; must be registered there.
    pub redirect_uri: Url,
}

/// What the provider sent the user back with, parsed but not yet trusted.
#[derive(Clone)]
pub struct Callback {
    /// The state given with the authorization request.
    pub state: String,
    /// The authorization code.
    pub code: SecretString,
    /// The company the user chose, where the provider says so in the callback.
    pub company: Option<String>,
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback").field("company", &self.company).finish_non_exhaustive()
    }
}

/// Tokens as the provider issued them.
#[derive(Clone)]
pub struct TokenSet {
    /// Access token.
    pub access_token: SecretString,
    /// Refresh token; may be the same as before or a new one, always to be stored.
    pub refresh_token: SecretString,
    /// When the access token ends.
    pub access_expires_at: DateTime<Utc>,
    /// When the refresh token ends if it is not used.
    pub refresh_expires_at: Option<DateTime<Utc>>,
    /// When the grant ends however often it is refreshed.
    pub refresh_hard_expires_at: Option<DateTime<Utc>>,
}

impl fmt::Debug for TokenSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSet")
            .field("access_expires_at", &self.access_expires_at)
            .field("refresh_expires_at", &self.refresh_expires_at)
            .field("refresh_hard_expires_at", &self.refresh_hard_expires_at)
            .finish_non_exhaustive()
    }
}

/// What a consent gave: tokens, and the companies they cover.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The tokens.
    pub tokens: TokenSet,
    /// Companies to pick from; exactly one where one consent is one company.
    pub companies: Vec<CompanyChoice>,
}

/// An accounting system.
#[async_trait]
pub trait Provider: Send + Sync + fmt::Debug {
    /// Short, stable id, also the name of its configuration section.
    fn id(&self) -> &'static str;

    /// Name for people.
    fn name(&self) -> &'static str;

    /// What it can do.
    fn capability(&self) -> &Capability;

    /// Where to send the user to give consent. May first have to read where that is.
    ///
    /// # Errors
    /// `Misconfigured` when client id or redirect URI cannot be used, or a transient kind.
    async fn authorization_url(
        &self,
        request: &AuthorizationRequest,
        observer: Arc<dyn CallObserver>,
    ) -> Result<Url, ProviderError> {
        let _ = (request, observer);
        Err(self.unsupported("oauth.authorize"))
    }

    /// Reads the URL the provider sent the user back to. Trusts nothing: the caller checks the state.
    ///
    /// # Errors
    /// `ConsentRefused` when the user said no (read the state with [`callback_state`]), `Malformed` when a part is
    /// missing.
    fn parse_callback(&self, callback: &Url) -> Result<Callback, ProviderError> {
        let _ = callback;
        Err(self.unsupported("oauth.callback"))
    }

    /// Exchanges the code for tokens. A code is used once, whatever the answer.
    ///
    /// # Errors
    /// `ConnectionExpired` when the code was refused, `Misconfigured`, or a transient kind.
    async fn exchange_code(
        &self,
        callback: &Callback,
        redirect_uri: &Url,
        observer: Arc<dyn CallObserver>,
    ) -> Result<Grant, ProviderError> {
        let _ = (callback, redirect_uri, observer);
        Err(self.unsupported("oauth.exchange"))
    }

    /// Gets new tokens. Never retried after `ConnectionExpired`; the caller makes sure that only one runs at a time.
    ///
    /// # Errors
    /// `ConnectionExpired` only when the provider definitely refused the refresh token; outages are transient kinds.
    async fn refresh(
        &self,
        refresh_token: &SecretString,
        observer: Arc<dyn CallObserver>,
    ) -> Result<TokenSet, ProviderError> {
        let _ = (refresh_token, observer);
        Err(self.unsupported("oauth.refresh"))
    }

    /// Gives the grant back as far as it is about `company` (`None` where none was chosen): where a grant may cover several
    /// companies, the others stay connected, and the grant itself ends with the last of them. What is already gone is a
    /// success.
    ///
    /// # Errors
    /// A transient kind when the provider could not be asked.
    async fn revoke(
        &self,
        refresh_token: &SecretString,
        company: Option<&str>,
        observer: Arc<dyn CallObserver>,
    ) -> Result<(), ProviderError> {
        let _ = (refresh_token, company, observer);
        Err(self.unsupported("oauth.revoke"))
    }

    /// The company that the configuration leads to, where [`crate::capability::Authorization::Configured`] says that
    /// nobody is asked. Checks that it can be used.
    ///
    /// # Errors
    /// `Misconfigured` naming the option to mend; `Unsupported` where consent is needed.
    async fn configured_company(&self, observer: Arc<dyn CallObserver>) -> Result<CompanyChoice, ProviderError> {
        let _ = observer;
        Err(self.unsupported("company.configured"))
    }

    /// Reads the company and the settings that matter here.
    ///
    /// # Errors
    /// Any kind.
    async fn company(&self, session: &Session) -> Result<RemoteCompany, ProviderError>;

    /// Finds out how a collection can be read from the start, or from `resume`.
    ///
    /// # Errors
    /// Any kind; `Unsupported` where the capability says so.
    async fn open_listing(
        &self,
        session: &Session,
        collection: Collection,
        resume: Option<&PageCursor>,
    ) -> Result<Listing, ProviderError>;

    /// One page of items, active and inactive, in a stable order. Where pages shift while they are read, an item may come
    /// twice (the reader knows it by its id), but none is left out; so too for accounts and suppliers.
    ///
    /// # Errors
    /// Any kind.
    async fn items(&self, session: &Session, cursor: &PageCursor) -> Result<Page<RemoteItem>, ProviderError>;

    /// One page of accounts, active and inactive.
    ///
    /// # Errors
    /// Any kind.
    async fn accounts(&self, session: &Session, cursor: &PageCursor) -> Result<Page<RemoteAccount>, ProviderError>;

    /// One page of suppliers, active and inactive.
    ///
    /// # Errors
    /// Any kind; `Unsupported` where the capability says so.
    async fn suppliers(&self, session: &Session, cursor: &PageCursor) -> Result<Page<RemoteSupplier>, ProviderError> {
        let _ = (session, cursor);
        Err(self.unsupported("suppliers.list"))
    }

    /// Finds out how the sales documents of a window can be read from the start, or from `resume`.
    ///
    /// # Errors
    /// Any kind; `Unsupported` where a kind of document is not among the capability's.
    async fn open_sales(
        &self,
        session: &Session,
        window: &SalesWindow,
        resume: Option<&PageCursor>,
    ) -> Result<Listing, ProviderError> {
        let _ = (session, window, resume);
        Err(self.unsupported("sales.list"))
    }

    /// One page of sales documents in a stable order. Pages may shift while they are read: a document may then come
    /// twice (the reader knows it by kind and id), but none is left out.
    ///
    /// # Errors
    /// Any kind; `Unsupported` as for [`Provider::open_sales`].
    async fn sales(
        &self,
        session: &Session,
        window: &SalesWindow,
        cursor: &PageCursor,
    ) -> Result<Page<RemoteSale>, ProviderError> {
        let _ = (session, window, cursor);
        Err(self.unsupported("sales.list"))
    }

    /// One sales document as it is now: the evidence for a void or a deletion.
    ///
    /// # Errors
    /// `NotFound` only when the provider definitely says that it does not exist (any more).
    async fn sale(&self, session: &Session, sale: &SaleRef) -> Result<RemoteSale, ProviderError> {
        let _ = (session, sale);
        Err(self.unsupported("sales.read"))
    }

    /// One bill of a supplier as it is now. Which there are is told by changes and announcements.
    ///
    /// # Errors
    /// `NotFound` only when the provider definitely says that it does not exist (any more); `Unsupported` where the
    /// capability says so.
    async fn bill(&self, session: &Session, external_id: &str) -> Result<RemoteBill, ProviderError> {
        let _ = (session, external_id);
        Err(self.unsupported("bill.read"))
    }

    /// The cursor from which changes after a moment are read; makes no call.
    ///
    /// # Errors
    /// `Unsupported` where the capability says so.
    fn changes_since(&self, moment: DateTime<Utc>) -> Result<ChangeCursor, ProviderError> {
        let _ = moment;
        Err(self.unsupported("changes.read"))
    }

    /// What changed since a cursor, among records of the given kinds.
    ///
    /// # Errors
    /// Any kind; `Unsupported` where the capability has no change feed, or for kinds it does not cover.
    async fn changes(
        &self,
        session: &Session,
        since: &ChangeCursor,
        kinds: &[RecordKind],
    ) -> Result<ChangeSet, ProviderError> {
        let _ = (session, since, kinds);
        Err(self.unsupported("changes.read"))
    }

    /// Posts an inventory adjustment. Repeating it with the same request id posts nothing more where
    /// `write_idempotency` says so; after an `Outcome::Unknown` the caller looks it up with [`Provider::find_posted`].
    ///
    /// # Errors
    /// Any kind; `Unsupported` where the capability says so; `Rejected` with what the provider found wrong.
    async fn post_adjustment(
        &self,
        session: &Session,
        draft: &AdjustmentDraft,
    ) -> Result<PostedDocument, ProviderError> {
        let _ = (session, draft);
        Err(self.unsupported("adjustment.post"))
    }

    /// Posts a journal entry; otherwise as [`Provider::post_adjustment`].
    ///
    /// # Errors
    /// As [`Provider::post_adjustment`].
    async fn post_journal(&self, session: &Session, draft: &JournalDraft) -> Result<PostedDocument, ProviderError> {
        let _ = (session, draft);
        Err(self.unsupported("journal.post"))
    }

    /// All documents of a kind that carry our reference, voided ones included; `date` is that of the draft.
    ///
    /// # Errors
    /// Any kind; `Unsupported` for a kind that cannot be posted.
    async fn find_posted(
        &self,
        session: &Session,
        kind: DocumentKind,
        reference: &str,
        date: NaiveDate,
    ) -> Result<Vec<PostedDocument>, ProviderError> {
        let _ = (session, kind, reference, date);
        Err(self.unsupported("document.find"))
    }

    /// One posted document as it is now.
    ///
    /// # Errors
    /// `NotFound` only when the provider definitely says that it does not exist (any more); otherwise as above.
    async fn read_posted(
        &self,
        session: &Session,
        kind: DocumentKind,
        external_id: &str,
    ) -> Result<PostedDocument, ProviderError> {
        let _ = (session, kind, external_id);
        Err(self.unsupported("document.read"))
    }

    /// Balances of all accounts, as of the end of a day or as of now.
    ///
    /// # Errors
    /// Any kind; `Unsupported` where the capability does not have that date.
    async fn account_balances(
        &self,
        session: &Session,
        as_of: Option<NaiveDate>,
    ) -> Result<Report<AccountBalance>, ProviderError> {
        let _ = (session, as_of);
        Err(self.unsupported("report.balances"))
    }

    /// Quantity and value of all stock items, as of the end of a day or as of now.
    ///
    /// # Errors
    /// Any kind; `Unsupported` where the capability does not have that date.
    async fn item_valuation(
        &self,
        session: &Session,
        as_of: Option<NaiveDate>,
    ) -> Result<Report<ItemValuation>, ProviderError> {
        let _ = (session, as_of);
        Err(self.unsupported("report.valuation"))
    }

    /// One page of what hit accounts in a span of days, whoever made it; pages cover the span without a gap and without an
    /// overlap. What the provider has in no list that may be read is missing, and the balance tells by how much.
    /// What was taken back and counts no longer may be left out or come with its opposite. A line that cannot be
    /// read is an error: one left out would read as zero.
    ///
    /// # Errors
    /// Any kind; `Unsupported` where the capability says so.
    async fn ledger_lines(
        &self,
        session: &Session,
        window: &LedgerWindow,
        cursor: Option<&PageCursor>,
    ) -> Result<LedgerPage, ProviderError> {
        let _ = (session, window, cursor);
        Err(self.unsupported("ledger.lines"))
    }

    /// Checks the signature of a webhook over its raw bytes, then reads it. An empty list is a valid announcement (some
    /// providers test the endpoint that way).
    ///
    /// # Errors
    /// `Forged` when the signature is missing or wrong, `Misconfigured` without a key, `Malformed` when a signed body
    /// cannot be read, `Unsupported` where the capability says so.
    fn webhook(&self, request: &WebhookRequest<'_>) -> Result<Vec<WebhookEvent>, ProviderError> {
        let _ = request;
        Err(self.unsupported("webhook"))
    }

    /// Where a person sees a record in the provider's own pages; `None` for records that have no page.
    fn document_url(&self, company: &str, record: &RecordRef) -> Option<Url> {
        let _ = (company, record);
        None
    }

    /// The error of everything that this provider cannot do.
    fn unsupported(&self, operation: &'static str) -> ProviderError {
        ProviderError::unsupported(self.name(), operation)
    }
}

/// The `state` parameter of a callback URL, also of one that brings a refusal (RFC 6749, 4.1.2).
pub fn callback_state(callback: &Url) -> Option<String> {
    callback.query_pairs().find(|(key, _)| key == "state").map(|(_, value)| value.into_owned())
}
