//! The error table (§5) in both fault shapes, and answers that are no fault at all.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use rstest::rstest;

use super::{counted, fault, gateway_fault};
use crate::{
    error::{ErrorKind, Outcome, ProviderError, Retry},
    quickbooks::error::check,
    transport::Reply,
};

const NEVER: Retry = Retry::Never;
const LATER: Retry = Retry::Backoff(None);
const REFRESH: Retry = Retry::AfterRefresh;
const NOT: Outcome = Outcome::NotApplied;
const UNKNOWN: Outcome = Outcome::Unknown;

fn answer(status: u16, body: &str) -> Reply {
    Reply { status, headers: HeaderMap::new(), bytes: body.as_bytes().to_vec(), trace_id: None }
}

fn judged(status: u16, body: &str) -> ProviderError {
    check(&answer(status, body)).unwrap_err()
}

fn facts(error: &ProviderError) -> (ErrorKind, Retry, Outcome) {
    (error.kind, error.retry, error.outcome)
}

#[rstest]
#[case(400, "100", ErrorKind::TokenRejected, REFRESH, NOT)]
#[case(401, "110", ErrorKind::TokenRejected, REFRESH, NOT)]
#[case(401, "120", ErrorKind::ConnectionExpired, NEVER, NOT)]
#[case(400, "130", ErrorKind::Misconfigured, NEVER, NOT)]
#[case(400, "140", ErrorKind::CompanyBlocked, NEVER, NOT)]
#[case(400, "150", ErrorKind::Unavailable, LATER, UNKNOWN)]
#[case(400, "500", ErrorKind::Rejected, NEVER, NOT)]
#[case(400, "600", ErrorKind::Rejected, NEVER, UNKNOWN)]
#[case(400, "610", ErrorKind::NotFound, NEVER, NOT)]
#[case(400, "2020", ErrorKind::Rejected, NEVER, NOT)]
#[case(400, "2500", ErrorKind::Rejected, NEVER, NOT)]
#[case(429, "3001", ErrorKind::RateLimited, LATER, NOT)]
#[case(403, "3100", ErrorKind::ConnectionExpired, NEVER, NOT)]
#[case(401, "3200", ErrorKind::TokenRejected, REFRESH, NOT)]
#[case(401, "3202", ErrorKind::TokenRejected, REFRESH, NOT)]
#[case(400, "4000", ErrorKind::Rejected, NEVER, NOT)]
#[case(400, "4001", ErrorKind::Rejected, NEVER, NOT)]
#[case(400, "5010", ErrorKind::Stale, NEVER, NOT)]
#[case(400, "5020", ErrorKind::Rejected, NEVER, NOT)]
#[case(400, "6000", ErrorKind::Rejected, NEVER, NOT)]
#[case(400, "6140", ErrorKind::Rejected, NEVER, NOT)]
#[case(400, "6190", ErrorKind::CompanyBlocked, NEVER, NOT)]
#[case(400, "6200", ErrorKind::PeriodClosed, NEVER, NOT)]
#[case(400, "6210", ErrorKind::PeriodClosed, NEVER, NOT)]
#[case(400, "6240", ErrorKind::Rejected, NEVER, NOT)]
#[case(400, "6270", ErrorKind::Rejected, NEVER, NOT)]
#[case(500, "10000", ErrorKind::Unavailable, LATER, UNKNOWN)]
fn a_code_means_the_same_in_either_shape_at_any_status(
    #[case] status: u16,
    #[case] code: &str,
    #[case] kind: ErrorKind,
    #[case] retry: Retry,
    #[case] outcome: Outcome,
) {
    let padded = format!("{code:0>6}");
    let bodies = [
        (status, fault(code, "ValidationFault")),
        (200, fault(code, "ValidationFault")),
        (status, fault(&padded, "ValidationFault")),
        (status, gateway_fault("Name", &padded, status, "SERVICE")),
    ];
    for (status, body) in bodies {
        let error = judged(status, &body);
        assert_eq!(facts(&error), (kind, retry, outcome), "HTTP {status}: {body}");
        assert_eq!(error.code.as_deref(), Some(code), "leading zeros mean nothing");
    }
}

/// §5: everything else is refused for good; whoever sends the same again is told the same again.
#[test]
fn every_other_code_is_a_refusal_for_good() {
    let codes = [
        "620", "630", "700", "800", "900", "1000", "1010", "1020", "1040", "1050", "2000", "2010", "2030", "2040",
        "2050", "2060", "2070", "2080", "2090", "2100", "2110", "2120", "2130", "2140", "2150", "2160", "2170", "2180",
        "2190", "2200", "2210", "2220", "2230", "2240", "2250", "2260", "2270", "2280", "2290", "2300", "2390", "2600",
        "3000", "4002", "5000", "5030", "6010", "6030", "6040", "6041", "6050", "6070", "6080", "6090", "6100", "6150",
        "6160", "6170", "6180", "6220", "6230", "6250", "6430", "6440", "6450", "6480", "6520", "6530", "6540",
        "10100", "10200",
    ];
    for code in codes {
        for (status, body) in [(400, fault(code, "ValidationFault")), (200, fault(code, "ValidationFault"))] {
            let error = judged(status, &body);
            assert_eq!(facts(&error), (ErrorKind::Rejected, NEVER, NOT), "{code}");
            assert_eq!(error.code.as_deref(), Some(code));
        }
    }
}

