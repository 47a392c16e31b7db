//! Decisions about runs: whether a lock is held, whether a run may be taken up or continued, what a result means.

use std::time::Duration;

use entity::{ItemType, Severity, SkipReason, SyncKind, SyncRunState, Timestamp};
use sha2::{Digest, Sha256};

use super::model::{Counts, LockRow, LockState, Run};
use crate::integration::Notice;

/// A failed run younger than this is continued by the next one instead of reading everything again.
pub const RESUMABLE_FOR: Duration = Duration::from_secs(3600);

/// The lock, when it is held at `now`: a lease that has run out holds nothing.
pub fn held(row: &LockRow, now: Timestamp) -> Option<LockState> {
    let (kind, acquired_at, expires_at) = (row.kind?, row.acquired_at?, row.expires_at?);
    (expires_at > now).then(|| LockState {
        run: row.run_id,
        held_by: row.held_by.clone().unwrap_or_else(|| "somebody".to_owned()),
        kind,
        acquired_at,
        expires_at,
        fence: row.fence,
    })
}

/// What a new run may continue: the latest failed or cancelled run of the same kind, if it is recent, got somewhere, and
/// counted under the same policy.
pub fn may_continue(previous: &Run, policy: &str, now: Timestamp) -> bool {
    matches!(previous.state, SyncRunState::Failed | SyncRunState::Cancelled)
        && previous.cursor.is_some()
        && previous.policy_hash == policy
        && previous.finished_at.is_some_and(|end| now.since(end) < RESUMABLE_FOR)
}

/// Whether a worker may take a run up: not while another one is alive on it.
pub fn may_take_up(run: &Run, silence: Duration, now: Timestamp) -> bool {
    match run.state {
        SyncRunState::Queued => true,
        SyncRunState::Running => run.heartbeat_at.is_none_or(|last| now.since(last) >= silence),
        _ => false,
    }
}

/// What the counters of a run depend on.
pub fn policy_hash(types: &[ItemType]) -> String {
    let mut types: Vec<String> = types.iter().map(|kind| format!("{kind:?}")).collect();
    types.sort_unstable();
    hex::encode(&Sha256::digest(types.join(","))[..8])
}

/// Explains a thin result: what was skipped, and the way out (behaviour 2.4, "0 items created").
pub fn advice(run: &Run, counts: &Counts, selected: &[ItemType]) -> Vec<Notice> {
    let mut advice = Vec::new();
    if run.kind != SyncKind::Items || run.state == SyncRunState::Queued {
        return advice;
    }
    let by_filter = counts.skipped_by_reason.get(&SkipReason::TypeNotSelected).copied().unwrap_or(0);
    if by_filter > 0 {
        advice.push(filter_advice(counts, selected));
    }
    let unusable =
        counts.skipped - by_filter - counts.skipped_by_reason.get(&SkipReason::Category).copied().unwrap_or(0);
    if unusable > 0 {
        advice.push(Notice {
            severity: Severity::Warning,
            message: format!("{unusable} records could not be used; the issues name each one and why."),
            help: Some("Correct them in the accounting system and sync again.".to_owned()),
        });
    }
    advice
}

fn filter_advice(counts: &Counts, selected: &[ItemType]) -> Notice {
    let hidden: Vec<(ItemType, i64)> = counts
        .skipped_by_type
        .iter()
        .filter(|(kind, _)| **kind != ItemType::Category && !selected.contains(kind))
        .map(|(kind, count)| (*kind, *count))
        .collect();
    let list: Vec<String> = hidden.iter().map(|(kind, count)| format!("{count} {}", type_words(*kind))).collect();
    let lead = if counts.created == 0 && counts.updated == 0 && counts.unchanged == 0 {
        "0 items created: the"
    } else {
        "The"
    };
    let names: Vec<&str> = hidden.iter().map(|(kind, _)| type_words(*kind)).collect();
    Notice {
        severity: if lead == "The" { Severity::Info } else { Severity::Warning },
        message: format!("{lead} item-type filter skipped {}.", list.join(", ")),
        help: Some(format!(
            "To bring them in, select {} in the item types of the settings and sync again.",
            names.join(" and ")
        )),
    }
}

/// An item type in words.
pub fn type_words(kind: ItemType) -> &'static str {
    match kind {
        ItemType::Inventory => "Inventory",
        ItemType::NonInventory => "Non-inventory",
        ItemType::Service => "Service",
        ItemType::Bundle => "Bundle",
        ItemType::Category => "Category",
        ItemType::Other => "Other",
    }
}

#[cfg(test)]
mod tests {
    use entity::{BusinessId, RunId};
    use uuid::Uuid;

    use super::*;

    fn lock(expires_at: i64) -> LockRow {
        LockRow {
            business_id: BusinessId(Uuid::from_u128(1)),
            run_id: Some(RunId(Uuid::from_u128(2))),
            kind: Some(SyncKind::Items),
            held_by: Some("item sync by ann".to_owned()),
            acquired_at: Some(Timestamp(0)),
            expires_at: Some(Timestamp(expires_at)),
            fence: 3,
        }
    }

    #[test]
    fn a_lease_holds_until_its_last_microsecond() {
        assert_eq!(held(&lock(10), Timestamp(9)).map(|state| state.fence), Some(3));
        assert_eq!(held(&lock(10), Timestamp(10)), None);
    }

    #[test]
    fn the_policy_does_not_depend_on_order() {
        let one = policy_hash(&[ItemType::Inventory, ItemType::Service]);
        assert_eq!(one, policy_hash(&[ItemType::Service, ItemType::Inventory]));
        assert_ne!(one, policy_hash(&[ItemType::Service]));
    }
}
