//! The layers one by one over a scripted inner transport with the clock held still, and the whole stack over sockets.

mod layers;
mod limits;
mod redact;
mod wire;

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use reqwest::{Method, header::HeaderMap};
use tokio::{sync::Notify, time::Instant};

use super::{Call, Reply, Transport};
use crate::{
    error::{ErrorKind, Outcome, ProviderError, Retry},
    testing::{Sitting, sitting},
};

type Outcomes = dyn Fn(usize) -> Result<Reply, ProviderError> + Send + Sync;

/// An inner transport that follows a script and remembers what it was sent and when.
#[derive(Clone)]
struct Script {
    outcome: Arc<Outcomes>,
    sent: Arc<Mutex<Vec<(Call, Instant)>>>,
    gate: Option<Arc<Notify>>,
    under_way: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl std::fmt::Debug for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Script")
    }
}

impl Script {
    fn new(outcome: impl Fn(usize) -> Result<Reply, ProviderError> + Send + Sync + 'static) -> Self {
        Self {
            outcome: Arc::new(outcome),
            sent: Arc::default(),
            gate: None,
            under_way: Arc::default(),
            most: Arc::default(),
        }
    }

    /// Fails with `error` the first `times`, then answers.
    fn failing(times: usize, error: ProviderError) -> Self {
        Self::new(move |nth| if nth < times { Err(error.clone()) } else { Ok(ok()) })
    }

    fn sent(&self) -> Vec<Call> {
        self.sent.lock().unwrap().iter().map(|(call, _)| call.clone()).collect()
    }

    fn times(&self) -> Vec<Instant> {
        self.sent.lock().unwrap().iter().map(|(_, at)| *at).collect()
    }
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, call: &Call) -> Result<Reply, ProviderError> {
        let nth = {
            let mut sent = self.sent.lock().unwrap();
            sent.push((call.clone(), Instant::now()));
            sent.len() - 1
        };
        let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        if let Some(gate) = &self.gate {
            gate.notified().await;
        }
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        (self.outcome)(nth)
    }
}

fn ok() -> Reply {
    Reply { status: 200, headers: HeaderMap::new(), bytes: Vec::new(), trace_id: None }
}

fn failure(kind: ErrorKind, retry: Retry, outcome: Outcome) -> ProviderError {
    ProviderError::new(kind, "thing.read", "no").retry(retry).outcome(outcome)
}

fn outage() -> ProviderError {
    failure(ErrorKind::Unavailable, Retry::Backoff(None), Outcome::Unknown)
}

fn read(sitting: &Sitting) -> Call {
    Call::read("thing.read", Method::GET, "http://127.0.0.1:9/thing".parse().unwrap(), &sitting.session)
}

fn write(sitting: &Sitting, safe_to_repeat: bool) -> Call {
    Call { write: true, safe_to_repeat, ..read(sitting) }
}

fn at(company: &str) -> (Sitting, Call) {
    let sitting = sitting(company);
    let call = read(&sitting);
    (sitting, call)
}
