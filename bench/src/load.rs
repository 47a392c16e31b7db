//! A client in a process of its own: so many requests over so many connections, each as soon as the one before is
//! answered.
//!
//! Rule: bounded in number; to loopback alone; every answer is looked at.

use std::time::Instant;

use anyhow::{Result, ensure};
use reqwest::{Client, Method, Request, Url, header};
use serde::{Deserialize, Serialize};

use crate::child::{self, Part};

/// The part's name.
pub const PART: &str = "part-load";

/// What to send.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Load {
    /// Where to.
    pub url: String,
    /// A JSON body to post; without one it is a GET.
    pub body: Option<String>,
    /// A token to send.
    pub token: Option<String>,
    /// Requests in all.
    pub requests: usize,
    /// Connections.
    pub connections: usize,
}

/// How it went.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Done {
    /// Wall time.
    pub seconds: f64,
    /// Bytes of an answer's body.
    pub bytes: usize,
}

impl Load {
    /// Sends it all.
    ///
    /// # Errors
    /// When an answer is not as it should be.
    pub async fn run(&self) -> Result<Done> {
        let (part, done) = Part::start(PART, self).await?;
        part.end().await?;
        Ok(done)
    }

    fn request(&self) -> Result<Request> {
        let url = Url::parse(&self.url)?;
        ensure!(url.host_str() == Some("127.0.0.1"), "load goes to loopback alone");
        let method = if self.body.is_some() { Method::POST } else { Method::GET };
        let mut request = Request::new(method, url);
        if let Some(body) = &self.body {
            request.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
            *request.body_mut() = Some(body.clone().into());
        }
        if let Some(token) = &self.token {
            request.headers_mut().insert(header::AUTHORIZATION, format!("Bearer {token}").parse()?);
        }
        Ok(request)
    }
}

/// Plays the part.
///
/// # Errors
/// When an answer is not as it should be.
pub async fn play(settings: &str) -> Result<()> {
    let load: Load = serde_json::from_str(settings)?;
    // Compression would be measured on one side alone.
    let client = Client::builder().no_gzip().no_proxy().pool_max_idle_per_host(load.connections).build()?;
    let each = load.requests / load.connections;
    let begun = Instant::now();
    let mut workers = Vec::new();
    for _ in 0..load.connections {
        let (client, load) = (client.clone(), load.clone());
        workers.push(tokio::spawn(async move { send(&client, &load, each).await }));
    }
    let mut bytes = 0;
    for worker in workers {
        bytes = worker.await??;
    }
    child::say(&Done { seconds: begun.elapsed().as_secs_f64(), bytes })?;
    child::until_told().await;
    Ok(())
}

async fn send(client: &Client, load: &Load, requests: usize) -> Result<usize> {
    let mut length = None;
    for _ in 0..requests {
        let answer = client.execute(load.request()?).await?.error_for_status()?.bytes().await?;
        ensure!(!answer.windows(9).any(|part| part == b"\"errors\":"), "{}", String::from_utf8_lossy(&answer));
        ensure!(length.is_none_or(|known| known == answer.len()), "answers differ");
        length = Some(answer.len());
    }
    Ok(length.unwrap_or(0))
}
