//! Webhooks on their way out: posted, repeated on failure, dropped in the end.
//!
//! Rule: a delivery is the same bytes and headers at every attempt; what they say and how they are signed is the
//! sandbox's own business. Deliveries that wait are not kept over a restart.

use std::{sync::Arc, time::Duration};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use reqwest::{Client, redirect::Policy};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;
use url::Url;

/// One delivery.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    /// Where to.
    pub(crate) to: Url,
    /// Headers, the signature among them.
    pub(crate) headers: Vec<(String, String)>,
    /// Body.
    pub(crate) body: Vec<u8>,
    /// The longest wait for an answer.
    pub(crate) patience: Duration,
    /// Pauses before the second and each further attempt; then it is dropped.
    pub(crate) retries: Vec<Duration>,
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Taken, at this attempt (from 1).
    Taken(usize),
    /// Refused for good, or tried to the end without success.
    Dropped,
    /// The sandbox ended first.
    Ended,
}

/// Sends deliveries, each on its own, so that a slow receiver holds up no other.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    client: Option<Client>,
    stopping: watch::Receiver<bool>,
}

impl Sender {
    /// A sender that stops trying when told to end. Plain HTTP only: a sandbox talks to this machine.
    pub(crate) fn new(stopping: watch::Receiver<bool>) -> Self {
        // The library asks for one choice of cryptography; this fails only when the program has already chosen.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().redirect(Policy::none()).tls_certs_only([]).build();
        let client = client.inspect_err(|error| tracing::error!(%error, "no HTTP client for webhooks")).ok();
        Self { client, stopping }
    }

    /// Sends in the background and tells the fate.
    pub(crate) fn send(self: &Arc<Self>, delivery: Delivery, told: impl FnOnce(Fate) + Send + 'static) {
        let sender = Arc::clone(self);
        tokio::spawn(async move { told(sender.deliver(&delivery).await) });
    }

    /// Sends until it is taken, refused, dropped, or the sandbox ends.
    pub(crate) async fn deliver(&self, delivery: &Delivery) -> Fate {
        let pauses = std::iter::once(Duration::ZERO).chain(delivery.retries.iter().copied());
        for (attempt, pause) in pauses.enumerate() {
            let mut stopping = self.stopping.clone();
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = stopping.wait_for(|stop| *stop) => return Fate::Ended,
            }
            match self.attempt(delivery).await {
                Some(status) if (200..300).contains(&status) => return Fate::Taken(attempt + 1),
                Some(status) if !is_transient(status) => return Fate::Dropped,
                _ => {}
            }
        }
        Fate::Dropped
    }

    /// One attempt; the status, or nothing where no answer came in time.
    async fn attempt(&self, delivery: &Delivery) -> Option<u16> {
        let client = self.client.as_ref()?;
        let mut request = client.post(delivery.to.clone()).timeout(delivery.patience).body(delivery.body.clone());
        for (name, value) in &delivery.headers {
            request = request.header(name, value);
        }
        match request.send().await {
            Ok(answer) => Some(answer.status().as_u16()),
            Err(error) => {
                tracing::debug!(%error, "a webhook was not taken");
                None
            }
        }
    }
}

/// Statuses after which a delivery is repeated.
const fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 500 | 502 | 503 | 504)
}

/// HMAC-SHA256 of bytes, in Base64: the signature that most services use.
///
/// # Errors
/// When the library refuses the key.
pub(crate) fn hmac_sha256(key: &SecretString, body: &[u8]) -> Result<String, String> {
    let key = EncodingKey::from_secret(key.expose_secret().as_bytes());
    let url_safe = crypto::sign(body, &key, Algorithm::HS256).map_err(|error| error.to_string())?;
    let bytes = URL_SAFE_NO_PAD.decode(url_safe).map_err(|error| error.to_string())?;
    Ok(STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_published_one() {
        // RFC 4231, test case 2.
        let signature = hmac_sha256(&SecretString::from("Jefe"), b"what do ya want for nothing?").expect("a signature");
        let hex = hex::encode(STANDARD.decode(signature).expect("base64"));
        assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}
