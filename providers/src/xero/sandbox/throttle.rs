//! The service's limits: calls at once, by the minute, by the day, per organisation (reference 2.5).
//!
//! Rule: real time, not the sandbox's clock; a refused call uses nothing up.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

/// The limits in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Limits {
    /// Whether they are enforced.
    pub(crate) enabled: bool,
    /// Calls at once.
    pub(crate) concurrent: usize,
    /// Calls in any minute.
    pub(crate) per_minute: usize,
    /// Calls in any day.
    pub(crate) per_day: usize,
    /// Calls of the application in any minute, whatever the organisation.
    pub(crate) app_per_minute: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { enabled: true, concurrent: 5, per_minute: 60, per_day: 5000, app_per_minute: 10_000 }
    }
}

/// Counts calls.
#[derive(Debug)]
pub(crate) struct Throttle(Arc<Mutex<Counters>>);

#[derive(Debug)]
struct Counters {
    limits: Limits,
    tenants: BTreeMap<String, Tenant>,
    minute: VecDeque<Instant>,
}

#[derive(Debug, Default)]
struct Tenant {
    running: usize,
    minute: VecDeque<Instant>,
    day: VecDeque<Instant>,
}

/// What is left after a call, for its headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Left {
    day: usize,
    minute: usize,
    app_minute: usize,
}

/// A call under way; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Running {
    counters: Arc<Mutex<Counters>>,
    tenant: String,
    /// What is left.
    pub(crate) left: Left,
}

/// A call too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany {
    /// Which limit: `concurrent`, `minute`, `day`, `appminute`.
    pub(crate) problem: &'static str,
    /// Seconds until another call may pass, where that can be told.
    pub(crate) retry_after: Option<u64>,
    left: Left,
}

impl Throttle {
    /// With these limits.
    pub(crate) fn new(limits: Limits) -> Self {
        let (tenants, minute) = Default::default();
        Self(Arc::new(Mutex::new(Counters { limits, tenants, minute })))
    }

    /// Other limits, counted from now on.
    pub(crate) fn set(&self, limits: Limits) {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counters.limits = limits;
        counters.minute.clear();
        for tenant in counters.tenants.values_mut() {
            tenant.minute.clear();
            tenant.day.clear();
        }
    }

    /// Lets a call of an organisation begin.
    ///
    /// # Errors
    /// When a limit is reached.
    pub(crate) fn begin(&self, tenant: &str, now: Instant) -> Result<Running, TooMany> {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = counters.begin(tenant, now)?;
        Ok(Running { counters: Arc::clone(&self.0), tenant: tenant.to_owned(), left })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tenant) = counters.tenants.get_mut(&self.tenant) {
            tenant.running = tenant.running.saturating_sub(1);
        }
    }
}

impl Counters {
    fn begin(&mut self, tenant: &str, now: Instant) -> Result<Left, TooMany> {
        let limits = self.limits;
        forget(&mut self.minute, now, MINUTE);
        let tenant = self.tenants.entry(tenant.to_owned()).or_default();
        forget(&mut tenant.minute, now, MINUTE);
        forget(&mut tenant.day, now, DAY);
        let waits = [
            ("day", full(&tenant.day, limits.per_day, now, DAY)),
            ("minute", full(&tenant.minute, limits.per_minute, now, MINUTE)),
            ("appminute", full(&self.minute, limits.app_per_minute, now, MINUTE)),
        ];
        let left = |tenant: &Tenant, app: &VecDeque<Instant>| Left {
            day: limits.per_day.saturating_sub(tenant.day.len()),
            minute: limits.per_minute.saturating_sub(tenant.minute.len()),
            app_minute: limits.app_per_minute.saturating_sub(app.len()),
        };
        if limits.enabled {
            if tenant.running >= limits.concurrent {
                return Err(TooMany { problem: "concurrent", retry_after: None, left: left(tenant, &self.minute) });
            }
            if let Some((problem, wait)) = waits.into_iter().find_map(|(problem, wait)| Some((problem, wait?))) {
                return Err(TooMany { problem, retry_after: Some(wait), left: left(tenant, &self.minute) });
            }
            for calls in [&mut tenant.minute, &mut tenant.day, &mut self.minute] {
                calls.push_back(now);
            }
        }
        tenant.running += 1;
        Ok(left(tenant, &self.minute))
    }
}

fn forget(calls: &mut VecDeque<Instant>, now: Instant, span: Duration) {
    while calls.front().is_some_and(|call| now.duration_since(*call) >= span) {
        calls.pop_front();
    }
}

/// Seconds until the oldest call leaves its span, where the span is full.
fn full(calls: &VecDeque<Instant>, limit: usize, now: Instant, span: Duration) -> Option<u64> {
    let oldest = calls.front().filter(|_| calls.len() >= limit);
    if limit == 0 {
        return Some(span.as_secs());
    }
    oldest.map(|oldest| (span - now.duration_since(*oldest)).as_secs() + 1)
}

impl Left {
    /// Writes the headers that every answer carries.
    pub(crate) fn stamp(self, response: &mut Response) {
        let headers = [
            ("x-daylimit-remaining", self.day),
            ("x-minlimit-remaining", self.minute),
            ("x-appminlimit-remaining", self.app_minute),
        ];
        for (name, left) in headers {
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from(left));
        }
    }
}

impl TooMany {
    /// The answer: no body, only headers (reference 2.4).
    pub(crate) fn response(self) -> Response {
        let mut response = too_many(self.problem, self.retry_after);
        self.left.stamp(&mut response);
        response
    }
}

/// 429 by a limit of this name.
pub(crate) fn too_many(problem: &'static str, retry_after: Option<u64>) -> Response {
    let mut response = StatusCode::TOO_MANY_REQUESTS.into_response();
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("x-rate-limit-problem"), HeaderValue::from_static(problem));
    if let Some(seconds) = retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_calls_run_at_once_and_sixty_in_a_minute() {
        let throttle = Throttle::new(Limits::default());
        let start = Instant::now();
        let running: Vec<Running> = (0..5).map(|_| throttle.begin("a", start).expect("a place")).collect();
        let refused = throttle.begin("a", start).expect_err("the sixth at once");
        assert_eq!((refused.problem, refused.retry_after), ("concurrent", None));
        assert!(throttle.begin("b", start).is_ok(), "another organisation has its own");
        drop(running);
        for _ in 5..60 {
            throttle.begin("a", start).expect("a place");
        }
        let refused = throttle.begin("a", start + Duration::from_secs(20)).expect_err("the 61st in a minute");
        assert_eq!((refused.problem, refused.retry_after), ("minute", Some(41)));
        let after = throttle.begin("a", start + Duration::from_secs(60)).expect("a place");
        assert_eq!((after.left.minute, after.left.day), (59, 4939));
    }

    #[test]
    fn the_day_has_a_limit_of_its_own_and_nothing_is_refused_when_limits_are_off() {
        let throttle = Throttle::new(Limits { per_day: 2, ..Limits::default() });
        let start = Instant::now();
        for _ in 0..2 {
            throttle.begin("a", start).expect("a place");
        }
        let refused = throttle.begin("a", start + Duration::from_secs(3600)).expect_err("the third of the day");
        assert_eq!((refused.problem, refused.retry_after), ("day", Some(82_801)));
        throttle.set(Limits { enabled: false, ..Limits::default() });
        let running: Vec<_> = (0..100).map(|_| throttle.begin("a", start)).collect();
        assert!(running.iter().all(Result::is_ok));
    }
}
