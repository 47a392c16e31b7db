//! Looks for schedules that are due and for what was announced.
//!
//! Rule: the row says when a schedule last fired and what waits; a look here only finds it. Of several processes that look,
//! one fires.

use std::time::Duration;

use domain::sync::Syncs;
use tokio_util::sync::CancellationToken;

/// How often is looked: also how late a schedule may fire, and how long after a held lock what was announced is tried again.
const LOOK: Duration = Duration::from_secs(3);

/// Fires what is due until `stop`.
pub async fn schedule_until(syncs: Syncs, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            looked = syncs.fire_due() => {
                if let Err(error) = looked {
                    tracing::warn!(%error, "the look for schedules that are due failed");
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}
