//! Announces that a run has a new stored event, so that subscribers look.
//!
//! Rule: the row is the truth, the announcement only wakes; a lost one is made up for by looking now and then.

use entity::{BusinessId, RunId};
use tokio::sync::broadcast;

/// Announcements within this process.
#[derive(Debug, Clone)]
pub struct EventBus(broadcast::Sender<(BusinessId, RunId)>);

impl Default for EventBus {
    fn default() -> Self {
        Self(broadcast::channel(1024).0)
    }
}

impl EventBus {
    /// Announces a new event of a run.
    pub fn announce(&self, business: BusinessId, run: RunId) {
        // Nobody listening is not an error.
        let _ = self.0.send((business, run));
    }

    /// Listens from now on.
    pub fn listen(&self) -> broadcast::Receiver<(BusinessId, RunId)> {
        self.0.subscribe()
    }
}
