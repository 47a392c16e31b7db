//! When the state is written to its file.
//!
//! Rule: soon after a change, so that a kill loses moments; and never so often that saving is most of the work.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use super::{SandboxError, StateFile};

/// What has a state to save.
pub(crate) trait Saved: Send + Sync + 'static {
    /// Woken after every change.
    fn changed(&self) -> &Notify;

    /// The state as the text that is stored.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    fn serialize(&self) -> Result<Vec<u8>, serde_json::Error>;
}

/// The shortest pause between a change and its saving; further changes in it are saved together.
const PAUSE: Duration = Duration::from_millis(150);
/// The pause is so many times as long as the last saving took, so that a large state is saved less often.
const PAUSE_FACTOR: u32 = 5;

/// Saves after every burst of changes; a failure is told and tried again after the next change.
pub(crate) async fn after_changes<S: Saved>(sandbox: Arc<S>, file: StateFile) {
    let mut pause = PAUSE;
    loop {
        sandbox.changed().notified().await;
        tokio::time::sleep(pause).await;
        let began = Instant::now();
        if let Err(error) = save(sandbox.as_ref(), &file).await {
            tracing::error!(%error, "sandbox state was not saved");
        }
        pause = PAUSE.max(began.elapsed() * PAUSE_FACTOR);
    }
}

/// Saves now.
///
/// # Errors
/// When the file cannot be written.
pub(crate) async fn save<S: Saved>(sandbox: &S, file: &StateFile) -> Result<(), SandboxError> {
    let stopped = |reason: String| SandboxError::Stopped(reason);
    let bytes = sandbox.serialize().map_err(|error| stopped(error.to_string()))?;
    let file = file.clone();
    tokio::task::spawn_blocking(move || file.write(&bytes)).await.map_err(|error| stopped(error.to_string()))?
}
