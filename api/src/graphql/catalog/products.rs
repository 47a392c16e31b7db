//! Products, their movements and drift.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use domain::catalog::{
    Drift as DomainDrift, Movement, MovementFilter, Product as DomainProduct, ProductFilter as DomainFilter,
    ProductOrder as DomainOrder, products::rules,
};
use entity::{CostStatus as DomainCostStatus, MovementKind as DomainMovementKind, ProductType as DomainType};

use super::items::Item;
use crate::graphql::{
    common::{Money, OrderDirection, moment},
    connection::Connection,
    paging::{Asked, Key, count, optional_id},
    refusal::fault,
    scalars::{Date, DateTime, Decimal},
    services::{actor, services},
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

    /// The accounting item it is linked to; with several integrations the one linked first.
    async fn item(&self, ctx: &Context<'_>) -> Result<Option<Item>> {
        Ok(services(ctx)?.loaders.item_of_product.get(self.0.business_id, self.0.id).await?.map(Item))
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
        let filter = MovementFilter { product: Some(self.0.id), kinds: Vec::new() };
        movements(ctx, filter, Asked::read(ctx, "movements", first, after, last, before)?).await
    }

    /// Our quantity against the accounting system's; null when equal or unknown there.
    async fn drift(&self, ctx: &Context<'_>) -> Result<Option<Drift>> {
        let item = services(ctx)?.loaders.item_of_product.get(self.0.business_id, self.0.id).await?;
        Ok(item.and_then(|item| rules::drift(&self.0, &item)).map(Into::into))
    }
}

/// A page of movements.
pub(super) async fn movements(
    ctx: &Context<'_>,
    filter: MovementFilter,
    asked: Asked,
) -> Result<Connection<StockMovement>> {
    let actor = actor(ctx).await?;
    let products = services(ctx)?.products.clone();
    let page = products.movements(&actor, &filter, &asked.request()).await.map_err(fault)?;
    let total = count(move || {
        let (products, actor, filter) = (products.clone(), actor.clone(), filter.clone());
        Box::pin(async move { products.count_movements(&actor, &filter).await.map_err(fault) })
    });
    asked.connection(page, |row| Key::Number(row.recorded_at.0, row.id.0), StockMovement, total)
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

/// One change of a product's stock.
#[derive(Debug, Clone)]
pub struct StockMovement(pub(crate) Movement);

/// One immutable change of a product's stock.
#[Object]
impl StockMovement {
    /// Id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The product.
    async fn product(&self, ctx: &Context<'_>) -> Result<Product> {
        let found = services(ctx)?.loaders.products.get(self.0.business_id, self.0.product_id).await?;
        found.map(Product).ok_or_else(|| fault(domain::Error::Internal("a movement without a product".to_owned())))
    }

    /// Why stock changed.
    async fn kind(&self) -> MovementKind {
        self.0.kind.into()
    }

    /// Change of quantity.
    async fn quantity(&self) -> Decimal {
        Decimal(self.0.quantity.to_decimal())
    }

    /// Change of value.
    async fn value(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(Money::of(self.0.value, &actor(ctx).await?.currency))
    }

    /// Quantity on hand after it.
    async fn on_hand_after(&self) -> Decimal {
        Decimal(self.0.on_hand_after.to_decimal())
    }

    /// Business date it takes effect.
    async fn effective_on(&self) -> Date {
        Date(self.0.effective_on)
    }

    /// When it was recorded.
    async fn recorded_at(&self) -> DateTime {
        moment(self.0.recorded_at)
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

/// Why stock changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainMovementKind")]
pub enum MovementKind {
    /// Opening balance at import.
    Opening,
    /// The accounting system's quantity or cost changed.
    ItemSync,
    /// A receipt was confirmed.
    Receive,
    /// A confirmed receipt was corrected.
    ReceiptCorrection,
    /// A receipt was voided.
    ReceiptVoid,
    /// A build consumed a component.
    BuildConsume,
    /// A build made its product.
    BuildProduce,
    /// A rejected build's component came back.
    BuildRecover,
    /// A build was reversed.
    BuildReverse,
    /// A lot was adjusted.
    LotAdjustment,
    /// A product's stock was adjusted.
    StockAdjustment,
    /// A sale.
    Sale,
    /// A sale was voided, deleted or edited.
    SaleReversal,
    /// A customer returned something.
    SaleReturn,
    /// What a shortage really cost, against what was assumed.
    ShortageSettlement,
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

/// Which stock movements; all given fields must match.
#[derive(Debug, Default, InputObject)]
pub struct StockMovementFilter {
    /// Of this product.
    product_id: Option<ID>,
    /// Of one of these kinds.
    kinds: Option<Vec<MovementKind>>,
}

impl StockMovementFilter {
    pub(super) fn read(self) -> Result<MovementFilter> {
        Ok(MovementFilter {
            product: optional_id(self.product_id.as_ref())?,
            kinds: self.kinds.unwrap_or_default().into_iter().map(Into::into).collect(),
        })
    }
}
