//! Products and drift.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject, Value};
use domain::{
    catalog::{
        Drift as DomainDrift, Product as DomainProduct, ProductFilter as DomainFilter, ProductOrder as DomainOrder,
        products::rules,
    },
    production::BomFilter,
};
use entity::{CostStatus as DomainCostStatus, ProductType as DomainType};

use super::items::Item;
use crate::graphql::{
    common::{Money, OrderDirection, moment},
    connection::Connection,
    paging::Asked,
    production::{Bom, boms_page},
    rows::{Plain, Row, Selected, text, value},
    scalars::{Date, DateTime, Decimal},
    services::{actor, services},
    stock::{Lot, LotStatus, StockFigures, StockMovement, lots_of, movements_of, product_at},
};

/// A product: the business's own stock record.
#[derive(Debug, Clone)]
pub struct Product(pub(crate) DomainProduct);

/// A product: the business's own stock record.
#[Object]
impl Product {
    /// Id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Stock keeping unit.
    async fn sku(&self) -> Option<&str> {
        self.0.sku.as_deref()
    }

    /// Type.
    #[graphql(name = "type")]
    async fn kind(&self) -> ProductType {
        self.0.kind.into()
    }

    /// Whether it is in use.
    async fn active(&self) -> bool {
        self.0.active
    }

    /// Unit of measure.
    async fn unit(&self) -> Option<&str> {
        self.0.unit.as_deref()
    }

    /// Category, as people write it; of an imported item its place in the accounting system at first. Exports may use
    /// accounts of their own for it.
    async fn category(&self) -> Option<&str> {
        self.0.category.as_deref()
    }

    /// The accounting item it is linked to; with several integrations the one linked first.
    async fn item(&self, ctx: &Context<'_>) -> Result<Option<Row<Item>>> {
        let found = services(ctx)?.loaders.item_of_product.get(self.0.business_id, self.0.id).await?;
        Ok(found.map(|row| Row(Item(row))))
    }

    /// Quantity on hand: the sum of its movements, in its unit.
    async fn on_hand(&self) -> Decimal {
        Decimal(self.0.on_hand.to_decimal())
    }

    /// Cost per unit; null while unknown, which is not zero.
    async fn average_cost(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        let Some(cost) = self.0.average_cost else { return Ok(None) };
        Ok(Some(Money::per_unit(cost, &actor(ctx).await?.currency)))
    }

    /// Value on hand: the sum of its movements' values.
    async fn value(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(Money::of(self.0.value, &actor(ctx).await?.currency))
    }

    /// How well its cost is known.
    async fn cost_status(&self) -> CostStatus {
        self.0.cost_status.into()
    }

    /// Its stock movements, newest first.
    async fn movements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Movements from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Movements from the end, or before `before`; at most 250.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<StockMovement>> {
        let asked = Asked::read(ctx, "movements", first, after, last, before)?;
        movements_of(ctx, self.0.business_id, self.0.id, asked).await
    }

    /// Its lots, as they were recorded; none where no lots are kept.
    #[allow(clippy::too_many_arguments, reason = "Relay's four page arguments")]
    async fn lots(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In this status; in any if left out.")] status: Option<LotStatus>,
        #[graphql(desc = "Lots from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Lots from the end, or before `before`; at most 250.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<Lot>> {
        let asked = Asked::read(ctx, "lots CreatedAt Asc", first, after, last, before)?;
        lots_of(ctx, self.0.business_id, self.0.id, status, asked).await
    }

    /// Quantity and value at a moment: what took effect by a business date, as far as it was known at a time.
    async fn at(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what took effect by this business date.")] as_of: Option<Date>,
        #[graphql(desc = "Only what was recorded by this time.")] known_at: Option<DateTime>,
    ) -> Result<StockFigures> {
        product_at(ctx, self.0.business_id, self.0.id, as_of, known_at).await
    }

    /// What went out without being there and is still owed; it is in `onHand` already.
    async fn short_quantity(&self, ctx: &Context<'_>) -> Result<Decimal> {
        let owed = services(ctx)?.loaders.stock.owed.get(self.0.business_id, self.0.id).await?;
        Ok(Decimal(owed.unwrap_or_default().to_decimal()))
    }

    /// The version of its bill of materials that is in use; null where it has none.
    async fn active_bom(&self, ctx: &Context<'_>) -> Result<Option<Bom>> {
        Ok(services(ctx)?.loaders.production.active_bom.get(self.0.business_id, self.0.id).await?.map(Bom))
    }

