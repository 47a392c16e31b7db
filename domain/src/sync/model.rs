//! Types of sync runs.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use entity::{
    BusinessId, IntegrationId, ItemType, RunId, Severity, SkipReason, SyncKind, SyncPhase, SyncRunState, Timestamp,
};
use serde::{Deserialize, Serialize};

/// A run as stored.
pub type Run = entity::sync_run::Model;
/// A stored progress event.
pub type Event = entity::sync_event::Model;
/// A stored issue.
pub type IssueRow = entity::sync_issue::Model;
/// The lock as stored.
pub type LockRow = entity::sync_lock::Model;

/// What a run did so far. Numbers only rise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Items not known before.
    pub created: i64,
    /// Known items of which a stored field changed; reactivated ones included.
    pub updated: i64,
    /// Known items, nothing changed.
    pub unchanged: i64,
    /// Items that were active here and are inactive or gone there.
    pub deactivated: i64,
    /// Items passed over, each with a reason.
    pub skipped: i64,
    /// Records that could not be handled because of an error.
    pub failed: i64,
    /// Skipped items by type; items of unknown type are not in it.
    pub skipped_by_type: BTreeMap<ItemType, i64>,
    /// Skipped items by reason.
    pub skipped_by_reason: BTreeMap<SkipReason, i64>,
    /// Accounts read.
    pub accounts: i64,
    /// Suppliers read.
    pub suppliers: i64,
    /// Linked products brought up to date.
    pub products: i64,
    /// Documents that are in the books.
    pub posted: i64,
    /// Documents not sent because something stands in their way.
    pub refused: i64,
    /// Sales that were voided or deleted.
    pub voided: i64,
    /// Lines of sales passed over: no finished good, or an open issue.
    pub lines_skipped: i64,
    /// Lines of sales that had waited and were processed.
    pub lines_retried: i64,
    /// Lines of sales of which some units were not there.
    pub shortages: i64,
}

impl Counts {
    /// The stored form.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// Reads the stored form; what is missing is zero.
    pub fn from_json(value: &serde_json::Value) -> Self {
        serde_json::from_value(value.clone()).unwrap_or_default()
    }

    /// Counts a skipped item.
    pub fn skip(&mut self, kind: Option<ItemType>, reason: SkipReason) {
        self.skipped += 1;
        if let Some(kind) = kind {
            *self.skipped_by_type.entry(kind).or_default() += 1;
        }
        *self.skipped_by_reason.entry(reason).or_default() += 1;
    }
}

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What it does now.
    pub phase: SyncPhase,
    /// Items handled.
    pub done: i64,
    /// Items expected.
    pub total: Option<i64>,
    /// Where the item listing continues.
    pub cursor: Option<String>,
    /// Counters.
    pub counts: Counts,
}

/// Something a person should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// How serious.
    pub severity: Severity,
    /// Reason code.
    pub reason: String,
    /// For people, naming the record.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// The record's id at the provider.
    pub external_id: Option<String>,
    /// What the record is called.
    pub label: Option<String>,
}

/// A held lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockState {
    /// The run that holds it.
    pub run: Option<RunId>,
    /// Who holds it, for people.
    pub held_by: String,
    /// What it does.
    pub kind: SyncKind,
    /// Since when.
    pub acquired_at: Timestamp,
    /// Until when, unless renewed.
    pub expires_at: Timestamp,
    /// Rises with every take-up.
    pub fence: i64,
}

/// Which runs to list; all set fields must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Of this integration.
    pub integration: Option<IntegrationId>,
    /// Of one of these kinds.
    pub kinds: Vec<SyncKind>,
    /// In one of these states.
    pub states: Vec<SyncRunState>,
}

/// The outcome of asking for a run.
#[derive(Debug, Clone)]
pub enum Started {
    /// It is queued (or was, under the same idempotency key).
    Run(Box<Run>),
    /// Somebody else holds the lock.
    Locked(Box<LockState>, Box<crate::Refusal>),
}

/// Time spans of locks and workers.
#[derive(Debug, Clone, Copy)]
pub struct SyncTiming {
    /// Life of a lease that is not renewed.
    pub lease: Duration,
    /// How often a worker renews it.
    pub heartbeat: Duration,
    /// A worker silent for so long is taken for dead and its run is taken up again.
    pub silence: Duration,
}

impl Default for SyncTiming {
    fn default() -> Self {
        Self { lease: Duration::from_secs(300), heartbeat: Duration::from_secs(5), silence: Duration::from_secs(20) }
    }
}

/// Wakes a worker for a run. A lost or doubled wake-up does no harm: the run's row is the truth.
#[async_trait]
pub trait JobQueue: Send + Sync {
    /// Queues a job. The same run and `wake_up` are queued once.
    ///
    /// # Errors
    /// When the queue does not take it; the run is then found by the next look for orphans.
    async fn push(&self, business: BusinessId, run: RunId, wake_up: &str) -> Result<(), QueueError>;
}

/// A job that could not be queued.
#[derive(Debug, thiserror::Error)]
#[error("job queue: {0}")]
pub struct QueueError(pub String);

/// Whether a run has ended.
pub fn is_over(state: SyncRunState) -> bool {
    !matches!(state, SyncRunState::Queued | SyncRunState::Running)
}
