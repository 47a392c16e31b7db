//! Lots, and what was taken from them.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, Value};
use domain::{
    money::average_half_even,
    page::Page,
    stock::{Entry, Lot as DomainLot, LotFilter as DomainFilter, LotOrder as DomainOrder},
};
use entity::{
    Amount, CostStatus as DomainCostStatus, LotSource as DomainSource, LotStatus as DomainStatus, MovementId,
    ProductId, Quantity,
};

use super::{
    moments::{StockFigures, lot_at, moment_of},
    movements::{StockMovement, document},
};
use crate::graphql::{
    catalog::{CostStatus, Product, Supplier},
    common::{Money, OrderDirection, moment},
    connection::Connection,
    node::Node,
    paging::{Asked, Key, count, optional_id},
    production::Build,
    receiving::Receipt,
    refusal::fault,
    rows::{Plain, Selected, text, value},
    scalars::{Date, DateTime, Decimal},
    services::{actor, dangling, money, per_unit, services},
};

/// A batch of one product with its own cost.
#[derive(Debug, Clone)]
pub struct Lot(pub(crate) DomainLot);

/// A batch of one product with its own cost. Lots are consumed by their received date, then as they were recorded;
/// legacy lots go first.
#[Object]
impl Lot {
    /// Id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The product.
    async fn product(&self, ctx: &Context<'_>) -> Result<Product> {
        let found = services(ctx)?.loaders.products.get(self.0.business_id, self.0.product_id).await?;
        found.map(Product).ok_or_else(|| dangling("a lot without a product"))
    }

    /// Number, unique among the product's active lots.
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// Status.
    async fn status(&self) -> LotStatus {
        self.0.status.into()
    }

    /// Where it comes from.
    async fn source(&self) -> LotSource {
        self.0.source.into()
    }

    /// Day it was received or built.
    async fn received_on(&self) -> Date {
        Date(self.0.received_on)
    }

    /// Expiry, for information; it does not change the order of consumption.
    async fn expires_on(&self) -> Option<Date> {
        self.0.expires_on.map(Date)
    }

    /// Quantity received, as corrected, in the product's unit.
    async fn received_quantity(&self) -> Decimal {
        Decimal(self.0.received_quantity.to_decimal())
    }

    /// Value received, as corrected.
    async fn received_value(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.0.received_value).await
    }

    /// What is left of the quantity.
    async fn remaining_quantity(&self) -> Decimal {
        Decimal(self.0.remaining_quantity.to_decimal())
    }

    /// What is left of the value.
    async fn remaining_value(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.0.remaining_value).await
    }

    /// Value per unit received, rounded half to even to a millionth; null while the cost is MISSING, which is not zero.
    async fn unit_cost(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        if self.0.cost_status == DomainCostStatus::Missing {
            return Ok(None);
        }
        match average_half_even(self.0.received_value, self.0.received_quantity) {
            Some(cost) => per_unit(ctx, cost).await.map(Some),
            None => Ok(None),
        }
    }

    /// How well its cost is known.
    async fn cost_status(&self) -> CostStatus {
        self.0.cost_status.into()
    }

    /// The receipt it came with; null for lots from elsewhere.
    async fn receipt(&self, ctx: &Context<'_>) -> Result<Option<Receipt>> {
        let Some(id) = self.0.receipt_id else { return Ok(None) };
        Ok(services(ctx)?.loaders.receiving.receipts.get(self.0.business_id, id).await?.map(Receipt))
    }

    /// The build that made it; null for lots from elsewhere.
    async fn build(&self, ctx: &Context<'_>) -> Result<Option<Build>> {
        let Some(id) = self.0.build_id else { return Ok(None) };
        Ok(services(ctx)?.loaders.production.builds.get(self.0.business_id, id).await?.map(Build))
    }

    /// Who delivered it; null for lots that were not received.
    async fn supplier(&self, ctx: &Context<'_>) -> Result<Option<Supplier>> {
        let Some(id) = self.0.supplier_id else { return Ok(None) };
        Ok(services(ctx)?.loaders.suppliers.get(self.0.business_id, id).await?.map(Supplier))
    }

    /// When it was recorded.
    async fn created_at(&self) -> DateTime {
        moment(self.0.created_at)
    }

    /// What was left of it at a moment.
    async fn at(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what took effect by this business date.")] as_of: Option<Date>,
        #[graphql(desc = "Only what was recorded by this time.")] known_at: Option<DateTime>,
    ) -> Result<StockFigures> {
        lot_at(ctx, self.0.business_id, self.0.id, moment_of(as_of, known_at)).await
    }

    /// What was taken from it, in the order of recording; what was taken back since is marked.
    async fn consumptions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Consumptions from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Consumptions from the end, or before `before`; at most 250.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<LotConsumption>> {
        let actor = actor(ctx).await?;
        let (stock, lot) = (services(ctx)?.stock.clone(), self.0.id);
        let asked = Asked::read(ctx, "consumptions", first, after, last, before)?;
        let page = match asked.start_limit() {
            Some(limit) => {
                let loader = &services(ctx)?.loaders.stock.first_consumptions;
                let rows = loader.get(self.0.business_id, (lot, limit + 1)).await?;
                Page::cut(rows.unwrap_or_default(), &asked.request())
            }
            None => stock.consumptions(&actor, lot, &asked.request()).await.map_err(fault)?,
        };
        let total = count(move || {
            let (stock, actor) = (stock.clone(), actor.clone());
            Box::pin(async move { stock.count_consumptions(&actor, lot).await.map_err(fault) })
        });
        asked.connection(page, |row| Key::Number(row.recorded_at.0, row.id.0), LotConsumption, total)
    }
}

