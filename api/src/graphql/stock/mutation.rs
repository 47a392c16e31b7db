//! Mutations of the ledger: read the input, call the use-case, map the result.

use async_graphql::{Context, MaybeUndefined, Object, Result};

use super::{
    input::{
        AdjustLotInput, AdjustLotPayload, AdjustStockInput, AdjustStockPayload, CloseBeforeInput, CloseBeforePayload,
        EnableReceivingPayload, SettleShortagesInput, SettleShortagesPayload, StockSettings, UpdateStockSettingsInput,
        UpdateStockSettingsPayload,
    },
    lots::Lot,
};
use crate::graphql::{
    catalog::Product,
    input::carried_out,
    paging::id,
    refusal::answered,
    services::{actor, services},
};

/// Mutations of the ledger.
#[derive(Debug, Default)]
pub struct StockMutation;

/// Mutations of the ledger.
#[Object]
impl StockMutation {
    /// Begins to keep lots: what each product has becomes one legacy lot, and receipts can be recorded. There is no way
    /// back; asked again, nothing changes. Permission: MANAGE_STOCK.
    async fn enable_receiving(&self, ctx: &Context<'_>) -> Result<EnableReceivingPayload> {
        let actor = actor(ctx).await?;
        let (made, user_errors) = answered(services(ctx)?.stock.enable_receiving(&actor).await)?;
        let settings = if made.is_some() { Some(StockSettings::of(ctx).await?) } else { None };
        Ok(EnableReceivingPayload { settings, lots_made: made.map_or(0, |made| made.len()), user_errors })
    }

    /// Refuses documents that take effect before a day. Permission: CONFIGURE_SETTINGS.
    async fn close_before(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which days to close.")] input: CloseBeforeInput,
    ) -> Result<CloseBeforePayload> {
        let actor = actor(ctx).await?;
        let closed = services(ctx)?.stock.close_before(&actor, input.day.map(|day| day.0)).await;
        let (done, user_errors) = answered(closed)?;
        let settings = if done.is_some() { Some(StockSettings::of(ctx).await?) } else { None };
        Ok(CloseBeforePayload { settings, user_errors })
    }

    /// Changes what is set for stock. Permission: CONFIGURE_SETTINGS.
    async fn update_stock_settings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateStockSettingsInput,
    ) -> Result<UpdateStockSettingsPayload> {
        let actor = actor(ctx).await?;
        let change = domain::stock::SettingsChange {
            qa_review: input.qa_review,
            settle_at_once: input.settle_shortages_at_once,
            closed_before: match input.closed_before {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(day) => Some(Some(day.0)),
            },
        };
        let (done, user_errors) = answered(services(ctx)?.stock.change_settings(&actor, &change).await)?;
        let settings = if done.is_some() { Some(StockSettings::of(ctx).await?) } else { None };
        Ok(UpdateStockSettingsPayload { settings, user_errors })
    }

    /// Adjusts one lot, and the product's stock with it. Permission: MANAGE_STOCK.
    async fn adjust_lot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The adjustment.")] input: AdjustLotInput,
    ) -> Result<AdjustLotPayload> {
        let (actor, stock) = (actor(ctx).await?, &services(ctx)?.stock);
        let key = input.idempotency_key.clone();
        let adjusted = carried_out(input.read(), |(lot, adjustment)| async move {
            stock.adjust_lot_once(&actor, lot, adjustment, key.as_deref()).await
        });
        let (lot, user_errors) = adjusted.await?;
        services(ctx)?.exports.wake();
        Ok(AdjustLotPayload { lot: lot.map(Lot), user_errors })
    }

    /// Adjusts a product's stock: what is added becomes a lot of its own where lots are kept, what is taken goes first
    /// in, first out. Permission: MANAGE_STOCK.
    async fn adjust_stock(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The adjustment.")] input: AdjustStockInput,
    ) -> Result<AdjustStockPayload> {
        let (actor, stock) = (actor(ctx).await?, &services(ctx)?.stock);
        let key = input.idempotency_key.clone();
        let adjusted = carried_out(input.read(), |(product, adjustment)| async move {
            stock.adjust_stock_once(&actor, product, adjustment, key.as_deref()).await
        });
        let (product, user_errors) = adjusted.await?;
        services(ctx)?.exports.wake();
        Ok(AdjustStockPayload { product: product.map(Product), user_errors })
    }

    /// Settles a product's shortages from its lots, oldest first. Permission: MANAGE_STOCK.
    async fn settle_shortages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose shortages.")] input: SettleShortagesInput,
    ) -> Result<SettleShortagesPayload> {
        let actor = actor(ctx).await?;
        let product = id(&input.product_id)?;
        let (settled, user_errors) = answered(services(ctx)?.stock.settle(&actor, product).await)?;
        let product = match settled {
            Some(_) => services(ctx)?.loaders.products.get(actor.business, product).await?,
            None => None,
        };
        Ok(SettleShortagesPayload { product: product.map(Product), settled: settled.unwrap_or(0), user_errors })
    }
}