#[rstest]
#[case("2300", "Debits and credits must be equal")]
#[case("2500", "sync and choose another")]
#[case("5020", "inventory needs Plus or Advanced")]
#[case("5030", "inventory needs Plus or Advanced")]
#[case("6140", "look it up before posting again")]
#[case("6190", "Renew the company's subscription at QuickBooks")]
#[case("6210", "The books are closed at this date")]
#[case("6270", "inventory start date")]
#[case("6540", "bank deposit at QuickBooks first")]
#[case("10200", "sync everything anew")]
fn a_refusal_names_the_way_out(#[case] code: &str, #[case] way_out: &str) {
    let error = judged(400, &fault(code, "ValidationFault"));
    assert!(error.message.starts_with("Said: More. ") && error.message.ends_with(way_out), "{}", error.message);
}

#[rstest]
#[case(400, "9999", "SystemFault", ErrorKind::Unavailable, LATER, UNKNOWN)]
#[case(500, "9999", "ValidationFault", ErrorKind::Unavailable, LATER, UNKNOWN)]
#[case(401, "9999", "AuthenticationFault", ErrorKind::TokenRejected, REFRESH, NOT)]
#[case(429, "9999", "SERVICE", ErrorKind::RateLimited, LATER, NOT)]
#[case(403, "9999", "AuthorizatonFault", ErrorKind::Rejected, NEVER, NOT)]
fn an_unknown_code_leaves_the_decision_to_status_and_type(
    #[case] status: u16,
    #[case] code: &str,
    #[case] fault_type: &str,
    #[case] kind: ErrorKind,
    #[case] retry: Retry,
    #[case] outcome: Outcome,
) {
    assert_eq!(facts(&judged(status, &fault(code, fault_type))), (kind, retry, outcome));
}

#[rstest]
#[case(401, "", ErrorKind::TokenRejected, REFRESH, NOT)]
#[case(403, "<html>denied</html>", ErrorKind::Unavailable, LATER, UNKNOWN)]
#[case(404, "<html>no such page</html>", ErrorKind::Misconfigured, NEVER, NOT)]
#[case(408, "", ErrorKind::Unavailable, LATER, UNKNOWN)]
#[case(429, "slow down", ErrorKind::RateLimited, LATER, NOT)]
#[case(500, "{\"Fault\":{\"Err", ErrorKind::Unavailable, LATER, UNKNOWN)]
#[case(502, "<html>bad gateway</html>", ErrorKind::Unavailable, LATER, UNKNOWN)]
#[case(503, "try later", ErrorKind::Unavailable, LATER, UNKNOWN)]
#[case(504, "", ErrorKind::Unavailable, LATER, UNKNOWN)]
#[case(302, "", ErrorKind::Malformed, LATER, UNKNOWN)]
#[case(400, "<html>bad request</html>", ErrorKind::Malformed, LATER, UNKNOWN)]
fn an_answer_that_is_no_fault_is_judged_by_its_status(
    #[case] status: u16,
    #[case] body: &str,
    #[case] kind: ErrorKind,
    #[case] retry: Retry,
    #[case] outcome: Outcome,
) {
    assert_eq!(facts(&judged(status, body)), (kind, retry, outcome));
}

#[test]
fn every_error_of_a_fault_is_told_with_its_detail_and_field() {
    let body = r#"{"Fault":{"Error":[
        {"Message":"Required param missing","Detail":"Required parameter Line is missing","code":"2020","element":"Line"},
        {"Message":"Again","Detail":"Again","code":"2030","element":null},{"Detail":"Only this","code":2040}],
        "type":"ValidationFault"},"time":"2026-03-02T09:14:07.511-08:00"}"#;
    let error = judged(400, body);
    let said = "Required param missing: Required parameter Line is missing (field Line); Again; Only this";
    assert_eq!((error.message.as_str(), error.code.as_deref()), (said, Some("2020")));
}

#[test]
fn an_error_that_we_know_the_way_out_of_names_it() {
    let error = judged(403, &gateway_fault("ApplicationAuthorizationFailed", "003100", 403, "SERVICE"));
    let said = "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403: Because. \
                The app has no access to this company; connect again";
    assert_eq!(error.message, said);
}

#[test]
fn a_fault_without_errors_is_still_a_refusal() {
    let error = judged(200, r#"{"Fault":{"type":"ValidationFault"}}"#);
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Rejected, "QuickBooks refused without a reason"));
}

#[rstest]
#[case::seconds(&[("retry-after", "7")], Some(7))]
#[case::date(&[("retry-after", "Mon, 02 Mar 2026 09:15:00 GMT"), ("date", "Mon, 02 Mar 2026 09:14:30 GMT")], Some(30))]
#[case::date_gone_by(&[("retry-after", "Mon, 02 Mar 2026 09:14:00 GMT"), ("date", "Mon, 02 Mar 2026 09:14:30 GMT")], Some(0))]
#[case::nonsense(&[("retry-after", "soon")], None)]
#[case::none(&[], None)]
fn the_advised_pause_is_read(#[case] headers: &[(&'static str, &'static str)], #[case] seconds: Option<u64>) {
    for status in [429, 503] {
        let mut reply = answer(status, "");
        reply.headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        let advised = Retry::Backoff(seconds.map(Duration::from_secs));
        assert_eq!(check(&reply).unwrap_err().retry, advised);
    }
}

#[rstest]
#[case(&counted(3))]
#[case(r#"{"QueryResponse":{"Item":[{"Name":"Fault","Description":"\"Fault\" finder"}]}}"#)]
#[case(r#"{"QueryResponse":{},"fault":null}"#)]
fn a_success_without_a_fault_is_accepted(#[case] body: &str) {
    assert_eq!(check(&answer(200, body)), Ok(()));
}