    /// Active bills of materials that use it, newest first.
    async fn where_used(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Versions from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Versions from the end, or before `before`; at most 250.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<Bom>> {
        let (component, status) = (Some(self.0.id), Some(entity::BomStatus::Active));
        let filter = BomFilter { component, status, ..BomFilter::default() };
        boms_page(ctx, filter, Asked::read(ctx, "boms", first, after, last, before)?).await
    }

    /// Whole units that could be built of what is there, by the required components of its active bill of materials;
    /// null without one, and where it has none.
    async fn max_buildable(&self, ctx: &Context<'_>) -> Result<Option<Decimal>> {
        let found = services(ctx)?.loaders.production.max_buildable.get(self.0.business_id, self.0.id).await?;
        Ok(found.map(|quantity| Decimal(quantity.to_decimal())))
    }

    /// Our quantity against the accounting system's; null when equal or unknown there.
    async fn drift(&self, ctx: &Context<'_>) -> Result<Option<Drift>> {
        let item = services(ctx)?.loaders.item_of_product.get(self.0.business_id, self.0.id).await?;
        Ok(item.and_then(|item| rules::drift(&self.0, &item)).map(Into::into))
    }
}

impl Plain for Product {
    fn plain(&self, field: &Selected<'_>) -> Option<Value> {
        Some(match field.name {
            "id" => Value::String(self.0.id.to_string()),
            "name" => text(self.0.name.as_str()),
            "sku" => text(self.0.sku.as_deref()),
            "type" => value(&ProductType::from(self.0.kind)),
            "active" => Value::Boolean(self.0.active),
            "unit" => text(self.0.unit.as_deref()),
            "category" => text(self.0.category.as_deref()),
            "onHand" => value(&Decimal(self.0.on_hand.to_decimal())),
            "costStatus" => value(&CostStatus::from(self.0.cost_status)),
            _ => return None,
        })
    }
}

/// A difference between our stock and the accounting system's.
#[derive(Debug, Clone, SimpleObject)]
pub struct Drift {
    /// Our quantity.
    ours: Decimal,
    /// The accounting system's.
    theirs: Decimal,
    /// Ours less theirs.
    difference: Decimal,
    /// When theirs was read.
    as_of: DateTime,
}

impl From<DomainDrift> for Drift {
    fn from(drift: DomainDrift) -> Self {
        Self {
            ours: Decimal(drift.ours.to_decimal()),
            theirs: Decimal(drift.theirs.to_decimal()),
            difference: Decimal(drift.difference.to_decimal()),
            as_of: moment(drift.as_of),
        }
    }
}

/// Type of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainType")]
pub enum ProductType {
    /// Bought, used in builds.
    RawMaterial,
    /// Bought, used in builds; behaves as raw material.
    Component,
    /// Built, used in builds.
    SubAssembly,
    /// Built, sold.
    FinishedGood,
}

/// How well a cost is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainCostStatus")]
pub enum CostStatus {
    /// Every unit's cost is known.
    Complete,
    /// Some cost is an assumption.
    Estimated,
    /// Unknown; not zero.
    Missing,
}

/// Which products; all given fields must match.
#[derive(Debug, Default, InputObject)]
pub struct ProductFilter {
    /// Of one of these types.
    types: Option<Vec<ProductType>>,
    /// In use or not.
    active: Option<bool>,
    /// Linked to an item or not.
    linked: Option<bool>,
    /// Text anywhere in name or SKU, letter case ignored.
    search: Option<String>,
}

impl ProductFilter {
    pub(super) fn read(self) -> DomainFilter {
        DomainFilter {
            kinds: self.types.unwrap_or_default().into_iter().map(Into::into).collect(),
            active: self.active,
            linked: self.linked,
            search: self.search,
        }
    }
}

/// Order of products; ties go by id.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct ProductOrder {
    /// By what.
    pub(super) field: ProductOrderField,
    /// Which way.
    #[graphql(default)]
    pub(super) direction: OrderDirection,
}

/// What products are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainOrder")]
pub enum ProductOrderField {
    /// Name, letter case ignored.
    Name,
    /// SKU, letter case ignored; products without one first.
    Sku,
    /// Creation.
    CreatedAt,
}
