//! Works on reconciliations that are due.
//!
//! Rule: the reconciliation's row is the truth and the queue in one, as an export's is; a nudge only makes the look sooner.

use std::{sync::Arc, time::Duration};

use domain::reconcile::Reconciler;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How often is looked without a nudge.
const LOOK: Duration = Duration::from_secs(2);
/// Reconciliations under way at once in this process; each may read many pages.
const AT_ONCE: usize = 2;

/// Works on reconciliations until `stop`; one that is cut off by it begins anew at the next start.
pub async fn reconcile_until(reconciler: Arc<Reconciler>, stop: CancellationToken) {
    let mut under_way = JoinSet::new();
    while !stop.is_cancelled() {
        begin(&reconciler, &mut under_way).await;
        tokio::select! {
            () = stop.cancelled() => {}
            () = reconciler.nudged() => {}
            Some(ended) = under_way.join_next(), if !under_way.is_empty() => {
                if let Err(error) = ended {
                    tracing::error!(%error, "work on a reconciliation broke off");
                }
            }
            () = tokio::time::sleep(LOOK) => {}
        }
    }
    under_way.shutdown().await;
}

/// Begins to work on what is due, as far as there is room.
async fn begin(reconciler: &Arc<Reconciler>, under_way: &mut JoinSet<()>) {
    let room = AT_ONCE.saturating_sub(under_way.len());
    if room == 0 {
        return;
    }
    let due = match reconciler.due(room as u64).await {
        Ok(due) => due,
        Err(error) => {
            tracing::warn!(%error, "the look for reconciliations failed");
            return;
        }
    };
    for (business, id) in due {
        let reconciler = Arc::clone(reconciler);
        under_way.spawn(async move {
            if let Err(error) = reconciler.work(business, id).await {
                tracing::error!(%error, reconciliation = %id, "a reconciliation could not be worked on");
            }
        });
    }
}
