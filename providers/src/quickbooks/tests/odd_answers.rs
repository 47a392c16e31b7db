//! What the service and the network do on bad days, through the whole provider.

use std::time::Duration;

use rstest::rstest;

use super::{fault, gateway_fault, provider, provider_with, rows};
use crate::{
    error::{ErrorKind, Outcome, ProviderError, Retry},
    model::{Page, PageCursor, RemoteItem},
    provider::Provider,
    session::CallResult,
    settings::TransportSettings,
    testing::{Answer, Sitting, Stub, expired, quick, reply, reply_with, sitting},
};

const SAW: &str = r#"{"Id":"1","Name":"Saw"}"#;

async fn items(provider: &std::sync::Arc<dyn Provider>, sitting: &Sitting) -> Result<Page<RemoteItem>, ProviderError> {
    provider.items(&sitting.session, &PageCursor("1".to_owned())).await
}

fn token_expired() -> Answer {
    reply(401, gateway_fault("AuthenticationFailed", "003200", 401, "AUTHENTICATION"))
}

#[tokio::test]
async fn a_refused_token_is_replaced_and_the_call_goes_through() {
    let stub = Stub::start(|seen, _| match seen.header("authorization") {
        "Bearer CANARY-token-1" => reply(200, rows("Item", SAW)),
        _ => token_expired(),
    })
    .await;
    let sitting = sitting("9130");
    assert_eq!(items(&provider(&stub), &sitting).await.unwrap().records.len(), 1);
    assert_eq!(sitting.tokens.refused(), ["CANARY-token-0"]);
    assert_eq!((stub.seen().len(), sitting.records.all().len()), (2, 2));
}

#[tokio::test]
async fn a_token_refused_twice_is_not_replaced_twice() {
    let stub = Stub::start(|_, _| token_expired()).await;
    let sitting = sitting("9130");
    let error = items(&provider(&stub), &sitting).await.unwrap_err();
    assert_eq!((error.kind, error.attempts, stub.seen().len()), (ErrorKind::TokenRejected, 2, 2));
    assert_eq!(sitting.tokens.refused(), ["CANARY-token-0"]);
}

#[tokio::test]
async fn a_grant_that_is_gone_sends_nothing() {
    let stub = Stub::start(|_, _| reply(200, rows("Item", SAW))).await;
    let sitting = sitting("9130");
    *sitting.tokens.failure.lock().unwrap() = Some(expired());
    assert_eq!(items(&provider(&stub), &sitting).await.unwrap_err(), expired());
    assert_eq!(stub.seen().len(), 0);
}

#[rstest]
#[case::with_advice(Some("3600"), 20)]
#[case::without_advice(None, 10)]
#[tokio::test]
async fn too_many_requests_are_waited_out(#[case] advice: Option<&'static str>, #[case] milliseconds: u64) {
    let throttled = move || {
        let headers: Vec<(&str, &str)> = advice.map(|advice| ("retry-after", advice)).into_iter().collect();
        reply_with(429, &headers, gateway_fault("ThrottleExceeded", "003001", 429, "SERVICE"))
    };
    let stub = Stub::start(move |_, nth| if nth < 2 { throttled() } else { reply(200, rows("Item", SAW)) }).await;
    let sitting = sitting("9130");
    let begun = std::time::Instant::now();
    items(&provider(&stub), &sitting).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(2 * milliseconds), "{:?}", begun.elapsed());
    let results: Vec<CallResult> = sitting.records.all().into_iter().map(|record| record.result).collect();
    assert_eq!(results.len(), 3);
    let CallResult::Failed(error) = &results[0] else { panic!("recorded as done") };
    assert_eq!((error.kind, error.code.as_deref()), (ErrorKind::RateLimited, Some("3001")));
}