impl Plain for Lot {
    fn plain(&self, field: &Selected<'_>) -> Option<Value> {
        Some(match field.name {
            "id" => Value::String(self.0.id.to_string()),
            "number" => text(self.0.number.as_str()),
            "status" => value(&LotStatus::from(self.0.status)),
            "source" => value(&LotSource::from(self.0.source)),
            "receivedOn" => value(&Date(self.0.received_on)),
            "expiresOn" => value(&self.0.expires_on.map(Date)),
            "receivedQuantity" => value(&Decimal(self.0.received_quantity.to_decimal())),
            "remainingQuantity" => value(&Decimal(self.0.remaining_quantity.to_decimal())),
            "costStatus" => value(&CostStatus::from(self.0.cost_status)),
            "createdAt" => value(&moment(self.0.created_at)),
            _ => return None,
        })
    }
}

impl Plain for LotConsumption {}

/// What was taken from a lot at once.
#[derive(Debug, Clone)]
pub struct LotConsumption(pub(crate) Entry);

/// What was taken from one lot at once, at the cost it had then.
#[Object]
impl LotConsumption {
    /// Id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The lot.
    async fn lot(&self, ctx: &Context<'_>) -> Result<Lot> {
        let found = services(ctx)?.loaders.stock.lots.get(self.0.business_id, self.0.lot_id).await?;
        found.map(Lot).ok_or_else(|| dangling("a consumption without a lot"))
    }

    /// The stock movement it is part of.
    async fn movement(&self, ctx: &Context<'_>) -> Result<StockMovement> {
        movement(ctx, &self.0).await.map(StockMovement)
    }

    /// Quantity taken, in the product's unit.
    async fn quantity(&self) -> Decimal {
        Decimal(taken(&self.0).0.to_decimal())
    }

    /// Its value, captured then.
    async fn value(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, taken(&self.0).1).await
    }

    /// Value per unit, rounded half to even to a millionth; null where the cost is MISSING.
    async fn unit_cost(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        let (quantity, value) = taken(&self.0);
        match average_half_even(value, quantity) {
            Some(cost) if self.0.cost_status != DomainCostStatus::Missing => per_unit(ctx, cost).await.map(Some),
            _ => Ok(None),
        }
    }

    /// How well the value is known.
    async fn cost_status(&self) -> CostStatus {
        self.0.cost_status.into()
    }

    /// Business date it takes effect.
    async fn effective_on(&self) -> Date {
        Date(self.0.effective_on)
    }

    /// When it was recorded.
    async fn recorded_at(&self) -> DateTime {
        moment(self.0.recorded_at)
    }

    /// The document that took it: a build, a receipt that was corrected, what was adjusted; the stock movement itself
    /// where there is no document.
    async fn consumed_by(&self, ctx: &Context<'_>) -> Result<Node> {
        let movement = movement(ctx, &self.0).await?;
        let found = document(ctx, &movement).await?;
        Ok(found.unwrap_or(Node::StockMovement(StockMovement(movement))))
    }

    /// Whether all of it was taken back.
    async fn reversed(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(left(ctx, &self.0).await?.is_zero())
    }

    /// What was taken back of the quantity.
    async fn reversed_quantity(&self, ctx: &Context<'_>) -> Result<Decimal> {
        let left = left(ctx, &self.0).await?;
        Ok(Decimal(left.to_decimal() - self.0.quantity.to_decimal()))
    }
}

/// Quantity and value of a consumption, without sign.
fn taken(entry: &Entry) -> (Quantity, Amount) {
    (Quantity(entry.quantity.0.saturating_neg()), Amount(entry.value.0.saturating_neg()))
}

async fn movement(ctx: &Context<'_>, entry: &Entry) -> Result<domain::catalog::Movement> {
    let found = services(ctx)?.loaders.stock.movements.get(entry.business_id, entry.movement_id).await?;
    found.ok_or_else(|| dangling("a consumption without a movement"))
}

