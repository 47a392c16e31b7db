//! The server: what all handlers share, the routes, start and end.
//!
//! Rule: all state behind one lock, held for a moment and never across a wait; every change is saved soon after.

use std::{
    net::SocketAddr,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderMap, StatusCode, header},
    middleware,
};
use tokio::sync::{Notify, watch};

use super::{
    clock::Clock,
    company, connection,
    control::{self, Calls, Plans},
    oauth, pages, pipeline,
    store::{Generator, State, StateFile},
    throttle::{Limits, Throttle},
};
use crate::sandbox::{SandboxError, SandboxOptions};

/// The longest body taken.
pub(crate) const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;
/// After a change, the state is saved when it has been quiet for this long.
const SAVE_PAUSE: Duration = Duration::from_millis(150);
/// The longest wait for answers under way when the server ends.
const STOP_PATIENCE: Duration = Duration::from_secs(5);

/// What all handlers share.
#[derive(Debug)]
pub(crate) struct Sandbox {
    /// The clock.
    pub(crate) clock: Clock,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Rate limits.
    pub(crate) throttle: Throttle,
    /// Counts of calls.
    pub(crate) calls: Calls,
    /// Faults to come.
    pub(crate) plans: Plans,
    latency_ms: AtomicU64,
    generator: Generator,
    limits: Limits,
    /// Turns true when the server ends.
    pub(crate) stopping: watch::Receiver<bool>,
    state: RwLock<State>,
    changed: Notify,
}

impl Sandbox {
    /// A sandbox with this state.
    pub(crate) fn new(
        state: State,
        address: SocketAddr,
        options: &SandboxOptions,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        let limits = Limits { enabled: options.throttle, ..Limits::default() };
        let sandbox = Self {
            clock: Clock::ahead(state.clock_offset_seconds),
            address,
            throttle: Throttle::new(limits),
            calls: Calls::default(),
            plans: Plans::default(),
            latency_ms: AtomicU64::default(),
            generator: generator(options),
            limits,
            stopping,
            state: RwLock::new(state),
            changed: Notify::new(),
        };
        sandbox.set_latency(u64::try_from(options.latency.as_millis()).unwrap_or(u64::MAX));
        sandbox
    }

    /// The least time for every answer.
    pub(crate) fn latency(&self) -> Duration {
        Duration::from_millis(self.latency_ms.load(Ordering::Relaxed))
    }

    /// Another least time for every answer.
    pub(crate) fn set_latency(&self, milliseconds: u64) {
        self.latency_ms.store(milliseconds, Ordering::Relaxed);
    }

    /// Waits, but not beyond the server's end.
    pub(crate) async fn pause(&self, pause: Duration) {
        if pause.is_zero() {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = wait_for_end(self.stopping.clone()) => {}
        }
    }

    /// Everything as at the first start.
    ///
    /// # Errors
    /// When the sample data does not read.
    pub(crate) fn reset(&self) -> Result<(), String> {
        let mut fresh = State::sample()?;
        fresh.prepare(self.generator);
        self.change(|state| *state = fresh);
        self.clock.advance(-self.clock.offset_seconds());
        self.plans.clear();
        self.calls.reset();
        self.throttle.set(self.limits);
        Ok(())
    }

    /// Looks at the state.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the state; it is saved soon after.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let changed = change(&mut self.state.write().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_one();
        changed
    }

    /// Realms and names of all companies.
    pub(crate) fn companies(&self) -> Vec<(String, String)> {
        self.read(|state| state.companies.values().map(|company| (company.realm.clone(), company.name())).collect())
    }

    /// Whether there is such a company.
    pub(crate) fn has_company(&self, realm: &str) -> bool {
        self.read(|state| state.companies.contains_key(realm))
    }

    /// The origin that a call was sent to, by its `Host`.
    pub(crate) fn origin(&self, headers: &HeaderMap) -> String {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        host.map_or_else(|| format!("http://{}", self.address), |host| format!("http://{host}"))
    }

    /// Whether a call with an `Origin` comes from the sandbox's own pages; one without is no browser's doing.
    pub(crate) fn is_own_origin(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(header::ORIGIN) else { return true };
        let own = self.origin(headers);
        let host = own.trim_start_matches("http://");
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let local = name == "localhost" || name.starts_with('[') || name.parse::<std::net::IpAddr>().is_ok();
        local && origin.as_bytes() == own.as_bytes()
    }

    /// The state as the text that is stored.
    fn serialize(&self) -> Result<Vec<u8>, serde_json::Error> {
        self.read(serde_json::to_vec)
    }
}

/// What the options ask to be generated.
pub(crate) fn generator(options: &SandboxOptions) -> Generator {
    Generator::new(options.seed, options.extra_items)
}

/// All routes.
fn router(sandbox: Arc<Sandbox>) -> Router {
    let service = Router::new()
        .merge(oauth::routes())
        .merge(company::routes())
        .layer(middleware::from_fn_with_state(sandbox.clone(), pipeline::run));
    Router::new()
        .merge(service)
        .merge(pages::routes())
        .merge(control::routes())
        .fallback(|| async { (StatusCode::NOT_FOUND, "not found") })
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(sandbox)
}

/// Serves until told to end, then saves.
///
/// # Errors
/// When the state cannot be saved.
pub(crate) async fn serve(
    listener: connection::Listener,
    sandbox: Arc<Sandbox>,
    file: Option<StateFile>,
) -> Result<(), SandboxError> {
    let make_service = router(sandbox.clone()).into_make_service_with_connect_info::<connection::Connection>();
    let ended = wait_for_end(sandbox.stopping.clone());
    let server = axum::serve(listener, make_service).with_graceful_shutdown(async { drop(ended.await) });
    let server = tokio::spawn(server.into_future());
    let saver = file.clone().map(|file| tokio::spawn(save_after_changes(sandbox.clone(), file)));
    let in_order = wait_for_end(sandbox.stopping.clone()).await;
    let abort = server.abort_handle();
    if tokio::time::timeout(STOP_PATIENCE, server).await.is_err() {
        abort.abort();
    }
    if let Some(saver) = saver {
        saver.abort();
    }
    match file {
        Some(file) if in_order => save(&sandbox, &file).await,
        _ => Ok(()),
    }
}

/// Waits for the word to end; `false` if whoever could give it is gone.
async fn wait_for_end(mut stopping: watch::Receiver<bool>) -> bool {
    stopping.wait_for(|stop| *stop).await.is_ok()
}

/// Saves after every burst of changes; a failure is told and tried again after the next change.
async fn save_after_changes(sandbox: Arc<Sandbox>, file: StateFile) {
    loop {
        sandbox.changed.notified().await;
        tokio::time::sleep(SAVE_PAUSE).await;
        if let Err(error) = save(&sandbox, &file).await {
            tracing::error!(%error, "sandbox state was not saved");
        }
    }
}

async fn save(sandbox: &Sandbox, file: &StateFile) -> Result<(), SandboxError> {
    let stopped = |reason: String| SandboxError::Stopped(reason);
    let bytes = sandbox.serialize().map_err(|error| stopped(error.to_string()))?;
    let file = file.clone();
    tokio::task::spawn_blocking(move || file.write(&bytes)).await.map_err(|error| stopped(error.to_string()))?
}
