//! Entries of the sync log.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use domain::call_log::CallEntry;
use entity::{CallOutcome as DomainOutcome, ExportId, TypedId};

use crate::graphql::{
    common::moment, export::Export, integration::Integration, scalars::DateTime, services::services, sync::SyncRun,
};

/// One attempt of one call to an accounting system.
#[derive(Debug, Clone)]
pub struct SyncLogEntry(pub(crate) CallEntry);

/// One attempt of one call to an accounting system; it holds no token, secret or authorization header.
#[Object]
impl SyncLogEntry {
    /// Id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// When it was sent.
    async fn at(&self) -> DateTime {
        moment(self.0.at)
    }

    /// How long it took, milliseconds.
    async fn duration_ms(&self) -> i64 {
        self.0.duration_us / 1_000
    }

    /// The integration; null for a code exchange that led to none.
    async fn integration(&self, ctx: &Context<'_>) -> Result<Option<Integration>> {
        let Some(id) = self.0.integration_id else { return Ok(None) };
        Ok(services(ctx)?.loaders.integrations.get(self.0.business_id, id).await?.map(Integration))
    }

    /// What was asked, for example `item.query`.
    async fn operation(&self) -> &str {
        &self.0.operation
    }

    /// HTTP method.
    async fn method(&self) -> &str {
        &self.0.method
    }

    /// URL without secrets.
    async fn url(&self) -> &str {
        &self.0.url
    }

    /// Body sent, redacted and cut at the configured size.
    async fn request_body(&self) -> Option<&str> {
        self.0.request_body.as_deref()
    }

    /// Body received, redacted and cut at the configured size.
    async fn response_body(&self) -> Option<&str> {
        self.0.response_body.as_deref()
    }

    /// HTTP status; null when no answer came.
    async fn http_status(&self) -> Option<i32> {
        self.0.http_status
    }

    /// How it ended.
    async fn outcome(&self) -> CallOutcome {
        self.0.outcome.into()
    }

    /// The accounting system's error code.
    async fn error_code(&self) -> Option<&str> {
        self.0.error_code.as_deref()
    }

    /// What went wrong.
    async fn error_message(&self) -> Option<&str> {
        self.0.error_message.as_deref()
    }

    /// The accounting system's trace id, for its support desk.
    async fn provider_trace_id(&self) -> Option<&str> {
        self.0.trace_id.as_deref()
    }

    /// 1 for the first attempt.
    async fn attempt(&self) -> i32 {
        self.0.attempt
    }

    /// The sync run it belongs to.
    async fn run(&self, ctx: &Context<'_>) -> Result<Option<SyncRun>> {
        let Some(id) = self.0.run_id else { return Ok(None) };
        Ok(services(ctx)?.loaders.runs.get(self.0.business_id, id).await?.map(SyncRun))
    }

    /// The export it belongs to.
    async fn export(&self, ctx: &Context<'_>) -> Result<Option<Export>> {
        let id = self.0.correlation_id.as_deref().and_then(|text| ExportId::parse(text).ok());
        let Some(id) = id else { return Ok(None) };
        Ok(services(ctx)?.loaders.exports.exports.get(self.0.business_id, id).await?.map(Export))
    }

    /// Groups the calls of one piece of work: a run's id, an export's id, or another opaque text.
    async fn correlation_id(&self) -> Option<&str> {
        self.0.correlation_id.as_deref()
    }
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainOutcome")]
pub enum CallOutcome {
    /// The accounting system did what was asked.
    Ok,
    /// It did not, or nobody knows.
    Failed,
}

/// Which entries to list; all given fields must match.
#[derive(Debug, Default, InputObject)]
pub struct SyncLogFilter {
    /// Of this integration.
    pub(super) integration_id: Option<ID>,
    /// With this outcome.
    pub(super) outcome: Option<CallOutcome>,
    /// With this operation, for example `item.query`.
    pub(super) operation: Option<String>,
    /// Of this run.
    pub(super) run_id: Option<ID>,
    /// With this correlation id.
    pub(super) correlation_id: Option<String>,
    /// With this HTTP status.
    pub(super) http_status: Option<i32>,
    /// Not before this moment.
    pub(super) from: Option<DateTime>,
    /// Before this moment.
    pub(super) to: Option<DateTime>,
}
