//! Stock movements.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, Value};
use domain::{
    business::Permission,
    catalog::{Movement, MovementFilter},
    page::Page,
};
use entity::{
    AdjustmentReason as DomainReason, BuildId, LotId, MovementKind as DomainMovementKind, ProductId, ReceiptId, RunId,
    SaleId, SourceKind, TypedId, prefix_of,
};
use uuid::Uuid;

use super::{
    lots::{Lot, LotConsumption, consumptions_in},
    shortages::Shortage,
};
use crate::graphql::{
    catalog::{CostStatus, Product},
    common::{Money, moment},
    connection::Connection,
    export::{Export, export_of},
    fault::FaultCode,
    node::Node,
    paging::{Asked, Key, count, id, optional_id},
    production::Build,
    receiving::Receipt,
    refusal::fault,
    rows::{Plain, Selected, text, value},
    sales::Sale,
    scalars::{Date, DateTime, Decimal},
    services::{actor, dangling, money, services},
    sync::SyncRun,
};

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
        found.map(Product).ok_or_else(|| dangling("a movement without a product"))
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
        money(ctx, self.0.value).await
    }

    /// How well the value is known.
    async fn cost_status(&self) -> CostStatus {
        self.0.cost_status.into()
    }

    /// Quantity on hand after it.
    async fn on_hand_after(&self) -> Decimal {
        Decimal(self.0.on_hand_after.to_decimal())
    }

    /// Value on hand after it.
    async fn value_after(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.0.value_after).await
    }

    /// Business date it takes effect.
    async fn effective_on(&self) -> Date {
        Date(self.0.effective_on)
    }

    /// When it was recorded.
    async fn recorded_at(&self) -> DateTime {
        moment(self.0.recorded_at)
    }

    /// Who or what recorded it.
    async fn recorded_by(&self) -> &str {
        &self.0.recorded_by
    }

    /// The record it belongs to: a receipt, a build, the sync run, the lot or product that was adjusted; null where
    /// there is none.
    async fn document(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        document(ctx, &self.0).await
    }

    /// The document's line, from 0; null where it has none.
    async fn document_line(&self) -> Option<i32> {
        self.0.source_line
    }

    /// The movement it takes back, wholly or in part.
    async fn reverses(&self, ctx: &Context<'_>) -> Result<Option<StockMovement>> {
        let Some(id) = self.0.reverses else { return Ok(None) };
        Ok(services(ctx)?.loaders.stock.movements.get(self.0.business_id, id).await?.map(StockMovement))
    }

    /// Why stock was adjusted; null for other movements.
    async fn reason(&self) -> Option<AdjustmentReason> {
        self.0.reason.map(Into::into)
    }

    /// The export of an adjustment; null for other movements, and where the accounting system keeps no quantities.
    async fn export(&self, ctx: &Context<'_>) -> Result<Option<Export>> {
        export_of(ctx, self.0.business_id, self.0.id.0).await
    }

    /// Note of an adjustment.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// What it took from lots, one per lot touched; empty where it took nothing or no lots are kept.
    async fn consumptions(&self, ctx: &Context<'_>) -> Result<Vec<LotConsumption>> {
        consumptions_in(ctx, self.0.business_id, self.0.id).await
    }
}

impl Plain for StockMovement {
    fn plain(&self, field: &Selected<'_>) -> Option<Value> {
        Some(match field.name {
            "id" => Value::String(self.0.id.to_string()),
            "kind" => value(&MovementKind::from(self.0.kind)),
            "quantity" => value(&Decimal(self.0.quantity.to_decimal())),
            "costStatus" => value(&CostStatus::from(self.0.cost_status)),
            "onHandAfter" => value(&Decimal(self.0.on_hand_after.to_decimal())),
            "effectiveOn" => value(&Date(self.0.effective_on)),
            "recordedAt" => value(&moment(self.0.recorded_at)),
            "recordedBy" => text(self.0.recorded_by.as_str()),
            "documentLine" => value(&self.0.source_line),
            "reason" => value(&self.0.reason.map(AdjustmentReason::from)),
            "note" => text(self.0.note.as_deref()),
            _ => return None,
        })
    }
}

