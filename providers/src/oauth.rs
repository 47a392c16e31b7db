//! The OAuth 2.0 steps that providers share (RFC 6749, RFC 7009): where to ask for consent, code for tokens, new tokens
//! for old, giving the grant back.
//!
//! Rule: every step goes through the transport, so it is observed, timed and retried like any other call; and only a
//! definite `invalid_grant` says that a grant is gone. An outage never does.

use std::{fmt, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use oauth2::{
    AsyncHttpClient, AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, ExtraTokenFields, HttpRequest, HttpResponse, RedirectUrl, RefreshToken, RequestTokenError, Scope,
    StandardRevocableToken, StandardTokenResponse, TokenResponse, TokenUrl,
    basic::{BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType},
};
use reqwest::{
    Method,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use crate::{
    clock::Clock,
    error::{ErrorKind, Outcome, ProviderError, Retry},
    provider::{AuthorizationRequest, Callback, TokenSet},
    session::CallObserver,
    transport::{Auth, Body, Call, Reply, Transport, retry_after},
};

/// Token endpoints answer fast or not at all; a user may be waiting.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What differs between providers.
#[derive(Debug, Clone)]
pub struct OAuthConfig {
    /// Client id.
    pub client_id: String,
    /// Client secret; sent by HTTP Basic.
    pub client_secret: SecretString,
    /// Where the user consents.
    pub authorize: Url,
    /// Where tokens come from.
    pub token: Url,
    /// Where grants are given back.
    pub revoke: Url,
    /// What is asked for.
    pub scopes: &'static [&'static str],
    /// Headers of token requests beside the usual ones.
    pub token_headers: HeaderMap,
    /// Field of the answer with the seconds until the refresh token ends unused.
    pub refresh_expires_in: Option<&'static str>,
    /// Field of the answer with the seconds until the grant ends whatever happens.
    pub refresh_hard_expires_in: Option<&'static str>,
    /// How a grant is given back.
    pub revoke_body: RevokeBody,
}

/// How the token to be revoked is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevokeBody {
    /// As a form, the standard's way (RFC 7009, 2.1).
    Form,
    /// As a JSON object.
    Json,
}

/// The OAuth steps of one provider.
#[derive(Debug)]
pub struct OAuth {
    config: OAuthConfig,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
}

/// Fields of a token answer that the standard does not know.
#[derive(Default, Serialize, Deserialize)]
#[serde(transparent)]
struct OwnFields(Map<String, Value>);

impl ExtraTokenFields for OwnFields {}

impl fmt::Debug for OwnFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnFields")
    }
}

type TokenAnswer = StandardTokenResponse<OwnFields, BasicTokenType>;

type OAuthClient<A = EndpointNotSet, T = EndpointNotSet> = Client<
    BasicErrorResponse,
    TokenAnswer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    A,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    T,
>;

impl OAuth {
    /// Steps that go through `transport`.
    pub fn new(config: OAuthConfig, transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        Self { config, transport, clock }
    }

    /// Where to send the user (RFC 6749, 4.1.1).
    ///
    /// # Errors
    /// None today; `Misconfigured` is kept for providers that demand more of the URL.
    pub fn authorization_url(&self, request: &AuthorizationRequest) -> Result<Url, ProviderError> {
        let client = self.client().set_redirect_uri(RedirectUrl::from_url(request.redirect_uri.clone()));
        let scopes = self.config.scopes.iter().map(|&scope| Scope::new(scope.to_owned()));
        let (url, _) = client.authorize_url(|| CsrfToken::new(request.state.clone())).add_scopes(scopes).url();
        Ok(url)
    }

    /// Exchanges the code (RFC 6749, 4.1.3). Sent again only if the provider certainly never saw it.
    ///
    /// # Errors
    /// `ConnectionExpired` when the code was refused, `Misconfigured`, or a transient kind.
    pub async fn exchange_code(
        &self,
        callback: &Callback,
        redirect_uri: &Url,
        observer: Arc<dyn CallObserver>,
    ) -> Result<TokenSet, ProviderError> {
        let operation = "oauth.exchange";
        let client = self.client().set_redirect_uri(RedirectUrl::from_url(redirect_uri.clone()));
        let code = AuthorizationCode::new(callback.code.expose_secret().to_owned());
        let asked_at = self.clock.now();
        let way = self.way_out(operation, &callback.code, false, observer);
        let answer = client.exchange_code(code).request_async(&way).await;
        self.tokens(operation, answer, None, asked_at)
    }

