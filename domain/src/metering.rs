//! What an operator counts of calls to accounting systems and of sync runs.
//!
//! Rule: names and meanings are in docs/METRICS.md. Labels have few values: never an id, a business or a message.

use std::time::Duration;

use providers::session::{CallRecord, CallResult};

use crate::sync::{Counts, Run};

/// Provider calls.
pub const PROVIDER_CALLS: &str = "stockbridge_provider_calls_total";
/// Time of provider calls.
pub const PROVIDER_SECONDS: &str = "stockbridge_provider_call_duration_seconds";
/// Sync runs ended.
pub const SYNC_RUNS: &str = "stockbridge_sync_runs_total";
/// Time of sync runs.
pub const SYNC_SECONDS: &str = "stockbridge_sync_run_duration_seconds";
/// Records synced.
pub const SYNC_RECORDS: &str = "stockbridge_sync_records_total";
/// Sync runs at work.
pub const SYNC_ACTIVE: &str = "stockbridge_sync_runs_active";

/// Counts one ended attempt of a call.
pub(crate) fn call(provider: &'static str, record: &CallRecord) {
    let outcome = if record.result == CallResult::Ok { "ok" } else { "error" };
    let operation = record.operation;
    metrics::counter!(PROVIDER_CALLS, "provider" => provider, "operation" => operation, "outcome" => outcome)
        .increment(1);
    metrics::histogram!(PROVIDER_SECONDS, "provider" => provider, "operation" => operation).record(record.duration);
}

/// A run that this process works on; it is at work until this is dropped.
#[derive(Debug)]
pub(crate) struct AtWork(String);

impl AtWork {
    pub(crate) fn on(run: &Run) -> Self {
        let kind = word(&run.kind);
        metrics::gauge!(SYNC_ACTIVE, "kind" => kind.clone()).increment(1);
        Self(kind)
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        metrics::gauge!(SYNC_ACTIVE, "kind" => self.0.clone()).decrement(1);
    }
}

/// Counts a run that has ended, with all it did.
pub(crate) fn ended(run: &Run) {
    let (kind, state) = (word(&run.kind), word(&run.state));
    metrics::counter!(SYNC_RUNS, "kind" => kind.clone(), "state" => state).increment(1);
    if let (Some(start), Some(end)) = (run.started_at, run.finished_at) {
        let took: Duration = end.since(start);
        metrics::histogram!(SYNC_SECONDS, "kind" => kind.clone()).record(took);
    }
    for (result, count) in results(&Counts::from_json(&run.counts)) {
        let count = u64::try_from(count).unwrap_or_default();
        metrics::counter!(SYNC_RECORDS, "kind" => kind.clone(), "result" => result).increment(count);
    }
}

fn results(counts: &Counts) -> [(&'static str, i64); 8] {
    [
        ("created", counts.created),
        ("updated", counts.updated),
        ("unchanged", counts.unchanged),
        ("deactivated", counts.deactivated),
        ("skipped", counts.skipped),
        ("failed", counts.failed),
        ("posted", counts.posted),
        ("refused", counts.refused),
    ]
}

/// An enum's value as the API spells it, in lower case.
fn word(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or("unknown").to_lowercase()
}
