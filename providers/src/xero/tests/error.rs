//! The error table (§2.4, §2.5), by status and shape.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use rstest::rstest;

use crate::{
    error::{ErrorKind, Outcome, ProviderError, Retry},
    transport::Reply,
    xero::error::{check, check_record},
};

const NEVER: Retry = Retry::Never;
const LATER: Retry = Retry::Backoff(None);
const REFRESH: Retry = Retry::AfterRefresh;
const NOT: Outcome = Outcome::NotApplied;
const UNKNOWN: Outcome = Outcome::Unknown;

fn answer(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Reply {
    let headers: HeaderMap =
        headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect();
    Reply { status, headers, bytes: body.as_bytes().to_vec(), trace_id: None }
}

fn problem(status: u16, title: &str, detail: &str) -> String {
    format!(
        r#"{{"Type":null,"Title":"{title}","Status":{status},"Detail":"{detail}","Instance":"5c1e","Extensions":{{}}}}"#
    )
}

fn facts(error: &ProviderError) -> (ErrorKind, Retry, Outcome) {
    (error.kind, error.retry, error.outcome)
}

#[rstest]
#[case::validation(
    400,
    r#"{"ErrorNumber":10,"Type":"ValidationException","Message":"A validation exception occurred","Elements":[{}]}"#.to_owned(),
    (ErrorKind::Rejected, NEVER, NOT), Some("10"), "A validation exception occurred"
)]
#[case::post_data(
    400,
    r#"{"ErrorNumber":14,"Type":"PostDataInvalidException","Message":"Bad JSON"}"#.to_owned(),
    (ErrorKind::Rejected, NEVER, NOT), Some("14"), "Bad JSON"
)]
#[case::year_locked(
    400,
    r#"{"ErrorNumber":10,"Message":"x","Elements":[{"ValidationErrors":[{"Message":"Date is before the end of year LOCK DATE"}]}]}"#.to_owned(),
    (ErrorKind::PeriodClosed, NEVER, NOT), Some("10"),
    "Date is before the end of year LOCK DATE. The books are closed at this date; reopen the period at Xero or use a later date"
)]
#[case::used_key(
    400,
    r#"{"Message":"The Idempotency-Key was used with a different request"}"#.to_owned(),
    (ErrorKind::Rejected, NEVER, UNKNOWN), None, "The Idempotency-Key was used with a different request"
)]
#[case::a_reason_that_is_none(400, "{}".to_owned(), (ErrorKind::Rejected, NEVER, NOT), None, "Xero refused without a reason")]
#[case::token_expired(
    401, problem(401, "Unauthorized", "TokenExpired: token expired at 03/02/2026"),
    (ErrorKind::TokenRejected, REFRESH, NOT), None, "TokenExpired: token expired at 03/02/2026"
)]
#[case::silent_401(
    401, String::new(),
    (ErrorKind::TokenRejected, REFRESH, NOT), None, "Xero answered HTTP 401 without saying why"
)]
#[case::scope(
    401, problem(401, "Unauthorized", "AuthorizationUnsuccessful"),
    (ErrorKind::Rejected, NEVER, NOT), None,
    "AuthorizationUnsuccessful: the consent or the rights of the user who gave it do not cover this; \
     connect again as a user with the right to it"
)]
#[case::disconnected(
    403, problem(403, "Forbidden", "AuthenticationUnsuccessful"),
    (ErrorKind::ConnectionExpired, NEVER, NOT), None,
    "AuthenticationUnsuccessful: the organisation is no longer connected to this app; connect again"
)]
#[case::forbidden(
    403, problem(403, "Forbidden", ""),
    (ErrorKind::Rejected, NEVER, NOT), None,
    "Forbidden: the consent or the rights of the user who gave it do not cover this; \
     connect again as a user with the right to it"
)]
#[case::no_such_page(
    404, "The resource you're looking for cannot be found".to_owned(),
    (ErrorKind::Misconfigured, NEVER, NOT), None, "Xero answered HTTP 404 without saying why; check the `api` endpoint"
)]
#[case::timeout(408, String::new(), (ErrorKind::Unavailable, LATER, UNKNOWN), None, "Xero answered HTTP 408 without saying why")]
#[case::precondition(
    412, r#"{"Message":"One or more headers do not meet the expectations"}"#.to_owned(),
    (ErrorKind::Rejected, NEVER, NOT), None, "One or more headers do not meet the expectations"
)]
#[case::content_type(415, "no".to_owned(), (ErrorKind::Rejected, NEVER, NOT), None, "Xero answered HTTP 415 without saying why")]
#[case::internal(
    500, r#"{"ErrorNumber":500,"Message":"An error occurred in Xero"}"#.to_owned(),
    (ErrorKind::Unavailable, LATER, UNKNOWN), Some("500"), "An error occurred in Xero"
)]
#[case::gateway(502, "<html>bad gateway</html>".to_owned(), (ErrorKind::Unavailable, LATER, UNKNOWN), None, "Xero answered HTTP 502 without saying why")]
#[case::offline(
    503, problem(503, "Service Unavailable", "The organisation is offline"),
    (ErrorKind::Unavailable, LATER, UNKNOWN), None, "The organisation is offline"
)]
#[case::moved(302, String::new(), (ErrorKind::Malformed, LATER, UNKNOWN), None, "Xero answered HTTP 302 without saying why")]
#[case::html_400(
    400, "<html>bad request</html>".to_owned(),
    (ErrorKind::Malformed, LATER, UNKNOWN), None, "Xero answered HTTP 400 without saying why"
)]
fn an_answer_is_judged_by_its_status_and_told_in_its_own_words(
    #[case] status: u16,
    #[case] body: String,
    #[case] expected: (ErrorKind, Retry, Outcome),
    #[case] code: Option<&str>,
    #[case] message: &str,
) {
    let error = check(&answer(status, &[], &body)).unwrap_err();
    assert_eq!(facts(&error), expected);
    assert_eq!((error.code.as_deref(), error.message.as_str()), (code, message));
}

