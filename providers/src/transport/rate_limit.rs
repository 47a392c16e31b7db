//! Keeps each company within the provider's rate limits, exactly, and rests after a refusal.
//!
//! Rule: no window ever holds more permits than it may, callers are served in the order they came, and a "too many
//! requests" makes every caller of that company wait, not only the one that heard it.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use tokio::time::Instant;

use super::{Call, Reply, Transport};
use crate::{
    error::{ErrorKind, ProviderError, Retry},
    settings::TransportSettings,
};

/// Windows are kept this much longer than stated, because requests do not arrive as evenly as they leave.
const GUARD: Duration = Duration::from_millis(60);

/// Holds calls back until their company may send another.
#[derive(Debug)]
pub struct RateLimit<T> {
    inner: T,
    windows: Vec<Window>,
    pause: Duration,
    pause_max: Duration,
    companies: Mutex<HashMap<String, Arc<Limiter>>>,
}

impl<T> RateLimit<T> {
    /// So many requests in so long, for each of `windows`.
    pub fn new(inner: T, windows: &[(u32, Duration)], settings: &TransportSettings) -> Self {
        let windows = windows.iter().map(|&(permits, length)| Window::new(permits, length)).collect();
        Self {
            inner,
            windows,
            pause: settings.rate_limited_pause,
            pause_max: settings.backoff_max,
            companies: Mutex::default(),
        }
    }

    fn limiter(&self, company: &str) -> Arc<Limiter> {
        let mut companies = self.companies.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = companies.get(company) {
            return known.clone();
        }
        companies.entry(company.to_owned()).or_insert_with(|| Arc::new(Limiter::new(&self.windows))).clone()
    }

    /// The advised pause, else the usual one, never beyond the longest allowed.
    fn pause_after(&self, error: &ProviderError) -> Duration {
        let advised = if let Retry::Backoff(advice) = error.retry { advice } else { None };
        advised.unwrap_or(self.pause).min(self.pause_max)
    }
}

#[async_trait]
impl<T: Transport> Transport for RateLimit<T> {
    async fn send(&self, call: &Call) -> Result<Reply, ProviderError> {
        let Some(company) = &call.company else { return self.inner.send(call).await };
        let limiter = self.limiter(company);
        limiter.permit().await;
        match self.inner.send(call).await {
            // Where no wait helps (a day's limit) there is nothing to rest for.
            Err(error) if error.kind == ErrorKind::RateLimited && error.retry != Retry::Never => {
                let pause = self.pause_after(&error);
                limiter.rest(pause);
                Err(error.retry(Retry::Backoff(Some(pause))))
            }
            other => other,
        }
    }
}

/// The permits of one company.
#[derive(Debug)]
struct Limiter {
    /// Held by the caller whose turn it is; tokio's mutex lets callers in as they came.
    turn: tokio::sync::Mutex<()>,
    schedule: Mutex<Schedule>,
}

impl Limiter {
    fn new(windows: &[Window]) -> Self {
        Self { turn: tokio::sync::Mutex::new(()), schedule: Mutex::new(Schedule::new(windows.to_vec())) }
    }

    async fn permit(&self) {
        let _turn = self.turn.lock().await;
        while let Some(at) = self.take() {
            tokio::time::sleep_until(at).await;
        }
    }

    fn take(&self) -> Option<Instant> {
        self.schedule().take(Instant::now())
    }

    fn rest(&self, pause: Duration) {
        self.schedule().rest_until(Instant::now() + pause);
    }

    fn schedule(&self) -> std::sync::MutexGuard<'_, Schedule> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// So many permits in so long.
#[derive(Debug, Clone, Copy)]
struct Window {
    permits: usize,
    length: Duration,
}

impl Window {
    fn new(permits: u32, length: Duration) -> Self {
        Self { permits: usize::try_from(permits).unwrap_or(usize::MAX).max(1), length: length + GUARD }
    }
}

/// When permits were given, and when the next may be.
#[derive(Debug)]
struct Schedule {
    windows: Vec<Window>,
    /// The latest permits, oldest first; as many as the widest window holds.
    given: VecDeque<Instant>,
    keep: usize,
    resting_until: Option<Instant>,
}

impl Schedule {
    fn new(windows: Vec<Window>) -> Self {
        let keep = windows.iter().map(|window| window.permits).max().unwrap_or(0);
        Self { windows, given: VecDeque::new(), keep, resting_until: None }
    }

    /// Takes a permit now, or says when to ask again.
    fn take(&mut self, now: Instant) -> Option<Instant> {
        let at = self.next(now);
        if at > now {
            return Some(at);
        }
        self.given.push_back(now);
        if self.given.len() > self.keep {
            self.given.pop_front();
        }
        None
    }

    fn rest_until(&mut self, until: Instant) {
        self.resting_until = self.resting_until.max(Some(until));
    }

    /// The earliest moment at which every window has room.
    fn next(&self, now: Instant) -> Instant {
        let rest = self.resting_until.unwrap_or(now);
        self.windows.iter().filter_map(|window| self.room(window)).fold(now.max(rest), Instant::max)
    }

    /// When the window loses the permit that fills it; `None` if it has room already.
    fn room(&self, window: &Window) -> Option<Instant> {
        let oldest = self.given.len().checked_sub(window.permits)?;
        self.given.get(oldest).map(|&given| given + window.length)
    }
}
