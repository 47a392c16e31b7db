//! The rate limiter: exact windows, fair turns, a rest for all after a refusal.

use std::{sync::Arc, time::Duration};

use proptest::prelude::*;
use tokio::time::Instant;

use super::{Script, at, failure, ok};
use crate::{
    error::{ErrorKind, Outcome, Retry},
    settings::TransportSettings,
    transport::{Transport, rate_limit::RateLimit},
};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

fn limited(script: &Script, windows: &[(u32, Duration)]) -> Arc<RateLimit<Script>> {
    Arc::new(RateLimit::new(script.clone(), windows, &TransportSettings::default()))
}

/// The most calls in any window of `length` that is closed on both sides.
fn most_within(times: &[Instant], length: Duration) -> usize {
    (0..times.len())
        .map(|first| times[first..].iter().take_while(|at| **at - times[first] <= length).count())
        .max()
        .unwrap_or(0)
}

async fn run(layer: &Arc<RateLimit<Script>>, gaps: &[u64]) {
    let mut tasks = Vec::new();
    for gap in gaps {
        tokio::time::sleep(Duration::from_millis(*gap)).await;
        let layer = layer.clone();
        tasks.push(tokio::spawn(async move { layer.send(&at("1").1).await.unwrap() }));
    }
    for task in tasks {
        task.await.unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_window_ever_holds_more_than_it_may(
        gaps in prop::collection::vec(0_u64..400, 1..120),
        per_second in 1_u32..12,
        per_ten in 5_u32..40,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let script = Script::new(|_| Ok(ok()));
        let windows = [(per_second, SECOND), (per_ten, 10 * SECOND)];
        runtime.block_on(run(&limited(&script, &windows), &gaps));
        let times = script.times();
        prop_assert_eq!(times.len(), gaps.len());
        prop_assert!(most_within(&times, SECOND) <= per_second as usize);
        prop_assert!(most_within(&times, 10 * SECOND) <= per_ten as usize);
    }
}

#[tokio::test(start_paused = true)]
async fn a_burst_leaves_at_once_and_the_rest_as_soon_as_the_windows_allow() {
    let script = Script::new(|_| Ok(ok()));
    let begun = Instant::now();
    run(&limited(&script, &[(10, SECOND), (500, MINUTE)]), &[0; 30]).await;
    let waited: Vec<u128> = script.times().iter().map(|at| (*at - begun).as_millis()).collect();
    let expected: Vec<u128> = [0, 1060, 2120].into_iter().flat_map(|at| [at; 10]).collect();
    assert_eq!(waited, expected);
}

#[tokio::test(start_paused = true)]
async fn the_minute_is_kept_too() {
    let script = Script::new(|_| Ok(ok()));
    run(&limited(&script, &[(10, SECOND), (500, MINUTE)]), &[0; 1100]).await;
    let times = script.times();
    assert_eq!((most_within(&times, SECOND), most_within(&times, MINUTE)), (10, 500));
    assert!(times[1099] - times[0] < Duration::from_secs(131), "no slower than the windows demand");
}

#[tokio::test(start_paused = true)]
async fn callers_are_served_in_the_order_they_came() {
    let script = Script::new(|_| Ok(ok()));
    let layer = limited(&script, &[(1, SECOND)]);
    let mut tasks = Vec::new();
    for nth in 0..20 {
        let layer = layer.clone();
        let mut call = at("1").1;
        call.stamp.attempt = nth;
        tasks.push(tokio::spawn(async move { layer.send(&call).await.unwrap() }));
        tokio::task::yield_now().await;
    }
    for task in tasks {
        task.await.unwrap();
    }
    let order: Vec<u32> = script.sent().iter().map(|call| call.stamp.attempt).collect();
    assert_eq!(order, (0..20).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn after_too_many_requests_the_whole_company_rests_and_no_other() {
    let advised = Retry::Backoff(Some(Duration::from_secs(30)));
    for (advice, pause) in [(advised, 30), (Retry::Backoff(None), 60)] {
        let script = Script::failing(1, failure(ErrorKind::RateLimited, advice, Outcome::NotApplied));
        let layer = limited(&script, &[(10, SECOND)]);
        let begun = Instant::now();
        let error = layer.send(&at("1").1).await.unwrap_err();
        assert_eq!(error.retry, Retry::Backoff(Some(Duration::from_secs(pause))));
        layer.send(&at("2").1).await.unwrap();
        assert_eq!(begun.elapsed(), Duration::ZERO, "company 2 does not wait");
        layer.send(&at("1").1).await.unwrap();
        assert_eq!(begun.elapsed(), Duration::from_secs(pause), "company 1 rests");
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_already_waiting_rests_too() {
    let script = Script::failing(1, failure(ErrorKind::RateLimited, Retry::Backoff(None), Outcome::NotApplied));
    let layer = limited(&script, &[(1, SECOND)]);
    let begun = Instant::now();
    let (first, second) = (at("1").1, at("1").1);
    let (refused, later) = tokio::join!(layer.send(&first), layer.send(&second));
    assert_eq!(refused.unwrap_err().kind, ErrorKind::RateLimited);
    later.unwrap();
    assert_eq!(begun.elapsed(), MINUTE);
}

/// A day's limit: waiting a minute would not help, and waiting for the day would hold everybody.
#[tokio::test(start_paused = true)]
async fn a_limit_that_no_wait_helps_against_is_told_at_once_and_nobody_rests() {
    let used_up = failure(ErrorKind::RateLimited, Retry::Never, Outcome::NotApplied);
    let script = Script::failing(1, used_up.clone());
    let layer = limited(&script, &[(10, SECOND)]);
    let begun = Instant::now();
    assert_eq!(layer.send(&at("1").1).await.unwrap_err(), used_up);
    layer.send(&at("1").1).await.unwrap();
    assert_eq!((begun.elapsed(), script.sent().len()), (Duration::ZERO, 2));
}
