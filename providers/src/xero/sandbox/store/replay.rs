//! Answers kept by idempotency key, so that a repeated write is answered and not done again (reference 2.3).
//!
//! Rule: kept for six minutes from the first call, whatever the answer was.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How long an answer is remembered.
const KEPT_MINUTES: i64 = 6;

/// Kept answers by key.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Replays(BTreeMap<String, Replay>);

/// An answer, and the request that it was for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Replay {
    /// Hash of everything that makes the request.
    pub(crate) request: String,
    /// HTTP status.
    pub(crate) status: u16,
    /// Body.
    pub(crate) body: String,
    /// When the first call came.
    pub(crate) at: DateTime<Utc>,
}

impl Replays {
    /// The answer once given for this key, if it is still remembered.
    pub(crate) fn get(&self, key: &str, now: DateTime<Utc>) -> Option<&Replay> {
        self.0.get(key).filter(|replay| now - replay.at < TimeDelta::minutes(KEPT_MINUTES))
    }

    /// Remembers an answer; what is too old is forgotten.
    pub(crate) fn put(&mut self, key: String, replay: Replay) {
        let now = replay.at;
        self.0.retain(|_, replay| now - replay.at < TimeDelta::minutes(KEPT_MINUTES));
        self.0.insert(key, replay);
    }
}
