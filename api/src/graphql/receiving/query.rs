//! Queries of receipts.

use async_graphql::{Context, ID, Object, Result};
use domain::business::Permission;

use super::types::{Receipt, ReceiptFilter};
use crate::graphql::{
    connection::Connection,
    paging::{Asked, Key, count, id},
    refusal::fault,
    services::{actor, services},
};

/// Queries of receipts.
#[derive(Debug, Default)]
pub struct ReceivingQuery;

/// Queries of receipts.
#[Object]
impl ReceivingQuery {
    /// Receipts, newest first. Permission: READ_CATALOG.
    #[allow(clippy::too_many_arguments, reason = "Relay's four page arguments")]
    async fn receipts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which receipts.")] filter: Option<ReceiptFilter>,
        #[graphql(desc = "Receipts from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Receipts from the end, or before `before`; at most 250.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<Receipt>> {
        let (actor, receiving) = (actor(ctx).await?, services(ctx)?.receiving.clone());
        let asked = Asked::read(ctx, "receipts", first, after, last, before)?;
        let filter = filter.unwrap_or_default().read()?;
        let page = receiving.page(&actor, &filter, &asked.request()).await.map_err(fault)?;
        let total = count(move || {
            let (receiving, actor, filter) = (receiving.clone(), actor.clone(), filter.clone());
            Box::pin(async move { receiving.count(&actor, &filter).await.map_err(fault) })
        });
        asked.connection(page, |row| Key::Number(row.created_at.0, row.id.0), Receipt, total)
    }

    /// A receipt by its id; null when this business has none. Permission: READ_CATALOG.
    async fn receipt(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id.", name = "id")] wanted: ID,
    ) -> Result<Option<Receipt>> {
        let actor = actor(ctx).await?;
        actor.require(Permission::ReadCatalog).map_err(fault)?;
        Ok(services(ctx)?.loaders.receiving.receipts.get(actor.business, id(&wanted)?).await?.map(Receipt))
    }
}
