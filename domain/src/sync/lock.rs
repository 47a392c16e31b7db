//! The one lock of a business: taken for a run, taken up by workers, renewed, released.

use entity::{BusinessId, RunId, SyncKind, SyncRunState, Timestamp};

use super::{
    model::{LockRow, LockState, Run},
    rules, store,
};
use crate::{
    error::{ErrorCode, Refusal, Result},
    export,
    store::WriteTx,
};

/// Who asks for the lock.
pub(super) struct Claim<'a> {
    pub(super) business: BusinessId,
    pub(super) run: RunId,
    pub(super) kind: SyncKind,
    pub(super) held_by: &'a str,
    pub(super) now: Timestamp,
    pub(super) until: Timestamp,
}

/// Takes the lock for a new run. A run whose lease ran out loses it and is marked as failed.
///
/// # Errors
/// `SYNC_LOCKED` when somebody holds it.
pub(super) async fn take(tx: &WriteTx, claim: &Claim<'_>) -> std::result::Result<(), Taken> {
    store::ensure_lock(tx.connection(), claim.business).await?;
    let before = store::lock_for_update(tx.connection(), claim.business).await?;
    if let Some(state) = before.as_ref().and_then(|row| rules::held(row, claim.now)) {
        return Err(Taken::Held(Box::new(state)));
    }
    // A document on its way into the books would be read there and not be known as exported here (behaviour 3.18).
    // An export run reads no quantities; what is being sent beside it is one export more.
    let sending = match claim.kind {
        SyncKind::Export => None,
        _ => export::store::sending(tx.connection(), claim.business, claim.now).await?,
    };
    if let Some(export) = sending {
        return Err(Taken::Held(Box::new(LockState {
            run: None,
            held_by: format!("export of {}", export.label),
            kind: SyncKind::Export,
            acquired_at: export.updated_at,
            expires_at: export.held_until.unwrap_or(claim.now),
            fence: export.fence,
        })));
    }
    if let Some(stale) = before.and_then(|row| row.run_id) {
        store::abandon(tx.connection(), claim.business, stale, claim.now).await?;
    }
    store::take_lock(tx.connection(), claim).await?;
    Ok(())
}

/// Why the lock was not taken.
pub(super) enum Taken {
    Held(Box<LockState>),
    Store(crate::store::DbErr),
}

impl From<crate::store::DbErr> for Taken {
    fn from(error: crate::store::DbErr) -> Self {
        Self::Store(error)
    }
}

/// Refuses while the lock is held, and keeps it from being taken until the transaction ends.
///
/// # Errors
/// `SYNC_LOCKED` with the holder, its progress and the end of its lease.
pub async fn require_free_lock(tx: &WriteTx, business: BusinessId, now: Timestamp) -> Result<()> {
    store::ensure_lock(tx.connection(), business).await?;
    let row = store::lock_for_update(tx.connection(), business).await?;
    match row.as_ref().and_then(|row| rules::held(row, now)) {
        None => Ok(()),
        Some(state) => {
            let run = match state.run {
                Some(run) => store::run(tx.connection(), business, run).await?,
                None => None,
            };
            Err(locked(&state, run.as_ref(), now).into())
        }
    }
}

/// Whether documents may be sent: the lock is free, or an export run has it. Keeps it from being taken until the
/// transaction ends.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn may_send(tx: &WriteTx, business: BusinessId, now: Timestamp) -> Result<bool> {
    store::ensure_lock(tx.connection(), business).await?;
    let row = store::lock_for_update(tx.connection(), business).await?;
    Ok(row.as_ref().and_then(|row| rules::held(row, now)).is_none_or(|state| state.kind == SyncKind::Export))
}

/// The refusal that says who holds the lock, how far it is, and when it ends.
pub(super) fn locked(state: &LockState, run: Option<&Run>, now: Timestamp) -> Refusal {
    let progress = match run {
        Some(run) if run.state == SyncRunState::Running => match run.total {
            Some(total) => format!(", at {} of {total}", run.done),
            None => ", just started".to_owned(),
        },
        Some(_) => ", waiting to start".to_owned(),
        None => String::new(),
    };
    let left = crate::error::in_words(state.expires_at.since(now));
    let message = format!("Sync lock: {} is running{progress} (started {}).", state.held_by, state.acquired_at);
    Refusal::new(ErrorCode::SyncLocked, message).help(format!(
        "Wait for it to end. If it has died, the lock ends by itself in {left}, at {}.",
        state.expires_at
    ))
}

/// The lock of a row, when it is held now.
pub(super) fn state(row: &LockRow, now: Timestamp) -> Option<LockState> {
    rules::held(row, now)
}
