//! The OAuth 2.0 steps that providers share (RFC 6749, RFC 7009): where to ask for consent, code for tokens, new tokens
//! for old, giving the grant back.
//!
//! Rule: every step goes through the transport, so it is observed, timed and retried like any other call; and only a
//! definite `invalid_grant` says that a grant is gone. An outage never does.

mod discovery;
mod judge;

use std::{fmt, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use oauth2::{
    AsyncHttpClient, AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, ExtraTokenFields,
    HttpRequest, HttpResponse, RedirectUrl, RefreshToken, RequestTokenError, Scope, StandardRevocableToken,
    StandardTokenResponse, TokenResponse, TokenUrl,
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

pub use self::discovery::OAuthEndpoints;
use self::{
    discovery::{Directory, Step},
    judge::malformed,
};
use crate::{
    clock::Clock,
    error::{ErrorKind, ProviderError},
    provider::{AuthorizationRequest, Callback, TokenSet},
    session::CallObserver,
    transport::{Auth, Body, Call, Transport},
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
    /// Where the steps are found.
    pub endpoints: OAuthEndpoints,
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
    directory: Directory,
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

type OAuthClient = Client<
    BasicErrorResponse,
    TokenAnswer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
>;

impl OAuth {
    /// Steps that go through `transport`.
    pub fn new(config: OAuthConfig, transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        let directory = Directory::new(config.endpoints.clone());
        Self { config, directory, transport, clock }
    }

    /// Where to send the user (RFC 6749, 4.1.1).
    ///
    /// # Errors
    /// Only of the discovery document, where there is one to be read.
    pub async fn authorization_url(
        &self,
        request: &AuthorizationRequest,
        observer: Arc<dyn CallObserver>,
    ) -> Result<Url, ProviderError> {
        let authorize = self.find(Step::Authorize, &observer).await?;
        let client = self.client().set_auth_uri(AuthUrl::from_url(authorize));
        let client = client.set_redirect_uri(RedirectUrl::from_url(request.redirect_uri.clone()));
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
        let token = self.find(Step::Token, &observer).await?;
        let call = Call { safe_to_repeat: false, ..self.call("oauth.exchange", token, &callback.code, observer) };
        let code = AuthorizationCode::new(callback.code.expose_secret().to_owned());
        let client = self.client().set_token_uri(TokenUrl::from_url(call.url.clone()));
        let client = client.set_redirect_uri(RedirectUrl::from_url(redirect_uri.clone()));
        let asked_at = self.clock.now();
        let answer = client.exchange_code(code).request_async(&self.way_out(&call)).await;
        self.tokens(call.operation, answer, None, asked_at)
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
        let token = self.find(Step::Token, &observer).await?;
        let call = self.call("oauth.refresh", token, refresh_token, observer);
        let old = RefreshToken::new(refresh_token.expose_secret().to_owned());
        let client = self.client().set_token_uri(TokenUrl::from_url(call.url.clone()));
        let asked_at = self.clock.now();
        let answer = client.exchange_refresh_token(&old).request_async(&self.way_out(&call)).await;
        self.tokens(call.operation, answer, Some(refresh_token), asked_at)
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
        let revoke = self.find(Step::Revoke, &observer).await?;
        let call = self
            .call("oauth.revoke", revoke, refresh_token, observer)
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .body(self.config.revoke_body.with(refresh_token))
            .judged(judge::revocation);
        self.transport.send(&call).await.map(|_| ())
    }

    async fn find(&self, step: Step, observer: &Arc<dyn CallObserver>) -> Result<Url, ProviderError> {
        self.directory.find(step, self.transport.as_ref(), observer).await
    }

    fn client(&self) -> OAuthClient {
        OAuthClient::new(ClientId::new(self.config.client_id.clone()))
            .set_client_secret(ClientSecret::new(self.config.client_secret.expose_secret().to_owned()))
    }

    /// A call that carries `secret` and may be repeated.
    fn call(&self, operation: &'static str, url: Url, secret: &SecretString, observer: Arc<dyn CallObserver>) -> Call {
        let config = &self.config;
        Call {
            auth: Auth::Basic(config.client_id.clone(), config.client_secret.clone()),
            secrets: vec![secret.clone()],
            write: true,
            timeout: Some(TIMEOUT),
            ..Call::bare(operation, Method::POST, url, observer)
        }
    }

    fn way_out(&self, call: &Call) -> WayOut {
        let call = Call { headers: self.config.token_headers.clone(), ..call.clone() };
        WayOut { transport: self.transport.clone(), call: call.judged(judge::token_answer) }
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
