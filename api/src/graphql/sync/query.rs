//! Queries of runs and the lock.

use async_graphql::{Context, Object, Result};
use domain::sync::RunFilter;

use super::{
    input::SyncRunFilter,
    types::{SyncLock, SyncRun},
};
use crate::graphql::{
    connection::Connection,
    paging::{Asked, Key, count, optional_id},
    refusal::fault,
    services::{actor, services},
};

/// Queries of runs and the lock.
#[derive(Debug, Default)]
pub struct SyncQuery;

/// Queries of runs and the lock.
#[Object]
impl SyncQuery {
    /// Sync runs, newest first. Permission: READ_CATALOG.
    #[allow(clippy::too_many_arguments, reason = "Relay's four page arguments")]
    async fn sync_runs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which runs.")] filter: Option<SyncRunFilter>,
        #[graphql(desc = "Runs from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Runs from the end, or before `before`; at most 250.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<SyncRun>> {
        let actor = actor(ctx).await?;
        let syncs = services(ctx)?.syncs.clone();
        let asked = Asked::read(ctx, "syncRuns", first, after, last, before)?;
        let filter = read(filter.unwrap_or_default())?;
        let page = syncs.page(&actor, &filter, &asked.request()).await.map_err(fault)?;
        let total = count(move || {
            let (syncs, actor, filter) = (syncs.clone(), actor.clone(), filter.clone());
            Box::pin(async move { syncs.count(&actor, &filter).await.map_err(fault) })
        });
        asked.connection(page, |row| Key::Number(row.created_at.0, row.id.0), SyncRun, total)
    }

    /// The business's sync lock; null when it is free. Permission: READ_CATALOG.
    async fn sync_lock(&self, ctx: &Context<'_>) -> Result<Option<SyncLock>> {
        let actor = actor(ctx).await?;
        let state = services(ctx)?.syncs.lock(&actor).await.map_err(fault)?;
        Ok(state.map(|state| SyncLock { business: actor.business, state }))
    }
}

fn read(filter: SyncRunFilter) -> Result<RunFilter> {
    Ok(RunFilter {
        integration: optional_id(filter.integration_id.as_ref())?,
        kinds: filter.kinds.unwrap_or_default().into_iter().map(Into::into).collect(),
        states: filter.states.unwrap_or_default().into_iter().map(Into::into).collect(),
    })
}