    /// Gets new tokens (RFC 6749, 6). A repeat is harmless: if the lost answer carried a new refresh token, the grant was
    /// lost with it.
    ///
    /// # Errors
    /// `ConnectionExpired` only when the refresh token was definitely refused.
    pub async fn refresh(
        &self,
        refresh_token: &SecretString,
        observer: Arc<dyn CallObserver>,
    ) -> Result<TokenSet, ProviderError> {
        let operation = "oauth.refresh";
        let client = self.client();
        let old = RefreshToken::new(refresh_token.expose_secret().to_owned());
        let asked_at = self.clock.now();
        let way = self.way_out(operation, refresh_token, true, observer);
        let answer = client.exchange_refresh_token(&old).request_async(&way).await;
        self.tokens(operation, answer, Some(refresh_token), asked_at)
    }

    /// Gives the grant back (RFC 7009). A token that the provider does not know (any more) is a success.
    ///
    /// # Errors
    /// `Misconfigured` when the client was refused, or a transient kind.
    pub async fn revoke(
        &self,
        refresh_token: &SecretString,
        observer: Arc<dyn CallObserver>,
    ) -> Result<(), ProviderError> {
        let url = self.config.revoke.clone();
        let mut call = self.call("oauth.revoke", url, refresh_token, true, observer).judged(judge_revocation);
        call.headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        call.body = self.config.revoke_body.with(refresh_token);
        self.transport.send(&call).await.map(|_| ())
    }

    fn client(&self) -> OAuthClient<EndpointSet, EndpointSet> {
        OAuthClient::new(ClientId::new(self.config.client_id.clone()))
            .set_client_secret(ClientSecret::new(self.config.client_secret.expose_secret().to_owned()))
            .set_auth_uri(AuthUrl::from_url(self.config.authorize.clone()))
            .set_token_uri(TokenUrl::from_url(self.config.token.clone()))
    }

    fn call(
        &self,
        operation: &'static str,
        url: Url,
        secret: &SecretString,
        safe_to_repeat: bool,
        observer: Arc<dyn CallObserver>,
    ) -> Call {
        let config = &self.config;
        Call {
            auth: Auth::Basic(config.client_id.clone(), config.client_secret.clone()),
            secrets: vec![secret.clone()],
            write: true,
            safe_to_repeat,
            timeout: Some(TIMEOUT),
            ..Call::bare(operation, Method::POST, url, observer)
        }
    }

    fn way_out(
        &self,
        operation: &'static str,
        secret: &SecretString,
        safe_to_repeat: bool,
        observer: Arc<dyn CallObserver>,
    ) -> WayOut {
        let mut call = self.call(operation, self.config.token.clone(), secret, safe_to_repeat, observer);
        call.headers = self.config.token_headers.clone();
        WayOut { transport: self.transport.clone(), call: call.judged(judge_token_answer) }
    }

    fn tokens(
        &self,
        operation: &'static str,
        answer: Result<TokenAnswer, RequestTokenError<ProviderError, BasicErrorResponse>>,
        old_refresh_token: Option<&SecretString>,
        asked_at: DateTime<Utc>,
    ) -> Result<TokenSet, ProviderError> {
        let answer = answer.map_err(|error| token_error(operation, error))?;
        let config = &self.config;
        let refresh_token = answer.refresh_token().map(|token| SecretString::from(token.secret().as_str()));
        let own = |field: Option<&str>| field.and_then(|field| expiry(&answer.extra_fields().0, field, asked_at));
        Ok(TokenSet {
            access_token: SecretString::from(answer.access_token().secret().as_str()),
            // RFC 6749, 6: without a new one the old one stays valid.
            refresh_token: refresh_token
                .or_else(|| old_refresh_token.cloned())
                .ok_or_else(|| malformed(operation, "the token answer has no refresh_token"))?,
            access_expires_at: answer
                .expires_in()
                .and_then(|lasts| after(asked_at, lasts.as_secs()))
                .ok_or_else(|| malformed(operation, "the token answer has no usable expires_in"))?,
            refresh_expires_at: own(config.refresh_expires_in),
            refresh_hard_expires_at: own(config.refresh_hard_expires_in),
        })
    }
}

/// The `oauth2` crate's way to the network: its request as one of our calls.
struct WayOut {
    transport: Arc<dyn Transport>,
    /// Everything but headers and body.
    call: Call,
}

impl AsyncHttpClient<'_> for WayOut {
    type Error = ProviderError;
    type Future = BoxFuture<'static, Result<HttpResponse, ProviderError>>;

    fn call(&self, request: HttpRequest) -> Self::Future {
        let (transport, mut call) = (self.transport.clone(), self.call.clone());
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let unusable = |_| ProviderError::new(ErrorKind::Malformed, call.operation, "the token request is no text");
            call.body = Body::Form(String::from_utf8(body).map_err(unusable)?);
            let own = std::mem::replace(&mut call.headers, parts.headers);
            call.headers.extend(own);
            // Set again from `auth` and `body`, where the transport knows what they are.
            call.headers.remove(AUTHORIZATION);
            call.headers.remove(CONTENT_TYPE);
            let reply = transport.send(&call).await?;
            let mut response = HttpResponse::new(reply.bytes);
            *response.headers_mut() = reply.headers;
            Ok(response)
        })
    }
}

