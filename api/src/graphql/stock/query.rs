//! Queries of the ledger.

use async_graphql::{Context, ID, Object, Result};

use super::{
    input::StockSettings,
    integrity::IntegrityReport,
    lots::{self, Lot, LotFilter, LotOrder},
    movements::{self, StockMovement, StockMovementFilter},
    shortages::{Shortage, ShortageFilter},
};
use crate::graphql::{
    connection::Connection,
    paging::{Asked, Key, count, id},
    refusal::fault,
    services::{actor, services},
};

/// Queries of the ledger.
#[derive(Debug, Default)]
pub struct StockQuery;

/// Queries of the ledger.
#[Object]
#[allow(clippy::too_many_arguments, reason = "Relay's four page arguments")]
impl StockQuery {
    /// Lots. Permission: READ_CATALOG.
    async fn lots(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which lots.")] filter: Option<LotFilter>,
        #[graphql(desc = "As they were recorded, if left out.")] order_by: Option<LotOrder>,
        #[graphql(desc = "Lots from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Lots from the end, or before `before`; at most 250.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<Lot>> {
        let (order, direction) = order_by.map_or_else(Default::default, |by| (by.field.into(), by.direction));
        let asked = Asked::read(ctx, format!("lots {order:?} {direction:?}"), first, after, last, before)?;
        lots::page(ctx, filter.unwrap_or_default().read()?, (order, direction), asked).await
    }

    /// A lot by its id; null when this business has none. Permission: READ_CATALOG.
    async fn lot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id.", name = "id")] wanted: ID,
    ) -> Result<Option<Lot>> {
        let actor = actor(ctx).await?;
        let found = services(ctx)?.stock.lots_by_ids(&actor, &[id(&wanted)?]).await.map_err(fault)?;
        Ok(found.into_iter().find(|row| row.source != entity::LotSource::Shortage).map(Lot))
    }

    /// Stock that went out before it came in, oldest first. Permission: READ_CATALOG.
    async fn shortages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which shortages; the open ones if left out.")] filter: Option<ShortageFilter>,
        #[graphql(desc = "Shortages from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Shortages from the end, or before `before`; at most 250.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<Shortage>> {
        let (actor, stock) = (actor(ctx).await?, services(ctx)?.stock.clone());
        let asked = Asked::read(ctx, "shortages", first, after, last, before)?;
        let filter = filter.unwrap_or_default().read()?;
        let page = stock.lots(&actor, &filter, &asked.request()).await.map_err(fault)?;
        let total = count(move || {
            let (stock, actor, filter) = (stock.clone(), actor.clone(), filter.clone());
            Box::pin(async move { stock.count_lots(&actor, &filter).await.map_err(fault) })
        });
        asked.connection(page, |row| Key::Number(row.created_at.0, row.id.0), Shortage, total)
    }

    /// Stock movements, newest first. Permission: READ_CATALOG.
    async fn stock_movements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which movements.")] filter: Option<StockMovementFilter>,
        #[graphql(desc = "Movements from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Movements from the end, or before `before`; at most 250.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<StockMovement>> {
        let filter = filter.unwrap_or_default().read()?;
        movements::page(ctx, filter, Asked::read(ctx, "movements", first, after, last, before)?).await
    }

    /// What is set for stock. Permission: READ_CATALOG.
    async fn stock_settings(&self, ctx: &Context<'_>) -> Result<StockSettings> {
        StockSettings::of(ctx).await
    }

    /// Adds the whole ledger up again and lists what does not agree. Reads every movement: not for every page.
    /// Permission: READ_CATALOG.
    async fn integrity(&self, ctx: &Context<'_>) -> Result<IntegrityReport> {
        let actor = actor(ctx).await?;
        services(ctx)?.stock.integrity(&actor).await.map(Into::into).map_err(fault)
    }
}
