//! Sees every provider call of one integration: writes the call log and keeps the health up to date.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex as SyncMutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use entity::{BusinessId, IntegrationId, Timestamp};
use providers::session::{CallObserver, CallRecord, CallResult};

use tokio::sync::Mutex;

use super::{model::IntegrationChanges, store};
use crate::{
    ambient::Ambient,
    call_log::{CallLog, Correlation},
    error::Result,
    metering,
    store::Db,
};

/// An unchanged health is written again after this time at the earliest.
const QUIET: Duration = Duration::from_secs(5);

/// The observer of one integration's calls.
pub(super) struct IntegrationObserver {
    pub(super) db: Db,
    pub(super) ambient: Ambient,
    pub(super) log: CallLog,
    pub(super) changes: IntegrationChanges,
    pub(super) provider: &'static str,
    pub(super) business: BusinessId,
    pub(super) integration: Option<IntegrationId>,
    pub(super) correlation: Correlation,
    pub(super) notes: Notes,
}

/// What was noted last of every integration. All sessions of a process share it: the success one of them saw must not outlive
/// the trouble another one still sees.
#[derive(Debug, Clone, Default)]
pub(super) struct Notes(Arc<SyncMutex<HashMap<IntegrationId, Arc<Mutex<Noted>>>>>);

impl Notes {
    fn of(&self, integration: IntegrationId) -> Arc<Mutex<Noted>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(integration).or_default())
    }
}

/// What was noted last of one integration.
#[derive(Debug, Default)]
struct Noted {
    /// When the health was written, and whether as troubled.
    written: Option<(Timestamp, bool)>,
    /// When a call last ended in trouble.
    troubled_at: Option<Timestamp>,
}

impl Noted {
    /// Whether a call that ended now is worth writing. Success of a call that was sent before the last trouble tells nothing
    /// about its end.
    fn take(&mut self, troubled: bool, (sent, now): (Timestamp, Timestamp)) -> bool {
        if troubled {
            self.troubled_at = Some(now);
        } else if self.troubled_at.is_some_and(|at| sent < at) {
            return false;
        }
        let news = self.written.is_none_or(|(since, was)| was != troubled || now.since(since) >= QUIET);
        if news {
            self.written = Some((now, troubled));
        }
        news
    }
}

#[async_trait]
impl CallObserver for IntegrationObserver {
    async fn observe(&self, record: CallRecord) {
        metering::call(self.provider, &record);
        let operation = record.operation;
        let trouble = match &record.result {
            CallResult::Failed(error) if error.is_transient() => Some(error.to_string()),
            _ => None,
        };
        let (succeeded, took) = (record.result == CallResult::Ok, record.duration);
        // A call must not fail because its record could not be written; the trouble is reported and counted instead.
        if let Err(error) = self.log.record(self.business, self.integration, &self.correlation, record).await {
            tracing::error!(%error, operation, integration = ?self.integration, "call log entry could not be written");
        }
        if (succeeded || trouble.is_some())
            && let Some(integration) = self.integration
            && let Err(error) = self.note(integration, trouble, took).await
        {
            tracing::error!(%error, %integration, "health could not be written");
        }
    }
}

impl IntegrationObserver {
    async fn note(&self, integration: IntegrationId, trouble: Option<String>, took: Duration) -> Result<()> {
        let now = self.ambient.now();
        let sent = now.minus(took);
        // Held over the write: what ended later is written later.
        let noted = self.notes.of(integration);
        let mut noted = noted.lock().await;
        if !noted.take(trouble.is_some(), (sent, now)) {
            return Ok(());
        }
        let tx = self.db.write().await?;
        store::note_call(tx.connection(), self.business, integration, trouble.as_deref(), now).await?;
        tx.commit().await?;
        self.changes.announce(self.business, integration);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn success_of_a_call_sent_before_the_trouble_does_not_end_it() {
        let at = |seconds: i64| Timestamp(seconds * 1_000_000);
        let mut noted = Noted::default();
        assert!(noted.take(false, (at(0), at(1))), "the first call is news");
        assert!(!noted.take(false, (at(1), at(2))), "the same again is none so soon");
        assert!(noted.take(true, (at(2), at(4))));
        assert!(!noted.take(false, (at(3), at(5))), "sent before the trouble was known");
        assert!(!noted.take(true, (at(5), at(6))), "still troubled");
        assert!(!noted.take(false, (at(5), at(7))), "sent before the last trouble");
        assert!(noted.take(false, (at(6), at(8))));
        assert!(noted.take(false, (at(12), at(13))), "written again after a while");
    }
}