impl RevokeBody {
    fn with(self, token: &SecretString) -> Body {
        let token = token.expose_secret();
        match self {
            Self::Form => {
                Body::Form(url::form_urlencoded::Serializer::new(String::new()).append_pair("token", token).finish())
            }
            Self::Json => Body::Json(serde_json::json!({ "token": token }).to_string()),
        }
    }
}

/// The moment that a field with seconds names; a field that is absent or no number names none.
fn expiry(fields: &Map<String, Value>, field: &str, asked_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let seconds = match fields.get(field)? {
        Value::Number(number) => number.as_u64()?,
        Value::String(text) => text.parse().ok()?,
        _ => return None,
    };
    after(asked_at, seconds)
}

fn after(moment: DateTime<Utc>, seconds: u64) -> Option<DateTime<Utc>> {
    moment.checked_add_signed(TimeDelta::try_seconds(i64::try_from(seconds).ok()?)?)
}

fn token_error(operation: &'static str, error: RequestTokenError<ProviderError, BasicErrorResponse>) -> ProviderError {
    match error {
        RequestTokenError::Request(error) => error,
        // The parser's own words may quote the answer, which holds tokens: only the place is told.
        RequestTokenError::Parse(error, _) => {
            malformed(operation, &format!("the token answer cannot be read at {}", error.path()))
        }
        RequestTokenError::ServerResponse(_) => malformed(operation, "the token answer is an error after all"),
        RequestTokenError::Other(_) => malformed(operation, "the token answer is not JSON"),
    }
}

fn malformed(operation: &'static str, text: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Malformed, operation, text).retry(Retry::Backoff(None)).outcome(Outcome::Unknown)
}

/// An OAuth error body (RFC 6749, 5.2).
#[derive(Debug, Deserialize)]
struct ErrorBody {
    error: String,
    error_description: Option<String>,
}

/// What the answer of a token endpoint means. Pure.
///
/// # Errors
/// See the kinds in [`OAuth::refresh`].
pub fn judge_token_answer(reply: &Reply) -> Result<(), ProviderError> {
    let body = serde_json::from_slice::<ErrorBody>(&reply.bytes).ok();
    match (reply.status, body) {
        (429, _) => Err(ProviderError::new(ErrorKind::RateLimited, "", "too many token requests")
            .retry(Retry::Backoff(retry_after(reply)))),
        (500.., _) => Err(unavailable(reply)),
        (_, Some(body)) => Err(refusal(&body)),
        (200..=299, None) if is_json_object(&reply.bytes) => Ok(()),
        (status, None) => {
            Err(malformed("", &format!("the token endpoint answered HTTP {status} with nothing that can be read")))
        }
    }
}

/// What the answer of a revocation endpoint means: a client error other than a refused client says that there is no such
/// grant, which is what was wanted.
fn judge_revocation(reply: &Reply) -> Result<(), ProviderError> {
    match (reply.status, judge_token_answer(reply)) {
        (200..=299, Err(error)) if error.kind != ErrorKind::Malformed => Err(error),
        (200..=299, _) => Ok(()),
        (400, Err(error)) if error.code.as_deref() == Some("invalid_client") => Err(error),
        (400, _) => Ok(()),
        (_, judged) => judged,
    }
}

fn is_json_object(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Map<String, Value>>(bytes).is_ok()
}

fn unavailable(reply: &Reply) -> ProviderError {
    let text = format!("the token endpoint is down (HTTP {}); the grant itself is not in question", reply.status);
    ProviderError::new(ErrorKind::Unavailable, "", text)
        .retry(Retry::Backoff(retry_after(reply)))
        .outcome(Outcome::Unknown)
}

fn refusal(body: &ErrorBody) -> ProviderError {
    let (kind, hint) = match body.error.as_str() {
        "invalid_grant" => (ErrorKind::ConnectionExpired, "the grant is no longer valid; connect again"),
        "invalid_client" => (ErrorKind::Misconfigured, "client id or secret is wrong; check the provider's settings"),
        "unauthorized_client" | "unsupported_grant_type" | "invalid_scope" | "invalid_request" => {
            (ErrorKind::Misconfigured, "the request was refused; check client and redirect URI at the provider")
        }
        "temporarily_unavailable" | "server_error" => (ErrorKind::Unavailable, "the provider is not ready; try later"),
        _ => (ErrorKind::Rejected, "the provider refused"),
    };
    let text = match &body.error_description {
        Some(description) => format!("{hint} ({description})"),
        None => hint.to_owned(),
    };
    let transient = kind == ErrorKind::Unavailable;
    let error = ProviderError::new(kind, "", text).retry(if transient { Retry::Backoff(None) } else { Retry::Never });
    ProviderError { code: Some(body.error.clone()), ..error }
}