/// The record that a movement belongs to.
pub(super) async fn document(ctx: &Context<'_>, movement: &Movement) -> Result<Option<Node>> {
    let (Some(kind), Some(source)) = (movement.source_kind, movement.source_id) else { return Ok(None) };
    let (business, loaders) = (movement.business_id, &services(ctx)?.loaders);
    Ok(match kind {
        SourceKind::Receipt => {
            let found = loaders.receiving.receipts.get(business, ReceiptId(source)).await?;
            found.map(|row| Node::Receipt(Receipt(row)))
        }
        SourceKind::Build => {
            let found = loaders.production.builds.get(business, BuildId(source)).await?;
            found.map(|row| Node::Build(Build(row)))
        }
        SourceKind::Lot => loaders.stock.lots.get(business, LotId(source)).await?.map(lot_or_shortage),
        SourceKind::Product | SourceKind::Import => {
            loaders.products.get(business, ProductId(source)).await?.map(|row| Node::Product(Product(row)))
        }
        SourceKind::ItemSync => loaders.runs.get(business, RunId(source)).await?.map(|row| Node::SyncRun(SyncRun(row))),
        SourceKind::Sale if actor(ctx).await?.require(Permission::SyncSales).is_err() => None,
        SourceKind::Sale => loaders.sales.sales.get(business, SaleId(source)).await?.map(|row| Node::Sale(Sale(row))),
    })
}

/// A row of the lots as the API shows it: a debt is no lot.
pub(in crate::graphql) fn lot_or_shortage(row: domain::stock::Lot) -> Node {
    if row.source == entity::LotSource::Shortage { Node::Shortage(Shortage(row)) } else { Node::Lot(Lot(row)) }
}

/// A page of a product's movements, newest first.
pub(in crate::graphql) async fn movements_of(
    ctx: &Context<'_>,
    business: entity::BusinessId,
    product: ProductId,
    asked: Asked,
) -> Result<Connection<StockMovement>> {
    let filter = MovementFilter { product: Some(product), ..MovementFilter::default() };
    match asked.start_limit() {
        Some(limit) => {
            let loader = &services(ctx)?.loaders.stock.first_movements;
            let rows = loader.get(business, (product, limit + 1)).await?.unwrap_or_default();
            connection(ctx, filter, Page::cut(rows, &asked.request()), &asked).await
        }
        None => page(ctx, filter, asked).await,
    }
}

/// A page of movements, newest first.
pub(super) async fn page(ctx: &Context<'_>, filter: MovementFilter, asked: Asked) -> Result<Connection<StockMovement>> {
    let actor = actor(ctx).await?;
    let page = services(ctx)?.products.movements(&actor, &filter, &asked.request()).await.map_err(fault)?;
    connection(ctx, filter, page, &asked).await
}

async fn connection(
    ctx: &Context<'_>,
    filter: MovementFilter,
    page: Page<Movement>,
    asked: &Asked,
) -> Result<Connection<StockMovement>> {
    let (actor, products) = (actor(ctx).await?, services(ctx)?.products.clone());
    let total = count(move || {
        let (products, actor, filter) = (products.clone(), actor.clone(), filter.clone());
        Box::pin(async move { products.count_movements(&actor, &filter).await.map_err(fault) })
    });
    asked.connection(page, |row| Key::Number(row.recorded_at.0, row.id.0), StockMovement, total)
}

/// Why stock changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainMovementKind")]
pub enum MovementKind {
    /// Opening balance.
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

/// Why stock was adjusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainReason")]
pub enum AdjustmentReason {
    /// A count found another quantity.
    CountCorrection,
    /// Something broke; the quantity must be negative.
    Breakage,
    /// Something is gone; the quantity must be negative.
    Loss,
    /// Something else.
    Other,
}

/// Which stock movements; all given fields must match.
#[derive(Debug, Default, InputObject)]
pub struct StockMovementFilter {
    /// Of this product.
    product_id: Option<ID>,
    /// Of one of these kinds.
    kinds: Option<Vec<MovementKind>>,
    /// Of this document: a receipt, a build, a sync run, an adjusted lot or product.
    document_id: Option<ID>,
    /// Taking effect on this day or later.
    from: Option<Date>,
    /// Taking effect on this day or earlier.
    to: Option<Date>,
}

impl StockMovementFilter {
    pub(super) fn read(self) -> Result<MovementFilter> {
        Ok(MovementFilter {
            product: optional_id(self.product_id.as_ref())?,
            kinds: self.kinds.unwrap_or_default().into_iter().map(Into::into).collect(),
            source: self.document_id.as_ref().map(document_id).transpose()?,
            from: self.from.map(|day| day.0),
            to: self.to.map(|day| day.0),
        })
    }
}

fn document_id(wanted: &ID) -> Result<Uuid> {
    match prefix_of(wanted) {
        Some(ReceiptId::PREFIX) => id::<ReceiptId>(wanted).map(Into::into),
        Some(BuildId::PREFIX) => id::<BuildId>(wanted).map(Into::into),
        Some(LotId::PREFIX) => id::<LotId>(wanted).map(Into::into),
        Some(ProductId::PREFIX) => id::<ProductId>(wanted).map(Into::into),
        Some(RunId::PREFIX) => id::<RunId>(wanted).map(Into::into),
        _ => Err(FaultCode::InvalidId.error(format!("{:?} is not the id of a document.", wanted.as_str()))),
    }
}
