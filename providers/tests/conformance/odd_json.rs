//! A proxy that says the same in odder words: numbers as strings, numeric strings as numbers, unknown fields, and nothing
//! at all in place of nulls and of empty texts.
//!
//! Rule: what it changes, a careful reader does not notice. It changes answers of success alone, and no text that is not
//! exactly a number.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, Response, Uri},
};
use providers::settings::ProviderSettings;
use serde_json::{Map, Number, Value, json};
use tokio::{net::TcpListener, task::JoinHandle};
use url::Url;

#[derive(Clone)]
struct Behind {
    origin: Url,
    client: reqwest::Client,
    changed: Arc<AtomicUsize>,
}

/// The proxy.
pub struct Proxy {
    url: Url,
    behind: Behind,
    task: JoinHandle<()>,
}

impl Proxy {
    /// In front of the host that the settings' endpoints lead to.
    pub async fn start(settings: &ProviderSettings) -> Self {
        let mut origin = settings.endpoints.values().next().expect("a sandbox has endpoints").clone();
        origin.set_path("/");
        origin.set_query(None);
        let client = reqwest::Client::builder().tls_certs_only([]).build().unwrap();
        let behind = Behind { origin, client, changed: Arc::default() };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let router = Router::new().fallback(forward).with_state(behind.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, behind, task }
    }

    /// Settings whose endpoints lead through it.
    pub fn settings(&self, settings: &ProviderSettings) -> ProviderSettings {
        let mut settings = settings.clone();
        for endpoint in settings.endpoints.values_mut() {
            endpoint.set_port(self.url.port()).unwrap();
        }
        settings
    }

    /// How many answers it changed.
    pub fn changed(&self) -> usize {
        self.behind.changed.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn forward(
    State(behind): State<Behind>,
    method: Method,
    uri: Uri,
    mut headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let url = behind.origin.join(uri.path_and_query().unwrap().as_str()).unwrap();
    for name in ["host", "content-length", "accept-encoding"] {
        headers.remove(name);
    }
    let answer = behind.client.request(method, url).headers(headers).body(body).send().await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut bytes = answer.bytes().await.unwrap().to_vec();
    if status.is_success()
        && let Ok(value) = serde_json::from_slice::<Value>(&bytes)
    {
        bytes = odd(value).to_string().into_bytes();
        behind.changed.fetch_add(1, Ordering::Relaxed);
    }
    let mut response = Response::builder().status(status);
    for (name, value) in
        headers.iter().filter(|(name, _)| !["content-length", "transfer-encoding"].contains(&name.as_str()))
    {
        response = response.header(name, value);
    }
    response.body(Body::from(bytes)).unwrap()
}

fn odd(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::String(number.to_string()),
        Value::String(text) => exact_number(&text).map_or(Value::String(text), Value::Number),
        Value::Array(values) => Value::Array(values.into_iter().map(odd).collect()),
        Value::Object(fields) => Value::Object(odd_object(fields)),
        other => other,
    }
}

fn odd_object(fields: Map<String, Value>) -> Map<String, Value> {
    let known = fields.into_iter().filter(|(_, value)| !is_empty(value));
    let mut fields: Map<String, Value> = known.map(|(name, value)| (name, odd(value))).collect();
    fields.insert("SomethingNew".to_owned(), json!({"of": ["a", "later", 1, "version"], "none": null}));
    fields
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        // A list that is missing is not an empty one: it might be the records themselves.
        Value::Array(_) | Value::Object(_) | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The number that a text is, if writing it gives that text again.
fn exact_number(text: &str) -> Option<Number> {
    let plain = !text.is_empty() && text.len() < 10 && text.bytes().all(|byte| byte.is_ascii_digit());
    let number: Number = serde_json::from_str(text).ok().filter(|_| plain)?;
    (number.to_string() == text).then_some(number)
}
