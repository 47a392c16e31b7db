//! The service's rate limits (reference 13): per company, by the second and by the minute.
//!
//! Rule: real time, not the sandbox's clock; a refused call is not tried on the next limit.

use std::{
    num::NonZeroU32,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use serde::Deserialize;

use crate::sandbox::{Window, Windows};

/// The limits in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Limits {
    /// Whether they are enforced.
    pub(crate) enabled: bool,
    /// Calls per second.
    pub(crate) per_second: NonZeroU32,
    /// Calls per minute.
    pub(crate) per_minute: NonZeroU32,
    /// Batches per minute, which count as calls too.
    pub(crate) batches_per_minute: NonZeroU32,
    /// Seconds for `Retry-After`; the service sends none.
    pub(crate) retry_after: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            enabled: true,
            per_second: at_least_one(10),
            per_minute: at_least_one(500),
            batches_per_minute: at_least_one(40),
            retry_after: None,
        }
    }
}

const fn at_least_one(limit: u32) -> NonZeroU32 {
    match NonZeroU32::new(limit) {
        Some(limit) => limit,
        None => NonZeroU32::MIN,
    }
}

/// Counts calls per company.
#[derive(Debug)]
pub(crate) struct Throttle {
    limits: RwLock<Limits>,
    windows: Windows,
}

/// The windows that every call counts in, and those of a batch.
const CALL: &[usize] = &[0, 1];
const BATCH: &[usize] = &[0, 1, 2];

impl Limits {
    /// The second, the minute, the minute of batches.
    fn windows(&self) -> [Window; 3] {
        let window = |calls: NonZeroU32, seconds: u64| Window { calls, per: Duration::from_secs(seconds) };
        [window(self.per_second, 1), window(self.per_minute, 60), window(self.batches_per_minute, 60)]
    }
}

/// A call too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany {
    /// Seconds for `Retry-After`, where one is sent.
    pub(crate) retry_after: Option<u64>,
}

impl Throttle {
    /// With these limits.
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits: RwLock::new(limits), windows: Windows::new(&limits.windows()) }
    }

    /// Counts a call.
    ///
    /// # Errors
    /// When a limit is reached.
    pub(crate) fn count(&self, realm: &str, batch: bool) -> Result<(), TooMany> {
        let limits = *self.limits.read().unwrap_or_else(PoisonError::into_inner);
        if !limits.enabled {
            return Ok(());
        }
        let counted = self.windows.count(realm, if batch { BATCH } else { CALL });
        counted.map_err(|_| TooMany { retry_after: limits.retry_after })
    }

    /// Other limits, counted from now on.
    pub(crate) fn set(&self, limits: Limits) {
        self.windows.set(&limits.windows());
        *self.limits.write().unwrap_or_else(PoisonError::into_inner) = limits;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of so many calls at once pass; a slow machine may see a few more, as time goes by.
    fn passed(throttle: &Throttle, calls: usize, batch: bool) -> usize {
        (0..calls).filter(|_| throttle.count("1", batch).is_ok()).count()
    }

    #[test]
    fn ten_calls_pass_at_once_for_each_company() {
        let throttle = Throttle::new(Limits::default());
        let passed = passed(&throttle, 100, false);
        assert!((10..20).contains(&passed), "{passed}");
        assert_eq!(throttle.count("2", false), Ok(()));
    }

    #[test]
    fn batches_and_minutes_have_limits_of_their_own() {
        let wide = Limits { per_second: at_least_one(10_000), ..Limits::default() };
        let batches = passed(&Throttle::new(wide), 100, true);
        assert!((40..50).contains(&batches), "{batches}");
        let calls = passed(&Throttle::new(wide), 600, false);
        assert!((500..520).contains(&calls), "{calls}");
    }

    #[test]
    fn nothing_is_refused_when_limits_are_off() {
        let throttle = Throttle::new(Limits { enabled: false, ..Limits::default() });
        assert!((0..1000).all(|_| throttle.count("1", true).is_ok()));
    }
}
