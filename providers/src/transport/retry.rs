//! Sends again what failed in passing.
//!
//! Rule: it looks at [`Retry`] alone, and at whether a repeat is harmless. A write that may have taken effect is sent
//! again only if the provider recognises the repeat. The final error says how often it was sent; once an attempt of a
//! write ended in doubt, no later refusal takes the doubt away.

use std::time::Duration;

use async_trait::async_trait;

use super::{Call, Reply, Transport};
use crate::{
    error::{Outcome, ProviderError, Retry},
    settings::TransportSettings,
};

/// Repeats calls.
#[derive(Debug)]
pub struct RetryLayer<T> {
    inner: T,
    policy: Policy,
}

/// How often and after what pause.
#[derive(Debug, Clone, Copy)]
struct Policy {
    attempts: u32,
    base: Duration,
    max: Duration,
}

/// What to do after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    GiveUp,
    AgainWithNewToken,
    AgainAfter(Duration),
}

impl<T> RetryLayer<T> {
    /// Around `inner`, as the settings say.
    pub fn new(inner: T, settings: &TransportSettings) -> Self {
        let policy = Policy { attempts: settings.attempts, base: settings.backoff_base, max: settings.backoff_max };
        Self { inner, policy }
    }
}

#[async_trait]
impl<T: Transport> Transport for RetryLayer<T> {
    async fn send(&self, call: &Call) -> Result<Reply, ProviderError> {
        let mut sent = call.clone();
        let mut outcome = Outcome::NotApplied;
        loop {
            let mut error = match self.inner.send(&sent).await {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            if error.outcome == Outcome::Unknown {
                outcome = Outcome::Unknown;
            }
            match self.policy.decide(&sent, &error, rand::random()) {
                Step::GiveUp => {
                    error.attempts = sent.stamp.attempt;
                    error.outcome = outcome;
                    return Err(error);
                }
                Step::AgainWithNewToken => sent.stamp.refreshed = true,
                Step::AgainAfter(pause) => tokio::time::sleep(pause).await,
            }
            sent.stamp.attempt += 1;
        }
    }
}

impl Policy {
    fn decide(&self, call: &Call, error: &ProviderError, random: u32) -> Step {
        let may_repeat = !call.write || call.safe_to_repeat || error.outcome == Outcome::NotApplied;
        // A repeat with a new token is one more than the attempts allowed: nothing was wrong with the call itself.
        let allowed = self.attempts.saturating_add(u32::from(call.stamp.refreshed));
        match error.retry {
            Retry::AfterRefresh if !call.stamp.refreshed => Step::AgainWithNewToken,
            Retry::Backoff(advice) if may_repeat && call.stamp.attempt < allowed => {
                Step::AgainAfter(self.pause(call.stamp.attempt, advice, random))
            }
            Retry::Never | Retry::AfterRefresh | Retry::Backoff(_) => Step::GiveUp,
        }
    }

    /// The advised pause, else a doubling one of which half is left to chance, never beyond the longest allowed.
    fn pause(&self, attempt: u32, advice: Option<Duration>, random: u32) -> Duration {
        if let Some(advised) = advice {
            return advised.min(self.max);
        }
        let doubled = self.base.saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1)));
        let half = doubled.min(self.max) / 2;
        let share = half.as_nanos() * u128::from(random) / u128::from(u32::MAX);
        half + Duration::from_nanos(u64::try_from(share).unwrap_or(u64::MAX))
    }
}
