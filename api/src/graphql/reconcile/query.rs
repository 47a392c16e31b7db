//! Queries of reconciliations.

use async_graphql::{Context, ID, Object, Result};

use super::{input::ReconciliationFilter, types::Reconciliation};
use crate::graphql::{
    connection::Connection,
    paging::{Asked, Key, count, id},
    refusal::fault,
    services::{actor, services},
};

/// Queries of reconciliations.
#[derive(Debug, Default)]
pub struct ReconcileQuery;

/// Queries of reconciliations.
#[Object]
impl ReconcileQuery {
    /// Reconciliations, newest first. Permission: READ_CATALOG.
    #[allow(clippy::too_many_arguments, reason = "Relay's four page arguments")]
    async fn reconciliations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which reconciliations.")] filter: Option<ReconciliationFilter>,
        #[graphql(desc = "Reconciliations from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Reconciliations from the end, or before `before`; at most 250.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<Reconciliation>> {
        let (actor, of) = (actor(ctx).await?, services(ctx)?.reconciliations.clone());
        let asked = Asked::read(ctx, "reconciliations", first, after, last, before)?;
        let filter = filter.unwrap_or_default().read()?;
        let page = of.page(&actor, &filter, &asked.request()).await.map_err(fault)?;
        let total = count(move || {
            let (of, actor, filter) = (of.clone(), actor.clone(), filter.clone());
            Box::pin(async move { of.count(&actor, &filter).await.map_err(fault) })
        });
        asked.connection(page, |row| Key::Number(row.created_at.0, row.id.0), Reconciliation, total)
    }

    /// A reconciliation by its id; null when this business has none. Permission: READ_CATALOG.
    async fn reconciliation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id.", name = "id")] wanted: ID,
    ) -> Result<Option<Reconciliation>> {
        let found = services(ctx)?.reconciliations.get(&actor(ctx).await?, id(&wanted)?).await;
        Ok(found.map_err(fault)?.map(Reconciliation))
    }
}
