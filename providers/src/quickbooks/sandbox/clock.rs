//! The sandbox's clock: real time plus an offset that a test may move forward.
//!
//! Rule: every expiry and every stamp asks this clock, so that a day can pass in a moment.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::{America::Los_Angeles, Tz};

/// The zone of both sample companies and of every stamp (reference 4, 8).
pub(crate) const ZONE: Tz = Los_Angeles;

/// Real time plus an offset in seconds.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    offset_seconds: AtomicI64,
}

impl Clock {
    /// A clock that is `offset_seconds` ahead of real time.
    pub(crate) fn ahead(offset_seconds: i64) -> Self {
        Self { offset_seconds: AtomicI64::new(offset_seconds) }
    }

    /// The present, as the sandbox sees it.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::seconds(self.offset_seconds())
    }

    /// Moves the clock by so many seconds.
    pub(crate) fn advance(&self, seconds: i64) {
        self.offset_seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    /// How far ahead of real time it is.
    pub(crate) fn offset_seconds(&self) -> i64 {
        self.offset_seconds.load(Ordering::SeqCst)
    }
}

/// The stamp of an envelope: with milliseconds (reference 4).
pub(crate) fn envelope_stamp(now: DateTime<Utc>) -> String {
    now.with_timezone(&ZONE).format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

/// A stamp of `MetaData`: to the second (reference 8).
pub(crate) fn record_stamp(now: DateTime<Utc>) -> String {
    now.with_timezone(&ZONE).format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// Reads a date, a date-time with offset, or one without (then in the company's zone).
pub(crate) fn parse_instant(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some(instant.with_timezone(&Utc));
    }
    let local = match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        Ok(date) => date.and_time(NaiveTime::MIN),
        Err(_) => text.parse().ok()?,
    };
    local.and_local_timezone(ZONE).earliest().map(|instant| instant.with_timezone(&Utc))
}

/// The company's date at this moment.
pub(crate) fn local_date(now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&ZONE).date_naive()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_date_is_midnight_in_the_companys_zone() {
        let instant = parse_instant("2026-03-02").expect("a date");
        assert_eq!(instant.to_rfc3339(), "2026-03-02T08:00:00+00:00");
        assert_eq!(record_stamp(instant), "2026-03-02T00:00:00-08:00");
    }

    #[test]
    fn an_offset_in_the_text_wins_over_the_zone() {
        let instant = parse_instant("2026-07-01T12:00:00+02:00").expect("a date-time");
        assert_eq!(envelope_stamp(instant), "2026-07-01T03:00:00.000-07:00");
        assert_eq!(parse_instant("yesterday"), None);
    }
}
