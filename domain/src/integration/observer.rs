//! Sees every provider call of one integration: writes the call log and keeps the health up to date.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use entity::{BusinessId, IntegrationId, Timestamp};
use providers::session::{CallObserver, CallRecord, CallResult};

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
    pub(super) written: Mutex<Option<(Timestamp, bool)>>,
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
        let succeeded = record.result == CallResult::Ok;
        // A call must not fail because its record could not be written; the trouble is reported and counted instead.
        if let Err(error) = self.log.record(self.business, self.integration, &self.correlation, record).await {
            tracing::error!(%error, operation, integration = ?self.integration, "call log entry could not be written");
        }
        if (succeeded || trouble.is_some())
            && let Some(integration) = self.integration
            && let Err(error) = self.note(integration, trouble).await
        {
            tracing::error!(%error, %integration, "health could not be written");
        }
    }
}

impl IntegrationObserver {
    async fn note(&self, integration: IntegrationId, trouble: Option<String>) -> Result<()> {
        let now = self.ambient.now();
        if !self.is_news(trouble.is_some(), now) {
            return Ok(());
        }
        let tx = self.db.write().await?;
        store::note_call(tx.connection(), self.business, integration, trouble.as_deref(), now).await?;
        tx.commit().await?;
        self.changes.announce(self.business, integration);
        Ok(())
    }

    fn is_news(&self, troubled: bool, now: Timestamp) -> bool {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let news = written.is_none_or(|(since, was)| was != troubled || now.since(since) >= QUIET);
        if news {
            *written = Some((now, troubled));
        }
        news
    }
}
