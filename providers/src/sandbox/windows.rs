//! Limits on calls in a span of time, counted per company.
//!
//! Rule: real time, not the sandbox's clock; a call refused by one window is not counted by the ones after it.

use std::{
    num::NonZeroU32,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// So many calls in so long a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    /// Calls.
    pub(crate) calls: NonZeroU32,
    /// In this time.
    pub(crate) per: Duration,
}

/// Counts calls in windows.
#[derive(Debug)]
pub(crate) struct Windows(RwLock<Vec<DefaultKeyedRateLimiter<String>>>);

impl Windows {
    /// With these windows.
    pub(crate) fn new(windows: &[Window]) -> Self {
        Self(RwLock::new(limiters(windows)))
    }

    /// Other windows, counted from now on.
    pub(crate) fn set(&self, windows: &[Window]) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = limiters(windows);
    }

    /// Counts a call of a company in the windows of these numbers, in order; the number of the one that is full.
    ///
    /// # Errors
    /// The number of the window that refuses.
    pub(crate) fn count(&self, company: &str, windows: &[usize]) -> Result<(), usize> {
        let limiters = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let company = company.to_owned();
        let full = |number: &usize| limiters.get(*number).is_some_and(|window| window.check_key(&company).is_err());
        windows.iter().copied().find(full).map_or(Ok(()), Err)
    }
}

fn limiters(windows: &[Window]) -> Vec<DefaultKeyedRateLimiter<String>> {
    windows.iter().map(|window| RateLimiter::keyed(quota(*window))).collect()
}

fn quota(window: Window) -> Quota {
    let each = window.per / window.calls.get();
    let quota = Quota::with_period(each).unwrap_or_else(|| Quota::per_second(window.calls));
    quota.allow_burst(window.calls)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(calls: u32, seconds: u64) -> Window {
        Window { calls: NonZeroU32::new(calls).expect("a number"), per: Duration::from_secs(seconds) }
    }

    #[test]
    fn each_company_has_its_own_windows_and_the_full_one_is_named() {
        let windows = Windows::new(&[window(1000, 3600), window(3, 3600)]);
        let passed = (0..10).filter(|_| windows.count("1", &[0, 1]).is_ok()).count();
        assert_eq!(passed, 3);
        assert_eq!(windows.count("1", &[0, 1]), Err(1));
        assert_eq!(windows.count("1", &[0]), Ok(()));
        assert_eq!(windows.count("2", &[0, 1]), Ok(()));
        windows.set(&[]);
        assert_eq!(windows.count("1", &[0, 1]), Ok(()));
    }
}
