//! The innermost layer: one request over the wire, one answer read to its end.
//!
//! Rule: it follows no redirect, reads no more than the cap, sends nothing in clear text but to loopback, and says of a
//! failure whether the request can have reached the other side.

use std::{error::Error as _, net::IpAddr, sync::Once};

use async_trait::async_trait;
use reqwest::{
    Client, RequestBuilder, Response,
    header::{CONTENT_TYPE, HeaderValue},
    redirect::Policy,
};
use secrecy::ExposeSecret;
use url::{Host, Url};

use super::{Auth, Call, Reply, Transport};
use crate::{
    error::{ErrorKind, Outcome, ProviderError, Retry},
    settings::TransportSettings,
};

const USER_AGENT: &str = concat!("stockbridge/", env!("CARGO_PKG_VERSION"));

/// Sends requests with one pooled client.
#[derive(Debug)]
pub struct Http {
    client: Client,
    answer_bytes_max: usize,
    trace_header: &'static str,
}

impl Http {
    /// Makes the client. Without `tls` no root certificates are loaded and no `https` host can be reached.
    ///
    /// # Errors
    /// `Misconfigured` when the system has no root certificates.
    pub fn new(settings: &TransportSettings, trace_header: &'static str, tls: bool) -> Result<Self, ProviderError> {
        install_crypto();
        let builder = Client::builder()
            .user_agent(USER_AGENT)
            .redirect(Policy::none())
            .connect_timeout(settings.connect_timeout)
            .gzip(true);
        let builder = if tls { builder } else { builder.tls_certs_only([]) };
        let client = builder.build().map_err(|error| {
            let text = format!("the HTTP client cannot be made ({}); are root certificates installed?", cause(&error));
            ProviderError::new(ErrorKind::Misconfigured, "http.client", text)
        })?;
        Ok(Self { client, answer_bytes_max: settings.answer_bytes_max, trace_header })
    }

    fn request(&self, call: &Call) -> RequestBuilder {
        let mut request = self.client.request(call.method.clone(), call.url.clone()).headers(call.headers.clone());
        if let Some((kind, text)) = call.body.parts() {
            request = request.header(CONTENT_TYPE, HeaderValue::from_static(kind)).body(text.to_owned());
        }
        match (&call.auth, &call.stamp.token) {
            (Auth::Basic(id, secret), _) => request.basic_auth(id, Some(secret.expose_secret())),
            (Auth::Bearer(_), Some(token)) => request.bearer_auth(token.expose_secret()),
            (Auth::Bearer(_) | Auth::None, _) => request,
        }
    }

    async fn read(&self, call: &Call, mut response: Response) -> Result<Reply, ProviderError> {
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let trace_id = headers.get(self.trace_header).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let announced = usize::try_from(response.content_length().unwrap_or(0)).unwrap_or(usize::MAX);
        let mut bytes = Vec::with_capacity(announced.min(self.answer_bytes_max));
        let with_answer = |mut error: ProviderError| {
            error.http_status = Some(status);
            error.trace_id.clone_from(&trace_id);
            error
        };
        while let Some(chunk) = response.chunk().await.map_err(|error| with_answer(failure(call, &error)))? {
            if bytes.len() + chunk.len() > self.answer_bytes_max {
                return Err(with_answer(too_large(call, self.answer_bytes_max)));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Reply { status, headers, bytes, trace_id })
    }
}

#[async_trait]
impl Transport for Http {
    async fn send(&self, call: &Call) -> Result<Reply, ProviderError> {
        if !may_be_called(&call.url) {
            let host = call.url.host_str().unwrap_or("the host");
            let text = format!("{host} must be called with https; plain http is for loopback alone");
            return Err(ProviderError::new(ErrorKind::Misconfigured, call.operation, text));
        }
        let response = self.request(call).send().await.map_err(|error| failure(call, &error))?;
        self.read(call, response).await
    }
}

/// The TLS library asks for one process-wide choice of cryptography.
pub(crate) fn install_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Fails only when the program has already chosen, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// `https` anywhere, `http` on loopback.
fn may_be_called(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url))
}

/// Whether the host is this machine.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn failure(call: &Call, error: &reqwest::Error) -> ProviderError {
    let host = call.url.host_str().unwrap_or("the provider");
    let (text, outcome) = if error.is_builder() {
        (format!("the request cannot be made: {}", cause(error)), Outcome::NotApplied)
    } else if error.is_connect() {
        (format!("{host} cannot be reached: {}", cause(error)), Outcome::NotApplied)
    } else if error.is_decode() || error.is_body() {
        (format!("the answer of {host} broke off: {}", cause(error)), Outcome::Unknown)
    } else {
        (format!("the connection to {host} broke: {}", cause(error)), Outcome::Unknown)
    };
    let retry = if error.is_builder() { Retry::Never } else { Retry::Backoff(None) };
    ProviderError::new(ErrorKind::Unavailable, call.operation, text).retry(retry).outcome(outcome)
}

fn too_large(call: &Call, max: usize) -> ProviderError {
    let text = format!("the answer is larger than the {max} bytes allowed");
    ProviderError::new(ErrorKind::Malformed, call.operation, text).outcome(Outcome::Unknown)
}

/// The innermost cause: the outer errors repeat the URL and say little.
fn cause(error: &reqwest::Error) -> String {
    let mut inner: Option<&(dyn std::error::Error + 'static)> = error.source();
    let mut text = "no further cause".to_owned();
    while let Some(error) = inner {
        text = error.to_string();
        inner = error.source();
    }
    text
}
