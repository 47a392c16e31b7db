//! Queries of exports.

use async_graphql::{Context, ID, Object, Result};
use domain::business::Permission;

use super::{
    mode::InventoryModeChange,
    types::{Export, ExportFilter},
};
use crate::graphql::{
    connection::Connection,
    integration::InventoryMode,
    paging::{Asked, Key, count, id},
    refusal::fault,
    services::{actor, services},
};

/// Queries of exports.
#[derive(Debug, Default)]
pub struct ExportQuery;

/// Queries of exports.
#[Object]
impl ExportQuery {
    /// Exports, newest first. Permission: READ_CATALOG.
    #[allow(clippy::too_many_arguments, reason = "Relay's four page arguments")]
    async fn exports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which exports.")] filter: Option<ExportFilter>,
        #[graphql(desc = "Exports from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Exports from the end, or before `before`; at most 250.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<Export>> {
        let (actor, exports) = (actor(ctx).await?, services(ctx)?.exports.clone());
        let asked = Asked::read(ctx, "exports", first, after, last, before)?;
        let filter = filter.unwrap_or_default().read()?;
        let page = exports.page(&actor, &filter, &asked.request()).await.map_err(fault)?;
        let total = count(move || {
            let (exports, actor, filter) = (exports.clone(), actor.clone(), filter.clone());
            Box::pin(async move { exports.count(&actor, &filter).await.map_err(fault) })
        });
        asked.connection(page, |row| Key::Number(row.created_at.0, row.id.0), Export, total)
    }

    /// What a change of the inventory mode would mean for documents that are not in the books; nothing is changed.
    /// Permission: CONFIGURE_SETTINGS.
    async fn inventory_mode_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which integration.")] integration_id: ID,
        #[graphql(desc = "The mode to change to.")] inventory_mode: InventoryMode,
    ) -> Result<InventoryModeChange> {
        let actor = actor(ctx).await?;
        let exports = &services(ctx)?.exports;
        let change = exports.mode_change(&actor, id(&integration_id)?, inventory_mode.into()).await;
        change.map(InventoryModeChange).map_err(fault)
    }

    /// An export by its id; null when this business has none. Permission: READ_CATALOG.
    async fn export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id.", name = "id")] wanted: ID,
    ) -> Result<Option<Export>> {
        let actor = actor(ctx).await?;
        actor.require(Permission::ReadCatalog).map_err(fault)?;
        Ok(services(ctx)?.loaders.exports.exports.get(actor.business, id(&wanted)?).await?.map(Export))
    }
}
