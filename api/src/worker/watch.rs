//! Looks whether what was posted still stands in the books as it was sent.
//!
//! Rule: the watch's row says when its next cycle is due and who has it; a look here only finds what is due.

use std::{sync::Arc, time::Duration};

use domain::export::Watcher;
use tokio_util::sync::CancellationToken;

/// How often is looked for cycles that are due.
const LOOK: Duration = Duration::from_secs(30);

/// Carries out cycles that are due until `stop`; one that is cut off by it begins again where it was.
pub async fn watch_until(watcher: Arc<Watcher>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => {}
            () = look(&watcher) => {}
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

async fn look(watcher: &Watcher) {
    let due = match watcher.due().await {
        Ok(due) => due,
        Err(error) => {
            tracing::warn!(%error, "the look for watches that are due failed");
            return;
        }
    };
    let cycles = due.into_iter().map(|(business, integration)| async move {
        if let Err(error) = watcher.look_if_due(business, integration).await {
            tracing::warn!(%error, %integration, "posted documents could not be compared with the books; the next cycle tries again");
        }
    });
    futures::future::join_all(cycles).await;
}
