//! Stock at a moment: what took effect by a business date, as far as it was known at a time.

use async_graphql::{Context, Result, SimpleObject};
use domain::stock::{AsOf, Figures};
use entity::{BusinessId, LotId, ProductId};

use crate::graphql::{
    common::Money,
    scalars::{Date, DateTime, Decimal},
    services::{actor, services},
};

/// Quantity and value at a moment.
#[derive(Debug, Clone, SimpleObject)]
pub struct StockFigures {
    /// Quantity, in the product's unit.
    quantity: Decimal,
    /// Value.
    value: Money,
    /// Value per unit, rounded half to even to a millionth; null without stock.
    unit_cost: Option<Money>,
}

impl StockFigures {
    fn of<I>(found: Option<Figures<I>>, currency: &str) -> Self {
        let unit_cost = found.as_ref().and_then(Figures::unit_cost);
        let (quantity, value) = found.map(|found| (found.quantity, found.value)).unwrap_or_default();
        Self {
            quantity: Decimal(quantity.to_decimal()),
            value: Money::of(value, currency),
            unit_cost: unit_cost.map(|cost| Money::per_unit(cost, currency)),
        }
    }
}

/// The moment of two arguments; left out, a bound is open.
pub(super) fn moment_of(as_of: Option<Date>, known_at: Option<DateTime>) -> AsOf {
    AsOf { as_of: as_of.map(|day| day.0), known_at: known_at.map(|moment| moment.0.into()) }
}

/// A product's stock at a moment.
///
/// # Errors
/// A masked fault when the database does not answer.
pub async fn product_at(
    ctx: &Context<'_>,
    business: BusinessId,
    product: ProductId,
    as_of: Option<Date>,
    known_at: Option<DateTime>,
) -> Result<StockFigures> {
    let key = (product, moment_of(as_of, known_at));
    let found = services(ctx)?.loaders.stock.products_at.get(business, key).await?;
    Ok(StockFigures::of(found, &actor(ctx).await?.currency))
}

/// What was left of a lot at a moment.
pub(super) async fn lot_at(ctx: &Context<'_>, business: BusinessId, lot: LotId, at: AsOf) -> Result<StockFigures> {
    let found = services(ctx)?.loaders.stock.lots_at.get(business, (lot, at)).await?;
    Ok(StockFigures::of(found, &actor(ctx).await?.currency))
}
