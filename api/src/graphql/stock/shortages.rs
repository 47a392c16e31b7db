//! Shortages: stock that went out before it came in.

use async_graphql::{Context, ID, InputObject, Object, Result};
use domain::{
    money::average_half_even,
    stock::{Lot as DomainLot, LotFilter as DomainFilter},
};
use entity::{Amount, CostStatus as DomainCostStatus, LotStatus as DomainStatus, Quantity};

use super::movements::StockMovement;
use crate::graphql::{
    catalog::{CostStatus, Product},
    common::{Money, moment},
    paging::optional_id,
    rows::Plain,
    scalars::{Date, DateTime, Decimal},
    services::{dangling, money, per_unit, services},
};

/// Stock that went out before it came in.
#[derive(Debug, Clone)]
pub struct Shortage(pub(crate) DomainLot);

impl Plain for Shortage {}

/// Stock that went out before it came in, at an assumed cost. What arrives later settles it once, by `settleShortages`
/// or, where that is set, at once; the difference of cost is a movement of its own.
#[Object]
impl Shortage {
    /// Id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The product.
    async fn product(&self, ctx: &Context<'_>) -> Result<Product> {
        let found = services(ctx)?.loaders.products.get(self.0.business_id, self.0.product_id).await?;
        found.map(Product).ok_or_else(|| dangling("a shortage without a product"))
    }

    /// What went out without being there, in the product's unit.
    async fn quantity(&self) -> Decimal {
        Decimal(-self.0.received_quantity.to_decimal())
    }

    /// What of it is still owed.
    async fn open_quantity(&self) -> Decimal {
        Decimal(-self.0.remaining_quantity.to_decimal())
    }

    /// The cost assumed for what is still owed.
    async fn open_value(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, Amount(self.0.remaining_value.0.saturating_neg())).await
    }

    /// The cost assumed per unit; null where none was known.
    async fn assumed_unit_cost(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        let (quantity, value) = (self.0.received_quantity.0, self.0.received_value.0);
        match average_half_even(Amount(value.saturating_neg()), Quantity(quantity.saturating_neg())) {
            Some(cost) if self.0.cost_status != DomainCostStatus::Missing => per_unit(ctx, cost).await.map(Some),
            _ => Ok(None),
        }
    }

    /// How well the assumed cost is known.
    async fn cost_status(&self) -> CostStatus {
        self.0.cost_status.into()
    }

    /// Whether nothing of it is owed any more.
    async fn settled(&self) -> bool {
        self.0.status != DomainStatus::Active
    }

    /// The movement that made it.
    async fn movement(&self, ctx: &Context<'_>) -> Result<StockMovement> {
        let found = services(ctx)?.loaders.stock.movements.get(self.0.business_id, self.0.movement_id).await?;
        found.map(StockMovement).ok_or_else(|| dangling("a shortage without a movement"))
    }

    /// Business date it began.
    async fn since(&self) -> Date {
        Date(self.0.received_on)
    }

    /// When it was recorded.
    async fn created_at(&self) -> DateTime {
        moment(self.0.created_at)
    }
}

/// Which shortages; all given fields must match.
#[derive(Debug, Default, InputObject)]
pub struct ShortageFilter {
    /// Of this product.
    product_id: Option<ID>,
    /// Settled or not; only open ones if left out.
    #[graphql(default = false)]
    settled: bool,
}

impl ShortageFilter {
    pub(super) fn read(self) -> Result<DomainFilter> {
        let status = if self.settled { DomainStatus::Exhausted } else { DomainStatus::Active };
        let product = optional_id(self.product_id.as_ref())?;
        Ok(DomainFilter { product, status: Some(status), shortages: true, ..DomainFilter::default() })
    }
}
