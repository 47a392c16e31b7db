//! Use-cases of the call log: write an entry, list entries, forget old ones.

use entity::{BusinessId, CallId, CallOutcome, IntegrationId, Timestamp};
use providers::session::{CallRecord, CallResult};

use super::{
    model::{CallEntry, CallFilter, Correlation},
    store,
};
use crate::{
    ambient::Ambient,
    business::{Actor, Permission},
    error::Result,
    page::{Page, PageRequest},
    store::Db,
};

/// Entries deleted in one transaction.
const FORGET_BATCH: u64 = 1_000;

/// The call log.
#[derive(Debug, Clone)]
pub struct CallLog {
    db: Db,
    ambient: Ambient,
}

impl CallLog {
    /// The call log in this database.
    pub fn new(db: Db, ambient: Ambient) -> Self {
        Self { db, ambient }
    }

    /// Writes one ended attempt.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn record(
        &self,
        business: BusinessId,
        integration: Option<IntegrationId>,
        correlation: &Correlation,
        record: CallRecord,
    ) -> Result<()> {
        let entry = self.entry(business, integration, correlation, record);
        let tx = self.db.write().await?;
        store::insert(tx.connection(), entry).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Gives entries that were written before their integration was known to it.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn claim(
        &self,
        business: BusinessId,
        integration: IntegrationId,
        correlation: &Correlation,
    ) -> Result<()> {
        let Some(id) = &correlation.id else { return Ok(()) };
        let tx = self.db.write().await?;
        store::claim(tx.connection(), business, integration, id).await?;
        tx.commit().await?;
        Ok(())
    }

    fn entry(
        &self,
        business_id: BusinessId,
        integration_id: Option<IntegrationId>,
        correlation: &Correlation,
        record: CallRecord,
    ) -> CallEntry {
        let (outcome, error_code, error_message) = match record.result {
            CallResult::Ok => (CallOutcome::Ok, None, None),
            CallResult::Failed(error) => (CallOutcome::Failed, error.code, Some(error.message)),
        };
        CallEntry {
            id: self.ambient.id::<CallId>(),
            business_id,
            integration_id,
            at: record.started_at.into(),
            duration_us: i64::try_from(record.duration.as_micros()).unwrap_or(i64::MAX),
            operation: record.operation.to_owned(),
            method: record.method,
            url: record.url,
            request_body: record.request_body,
            response_body: record.response_body,
            http_status: record.http_status.map(i32::from),
            outcome,
            error_code,
            error_message,
            trace_id: record.trace_id,
            attempt: i32::try_from(record.attempt).unwrap_or(i32::MAX),
            run_id: correlation.run,
            correlation_id: correlation.id.clone(),
        }
    }

    /// A page of entries, newest first.
    ///
    /// # Errors
    /// `Forbidden` without [`Permission::ViewSyncLog`].
    pub async fn page(&self, actor: &Actor, filter: &CallFilter, request: &PageRequest) -> Result<Page<CallEntry>> {
        actor.require(Permission::ViewSyncLog)?;
        Ok(store::page(self.db.connection(), actor.business, filter, request).await?)
    }

    /// How many entries match.
    ///
    /// # Errors
    /// As [`CallLog::page`].
    pub async fn count(&self, actor: &Actor, filter: &CallFilter) -> Result<u64> {
        actor.require(Permission::ViewSyncLog)?;
        Ok(store::count(self.db.connection(), actor.business, filter).await?)
    }

    /// Entries by id; unknown ones are left out.
    ///
    /// # Errors
    /// As [`CallLog::page`].
    pub async fn by_ids(&self, actor: &Actor, ids: &[CallId]) -> Result<Vec<CallEntry>> {
        actor.require(Permission::ViewSyncLog)?;
        Ok(store::find(self.db.connection(), actor.business, ids).await?)
    }

    /// Forgets entries older than `before`, in small transactions. Answers how many.
    ///
    /// # Errors
    /// When the database refuses; what was deleted stays deleted.
    pub async fn forget_before(&self, before: Timestamp) -> Result<u64> {
        let mut forgotten = 0;
        loop {
            let tx = self.db.write().await?;
            let batch = store::delete_before(tx.connection(), before, FORGET_BATCH).await?;
            tx.commit().await?;
            forgotten += batch;
            if batch < FORGET_BATCH {
                return Ok(forgotten);
            }
        }
    }
}
