//! What may be done with an export in which state, and how long to wait after a failure in passing.

use std::time::Duration;

use entity::ExportState;

use crate::{
    error::{ErrorCode, Refusal},
    export::model::Export,
};

/// Failures in passing after which it is given up.
pub const RETRIES_MAX: i32 = 8;
const PAUSE_FIRST: Duration = Duration::from_secs(2);
const PAUSE_MAX: Duration = Duration::from_secs(300);

/// Whether it may still reach the books as it is: what it says must not change meanwhile.
pub fn is_open(state: ExportState) -> bool {
    matches!(state, ExportState::Sending | ExportState::Uncertain)
}

/// Whether a user may send it now.
///
/// # Errors
/// `ALREADY_EXPORTED`, or `INVALID_STATE` while it is being sent.
pub fn may_export(export: &Export) -> Result<(), Refusal> {
    match export.state {
        ExportState::Synced => Err(Refusal::new(
            ErrorCode::AlreadyExported,
            format!("{} is in the books already, as {}.", export.label, export.reference),
        )
        .help("Verify it to compare it with the books; take the document back to post the opposite.")),
        ExportState::Sending | ExportState::Uncertain => Err(Refusal::new(
            ErrorCode::InvalidState,
            format!("{} is being sent as {}.", export.label, export.reference),
        )
        .help("Wait for it to end; its state tells what became of it.")),
        _ if export.gathered_in.is_some() => Err(Refusal::new(
            ErrorCode::InvalidState,
            format!("{} is part of the journal entry of its day.", export.label),
        )
        .help("It goes out with that one. Where that one failed, retry it; that plans all of its documents anew.")),
        ExportState::Pending if export.due_at.is_some() => Err(Refusal::new(
            ErrorCode::InvalidState,
            format!("{} is queued already, as {}.", export.label, export.reference),
        )
        .help("It goes out by itself as soon as the connection works.")),
        ExportState::Pending | ExportState::NotReady | ExportState::Failed | ExportState::Skipped => Ok(()),
    }
}

/// The pause before the next attempt: what the accounting system advised, else a doubling one. Nothing when it is to be
/// given up.
pub fn retry_pause(retries: i32, advice: Option<Duration>) -> Option<Duration> {
    if retries > RETRIES_MAX {
        return None;
    }
    let doubled = PAUSE_FIRST.saturating_mul(2_u32.saturating_pow(u32::try_from(retries - 1).unwrap_or(0)));
    Some(advice.unwrap_or(doubled).min(PAUSE_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_end() {
        let seconds = |retries, advice| retry_pause(retries, advice).map(|pause| pause.as_secs());
        assert_eq!([1, 2, 3, 8].map(|retries| seconds(retries, None)), [Some(2), Some(4), Some(8), Some(256)]);
        assert_eq!(seconds(9, None), None);
        assert_eq!(seconds(1, Some(Duration::from_secs(60))), Some(60));
        assert_eq!(seconds(1, Some(Duration::from_secs(6_000))), Some(300));
    }
}
