//! A call and its answer, as the layers hand them on.
//!
//! Rule: a call knows everything the layers decide by (whether it writes, whether a repeat is harmless, whose limits
//! it uses), and neither it nor its answer shows a body or a header in `Debug`.

use std::{fmt, sync::Arc, time::Duration};

use chrono::DateTime;
use reqwest::{
    Method,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use secrecy::SecretString;
use url::Url;

use crate::{
    error::ProviderError,
    session::{CallObserver, Session, TokenSource},
};

/// Decides what an answer means; provider specific and pure.
pub type Judge = Arc<dyn Fn(&Reply) -> Result<(), ProviderError> + Send + Sync>;

/// Body of a request.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Body {
    /// None.
    #[default]
    None,
    /// JSON text.
    Json(String),
    /// Pairs, already form-encoded.
    Form(String),
    /// Text of the given content type.
    Text(&'static str, String),
}

impl Body {
    /// Its content type and text.
    pub fn parts(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::None => None,
            Self::Json(text) => Some(("application/json", text)),
            Self::Form(text) => Some(("application/x-www-form-urlencoded", text)),
            Self::Text(kind, text) => Some((kind, text)),
        }
    }
}

/// How a request shows who sends it.
#[derive(Clone, Default)]
pub enum Auth {
    /// It does not.
    #[default]
    None,
    /// With an access token, asked for just before sending.
    Bearer(Arc<dyn TokenSource>),
    /// With the client's id and secret.
    Basic(String, SecretString),
}

/// One call.
#[derive(Clone)]
pub struct Call {
    /// Operation name, for example `item.query`.
    pub operation: &'static str,
    /// HTTP method.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// Headers beside authorization and content type.
    pub headers: HeaderMap,
    /// Body.
    pub body: Body,
    /// Who sends it.
    pub auth: Auth,
    /// Secrets that it carries beside those in `auth`; taken out of every record and error.
    pub secrets: Vec<SecretString>,
    /// Whether it changes something.
    pub write: bool,
    /// Whether it may be sent again when nobody knows whether it took effect.
    pub safe_to_repeat: bool,
    /// Whose limits it uses; none if `None`.
    pub company: Option<String>,
    /// Who is told of every attempt.
    pub observer: Arc<dyn CallObserver>,
    /// Decides what the answer means.
    pub judge: Judge,
    /// The longest it may take, where it differs from the settings.
    pub timeout: Option<Duration>,
    /// What the layers have made of it so far.
    pub(crate) stamp: Stamp,
}

/// What the layers note on their copy of a call.
#[derive(Clone)]
pub(crate) struct Stamp {
    /// 1 for the first attempt.
    pub(crate) attempt: u32,
    /// The access token has been replaced for this call.
    pub(crate) refreshed: bool,
    /// The access token to send.
    pub(crate) token: Option<SecretString>,
}

impl Call {
    /// A read for a session's company.
    pub fn read(operation: &'static str, method: Method, url: Url, session: &Session) -> Self {
        Self {
            auth: Auth::Bearer(session.tokens.clone()),
            company: Some(session.company.clone()),
            ..Self::bare(operation, method, url, session.observer.clone())
        }
    }

    /// A read for no company and without authorization.
    pub fn bare(operation: &'static str, method: Method, url: Url, observer: Arc<dyn CallObserver>) -> Self {
        Self {
            operation,
            method,
            url,
            headers: HeaderMap::new(),
            body: Body::None,
            auth: Auth::None,
            secrets: Vec::new(),
            write: false,
            safe_to_repeat: true,
            company: None,
            observer,
            judge: Arc::new(|_| Ok(())),
            timeout: None,
            stamp: Stamp { attempt: 1, refreshed: false, token: None },
        }
    }

    /// Sets the judge.
    #[must_use]
    pub fn judged(mut self, judge: impl Fn(&Reply) -> Result<(), ProviderError> + Send + Sync + 'static) -> Self {
        self.judge = Arc::new(judge);
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("company", &self.company)
            .field("attempt", &self.stamp.attempt)
            .finish_non_exhaustive()
    }
}

/// An answer, read to its end.
#[derive(Clone)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, decompressed.
    pub bytes: Vec<u8>,
    /// The provider's trace id.
    pub trace_id: Option<String>,
}

impl Reply {
    /// Whether the status says success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("bytes", &self.bytes.len())
            .field("trace_id", &self.trace_id)
            .finish_non_exhaustive()
    }
}

/// The pause that a `Retry-After` header advises (RFC 9110, 10.2.3), a date being compared with the answer's own.
pub fn retry_after(reply: &Reply) -> Option<Duration> {
    let advice = reply.header("retry-after")?.trim();
    if let Ok(seconds) = advice.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DateTime::parse_from_rfc2822(advice).ok()?;
    let now = DateTime::parse_from_rfc2822(reply.header("date")?).ok()?;
    Some((until - now).to_std().unwrap_or_default())
}
