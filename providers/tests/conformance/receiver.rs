//! A receiver of webhooks on loopback, and the arithmetic to sign announcements of our own.
//!
//! Rule: which header carries the signature is learned from a genuine delivery, so that no provider is named here.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::HeaderMap,
    routing::post,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use providers::model::WebhookRequest;
use sha2::{Digest, Sha256};
use tokio::{net::TcpListener, sync::Notify, task::JoinHandle};
use url::Url;

/// One delivery.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Delivery {
    pub fn request(&self) -> WebhookRequest<'_> {
        WebhookRequest { headers: &self.headers, body: &self.body }
    }

    /// The same delivery with another body, signed anew.
    pub fn signed(&self, key: &str, body: Vec<u8>) -> Self {
        let name = self.signature_header(key);
        let mut headers = self.headers.clone();
        headers.iter_mut().filter(|(header, _)| *header == name).for_each(|(_, value)| *value = signature(key, &body));
        Self { headers, body }
    }

    /// The header that carries the signature.
    pub fn signature_header(&self, key: &str) -> String {
        let right = signature(key, &self.body);
        let found = self.headers.iter().find(|(_, value)| *value == right);
        found.map(|(name, _)| name.clone()).expect("a header with the HMAC-SHA256 of the body in Base64")
    }
}

/// HMAC-SHA256 (RFC 2104) in Base64.
pub fn signature(key: &str, body: &[u8]) -> String {
    let mut padded = [0_u8; 64];
    if key.len() > padded.len() {
        padded[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        padded[..key.len()].copy_from_slice(key.as_bytes());
    }
    let pad = |byte: u8| padded.map(|key| key ^ byte);
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(body).finalize();
    STANDARD.encode(Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize())
}

#[derive(Default)]
struct Inbox {
    kept: Mutex<Vec<Delivery>>,
    bell: Notify,
}

/// The receiver.
pub struct Receiver {
    pub url: Url,
    inbox: Arc<Inbox>,
    task: JoinHandle<()>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = Url::parse(&format!("http://{}/hook", listener.local_addr().unwrap())).unwrap();
        let inbox = Arc::new(Inbox::default());
        let router =
            Router::new().route("/hook", post(take)).layer(DefaultBodyLimit::disable()).with_state(inbox.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, inbox, task }
    }

    /// Waits for a delivery that is `wanted`.
    pub async fn delivery(&self, wanted: impl Fn(&Delivery) -> bool) -> Delivery {
        loop {
            let rung = self.inbox.bell.notified();
            if let Some(found) = self.inbox.kept.lock().unwrap().iter().find(|delivery| wanted(delivery)) {
                return found.clone();
            }
            rung.await;
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn take(State(inbox): State<Arc<Inbox>>, headers: HeaderMap, body: Bytes) {
    let headers = headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap().to_owned()));
    inbox.kept.lock().unwrap().push(Delivery { headers: headers.collect(), body: body.to_vec() });
    inbox.bell.notify_waiters();
}
