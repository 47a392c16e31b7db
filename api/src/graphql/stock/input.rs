//! Inputs and payloads of stock mutations, and the settings.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Result, SimpleObject};
use domain::stock::Adjustment;
use entity::{LotId, ProductId};

use super::{lots::Lot, movements::AdjustmentReason};
use crate::graphql::{
    catalog::Product,
    input::{Read, path, quantity, unit_cost},
    paging::id,
    refusal::{UserError, fault},
    scalars::{Date, Decimal},
    services::{actor, services},
};

/// What is set for stock.
#[derive(Debug, Clone, SimpleObject)]
pub struct StockSettings {
    /// Lots are kept, and receipts can be recorded.
    receiving: bool,
    /// New builds wait for approval.
    qa_review: bool,
    /// What arrives settles shortages at once; otherwise `settleShortages` does.
    settle_shortages_at_once: bool,
    /// Documents that take effect before this day are refused; null when all days are open.
    closed_before: Option<Date>,
}

impl StockSettings {
    /// As they are now.
    pub(super) async fn of(ctx: &Context<'_>) -> Result<Self> {
        let actor = actor(ctx).await?;
        let settings = services(ctx)?.stock.settings(&actor).await.map_err(fault)?;
        let business = services(ctx)?.businesses.business(actor.business).await.map_err(fault)?;
        Ok(Self {
            receiving: settings.lots || business.receiving,
            qa_review: business.qa_review,
            settle_shortages_at_once: settings.settle_at_once,
            closed_before: settings.closed_before.map(Date),
        })
    }
}

/// The lots that were begun.
#[derive(Debug, SimpleObject)]
pub struct EnableReceivingPayload {
    /// What is set now; null when refused.
    pub(super) settings: Option<StockSettings>,
    /// Legacy lots made: one for each product that had stock.
    pub(super) lots_made: usize,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// Which days to close.
#[derive(Debug, InputObject)]
pub struct CloseBeforeInput {
    /// Documents that take effect before this day are refused from now on; null opens all days.
    pub(super) day: Option<Date>,
}

/// What is set now.
#[derive(Debug, SimpleObject)]
pub struct CloseBeforePayload {
    /// What is set now; null when refused.
    pub(super) settings: Option<StockSettings>,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// A change of what is set for stock; what is left out stays.
#[derive(Debug, InputObject)]
pub struct UpdateStockSettingsInput {
    /// New builds wait for approval; those under way stay as they are.
    pub(super) qa_review: Option<bool>,
    /// What arrives settles shortages at once.
    pub(super) settle_shortages_at_once: Option<bool>,
    /// As `closeBefore`; null opens all days.
    pub(super) closed_before: MaybeUndefined<Date>,
}

/// What is set now.
#[derive(Debug, SimpleObject)]
pub struct UpdateStockSettingsPayload {
    /// What is set now; null when refused.
    pub(super) settings: Option<StockSettings>,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// An adjustment of one lot.
#[derive(Debug, InputObject)]
pub struct AdjustLotInput {
    /// The lot.
    lot_id: ID,
    /// Change of quantity, in the product's unit, at most 6 decimals; not zero, and negative for BREAKAGE and LOSS.
    quantity: Decimal,
    /// Why.
    reason: AdjustmentReason,
    /// Note.
    note: Option<String>,
    /// Business date; today if left out.
    effective_on: Option<Date>,
    /// Same key and same input: the first answer again. 1 to 128 characters.
    pub(super) idempotency_key: Option<String>,
}

impl AdjustLotInput {
    pub(super) fn read(self) -> Read<(LotId, Adjustment)> {
        let lot = id(&self.lot_id)?;
        let adjustment = Adjustment {
            quantity: quantity(self.quantity, path("quantity"))?,
            reason: self.reason.into(),
            note: self.note,
            effective_on: self.effective_on.map(|day| day.0),
            unit_cost: None,
        };
        Ok((lot, adjustment))
    }
}

/// The adjusted lot.
#[derive(Debug, SimpleObject)]
pub struct AdjustLotPayload {
    /// The lot; null when refused.
    pub(super) lot: Option<Lot>,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// An adjustment of a product's stock.
#[derive(Debug, InputObject)]
pub struct AdjustStockInput {
    /// The product.
    product_id: ID,
    /// Change of quantity, in the product's unit, at most 6 decimals; not zero, and negative for BREAKAGE and LOSS.
    quantity: Decimal,
    /// Cost per unit of what is added; the average cost if left out.
    unit_cost: Option<Decimal>,
    /// Why.
    reason: AdjustmentReason,
    /// Note.
    note: Option<String>,
    /// Business date; today if left out.
    effective_on: Option<Date>,
    /// Same key and same input: the first answer again. 1 to 128 characters.
    pub(super) idempotency_key: Option<String>,
}

impl AdjustStockInput {
    pub(super) fn read(self) -> Read<(ProductId, Adjustment)> {
        let product = id(&self.product_id)?;
        let adjustment = Adjustment {
            quantity: quantity(self.quantity, path("quantity"))?,
            reason: self.reason.into(),
            note: self.note,
            effective_on: self.effective_on.map(|day| day.0),
            unit_cost: self.unit_cost.map(|cost| unit_cost(cost, path("unitCost"))).transpose()?,
        };
        Ok((product, adjustment))
    }
}

/// The adjusted product.
#[derive(Debug, SimpleObject)]
pub struct AdjustStockPayload {
    /// The product; null when refused.
    pub(super) product: Option<Product>,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// Whose shortages to settle.
#[derive(Debug, InputObject)]
pub struct SettleShortagesInput {
    /// The product.
    pub(super) product_id: ID,
}

/// What was settled.
#[derive(Debug, SimpleObject)]
pub struct SettleShortagesPayload {
    /// The product; null when refused.
    pub(super) product: Option<Product>,
    /// Shortages that were settled, wholly or in part.
    pub(super) settled: usize,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}
