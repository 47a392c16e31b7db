//! Stands between a provider and its sandbox: passes a call on once, and answers it from memory ever after.
//!
//! Rule: the bytes of a body are never touched, so that whoever reads them reads the same ones.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Result;
use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use reqwest::Client;
use tokio::{net::TcpListener, task::JoinHandle};
use url::Url;

/// Bytes of a request beyond which it is none of ours.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// What was answered to which method, address and body.
type Answers = BTreeMap<(String, String, Vec<u8>), (u16, Option<String>, Bytes)>;

/// A running replay. Dropping it ends it.
#[derive(Debug)]
pub struct Replay {
    /// Where it is.
    pub url: Url,
    state: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    before: Url,
    client: Client,
    answers: Mutex<Answers>,
}

impl Replay {
    /// Before this server.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(before: Url) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = Url::parse(&format!("http://{}/", listener.local_addr()?))?;
        let state = Arc::new(Shared { before, client: Client::new(), answers: Mutex::default() });
        let router = Router::new().fallback(pass).with_state(Arc::clone(&state));
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the replay ended");
            }
        });
        Ok(Self { url, state, task })
    }

    /// An address of the server behind, as it is here.
    ///
    /// # Errors
    /// When it is no address of it.
    pub fn here(&self, there: &Url) -> Result<Url> {
        let rest = there.as_str().strip_prefix(self.state.before.as_str());
        let rest = rest.ok_or_else(|| anyhow::anyhow!("{there} is elsewhere"))?;
        Ok(self.url.join(rest)?)
    }

    /// What was asked for so far: method, address, body, and the bytes of each answer.
    pub fn answers(&self) -> Vec<(String, Url, Vec<u8>, Bytes)> {
        let answers = self.state.answers.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let here = |path: String| self.url.join(&path).ok();
        answers
            .into_iter()
            .filter_map(|((method, path, body), (.., bytes))| Some((method, here(path)?, body, bytes)))
            .collect()
    }

    /// Starts anew.
    pub fn forget(&self) {
        self.state.answers.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(State(state): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let key = (parts.method.to_string(), path, body.to_vec());
    let known = state.answers.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    let (status, kind, bytes) = match known {
        Some(known) => known,
        None => match ask(&state, &parts, &key.1, body).await {
            Ok(answer) => {
                state.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(key, answer.clone());
                answer
            }
            Err(error) => return (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
        },
    };
    let mut response = Response::builder().status(status);
    if let Some(kind) = kind {
        response = response.header(header::CONTENT_TYPE, kind);
    }
    response.body(Body::from(bytes)).unwrap_or_else(|_| StatusCode::BAD_GATEWAY.into_response())
}

async fn ask(
    state: &Shared,
    parts: &axum::http::request::Parts,
    path: &str,
    body: Bytes,
) -> Result<(u16, Option<String>, Bytes)> {
    let mut headers = parts.headers.clone();
    // Its own connection has its own; an answer is kept as it is, not packed.
    for name in [header::HOST, header::CONTENT_LENGTH, header::ACCEPT_ENCODING] {
        headers.remove(name);
    }
    let request = state.client.request(parts.method.clone(), state.before.join(path)?).headers(headers).body(body);
    let answer = request.send().await?;
    let status = answer.status().as_u16();
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).map(str::to_owned);
    Ok((status, kind, answer.bytes().await?))
}
