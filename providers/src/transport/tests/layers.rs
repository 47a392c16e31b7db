//! Retry, authorization, concurrency and observation, each alone.

use std::{sync::Arc, time::Duration};

use rstest::rstest;
use secrecy::ExposeSecret;
use tokio::{sync::Notify, time::Instant};

use super::{Script, at, failure, ok, outage, read, write};
use crate::{
    clock::SystemClock,
    error::{ErrorKind, Outcome, ProviderError, Retry},
    session::CallResult,
    settings::TransportSettings,
    testing::{expired, sitting},
    transport::{
        Transport, authorize::Authorize, concurrency::Concurrency, observe::Observe, retry::RetryLayer,
        timeout::Timeout,
    },
};

fn retrying(script: &Script) -> RetryLayer<Script> {
    RetryLayer::new(script.clone(), &TransportSettings::default())
}

#[tokio::test(start_paused = true)]
async fn a_read_is_sent_again_after_an_outage_until_it_succeeds() {
    let (_, call) = at("1");
    let script = Script::failing(3, outage());
    retrying(&script).send(&call).await.unwrap();
    let attempts: Vec<u32> = script.sent().iter().map(|call| call.stamp.attempt).collect();
    assert_eq!(attempts, [1, 2, 3, 4]);
}

#[tokio::test(start_paused = true)]
async fn the_last_error_says_how_often_it_was_sent() {
    let (_, call) = at("1");
    let script = Script::failing(usize::MAX, outage());
    let error = retrying(&script).send(&call).await.unwrap_err();
    assert_eq!(error, ProviderError { attempts: 4, ..outage() });
    assert_eq!(script.sent().len(), 4);
}

#[rstest]
#[case::in_doubt_and_unprotected(false, Outcome::Unknown, 1)]
#[case::in_doubt_but_recognised(true, Outcome::Unknown, 4)]
#[case::certainly_without_effect(false, Outcome::NotApplied, 4)]
#[tokio::test(start_paused = true)]
async fn a_write_is_repeated_only_where_that_is_harmless(
    #[case] safe_to_repeat: bool,
    #[case] outcome: Outcome,
    #[case] sent: usize,
) {
    let script = Script::failing(usize::MAX, failure(ErrorKind::Unavailable, Retry::Backoff(None), outcome));
    let call = write(&sitting("1"), safe_to_repeat);
    let error = retrying(&script).send(&call).await.unwrap_err();
    assert_eq!((script.sent().len(), error.outcome), (sent, outcome));
}

