//! The scalars of the API: `Decimal`, `Date`, `DateTime`, `URL`.
//!
//! Rule: what is written is exact and has one form; what cannot be read exactly is refused, never rounded.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{NaiveDate, SecondsFormat, Utc};

use super::fault::FaultCode;

/// More digits than 96 bits can hold, so nothing longer is looked at.
const DIGITS_MAX: usize = 40;

/// An exact decimal number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decimal(pub rust_decimal::Decimal);

/// An exact decimal number with up to 28 digits, written as a string without exponent, for example `"1250.5"`. As input
/// a string or a JSON number; exponents and numbers with more digits are refused, never rounded.
#[Scalar(name = "Decimal")]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        let text = match &value {
            Value::String(text) => text.clone(),
            // Numbers are kept as they were written, so this is the literal and not its nearest double.
            Value::Number(number) => number.to_string(),
            _ => return Err(refused("write a number, or a string with digits")),
        };
        read_decimal(&text).map(Self).map_err(refused)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.normalize().to_string())
    }
}

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(pub NaiveDate);

/// A day in the business's time zone, `YYYY-MM-DD`.
#[Scalar(name = "Date")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) if text.len() == 10 => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(Self),
            _ => None,
        }
        .ok_or_else(|| refused("write a day as YYYY-MM-DD"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.format("%Y-%m-%d").to_string())
    }
}

/// A moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateTime(pub chrono::DateTime<Utc>);

/// A moment in UTC, RFC 3339, for example `2026-01-31T09:30:00Z`. As input any offset is accepted, none is not.
#[Scalar(name = "DateTime")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => chrono::DateTime::parse_from_rfc3339(text).ok(),
            _ => None,
        }
        .map(|moment| Self(moment.with_timezone(&Utc)))
        .ok_or_else(|| refused("write a moment with its offset, as in 2026-01-31T09:30:00Z"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

/// A web address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url(pub url::Url);

/// An absolute web address.
#[Scalar(name = "URL")]
impl ScalarType for Url {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => url::Url::parse(text).ok().filter(url::Url::has_host).map(Self),
            _ => None,
        }
        .ok_or_else(|| refused("write an absolute address, as in https://example.com/path"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

impl From<rust_decimal::Decimal> for Decimal {
    fn from(number: rust_decimal::Decimal) -> Self {
        Self(number)
    }
}

impl From<NaiveDate> for Date {
    fn from(day: NaiveDate) -> Self {
        Self(day)
    }
}

impl From<chrono::DateTime<Utc>> for DateTime {
    fn from(moment: chrono::DateTime<Utc>) -> Self {
        Self(moment)
    }
}

impl From<url::Url> for Url {
    fn from(address: url::Url) -> Self {
        Self(address)
    }
}

fn refused<T: async_graphql::InputType>(message: &str) -> InputValueError<T> {
    InputValueError::custom(message).with_extension("code", FaultCode::Validation.name())
}

fn read_decimal(text: &str) -> Result<rust_decimal::Decimal, &'static str> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.contains(['e', 'E']) {
        return Err("write the number without an exponent");
    }
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole) || !plain(fraction) {
        return Err("write digits, with a point before the fraction, as in 1250.5");
    }
    if digits.len() > DIGITS_MAX {
        return Err("the number has more digits than can be kept exactly");
    }
    rust_decimal::Decimal::from_str_exact(text).map_err(|_| "the number has more digits than can be kept exactly")
}

#[cfg(test)]
mod tests {
    use async_graphql::Number;
    use rstest::rstest;

    use super::*;

    fn number(literal: &str) -> Value {
        Value::Number(literal.parse::<Number>().unwrap())
    }

    #[rstest]
    #[case(Value::from("1250.5"), "1250.5")]
    #[case(Value::from("-0.000001"), "-0.000001")]
    #[case(Value::from("1.500000"), "1.5")]
    #[case(Value::from("007"), "7")]
    #[case(Value::from("-0"), "0")]
    #[case(Value::from("9999999999999999999999999999"), "9999999999999999999999999999")]
    #[case(number("12"), "12")]
    #[case(number("0.1"), "0.1")]
    #[case(number("0.1000000000000000055511151231"), "0.1000000000000000055511151231")]
    fn decimals_are_read_exactly_and_written_in_one_form(#[case] given: Value, #[case] written: &str) {
        assert_eq!(Decimal::parse(given).unwrap().to_value(), Value::from(written));
    }

    #[rstest]
    #[case(Value::from("1e3"))]
    #[case(number("1e3"))]
    #[case(number("1.5E-2"))]
    #[case(Value::from("1,5"))]
    #[case(Value::from(" 1"))]
    #[case(Value::from("+1"))]
    #[case(Value::from("1_000"))]
    #[case(Value::from(".5"))]
    #[case(Value::from("5."))]
    #[case(Value::from("-"))]
    #[case(Value::from(""))]
    #[case(Value::from("NaN"))]
    #[case(Value::from("0.10000000000000000555111512312578"))]
    #[case(Value::from("99999999999999999999999999999999"))]
    #[case(Value::Boolean(true))]
    fn decimals_that_are_not_exact_digits_are_refused(#[case] given: Value) {
        assert!(Decimal::parse(given).is_err());
    }

    #[test]
    fn moments_are_read_with_any_offset_and_written_in_utc() {
        let moment = DateTime::parse(Value::from("2026-01-31T10:30:00.250+01:00")).unwrap();
        assert_eq!(moment.to_value(), Value::from("2026-01-31T09:30:00.250Z"));
        assert!(DateTime::parse(Value::from("2026-01-31T10:30:00")).is_err());
    }

    #[rstest]
    #[case("2026-02-28", true)]
    #[case("2026-02-29", false)]
    #[case("2026-2-28", false)]
    #[case("28.02.2026", false)]
    fn days_have_one_form(#[case] text: &str, #[case] valid: bool) {
        assert_eq!(Date::parse(Value::from(text)).is_ok(), valid);
    }

    #[test]
    fn addresses_must_be_absolute() {
        assert_eq!(
            Url::parse(Value::from("https://example.com")).unwrap().to_value(),
            Value::from("https://example.com/")
        );
        assert!(Url::parse(Value::from("/callback")).is_err());
        assert!(Url::parse(Value::from("javascript:alert(1)")).is_err());
    }
}