#[rstest]
#[case::minute(&[("x-rate-limit-problem", "Minute"), ("retry-after", "17")], Retry::Backoff(Some(Duration::from_secs(17))), "minute")]
#[case::app(&[("x-rate-limit-problem", "AppMinute"), ("retry-after", "3")], Retry::Backoff(Some(Duration::from_secs(3))), "appminute")]
#[case::at_once(&[("x-rate-limit-problem", "concurrent")], Retry::Backoff(Some(Duration::from_secs(1))), "concurrent")]
#[case::day(&[("x-rate-limit-problem", "DAY"), ("retry-after", "30061")], NEVER, "day")]
#[case::silent(&[], LATER, "")]
fn each_limit_has_its_own_pause(
    #[case] headers: &[(&'static str, &'static str)],
    #[case] retry: Retry,
    #[case] code: &str,
) {
    let error = check(&answer(429, headers, "")).unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::RateLimited, retry, NOT));
    assert_eq!(error.code.unwrap_or_default(), code);
}

#[test]
fn a_day_that_is_used_up_says_until_when() {
    let headers = [("x-rate-limit-problem", "day"), ("retry-after", "30061")];
    let error = check(&answer(429, &headers, "")).unwrap_err();
    assert_eq!(error.message, "the organisation's requests of this day are used up; Xero takes more in 8 h 22 min");
    let error = check(&answer(429, &[("x-rate-limit-problem", "day")], "")).unwrap_err();
    assert_eq!(error.message, "the organisation's requests of this day are used up; Xero takes more tomorrow");
}

#[test]
fn a_missing_scope_is_told_by_its_header_too() {
    let headers = [("www-authenticate", "insufficient_scope")];
    let error = check(&answer(401, &headers, "")).unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Rejected, NEVER, NOT), "another token would lack it too");
}

#[test]
fn very_many_messages_are_not_all_told() {
    let errors: Vec<String> = (0..25).map(|n| format!(r#"{{"Message":"m{n}"}}"#)).collect();
    let body = format!(r#"{{"Elements":[{{"ValidationErrors":[{}]}}]}}"#, errors.join(","));
    let error = check(&answer(400, &[], &body)).unwrap_err();
    assert!(error.message.starts_with("m0; m1; ") && error.message.ends_with("m19; and 5 more"), "{}", error.message);
}

#[rstest]
#[case("", ErrorKind::NotFound)]
#[case("  The resource you're looking for cannot be found\n", ErrorKind::NotFound)]
#[case("<html>no such page</html>", ErrorKind::Misconfigured)]
#[case(r#"{"message":"no route"}"#, ErrorKind::Misconfigured)]
fn a_record_is_missing_only_when_xero_says_so(#[case] body: &str, #[case] kind: ErrorKind) {
    assert_eq!(check_record(&answer(404, &[], body)).unwrap_err().kind, kind);
    assert_eq!(check(&answer(404, &[], body)).unwrap_err().kind, ErrorKind::Misconfigured);
}

#[test]
fn a_success_is_accepted() {
    assert_eq!(check(&answer(200, &[], "{}")), Ok(()));
    assert_eq!(check_record(&answer(204, &[], "")), Ok(()));
}