/// The repeat may be refused just because the first attempt took effect.
#[tokio::test(start_paused = true)]
async fn a_write_once_in_doubt_stays_in_doubt() {
    let refusal = failure(ErrorKind::Rejected, Retry::Never, Outcome::NotApplied);
    let script = Script::new(move |nth| Err(if nth == 0 { outage() } else { refusal.clone() }));
    let error = retrying(&script).send(&write(&sitting("1"), true)).await.unwrap_err();
    assert_eq!((error.kind, error.outcome, error.attempts), (ErrorKind::Rejected, Outcome::Unknown, 2));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_sent_once() {
    let (_, call) = at("1");
    let script = Script::failing(usize::MAX, failure(ErrorKind::Rejected, Retry::Never, Outcome::NotApplied));
    let error = retrying(&script).send(&call).await.unwrap_err();
    assert_eq!((script.sent().len(), error.attempts), (1, 1));
}

#[rstest]
#[case::as_advised(Duration::from_secs(7), Duration::from_secs(7))]
#[case::no_longer_than_allowed(Duration::from_secs(3600), Duration::from_secs(90))]
#[tokio::test(start_paused = true)]
async fn the_advised_pause_is_kept_up_to_the_longest_allowed(#[case] advised: Duration, #[case] waited: Duration) {
    let (_, call) = at("1");
    let script =
        Script::failing(1, failure(ErrorKind::Unavailable, Retry::Backoff(Some(advised)), Outcome::NotApplied));
    let begun = Instant::now();
    retrying(&script).send(&call).await.unwrap();
    assert_eq!(begun.elapsed(), waited);
}

#[tokio::test(start_paused = true)]
async fn pauses_double_and_half_of_each_is_left_to_chance() {
    let (_, call) = at("1");
    let script = Script::failing(usize::MAX, outage());
    let settings = TransportSettings { attempts: 12, ..TransportSettings::default() };
    RetryLayer::new(script.clone(), &settings).send(&call).await.unwrap_err();
    let times = script.times();
    let pauses: Vec<Duration> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(pauses.len(), 11);
    for (nth, pause) in pauses.iter().enumerate() {
        let full = (settings.backoff_base * 2_u32.pow(nth as u32)).min(settings.backoff_max);
        // Tokio's timer counts whole milliseconds and rounds up.
        assert!(*pause >= full / 2 && *pause <= full + Duration::from_millis(1), "pause {nth}: {pause:?} of {full:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_replaced_once_and_the_call_sent_again_once() {
    let sitting = sitting("1");
    let refusal = failure(ErrorKind::TokenRejected, Retry::AfterRefresh, Outcome::NotApplied);
    let script = Script::failing(usize::MAX, refusal);
    let stack = RetryLayer::new(Authorize::new(script.clone()), &TransportSettings::default());
    let error = stack.send(&read(&sitting)).await.unwrap_err();
    assert_eq!((error.kind, error.attempts), (ErrorKind::TokenRejected, 2));
    assert_eq!(sitting.tokens.refused(), ["CANARY-token-0"]);
    let tokens: Vec<String> =
        script.sent().iter().map(|call| call.stamp.token.as_ref().unwrap().expose_secret().to_owned()).collect();
    assert_eq!(tokens, ["CANARY-token-0", "CANARY-token-1"]);
}

#[tokio::test(start_paused = true)]
async fn a_new_token_costs_none_of_the_attempts() {
    let sitting = sitting("1");
    let refusal = failure(ErrorKind::TokenRejected, Retry::AfterRefresh, Outcome::NotApplied);
    let script = Script::new(move |nth| match nth {
        0 => Err(refusal.clone()),
        1..=3 => Err(outage()),
        _ => Ok(ok()),
    });
    let stack = RetryLayer::new(Authorize::new(script.clone()), &TransportSettings::default());
    stack.send(&read(&sitting)).await.unwrap();
    assert_eq!(script.sent().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn without_a_token_nothing_is_sent_and_nothing_retried() {
    let sitting = sitting("1");
    *sitting.tokens.failure.lock().unwrap() = Some(outage());
    let script = Script::new(|_| Ok(ok()));
    let stack = RetryLayer::new(Authorize::new(script.clone()), &TransportSettings::default());
    let error = stack.send(&read(&sitting)).await.unwrap_err();
    assert_eq!(error, outage().retry(Retry::Never));
    assert_eq!(script.sent().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_grant_that_is_gone_replaces_the_refusal_of_the_token() {
    let sitting = sitting("1");
    let tokens = sitting.tokens.clone();
    let script = Script::new(move |_| {
        *tokens.failure.lock().unwrap() = Some(expired());
        Err(failure(ErrorKind::TokenRejected, Retry::AfterRefresh, Outcome::NotApplied))
    });
    let stack = RetryLayer::new(Authorize::new(script.clone()), &TransportSettings::default());
    let error = stack.send(&read(&sitting)).await.unwrap_err();
    assert_eq!(error, expired());
    assert_eq!(script.sent().len(), 1);
}

#[tokio::test]
async fn no_more_calls_of_a_company_are_under_way_than_allowed() {
    let gate = Arc::new(Notify::new());
    let script = Script { gate: Some(gate.clone()), ..Script::new(|_| Ok(ok())) };
    let layer = Arc::new(Concurrency::new(script.clone(), 3));
    let tasks: Vec<_> = [("1", 10), ("2", 2)]
        .into_iter()
        .flat_map(|(company, calls)| (0..calls).map(move |_| at(company).1))
        .map(|call| {
            let layer = layer.clone();
            tokio::spawn(async move { layer.send(&call).await.unwrap() })
        })
        .collect();
    while script.sent().len() < 5 {
        tokio::task::yield_now().await;
    }
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    assert_eq!(script.sent().len(), 5, "3 of company 1 and 2 of company 2");
    for task in tasks {
        while !task.is_finished() {
            gate.notify_waiters();
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(script.sent().len(), 12);
    assert_eq!(script.most.load(std::sync::atomic::Ordering::SeqCst), 5);
}

fn observing<T: Transport>(inner: T) -> Observe<T> {
    Observe::new(inner, Arc::new(SystemClock), 1024)
}

#[tokio::test(start_paused = true)]
async fn every_attempt_is_recorded_once() {
    let sitting = sitting("1");
    let stack = RetryLayer::new(observing(Script::failing(2, outage())), &TransportSettings::default());
    stack.send(&read(&sitting)).await.unwrap();
    let seen: Vec<(u32, bool)> =
        sitting.records.all().iter().map(|record| (record.attempt, record.result == CallResult::Ok)).collect();
    assert_eq!(seen, [(1, false), (2, false), (3, true)]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_the_judge_refuses_is_recorded_as_failed_with_its_body() {
    let sitting = sitting("1");
    let script = Script::new(|_| {
        Ok(crate::transport::Reply { bytes: b"<html>".to_vec(), trace_id: Some("t-1".to_owned()), ..ok() })
    });
    let call = read(&sitting).judged(|_| Err(ProviderError::new(ErrorKind::Malformed, "", "no JSON")));
    let error = observing(script).send(&call).await.unwrap_err();
    let expected = ProviderError {
        http_status: Some(200),
        trace_id: Some("t-1".to_owned()),
        ..ProviderError::new(ErrorKind::Malformed, "thing.read", "no JSON")
    };
    assert_eq!(error, expected);
    let record = sitting.records.all().pop().unwrap();
    assert_eq!(record.result, CallResult::Failed(expected));
    assert_eq!((record.http_status, record.response_body.as_deref()), (Some(200), Some("<html>")));
}

#[rstest]
#[case::read(false, Outcome::NotApplied)]
#[case::write(true, Outcome::Unknown)]
#[tokio::test(start_paused = true)]
async fn a_call_given_up_midway_is_recorded(#[case] writes: bool, #[case] outcome: Outcome) {
    let sitting = sitting("1");
    let script = Script { gate: Some(Arc::new(Notify::new())), ..Script::new(|_| Ok(ok())) };
    let call = if writes { write(&sitting, false) } else { read(&sitting) };
    let layer = observing(script);
    tokio::time::timeout(Duration::from_secs(3), layer.send(&call)).await.unwrap_err();
    sitting.records.arrival().await;
    let records = sitting.records.all();
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].duration, Duration::from_secs(3));
    let CallResult::Failed(error) = &records[0].result else { panic!("recorded as done: {:?}", records[0]) };
    assert_eq!((error.kind, error.outcome), (ErrorKind::Unavailable, outcome));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_ends_when_its_time_is_over() {
    let sitting = sitting("1");
    let script = Script { gate: Some(Arc::new(Notify::new())), ..Script::new(|_| Ok(ok())) };
    let layer = observing(Timeout::new(script, Duration::from_secs(120)));
    let begun = Instant::now();
    let error = layer.send(&write(&sitting, false)).await.unwrap_err();
    assert_eq!(begun.elapsed(), Duration::from_secs(120));
    let expected = ProviderError::new(ErrorKind::Unavailable, "thing.read", "no complete answer within 120s")
        .retry(Retry::Backoff(None))
        .outcome(Outcome::Unknown);
    assert_eq!(error, expected);
    assert_eq!(sitting.records.all().len(), 1);
}
