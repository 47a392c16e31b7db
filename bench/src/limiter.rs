//! Suite `limiter`: as many requests as the service's limits allow, minute after minute, against a sandbox that keeps them.
//!
//! Rule: a minute of requests is as many as the service allows in one; how long it really took is from the first of it to
//! the first of the next. A refused request is a mistake of ours and fails the run.

use anyhow::{Context, Result, ensure};
use chrono::{DateTime, Utc};
use futures::future::try_join_all;
use providers::{model::Collection, registry::ProviderEntry, sandbox::StartSandbox};

use crate::{
    company::{Company, with_sandbox},
    compare::{ROUNDS, at_least, middle, number},
    report::Section,
};

/// What is reached at least, of what is allowed.
const GOAL: f64 = 0.95;

/// What became of one provider's requests.
struct Reached {
    entry: &'static ProviderEntry,
    /// Seconds that each minute's requests took.
    minutes: Vec<f64>,
    requests: usize,
}

/// Runs the suite; the providers at the same time, each against its own sandbox, because all of them mostly wait.
///
/// # Errors
/// When a request was refused as one too many.
pub async fn measure() -> Result<Section> {
    let head = ["provider", "allowed a minute", "requests", "answered 429", "a minute, reached", "of allowed"];
    let mut section = Section::new("Requests within the service's limits", &head);
    for reached in try_join_all(with_sandbox().map(|(entry, start)| reach(entry, start))).await? {
        let allowed = f64::from(reached.entry.capability.requests_per_minute);
        let rate = middle(&reached.minutes, |seconds| allowed * 60.0 / seconds);
        section.rows.push(vec![
            reached.entry.id.to_owned(),
            format!("{allowed:.0}"),
            reached.requests.to_string(),
            "0".to_owned(),
            format!("{rate:.1}"),
            at_least(rate / allowed, GOAL, ""),
        ]);
    }
    section.notes.push(format!(
        "{ROUNDS} minutes' worth of requests in a row, by as many callers at once as the service allows; the middle one \
         counts. Sandboxes with their limiters on, in the same process."
    ));
    Ok(section)
}

async fn reach(entry: &'static ProviderEntry, start: StartSandbox) -> Result<Reached> {
    let company = Company::connect(entry, start, true).await?;
    let allowed = usize::try_from(entry.capability.requests_per_minute)?;
    let wanted = allowed * ROUNDS + 1;
    // Consent is no call of the accounting system's.
    company.calls.forget();
    let callers = (0..entry.capability.concurrent_requests).map(|_| ask_until(&company, wanted));
    try_join_all(callers).await?;
    let calls = company.calls.all();
    let refused = calls.iter().filter(|(_, status)| *status == Some(429)).count();
    ensure!(refused == 0, "{}: {refused} of {} requests were refused as one too many", entry.id, calls.len());
    company.sandbox.stop().await?;
    let sent: Vec<DateTime<Utc>> = calls.into_iter().map(|(sent, _)| sent).collect();
    Ok(Reached { entry, minutes: minutes(&sent, allowed)?, requests: sent.len() })
}

/// Asks for a page of accounts, again and again.
async fn ask_until(company: &Company, wanted: usize) -> Result<()> {
    let listing = company.provider.open_listing(&company.session, Collection::Accounts, None).await?;
    let first = listing.cursors.first().context("no first page")?;
    while company.calls.count() < wanted {
        company.provider.accounts(&company.session, first).await?;
    }
    Ok(())
}

/// Seconds from the first request of each minute's worth to the first of the next.
fn minutes(sent: &[DateTime<Utc>], allowed: usize) -> Result<Vec<f64>> {
    let firsts: Vec<DateTime<Utc>> = sent.iter().copied().step_by(allowed).collect();
    ensure!(firsts.len() > ROUNDS, "{} requests are too few", number(sent.len()));
    let span = |pair: &[DateTime<Utc>]| (pair[1] - pair[0]).as_seconds_f64();
    Ok(firsts.windows(2).take(ROUNDS).map(span).collect())
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_minute_is_from_its_first_request_to_the_next_ones_first() {
        let begun = Utc::now();
        // Ten at once every 60 seconds.
        let sent: Vec<_> = (0..31).map(|number| begun + TimeDelta::seconds(i64::from(number / 10) * 60)).collect();
        let spans = minutes(&sent, 10).unwrap();
        assert_eq!(spans.iter().map(|seconds| format!("{seconds:.0}")).collect::<Vec<_>>(), ["60", "60", "60"]);
        assert!(minutes(&sent[..25], 10).is_err());
    }
}
