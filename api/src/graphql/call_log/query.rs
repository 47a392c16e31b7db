//! Queries of the sync log.

use async_graphql::{Context, Object, Result};
use domain::call_log::CallFilter;

use super::types::{SyncLogEntry, SyncLogFilter};
use crate::graphql::{
    connection::Connection,
    paging::{Asked, Key, count, optional_id},
    refusal::fault,
    services::{actor, services},
};

/// Queries of the sync log.
#[derive(Debug, Default)]
pub struct CallLogQuery;

/// Queries of the sync log.
#[Object]
impl CallLogQuery {
    /// Calls to accounting systems, newest first. Permission: VIEW_SYNC_LOG.
    #[allow(clippy::too_many_arguments, reason = "Relay's four page arguments")]
    async fn sync_logs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which entries.")] filter: Option<SyncLogFilter>,
        #[graphql(desc = "Entries from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Entries from the end, or before `before`; at most 250.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<SyncLogEntry>> {
        let actor = actor(ctx).await?;
        let log = services(ctx)?.call_log.clone();
        let asked = Asked::read(ctx, "syncLogs", first, after, last, before)?;
        let filter = read(filter.unwrap_or_default())?;
        let page = log.page(&actor, &filter, &asked.request()).await.map_err(fault)?;
        let total = count(move || {
            let (log, actor, filter) = (log.clone(), actor.clone(), filter.clone());
            Box::pin(async move { log.count(&actor, &filter).await.map_err(fault) })
        });
        asked.connection(page, |row| Key::Number(row.at.0, row.id.0), SyncLogEntry, total)
    }
}

fn read(filter: SyncLogFilter) -> Result<CallFilter> {
    Ok(CallFilter {
        integration: optional_id(filter.integration_id.as_ref())?,
        outcome: filter.outcome.map(Into::into),
        operation: filter.operation,
        run: optional_id(filter.run_id.as_ref())?,
        correlation: filter.correlation_id,
        http_status: filter.http_status,
        from: filter.from.map(|moment| moment.0.into()),
        to: filter.to.map(|moment| moment.0.into()),
    })
}
