//! `/health/live` and `/health/ready`, for whoever starts and watches the process.
//!
//! Rule: live asks nothing of anybody; ready names every part that is not, and is no while the gateway stops.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use futures::future::join_all;
use serde::Serialize;

use super::serve::Lifecycle;

/// How long a part may take to say that it is well.
const PROBE_TIME: Duration = Duration::from_secs(2);

/// Asks one part whether it can work.
#[async_trait]
pub trait Probe: Send + Sync + fmt::Debug {
    /// Which part this is, for example `database`.
    fn name(&self) -> &'static str;

    /// Whether it can work.
    ///
    /// # Errors
    /// Why not, in words that may be shown to anybody.
    async fn probe(&self) -> Result<(), String>;
}

/// The parts the gateway cannot work without.
#[derive(Debug, Clone, Default)]
pub struct Readiness(Arc<[Arc<dyn Probe>]>);

impl Readiness {
    /// These parts.
    pub fn of(probes: impl IntoIterator<Item = Arc<dyn Probe>>) -> Self {
        Self(probes.into_iter().collect())
    }
}

#[derive(Serialize)]
struct Report {
    ready: bool,
    checks: Vec<Check>,
}

#[derive(Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

pub(super) fn routes(readiness: Readiness, lifecycle: Lifecycle) -> Router {
    let ready = Router::new().route("/health/ready", get(ready)).with_state((readiness, lifecycle));
    Router::new().route("/health/live", get(|| async { "ok" })).merge(ready)
}

async fn ready(State((readiness, lifecycle)): State<(Readiness, Lifecycle)>) -> Response {
    let mut checks = join_all(readiness.0.iter().map(|probe| check(probe.as_ref()))).await;
    if lifecycle.stopping() {
        checks.push(Check { name: "lifecycle", ok: false, reason: Some("the gateway is stopping".to_owned()) });
    }
    let ready = checks.iter().all(|check| check.ok);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Report { ready, checks })).into_response()
}

async fn check(probe: &dyn Probe) -> Check {
    let result = tokio::time::timeout(PROBE_TIME, probe.probe()).await;
    let result = result.unwrap_or_else(|_| Err("gave no answer in time".to_owned()));
    Check { name: probe.name(), ok: result.is_ok(), reason: result.err() }
}
