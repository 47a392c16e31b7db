//! Decisions about the documents of a run: what became of one, what is done with it when the run stops.
//!
//! Rule: pure. The export's row is asked, never the worker that has it.

use std::time::Duration;

use entity::{ExportRunOutcome, ExportState, Timestamp};

use super::model::{Ended, Row};
use crate::export::model::Export;

/// A document that is to be tried again later than this ends the run: the lock is not held through an outage.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is to be done with an open document now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Plan it and hand it on.
    Begin,
    /// Look again.
    Wait,
    /// Take it back: it waits as before the run.
    TakeBack,
    /// It has ended.
    End(ExportRunOutcome),
}

/// Whether it waits for a user, as those do that a run begins.
pub(super) fn waits(export: &Export) -> bool {
    export.due_at.is_none() && matches!(export.state, ExportState::Pending | ExportState::NotReady)
}

/// Whether a worker that may be alive has it.
fn held(export: &Export, now: Timestamp) -> bool {
    export.held_until.is_some_and(|until| until > now)
}

/// What is to be done with an open document; `stopping` begins nothing more.
pub(super) fn next(row: &Row, export: &Export, stopping: bool, now: Timestamp) -> Next {
    match export.state {
        ExportState::Synced => Next::End(ExportRunOutcome::Posted),
        ExportState::Failed => Next::End(ExportRunOutcome::Failed),
        ExportState::Skipped => Next::End(ExportRunOutcome::Skipped),
        _ if waits(export) && row.begun_at.is_some() => Next::End(ExportRunOutcome::Returned),
        _ if waits(export) && stopping => Next::End(ExportRunOutcome::Returned),
        _ if waits(export) => Next::Begin,
        // What somebody else had sent is not taken back, and neither is what is being sent.
        ExportState::Pending if stopping && row.begun_at.is_some() && !held(export, now) => Next::TakeBack,
        ExportState::Pending | ExportState::Uncertain if stopping && !held(export, now) => {
            Next::End(ExportRunOutcome::Left)
        }
        ExportState::Sending if stopping && !held(export, now) => Next::End(ExportRunOutcome::Left),
        _ => Next::Wait,
    }
}

/// Whether the accounting system has kept a document waiting for so long that the run ends for it.
pub(super) fn out_of_patience(export: &Export, now: Timestamp) -> bool {
    let open = matches!(export.state, ExportState::Pending | ExportState::Uncertain);
    open && export.retries > 0 && export.due_at.is_some_and(|due| due > now && due.since(now) > PATIENCE)
}

/// What a reader is told. What a run left open when it ended is told from the export as it is.
pub(super) fn told(row: &Row, export: Option<&Export>, over: bool) -> Ended {
    let open = if row.begun_at.is_some() { Ended::OnItsWay } else { Ended::Waiting };
    match (row.outcome, export) {
        (Some(ExportRunOutcome::Left), Some(export)) => now_is(export).unwrap_or(Ended::As(ExportRunOutcome::Left)),
        (Some(outcome), _) => Ended::As(outcome),
        (None, Some(export)) if over => now_is(export).unwrap_or(Ended::OnItsWay),
        (None, _) => open,
    }
}

/// What an export has become, where it is not on its way.
fn now_is(export: &Export) -> Option<Ended> {
    Some(Ended::As(match export.state {
        ExportState::Synced => ExportRunOutcome::Posted,
        ExportState::Failed => ExportRunOutcome::Failed,
        ExportState::Skipped => ExportRunOutcome::Skipped,
        _ if waits(export) => ExportRunOutcome::Returned,
        _ => return None,
    }))
}
