//! Entries of the call log and how to look for them.

use entity::{CallOutcome, IntegrationId, RunId, Timestamp};

/// One attempt of one provider call.
pub type CallEntry = entity::call_log::Model;

/// What a call belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Correlation {
    /// The sync run.
    pub run: Option<RunId>,
    /// Any id that groups calls: the run's, or an export's.
    pub id: Option<String>,
}

impl Correlation {
    /// Calls of a run.
    pub fn run(run: RunId) -> Self {
        Self { run: Some(run), id: Some(run.to_string()) }
    }
}

/// Which entries to list; all set fields must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallFilter {
    /// Of this integration.
    pub integration: Option<IntegrationId>,
    /// With this outcome.
    pub outcome: Option<CallOutcome>,
    /// With this operation name.
    pub operation: Option<String>,
    /// Of this run.
    pub run: Option<RunId>,
    /// With this correlation id.
    pub correlation: Option<String>,
    /// With this HTTP status.
    pub http_status: Option<i32>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
}
