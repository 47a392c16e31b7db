//! Works on exports that are due.
//!
//! Rule: the export's row is the truth and the queue in one: a look at it finds what was queued, what waits for its next
//! attempt, and what a dead process left behind. A nudge only makes the look come sooner.

use std::{sync::Arc, time::Duration};

use domain::export::Poster;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

/// How often is looked without a nudge.
const LOOK: Duration = Duration::from_secs(1);
/// Exports under way at once in this process: enough for a service that allows 500 a minute and takes two seconds to
/// answer. The provider's own limits hold besides.
const AT_ONCE: usize = 16;

/// Works on exports until `stop`; those under way are ended in order.
pub async fn export_until(poster: Arc<Poster>, stop: CancellationToken) {
    let mut under_way = JoinSet::new();
    while !stop.is_cancelled() {
        begin(&poster, &mut under_way).await;
        tokio::select! {
            () = stop.cancelled() => {}
            () = poster.nudged() => {}
            Some(ended) = under_way.join_next(), if !under_way.is_empty() => report(ended),
            () = tokio::time::sleep(LOOK) => {}
        }
    }
    while let Some(ended) = under_way.join_next().await {
        report(ended);
    }
}

/// What became of the export stands in its row, and whoever looks next takes it up; that a task broke is for the log.
fn report(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "work on an export broke off");
    }
}

/// Begins to work on what is due, as far as there is room.
async fn begin(poster: &Arc<Poster>, under_way: &mut JoinSet<()>) {
    let room = AT_ONCE.saturating_sub(under_way.len());
    if room == 0 {
        return;
    }
    let due = match poster.due(room as u64).await {
        Ok(due) => due,
        Err(error) => {
            tracing::warn!(%error, "the look for exports failed");
            return;
        }
    };
    for (business, export) in due {
        let poster = Arc::clone(poster);
        under_way.spawn(async move {
            if let Err(error) = poster.work(business, export).await {
                tracing::error!(%error, %export, "an export could not be worked on");
            }
        });
    }
}