#[rstest]
#[case::html(502, "<html><body>Bad Gateway</body></html>".to_owned(), ErrorKind::Unavailable)]
#[case::plain(503, "upstream connect error".to_owned(), ErrorKind::Unavailable)]
#[case::fault(500, fault("10000", "SystemFault"), ErrorKind::Unavailable)]
#[case::cut_off(200, r#"{"QueryResponse":{"Item":[{"Id":"1","Name":"Sa"#.to_owned(), ErrorKind::Malformed)]
#[case::cut_off_after_a_record(200, r#"{"QueryResponse":{"Item":[{"Id":"1","Name":"Saw"}"#.to_owned(), ErrorKind::Malformed)]
#[case::html_that_says_ok(200, "<html>welcome</html>".to_owned(), ErrorKind::Malformed)]
#[case::empty(200, String::new(), ErrorKind::Malformed)]
#[case::another_envelope(200, r#"{"time":"2026-03-02T09:14:07.511-08:00"}"#.to_owned(), ErrorKind::Malformed)]
#[tokio::test]
async fn passing_trouble_is_tried_again_and_told_if_it_stays(
    #[case] status: u16,
    #[case] body: String,
    #[case] kind: ErrorKind,
) {
    let (first, always) = (body.clone(), body);
    let stub =
        Stub::start(move |_, nth| if nth == 0 { reply(status, first.as_str()) } else { reply(200, rows("Item", SAW)) })
            .await;
    items(&provider(&stub), &sitting("9130")).await.unwrap();
    assert_eq!(stub.seen().len(), 2);

    let stub = Stub::start(move |_, _| reply_with(status, &[("intuit_tid", "1-0a-0b")], always.as_str())).await;
    let sitting = sitting("9130");
    let error = items(&provider(&stub), &sitting).await.unwrap_err();
    assert_eq!((error.kind, error.retry, error.outcome), (kind, Retry::Backoff(None), Outcome::NotApplied));
    assert_eq!((error.attempts, error.http_status, error.operation), (4, Some(status), "item.query"));
    assert_eq!(error.trace_id.as_deref(), Some("1-0a-0b"));
    let last = sitting.records.all().pop().unwrap();
    assert_eq!((last.attempt, last.result), (4, CallResult::Failed(error)));
}

#[tokio::test]
async fn a_fault_inside_a_success_is_a_fault() {
    let stub =
        Stub::start(|_, _| reply_with(200, &[("intuit_tid", "1-0a-0b")], fault("4001", "ValidationFault"))).await;
    let error = items(&provider(&stub), &sitting("9130")).await.unwrap_err();
    let expected = ProviderError {
        code: Some("4001".to_owned()),
        http_status: Some(200),
        trace_id: Some("1-0a-0b".to_owned()),
        ..ProviderError::new(ErrorKind::Rejected, "item.query", "Said: More")
    };
    assert_eq!(error, expected);
    assert_eq!(error.to_string(), "item.query: Said: More (code 4001) [HTTP 200]");
    assert_eq!(stub.seen().len(), 1);
}

#[tokio::test]
async fn silence_ends_after_the_timeout() {
    let stub = Stub::start(|_, _| Answer::Hang).await;
    let settings = TransportSettings { timeout: Duration::from_millis(60), attempts: 2, ..quick() };
    let error = items(&provider_with(&stub, settings), &sitting("9130")).await.unwrap_err();
    assert_eq!((error.kind, error.attempts), (ErrorKind::Unavailable, 2));
    assert_eq!(error.message, "no complete answer within 60ms");
}

#[tokio::test]
async fn a_count_that_cannot_be_read_opens_no_listing() {
    for body in [r#"{"QueryResponse":{}}"#, r#"{"QueryResponse":{"totalCount":-1}}"#] {
        let stub = Stub::start(move |_, _| reply(200, body)).await;
        let sitting = sitting("9130");
        let error =
            provider(&stub).open_listing(&sitting.session, crate::model::Collection::Items, None).await.unwrap_err();
        let told = (error.kind, error.message.as_str(), error.attempts);
        assert_eq!(told, (ErrorKind::Malformed, "the answer has no usable totalCount", 4));
    }
}
