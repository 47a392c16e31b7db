//! What the tests of this crate share: a scripted HTTP server, a token source and an observer that remember.
//!
//! Rule: real sockets on loopback; whatever was asked can be asserted whole.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, Response},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::Notify,
    task::JoinHandle,
};
use url::Url;

use crate::{
    error::{ErrorKind, ProviderError},
    session::{CallObserver, CallRecord, Session, TokenSource},
    settings::{ProviderSettings, TransportSettings},
};

/// A request that the stub received.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// What the stub does with a request.
pub(crate) enum Answer {
    Reply(Response<Body>),
    Hang,
}

/// An answer with a body.
pub(crate) fn reply(status: u16, body: impl Into<String>) -> Answer {
    reply_with(status, &[], body)
}

/// An answer with headers and a body.
pub(crate) fn reply_with(status: u16, headers: &[(&str, &str)], body: impl Into<String>) -> Answer {
    let mut builder = Response::builder().status(status);
    if !headers.iter().any(|(name, _)| *name == "content-type") {
        builder = builder.header("content-type", "application/json;charset=UTF-8");
    }
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    Answer::Reply(builder.body(Body::from(body.into())).unwrap())
}

/// A scripted HTTP server. Dropping it stops it.
pub(crate) struct Stub {
    pub(crate) url: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
    arrived: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Stub {
    /// Answers each request by the script, which is given the request and how many came before it.
    pub(crate) async fn start(script: impl Fn(&Seen, usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let (seen, arrived) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Notify::new()));
        let (script, log, bell) = (Arc::new(script), seen.clone(), arrived.clone());
        let url = base(listener.local_addr().unwrap());
        let router = Router::new().fallback(move |request: Request<Body>| {
            let (script, log, bell) = (script.clone(), log.clone(), bell.clone());
            async move {
                let (parts, body) = request.into_parts();
                let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
                let seen = Seen {
                    method: parts.method.to_string(),
                    url: parts.uri.to_string(),
                    headers: parts.headers,
                    body: String::from_utf8(body.to_vec()).unwrap(),
                };
                let before = {
                    let mut log = log.lock().unwrap();
                    log.push(seen.clone());
                    log.len() - 1
                };
                bell.notify_one();
                match script(&seen, before) {
                    Answer::Reply(response) => response,
                    Answer::Hang => std::future::pending().await,
                }
            }
        });
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, seen, arrived, task }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn urls(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.url).collect()
    }

    /// Waits until another request has arrived.
    pub(crate) async fn arrival(&self) {
        self.arrived.notified().await;
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A server that writes `answer` to every connection as it is, and closes it; without reading first if that is empty,
/// which the other side sees as a reset.
pub(crate) async fn raw_server(answer: &'static str) -> (Url, JoinHandle<()>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = base(listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            if !answer.is_empty() {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await.unwrap();
                stream.write_all(answer.as_bytes()).await.unwrap();
                stream.shutdown().await.unwrap();
            }
        }
    });
    (url, task)
}

fn base(address: SocketAddr) -> Url {
    Url::parse(&format!("http://{address}/")).unwrap()
}

/// Transport settings that let a test end soon.
pub(crate) fn quick() -> TransportSettings {
    TransportSettings {
        timeout: Duration::from_secs(20),
        backoff_base: Duration::from_millis(2),
        backoff_max: Duration::from_millis(20),
        rate_limited_pause: Duration::from_millis(10),
        requests_per_second: Some(1000),
        ..TransportSettings::default()
    }
}

/// Settings of a provider whose named endpoints all lead to `base`.
pub(crate) fn provider_settings(base: &Url, names: &[&str]) -> ProviderSettings {
    let endpoint =
        |name: &&str| ((*name).to_owned(), if *name == "api" { base.clone() } else { base.join(name).unwrap() });
    ProviderSettings {
        client_id: "client-1".to_owned(),
        client_secret: SecretString::from("CANARY-client-secret"),
        environment: None,
        endpoints: names.iter().map(endpoint).collect::<BTreeMap<_, _>>(),
        webhook_key: None,
        options: BTreeMap::new(),
        transport: quick(),
    }
}

/// Gives `token-0`, and after each refusal of the current one the next; remembers the refusals.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    refused: Mutex<Vec<String>>,
    /// Fails instead, if set.
    pub(crate) failure: Mutex<Option<ProviderError>>,
}

impl Tokens {
    pub(crate) fn refused(&self) -> Vec<String> {
        self.refused.lock().unwrap().clone()
    }

    fn current(&self) -> Result<SecretString, ProviderError> {
        if let Some(failure) = self.failure.lock().unwrap().clone() {
            return Err(failure);
        }
        Ok(SecretString::from(format!("CANARY-token-{}", self.refused.lock().unwrap().len())))
    }
}

#[async_trait]
impl TokenSource for Tokens {
    async fn access_token(&self) -> Result<SecretString, ProviderError> {
        self.current()
    }

    async fn replace_token(&self, rejected: &SecretString) -> Result<SecretString, ProviderError> {
        self.refused.lock().unwrap().push(rejected.expose_secret().to_owned());
        self.current()
    }
}

/// An observer that keeps every record.
#[derive(Debug, Default)]
pub(crate) struct Records {
    kept: Mutex<Vec<CallRecord>>,
    arrived: Notify,
}

impl Records {
    pub(crate) fn all(&self) -> Vec<CallRecord> {
        self.kept.lock().unwrap().clone()
    }

    /// Waits until another record has come.
    pub(crate) async fn arrival(&self) {
        self.arrived.notified().await;
    }
}

#[async_trait]
impl CallObserver for Records {
    async fn observe(&self, record: CallRecord) {
        self.kept.lock().unwrap().push(record);
        self.arrived.notify_one();
    }
}

/// A session with what it is made of.
pub(crate) struct Sitting {
    pub(crate) session: Session,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) records: Arc<Records>,
}

pub(crate) fn sitting(company: &str) -> Sitting {
    let (tokens, records) = (Arc::new(Tokens::default()), Arc::new(Records::default()));
    let session = Session { company: company.to_owned(), tokens: tokens.clone(), observer: records.clone() };
    Sitting { session, tokens, records }
}

/// The error of a token source whose grant is gone.
pub(crate) fn expired() -> ProviderError {
    ProviderError::new(ErrorKind::ConnectionExpired, "oauth.refresh", "connect again")
}
