//! What the service and the network do on bad days, through the whole provider.

use std::{sync::Arc, time::Duration};

use rstest::rstest;

use super::{TENANT, provider, provider_with, rows};
use crate::{
    error::{ErrorKind, Outcome, ProviderError, Retry},
    model::{Page, PageCursor, RemoteItem},
    provider::Provider,
    session::CallResult,
    settings::TransportSettings,
    testing::{Answer, Sitting, Stub, expired, quick, reply, reply_with, sitting},
};

const SAW: &str = r#"{"ItemID":"1","Code":"Saw"}"#;

const EXPIRED: &str = r#"{"Type":null,"Title":"Unauthorized","Status":401,
    "Detail":"TokenExpired: token expired at 03/02/2026 09:14:07","Instance":"5c1e","Extensions":{}}"#;

async fn items(provider: &Arc<dyn Provider>, sitting: &Sitting) -> Result<Page<RemoteItem>, ProviderError> {
    provider.items(&sitting.session, &PageCursor("all".to_owned())).await
}

/// Statement 2, as far as it is the provider's part: the source is told, and the call goes through.
#[tokio::test]
async fn s002_a_refused_token_is_replaced_and_the_call_goes_through() {
    let stub = Stub::start(|seen, _| match seen.header("authorization") {
        "Bearer CANARY-token-1" => reply(200, rows("Items", SAW)),
        _ => reply(401, EXPIRED),
    })
    .await;
    let sitting = sitting(TENANT);
    assert_eq!(items(&provider(&stub), &sitting).await.unwrap().records.len(), 1);
    assert_eq!(sitting.tokens.refused(), ["CANARY-token-0"]);
    assert_eq!((stub.seen().len(), sitting.records.all().len()), (2, 2));
}

#[tokio::test]
async fn a_token_refused_twice_is_not_replaced_twice() {
    let stub = Stub::start(|_, _| reply(401, EXPIRED)).await;
    let sitting = sitting(TENANT);
    let error = items(&provider(&stub), &sitting).await.unwrap_err();
    assert_eq!((error.kind, error.attempts, stub.seen().len()), (ErrorKind::TokenRejected, 2, 2));
    assert_eq!(sitting.tokens.refused(), ["CANARY-token-0"]);
}

/// Statement 3, as far as it is the provider's part.
#[tokio::test]
async fn s003_a_grant_that_is_gone_sends_nothing() {
    let stub = Stub::start(|_, _| reply(200, rows("Items", SAW))).await;
    let sitting = sitting(TENANT);
    *sitting.tokens.failure.lock().unwrap() = Some(expired());
    assert_eq!(items(&provider(&stub), &sitting).await.unwrap_err(), expired());
    assert_eq!(stub.seen().len(), 0);
}

#[rstest]
#[case::html(502, "<html><body>Bad Gateway</body></html>", ErrorKind::Unavailable)]
#[case::offline(503, "", ErrorKind::Unavailable)]
#[case::cut_off(200, r#"{"Items":[{"ItemID":"1","Co"#, ErrorKind::Malformed)]
#[case::cut_off_after_a_record(200, r#"{"Items":[{"ItemID":"1","Code":"Saw"}"#, ErrorKind::Malformed)]
#[case::html_that_says_ok(200, "<html>welcome</html>", ErrorKind::Malformed)]
#[case::xml(200, "<Response><Items/></Response>", ErrorKind::Malformed)]
#[case::empty(200, "", ErrorKind::Malformed)]
#[case::another_envelope(200, r#"{"Status":"OK"}"#, ErrorKind::Malformed)]
#[case::no_list(200, r#"{"Items":{}}"#, ErrorKind::Malformed)]
#[tokio::test]
async fn passing_trouble_is_tried_again_and_told_if_it_stays(
    #[case] status: u16,
    #[case] body: &'static str,
    #[case] kind: ErrorKind,
) {
    let stub =
        Stub::start(move |_, nth| if nth == 0 { reply(status, body) } else { reply(200, rows("Items", SAW)) }).await;
    items(&provider(&stub), &sitting(TENANT)).await.unwrap();
    assert_eq!(stub.seen().len(), 2);

    let stub = Stub::start(move |_, _| reply_with(status, &[("xero-correlation-id", "7a-1")], body)).await;
    let sitting = sitting(TENANT);
    let error = items(&provider(&stub), &sitting).await.unwrap_err();
    assert_eq!((error.kind, error.retry, error.outcome), (kind, Retry::Backoff(None), Outcome::NotApplied));
    assert_eq!((error.attempts, error.http_status, error.operation), (4, Some(status), "item.list"));
    assert_eq!(error.trace_id.as_deref(), Some("7a-1"));
    let last = sitting.records.all().pop().unwrap();
    assert_eq!((last.attempt, last.result), (4, CallResult::Failed(error)));
}

#[tokio::test]
async fn a_day_that_is_used_up_ends_the_call_at_once() {
    let headers = [("x-rate-limit-problem", "day"), ("retry-after", "30000"), ("x-daylimit-remaining", "0")];
    let stub = Stub::start(move |_, _| reply_with(429, &headers, "")).await;
    let (provider, sitting) = (provider(&stub), sitting(TENANT));
    let error = items(&provider, &sitting).await.unwrap_err();
    assert_eq!((error.kind, error.retry, error.attempts), (ErrorKind::RateLimited, Retry::Never, 1));
    assert_eq!((error.code.as_deref(), error.http_status), (Some("day"), Some(429)));
    assert!(error.is_transient(), "it passes by itself, only not now");
    let again = items(&provider, &sitting).await.unwrap_err();
    assert_eq!((again.message, stub.seen().len()), (error.message, 2), "nobody rests for hours");
}

#[tokio::test]
async fn silence_ends_after_the_timeout() {
    let stub = Stub::start(|_, _| Answer::Hang).await;
    let settings = TransportSettings { timeout: Duration::from_millis(60), attempts: 2, ..quick() };
    let error = items(&provider_with(&stub, settings), &sitting(TENANT)).await.unwrap_err();
    assert_eq!((error.kind, error.attempts), (ErrorKind::Unavailable, 2));
}

#[tokio::test]
async fn a_company_id_that_is_no_header_text_reaches_no_tenant() {
    let stub = Stub::start(|seen, _| {
        assert_eq!(seen.header("xero-tenant-id"), "");
        reply(403, r#"{"Title":"Forbidden","Detail":"AuthenticationUnsuccessful"}"#)
    })
    .await;
    let error = items(&provider(&stub), &sitting("a\nb")).await.unwrap_err();
    assert_eq!((error.kind, stub.seen().len()), (ErrorKind::ConnectionExpired, 1));
}
