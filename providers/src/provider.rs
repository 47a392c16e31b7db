//! The `Provider` trait: everything the gateway asks of an accounting system.
//!
//! Rule: an implementation keeps no state but its configuration and its limiters; it talks through
//! [`crate::transport`] alone, so every call is limited, retried and observed the same way.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use url::Url;

use crate::{
    capability::Capability,
    error::ProviderError,
    model::{
        Collection, CompanyChoice, Listing, Page, PageCursor, RemoteAccount, RemoteCompany, RemoteItem, RemoteSupplier,
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
    ) -> Result<Url, ProviderError>;

    /// Reads the URL the provider sent the user back to. Trusts nothing: the caller checks the state.
    ///
    /// # Errors
    /// `ConsentRefused` when the user said no (read the state with [`callback_state`]), `Malformed` when a part is
    /// missing.
    fn parse_callback(&self, callback: &Url) -> Result<Callback, ProviderError>;

    /// Exchanges the code for tokens. A code is used once, whatever the answer.
    ///
    /// # Errors
    /// `ConnectionExpired` when the code was refused, `Misconfigured`, or a transient kind.
    async fn exchange_code(
        &self,
        callback: &Callback,
        redirect_uri: &Url,
        observer: Arc<dyn CallObserver>,
    ) -> Result<Grant, ProviderError>;

    /// Gets new tokens. Never retried after `ConnectionExpired`; the caller makes sure that only one runs at a time.
    ///
    /// # Errors
    /// `ConnectionExpired` only when the provider definitely refused the refresh token; outages are transient kinds.
    async fn refresh(
        &self,
        refresh_token: &SecretString,
        observer: Arc<dyn CallObserver>,
    ) -> Result<TokenSet, ProviderError>;

    /// Gives the grant back. Revoking a grant that is already gone is a success.
    ///
    /// # Errors
    /// A transient kind when the provider could not be asked.
    async fn revoke(&self, refresh_token: &SecretString, observer: Arc<dyn CallObserver>) -> Result<(), ProviderError>;

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

    /// One page of items, active and inactive, in a stable order.
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
    async fn suppliers(&self, session: &Session, cursor: &PageCursor) -> Result<Page<RemoteSupplier>, ProviderError>;
}

/// The `state` parameter of a callback URL, also of one that brings a refusal (RFC 6749, 4.1.2).
pub fn callback_state(callback: &Url) -> Option<String> {
    callback.query_pairs().find(|(key, _)| key == "state").map(|(_, value)| value.into_owned())
}
