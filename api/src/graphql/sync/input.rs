//! Inputs and payloads of sync mutations.

use async_graphql::{ID, InputObject, SimpleObject};

use super::types::{SyncKind, SyncLock, SyncRun, SyncRunState};
use crate::graphql::refusal::UserError;

/// What to sync.
#[derive(Debug, InputObject)]
pub struct SyncItemsInput {
    /// The integration.
    pub(super) integration_id: ID,
    /// Read everything again, also when a failed run could be continued.
    #[graphql(default = false)]
    pub(super) full: bool,
    /// Same key and same input: the same run again, nothing new is started. 1 to 128 characters.
    pub(super) idempotency_key: Option<String>,
}

/// The started run.
#[derive(Debug, SimpleObject)]
pub struct SyncItemsPayload {
    /// The run to follow; null when refused.
    pub(super) run: Option<SyncRun>,
    /// With SYNC_LOCKED: who holds the lock.
    pub(super) lock: Option<SyncLock>,
    /// Why it was refused; nothing was started then.
    pub(super) user_errors: Vec<UserError>,
}

/// Which run to end.
#[derive(Debug, InputObject)]
pub struct CancelSyncInput {
    /// The run.
    pub(super) run_id: ID,
}

/// The run that is ending.
#[derive(Debug, SimpleObject)]
pub struct CancelSyncPayload {
    /// The run; a running one ends within seconds. Null when refused.
    pub(super) run: Option<SyncRun>,
    /// Why it was refused.
    pub(super) user_errors: Vec<UserError>,
}

/// Which runs to list; all given fields must match.
#[derive(Debug, Default, InputObject)]
pub struct SyncRunFilter {
    /// Of this integration.
    pub(super) integration_id: Option<ID>,
    /// Of one of these kinds.
    pub(super) kinds: Option<Vec<SyncKind>>,
    /// In one of these states.
    pub(super) states: Option<Vec<SyncRunState>>,
}
