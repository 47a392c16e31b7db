//! A gateway on loopback, and a client for it.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{TimeDelta, Utc};
use entity::{BusinessId, Role, TypedId};
use providers::clock::SystemClock;
use reqwest::{RequestBuilder, Response, header};
use serde_json::{Value, json};
use stockbridge::{
    auth::{Authenticator, Grant, mint},
    config::{Auth, Limits, SecretText},
    http::{self, AppParts, CallbackRefusal, Lifecycle, OAuthCallback, Origins, Probe, Readiness},
};
use tokio::task::JoinHandle;
use url::Url;

use super::schema::{Watch, schema};

pub(crate) const BUSINESS: &str = "biz_01h455vb4pex5vsknk084sn02q";
pub(crate) const NEW: &str = "application/graphql-response+json";
pub(crate) const OLD: &str = "application/json";

/// Records callbacks, and answers as told.
#[derive(Debug, Default)]
pub(crate) struct Callbacks {
    pub(crate) seen: Mutex<Vec<(String, Url)>>,
    pub(crate) target: Mutex<Option<String>>,
}

#[async_trait]
impl OAuthCallback for Callbacks {
    async fn complete(&self, provider: &str, callback: Url) -> Result<String, CallbackRefusal> {
        self.seen.lock().unwrap().push((provider.to_owned(), callback));
        let target = self.target.lock().unwrap().clone();
        target.ok_or_else(|| CallbackRefusal {
            message: "This link <b>was used</b> already.".to_owned(),
            help: "Connect again.".to_owned(),
        })
    }
}

/// A part whose health a test decides.
#[derive(Debug, Default)]
pub(crate) struct Part(pub(crate) Mutex<Option<String>>);

#[async_trait]
impl Probe for Part {
    fn name(&self) -> &'static str {
        "database"
    }

    async fn probe(&self) -> Result<(), String> {
        self.0.lock().unwrap().clone().map_or(Ok(()), Err)
    }
}

pub(crate) struct Setup {
    pub(crate) limits: Limits,
    pub(crate) origins: Vec<Url>,
    pub(crate) introspection: bool,
    pub(crate) console: bool,
    pub(crate) deadline: Duration,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            origins: vec!["https://console.example".parse().unwrap()],
            introspection: true,
            console: true,
            deadline: Duration::from_secs(10),
        }
    }
}

impl Setup {
    pub(crate) fn limits(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) watch: Arc<Watch>,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) callbacks: Arc<Callbacks>,
    pub(crate) part: Arc<Part>,
    pub(crate) task: JoinHandle<std::io::Result<()>>,
    auth: Auth,
    client: reqwest::Client,
}

pub(crate) async fn start() -> Server {
    start_with(Setup::default()).await
}

pub(crate) async fn start_with(setup: Setup) -> Server {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let auth = Auth {
        hs256_secret: Some(SecretText::new("0123456789012345678901234567890123456789")),
        audience: Some("stockbridge".to_owned()),
        leeway_seconds: 0,
        ..Auth::default()
    };
    let listener = http::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (watch, lifecycle) = (Arc::new(Watch::default()), Lifecycle::default());
    let (callbacks, part) = (Arc::new(Callbacks::default()), Arc::new(Part::default()));
    let executor = schema(Arc::clone(&watch));
    let public_url: Url = format!("http://{address}/").parse().unwrap();
    let router = http::router(AppParts {
        sdl: executor.sdl(),
        executor,
        authenticator: Arc::new(Authenticator::new(&auth, Arc::new(SystemClock)).unwrap()),
        limits: setup.limits,
        introspection: setup.introspection,
        origins: Origins::new(setup.origins.iter().chain([&public_url])),
        public_url,
        oauth: Arc::clone(&callbacks) as Arc<dyn OAuthCallback>,
        announcements: None,
        files: None,
        readiness: Readiness::of([Arc::clone(&part) as Arc<dyn Probe>]),
        metrics: stockbridge::telemetry::start_metrics(),
        console: setup.console,
        lifecycle: lifecycle.clone(),
    })
    .unwrap();
    let task = tokio::spawn(http::serve(listener, router, lifecycle.clone(), setup.deadline));
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    Server { address, watch, lifecycle, callbacks, part, task, auth, client }
}

impl Server {
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A token of an owner that ends in so many seconds.
    pub(crate) fn token(&self, seconds: i64) -> String {
        self.token_for(BUSINESS, Role::Owner, seconds, &self.auth)
    }

    pub(crate) fn token_with(&self, change: impl FnOnce(&mut Auth)) -> String {
        let mut auth = self.auth.clone();
        change(&mut auth);
        self.token_for(BUSINESS, Role::Owner, 60, &auth)
    }

    pub(crate) fn token_of(&self, business: &str, role: Role) -> String {
        self.token_for(business, role, 60, &self.auth)
    }

    fn token_for(&self, business: &str, role: Role, seconds: i64, auth: &Auth) -> String {
        let issued_at = Utc::now();
        let business = BusinessId::parse(business).unwrap();
        let expires_at = issued_at + TimeDelta::seconds(seconds);
        mint(auth, &Grant { subject: "user-7".to_owned(), business, role, issued_at, expires_at }).unwrap()
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path))
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(self.url(path))
    }

    pub(crate) fn method(&self, method: &str, path: &str) -> RequestBuilder {
        self.client.request(method.parse().unwrap(), self.url(path))
    }

    /// A POST of an operation with a good token.
    pub(crate) fn operation(&self, body: &Value) -> RequestBuilder {
        self.post("/graphql").bearer_auth(self.token(60)).header(header::ACCEPT, NEW).json(body)
    }

    /// The status and body of an operation.
    pub(crate) async fn ask(&self, query: &str) -> (u16, Value) {
        answer(self.operation(&json!({ "query": query }))).await
    }

    /// The data of an operation that must succeed.
    pub(crate) async fn data(&self, query: &str) -> Value {
        let (status, body) = self.ask(query).await;
        assert_eq!((status, body.get("errors")), (200, None), "{body}");
        body["data"].clone()
    }

    /// Code and message of the first error of an operation.
    pub(crate) async fn error(&self, query: &str) -> (u16, String, String) {
        let (status, body) = self.ask(query).await;
        let error = &body["errors"][0];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (status, text(&error["extensions"]["code"]), text(&error["message"]))
    }
}

pub(crate) async fn answer(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.json().await.unwrap())
}

pub(crate) fn head<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// Waits until something is so; fails after ten seconds.
pub(crate) async fn until(what: &str, so: impl Fn() -> bool) {
    let waited = async {
        while !so() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), waited).await.unwrap_or_else(|_| panic!("never happened: {what}"));
}
