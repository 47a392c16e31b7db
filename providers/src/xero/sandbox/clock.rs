//! The sandbox's clock, and moments and days as the service writes them (reference 2).
//!
//! Rule: every expiry and every stamp asks this clock, so that a day can pass in a moment.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

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

/// A moment in the service's form: `/Date(1772471647511+0000)/`.
pub(crate) fn wire_moment(at: DateTime<Utc>) -> String {
    format!("/Date({}+0000)/", at.timestamp_millis())
}

/// A day in the service's form: its midnight.
pub(crate) fn wire_date(date: NaiveDate) -> String {
    wire_moment(date.and_time(NaiveTime::MIN).and_utc())
}

/// Reads a date of a request: ISO with or without a time, or the service's own form (reference 2).
pub(crate) fn parse_date(text: &str) -> Option<NaiveDate> {
    plain_date(text).or_else(|| parse_moment(text).map(|moment| moment.date_naive()))
}

/// `YYYY-MM-DD`, without the parser of formats: filters ask for it once per row.
pub(crate) fn plain_date(text: &str) -> Option<NaiveDate> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    if (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// Reads a moment: the service's own form, RFC 3339, or ISO without a zone, which is UTC.
pub(crate) fn parse_moment(text: &str) -> Option<DateTime<Utc>> {
    if let Some(inner) = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")) {
        let digits = inner.find(['+', '-']).filter(|at| *at > 0).map_or(inner, |at| &inner[..at]);
        return DateTime::from_timestamp_millis(digits.parse().ok()?);
    }
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Some(moment.with_timezone(&Utc));
    }
    if let Ok(moment) = DateTime::parse_from_rfc2822(text) {
        return Some(moment.with_timezone(&Utc));
    }
    let local = text.parse::<NaiveDateTime>().or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S"));
    local.ok().map(|local| local.and_utc())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2026-03-01")]
    #[case("2026-03-01T00:00:00")]
    #[case("2026-03-01T10:00:00.000Z")]
    #[case("/Date(1772323200000)/")]
    #[case("/Date(1772323200000+0000)/")]
    fn days_are_read_in_every_form(#[case] text: &str) {
        assert_eq!(parse_date(text), NaiveDate::from_ymd_opt(2026, 3, 1));
    }

    #[test]
    fn a_day_is_written_as_its_midnight() {
        assert_eq!(wire_date(NaiveDate::from_ymd_opt(2026, 3, 2).expect("a day")), "/Date(1772409600000+0000)/");
        assert_eq!(parse_moment("Sun, 01 Mar 2026 10:00:00 GMT"), parse_moment("2026-03-01T10:00:00"));
        assert_eq!(parse_date("yesterday"), None);
    }
}
