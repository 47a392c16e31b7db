//! One field of Xero's JSON as it comes, borrowed from the answer: text, number, yes or no, date, moment.
//!
//! Rule: reading is lenient about a field's type and strict about its value. A number never passes through a float, and
//! one odd field never costs a page.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A field that should be a text, a number or a boolean; the service's own clients mix them (§2).
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Scalar<'a>(#[serde(borrow)] Option<&'a RawValue>);

impl<'a> Scalar<'a> {
    /// Its text without surrounding blanks; `None` if absent, null or empty. An object or array is given as its JSON, so
    /// that a complaint can show it.
    pub(super) fn text(self) -> Option<Cow<'a, str>> {
        let raw = self.0?.get();
        let text = match raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(plain) if !plain.contains('\\') => Cow::Borrowed(plain.trim()),
            Some(_) => Cow::Owned(serde_json::from_str::<String>(raw).ok()?.trim().to_owned()),
            None if raw == "null" => return None,
            None => Cow::Borrowed(raw),
        };
        (!text.is_empty()).then_some(text)
    }

    /// Its text, owned; an object or array has none.
    pub(super) fn owned(self) -> Option<String> {
        let is_scalar = self.0.is_some_and(|raw| !raw.get().starts_with(['{', '[']));
        self.text().filter(|_| is_scalar).map(Cow::into_owned)
    }

    /// Whether it says yes; `None` if it says neither yes nor no. One official client writes `True` (§2).
    pub(super) fn flag(self) -> Option<bool> {
        match self.text()?.to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// Whether its text is this one.
    pub(super) fn is(self, word: &str) -> bool {
        self.text().is_some_and(|text| text.eq_ignore_ascii_case(word))
    }

    /// The moment it names; `None` if it is absent or names none.
    pub(super) fn moment(self) -> Option<DateTime<Utc>> {
        moment(&self.text()?)
    }
}

/// A number as it is written, in JSON or in quotes; `None` if it is no number or has more digits than are kept.
pub(super) fn number(text: &str) -> Option<Decimal> {
    serde_json::from_str::<serde_json::Number>(text).ok()?;
    let parsed = if text.contains(['e', 'E']) { Decimal::from_scientific(text) } else { Decimal::from_str_exact(text) };
    parsed.ok().map(|number| number.normalize())
}

/// The moment that `/Date(1772409600000+0000)/` or an ISO text names; without a zone it is UTC (§2).
pub(super) fn moment(text: &str) -> Option<DateTime<Utc>> {
    if let Some((moment, _)) = milliseconds(text) {
        return Some(moment);
    }
    let with_zone = DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc());
    with_zone.or_else(|| text.parse::<NaiveDateTime>().ok().map(|time| time.and_utc()))
}

/// The day that a date field names. In the `/Date()/` form it is midnight of that day, in the zone written behind it.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    if let Some((moment, zone)) = milliseconds(text) {
        return Some(moment.checked_add_signed(zone)?.date_naive());
    }
    let day = text.split_once('T').map_or(text, |(day, _)| day);
    day.parse().ok()
}

/// Milliseconds since 1970, and how far the zone in which the moment is shown is ahead.
fn milliseconds(text: &str) -> Option<(DateTime<Utc>, TimeDelta)> {
    let inside = text.strip_prefix("/Date(")?.strip_suffix(")/")?;
    let digits = inside.strip_prefix('-').unwrap_or(inside);
    let zone_at = digits.find(['+', '-']).map(|at| at + inside.len() - digits.len());
    let (count, zone) = zone_at.map_or((inside, "+0000"), |at| inside.split_at(at));
    let minutes = zone.get(1..3)?.parse::<i64>().ok()? * 60 + zone.get(3..5)?.parse::<i64>().ok()?;
    let ahead = TimeDelta::minutes(if zone.starts_with('-') { -minutes } else { minutes });
    Some((DateTime::from_timestamp_millis(count.parse().ok()?)?, ahead))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use rust_decimal::dec;

    use super::*;

    #[rstest]
    #[case("/Date(1772409600000+0000)/", Some("2026-03-02"), Some("2026-03-02T00:00:00Z"))]
    #[case("/Date(1772409600000)/", Some("2026-03-02"), Some("2026-03-02T00:00:00Z"))]
    #[case("/Date(1772362800000+1300)/", Some("2026-03-02"), Some("2026-03-01T11:00:00Z"))]
    #[case("/Date(1772427600000-0500)/", Some("2026-03-02"), Some("2026-03-02T05:00:00Z"))]
    #[case("/Date(-86400000+0000)/", Some("1969-12-31"), Some("1969-12-31T00:00:00Z"))]
    #[case("2026-03-02T00:00:00", Some("2026-03-02"), Some("2026-03-02T00:00:00Z"))]
    #[case("2026-03-02T00:00:00.123", Some("2026-03-02"), Some("2026-03-02T00:00:00.123Z"))]
    #[case("2026-03-02T10:00:00+13:00", Some("2026-03-02"), Some("2026-03-01T21:00:00Z"))]
    #[case("2026-03-02", Some("2026-03-02"), None)]
    #[case("/Date(8210266876799999+0000)/", Some("+262142-12-31"), Some("+262142-12-31T23:59:59.999Z"))]
    #[case("/Date(8210266876799999+1400)/", None, Some("+262142-12-31T23:59:59.999Z"))]
    #[case("/Date(soon)/", None, None)]
    #[case("/Date(1772409600000+9)/", None, None)]
    #[case("/Date(99999999999999999999)/", None, None)]
    #[case("/Date(1772409600000", None, None)]
    #[case("2 March 2026", None, None)]
    #[case("", None, None)]
    fn dates_come_in_several_forms(#[case] text: &str, #[case] date: Option<&str>, #[case] at: Option<&str>) {
        assert_eq!(day(text), date.map(|date| date.parse().unwrap()), "{text}");
        assert_eq!(moment(text), at.map(|at| at.parse().unwrap()), "{text}");
    }

    #[rstest]
    #[case("310.50", Some(dec!(310.5)))]
    #[case("-0.0000", Some(dec!(0)))]
    #[case("1.5E+2", Some(dec!(150)))]
    #[case("1,5", None)]
    #[case("", None)]
    #[case("007", None)]
    #[case("0.12345678901234567890123456789012", None)]
    fn numbers_are_exact_or_none(#[case] text: &str, #[case] expected: Option<Decimal>) {
        assert_eq!(number(text), expected);
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,40}") {
            let _ = (day(&text), moment(&text), number(&text));
            let wrapped = format!("/Date({text})/");
            let _ = (day(&wrapped), moment(&wrapped));
        }

        #[test]
        fn a_day_survives_the_millisecond_form(days in -20_000_i64..40_000) {
            let date = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + chrono::TimeDelta::days(days);
            prop_assert_eq!(day(&format!("/Date({}+0000)/", days * 86_400_000)), Some(date));
        }
    }
}