/// What is left of a consumption, negative.
async fn left(ctx: &Context<'_>, entry: &Entry) -> Result<entity::Quantity> {
    let found = services(ctx)?.loaders.stock.left.get(entry.business_id, entry.id).await?;
    Ok(found.unwrap_or(entry.quantity))
}

/// What a movement took from lots.
pub(in crate::graphql) async fn consumptions_in(
    ctx: &Context<'_>,
    business: entity::BusinessId,
    movement: MovementId,
) -> Result<Vec<LotConsumption>> {
    let found = services(ctx)?.loaders.stock.consumptions_in.get(business, movement).await?;
    Ok(found.unwrap_or_default().into_iter().map(LotConsumption).collect())
}

/// A page of a product's lots, oldest record first.
pub(in crate::graphql) async fn lots_of(
    ctx: &Context<'_>,
    business: entity::BusinessId,
    product: ProductId,
    status: Option<LotStatus>,
    asked: Asked,
) -> Result<Connection<Lot>> {
    let status: Option<DomainStatus> = status.map(Into::into);
    let filter = DomainFilter { product: Some(product), status, ..DomainFilter::default() };
    match asked.start_limit() {
        Some(limit) => {
            let key = (product, status, limit + 1);
            let rows = services(ctx)?.loaders.stock.first_lots.get(business, key).await?.unwrap_or_default();
            connection(ctx, filter, DomainOrder::CreatedAt, Page::cut(rows, &asked.request()), &asked).await
        }
        None => page(ctx, filter, (DomainOrder::CreatedAt, OrderDirection::Asc), asked).await,
    }
}

/// A page of lots.
pub(super) async fn page(
    ctx: &Context<'_>,
    filter: DomainFilter,
    (order, direction): (DomainOrder, OrderDirection),
    asked: Asked,
) -> Result<Connection<Lot>> {
    let actor = actor(ctx).await?;
    let order_by = (order, direction.into());
    let page = services(ctx)?.stock.lots_in_order(&actor, &filter, order_by, &asked.request()).await.map_err(fault)?;
    connection(ctx, filter, order, page, &asked).await
}

async fn connection(
    ctx: &Context<'_>,
    filter: DomainFilter,
    order: DomainOrder,
    page: Page<DomainLot>,
    asked: &Asked,
) -> Result<Connection<Lot>> {
    let (actor, stock) = (actor(ctx).await?, services(ctx)?.stock.clone());
    let total = count(move || {
        let (stock, actor, filter) = (stock.clone(), actor.clone(), filter.clone());
        Box::pin(async move { stock.count_lots(&actor, &filter).await.map_err(fault) })
    });
    let key = move |row: &DomainLot| match order {
        DomainOrder::CreatedAt => Key::Number(row.created_at.0, row.id.0),
        DomainOrder::ReceivedOn => Key::Day(row.received_on, row.id.0),
    };
    asked.connection(page, key, Lot, total)
}

/// Status of a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainStatus")]
pub enum LotStatus {
    /// Some of it is left.
    Active,
    /// Nothing of it is left; kept for tracing.
    Exhausted,
    /// Its document was voided; it counts for nothing.
    Voided,
}

/// Where a lot comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainSource")]
pub enum LotSource {
    /// Stock from before lots were kept.
    Legacy,
    /// Opening balance.
    Opening,
    /// A receipt.
    Receipt,
    /// A build.
    Build,
    /// Found at a count.
    Adjustment,
    /// Came back without a lot to go back to.
    Return,
    /// No lot but a debt; listed by `shortages`, never by `lots`.
    Shortage,
}

/// Which lots; all given fields must match.
#[derive(Debug, Default, InputObject)]
pub struct LotFilter {
    /// Of this product.
    product_id: Option<ID>,
    /// In this status.
    status: Option<LotStatus>,
    /// Of this receipt.
    receipt_id: Option<ID>,
    /// From this supplier.
    supplier_id: Option<ID>,
    /// With exactly this number.
    number: Option<String>,
}

impl LotFilter {
    pub(super) fn read(self) -> Result<DomainFilter> {
        Ok(DomainFilter {
            product: optional_id(self.product_id.as_ref())?,
            status: self.status.map(Into::into),
            receipt: optional_id(self.receipt_id.as_ref())?,
            supplier: optional_id(self.supplier_id.as_ref())?,
            number: self.number,
            shortages: false,
        })
    }
}

/// Order of lots; ties go by id.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct LotOrder {
    /// By what.
    pub(super) field: LotOrderField,
    /// Which way.
    #[graphql(default)]
    pub(super) direction: OrderDirection,
}

/// What lots are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainOrder")]
pub enum LotOrderField {
    /// When it was recorded.
    CreatedAt,
    /// Day it was received or built.
    ReceivedOn,
}
