//! Answers kept by request id, so that a repeated write is answered and not done again (reference 3).
//!
//! Rule: only successful writes are kept, for a day at least.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Beyond so many, those older than a day are dropped.
const KEPT: usize = 20_000;

/// Kept answers by request id.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Replays(BTreeMap<String, Replay>);

#[derive(Debug, Serialize, Deserialize)]
struct Replay {
    at: DateTime<Utc>,
    answer: String,
}

impl Replays {
    /// The answer once given for this id.
    pub(crate) fn get(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(|replay| replay.answer.as_str())
    }

    /// Keeps an answer.
    pub(crate) fn put(&mut self, id: String, answer: String, at: DateTime<Utc>) {
        if self.0.len() >= KEPT {
            self.0.retain(|_, replay| at - replay.at < TimeDelta::days(1));
        }
        self.0.insert(id, Replay { at, answer });
    }
}
