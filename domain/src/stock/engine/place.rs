//! A lot's place in the order of consumption.
//!
//! Rule: legacy lots first, then by received date, creation and id (behaviour 2.6); an expiry date plays no part.

use chrono::{Datelike, NaiveDate};
use entity::Timestamp;

/// A lot's place in the order of consumption. `I` is its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place<I> {
    /// Day received, in days of the common era; the smallest number for a legacy lot.
    day: i32,
    /// When it was recorded.
    created: i64,
    /// Its id.
    id: I,
}

impl<I: Copy> Place<I> {
    /// The place of a lot received on a day.
    pub fn new(received_on: NaiveDate, created: Timestamp, id: I) -> Self {
        Self { day: received_on.num_days_from_ce(), created: created.0, id }
    }

    /// The place of a legacy lot: before all others.
    pub fn legacy(created: Timestamp, id: I) -> Self {
        Self { day: i32::MIN, created: created.0, id }
    }

    /// The lot.
    pub fn id(&self) -> I {
        self.id
    }
}
