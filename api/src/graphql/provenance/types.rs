//! Trees of costs, and traces of lots.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use domain::provenance::{
    CostPart as DomainPart, Explanation, PartKind, Subject, Toward, Trace as DomainTrace, TraceLink as DomainLink,
};
use entity::{BusinessId, LandedKind, LineKind, MovementId};

use crate::graphql::{
    catalog::{CostStatus, Product, Supplier},
    common::Money,
    production::Build,
    receiving::Receipt,
    refusal::fault,
    scalars::{Date, Decimal},
    services::{actor, dangling, money, per_unit, services},
    stock::{Lot, LotSource, MovementKind, StockMovement},
};

/// Where a cost comes from.
#[derive(Debug, Clone, SimpleObject)]
pub struct CostTree {
    /// The whole first, each part after the one that it is a part of, level by level; at most about 5,000. `parent` and
    /// `place` make the tree.
    parts: Vec<CostPart>,
}

impl CostTree {
    pub(super) fn of(business: BusinessId, explanation: Explanation) -> Self {
        let part = |(place, part)| CostPart { business, place, part };
        Self { parts: explanation.parts.into_iter().enumerate().map(part).collect() }
    }

    /// Where the cost of a movement comes from.
    ///
    /// # Errors
    /// A fault when the caller may not read it, or it is not there.
    pub(in crate::graphql) async fn of_movement(ctx: &Context<'_>, movement: MovementId) -> Result<Self> {
        let actor = actor(ctx).await?;
        let subject = Subject::Movement(movement);
        let found = services(ctx)?.provenance.explain(&actor, subject).await.map_err(fault)?;
        Ok(Self::of(actor.business, found))
    }
}

/// A part of a cost.
#[derive(Debug, Clone)]
pub struct CostPart {
    business: BusinessId,
    place: usize,
    part: DomainPart,
}

/// A part of a cost, as a share of the part that it belongs to.
#[Object]
impl CostPart {
    /// Place in the tree, from 0 for the whole.
    async fn place(&self) -> usize {
        self.place
    }

    /// Place of the part that it is a part of; null for the whole.
    async fn parent(&self) -> Option<usize> {
        self.part.parent
    }

    /// Steps from the whole, which has 0.
    async fn depth(&self) -> u32 {
        self.part.depth
    }

    /// What it is.
    async fn kind(&self) -> CostPartKind {
        self.part.kind.into()
    }

    /// Where the lot comes from; only with LOT.
    async fn lot_source(&self) -> Option<LotSource> {
        match self.part.kind {
            PartKind::Lot(source) => Some(source.into()),
            _ => None,
        }
    }

    /// Units, in the product's unit; null for labour, freight and the like.
    async fn quantity(&self) -> Option<Decimal> {
        self.part.quantity.map(|quantity| Decimal(quantity.to_decimal()))
    }

    /// Value; the parts of a part add up to it exactly.
    async fn value(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.part.value).await
    }

    /// How well that is known.
    async fn cost_status(&self) -> CostStatus {
        self.part.status.into()
    }

    /// The product; null for a cost without one.
    async fn product(&self, ctx: &Context<'_>) -> Result<Option<Product>> {
        let Some(id) = self.part.product else { return Ok(None) };
        Ok(services(ctx)?.loaders.products.get(self.business, id).await?.map(Product))
    }

    /// The lot.
    async fn lot(&self, ctx: &Context<'_>) -> Result<Option<Lot>> {
        let Some(id) = self.part.lot else { return Ok(None) };
        Ok(services(ctx)?.loaders.stock.lots.get(self.business, id).await?.map(Lot))
    }

    /// The build.
    async fn build(&self, ctx: &Context<'_>) -> Result<Option<Build>> {
        let Some(id) = self.part.build else { return Ok(None) };
        Ok(services(ctx)?.loaders.production.builds.get(self.business, id).await?.map(Build))
    }

    /// The receipt.
    async fn receipt(&self, ctx: &Context<'_>) -> Result<Option<Receipt>> {
        let Some(id) = self.part.receipt else { return Ok(None) };
        Ok(services(ctx)?.loaders.receiving.receipts.get(self.business, id).await?.map(Receipt))
    }

    /// Who delivered it.
    async fn supplier(&self, ctx: &Context<'_>) -> Result<Option<Supplier>> {
        let Some(id) = self.part.supplier else { return Ok(None) };
        Ok(services(ctx)?.loaders.suppliers.get(self.business, id).await?.map(Supplier))
    }

    /// The stock movement.
    async fn movement(&self, ctx: &Context<'_>) -> Result<Option<StockMovement>> {
        let Some(id) = self.part.movement else { return Ok(None) };
        Ok(services(ctx)?.loaders.stock.movements.get(self.business, id).await?.map(StockMovement))
    }

    /// The lot's number, or what the cost is called.
    async fn label(&self) -> Option<&str> {
        self.part.label.as_deref()
    }

    /// The price per unit on the receipt; only with PRICE.
    async fn unit_cost(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        match self.part.unit_cost {
            Some(cost) => per_unit(ctx, cost).await.map(Some),
            None => Ok(None),
        }
    }

    /// It has parts that are not listed, because there are too many: explain it by itself.
    async fn cut(&self) -> bool {
        self.part.cut
    }
}

/// What a part of a cost is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum CostPartKind {
    /// A stock movement as a whole.
    Movement,
    /// A build as a whole.
    Build,
    /// A share of a lot; one without parts is an opening balance, a legacy lot, a found or a returned one.
    Lot,
    /// A component of a build.
    Component,
    /// Labour of a build.
    Labour,
    /// Overhead of a build.
    Overhead,
    /// Another cost of a build.
    OtherCost,
    /// The supplier's price, corrections included.
    Price,
    /// Freight of the receipt.
    Freight,
    /// Duty of the receipt.
    Duty,
    /// Another landed cost of the receipt.
    OtherLanded,
    /// Taken at the average cost, without lots.
    Average,
    /// Owed, at an assumed cost.
    Shortage,
}

impl From<PartKind> for CostPartKind {
    fn from(kind: PartKind) -> Self {
        match kind {
            PartKind::Movement(_) => Self::Movement,
            PartKind::Build => Self::Build,
            PartKind::Lot(_) => Self::Lot,
            PartKind::Component | PartKind::CostLine(LineKind::Component) => Self::Component,
            PartKind::CostLine(LineKind::Labour) => Self::Labour,
            PartKind::CostLine(LineKind::Overhead) => Self::Overhead,
            PartKind::CostLine(LineKind::Other) => Self::OtherCost,
            PartKind::Price => Self::Price,
            PartKind::Landed(LandedKind::Freight) => Self::Freight,
            PartKind::Landed(LandedKind::Duty) => Self::Duty,
            PartKind::Landed(LandedKind::Other) => Self::OtherLanded,
            PartKind::Average => Self::Average,
            PartKind::Shortage => Self::Shortage,
        }
    }
}

/// Which way to trace a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Toward")]
pub enum TraceDirection {
    /// To what it was made of.
    Origin,
    /// To what became of it: builds and their lots, sales, adjustments.
    Use,
}

/// Lots connected with one another.
#[derive(Debug, Clone)]
pub struct LotTrace(pub(super) DomainTrace);

/// Lots connected with one another.
#[Object]
impl LotTrace {
    /// The traced lot first, then those found, nearest first; at most 10,000.
    async fn lots(&self) -> Vec<Lot> {
        self.0.lots.iter().cloned().map(Lot).collect()
    }

    /// What connects them, nearest first.
    async fn links(&self) -> Vec<TraceLink> {
        let Some(business) = self.0.lots.first().map(|lot| lot.business_id) else { return Vec::new() };
        self.0.links.iter().cloned().map(|link| TraceLink { business, link }).collect()
    }

    /// Whether everything was followed; otherwise there were too many lots, and the farthest are to be traced by
    /// themselves.
    async fn complete(&self) -> bool {
        self.0.complete
    }
}

/// A step of a trace.
#[derive(Debug, Clone)]
pub struct TraceLink {
    business: BusinessId,
    link: DomainLink,
}

/// What one movement took from one lot, as far as it was not taken back.
#[Object]
impl TraceLink {
    /// The lot taken from.
    async fn from(&self, ctx: &Context<'_>) -> Result<Lot> {
        let found = services(ctx)?.loaders.stock.lots.get(self.business, self.link.from).await?;
        found.map(Lot).ok_or_else(|| dangling("a trace without its lot"))
    }

    /// The lot it became part of; null when it left, or waits for approval.
    async fn to(&self, ctx: &Context<'_>) -> Result<Option<Lot>> {
        let Some(id) = self.link.to else { return Ok(None) };
        Ok(services(ctx)?.loaders.stock.lots.get(self.business, id).await?.map(Lot))
    }

    /// The build that took it.
    async fn build(&self, ctx: &Context<'_>) -> Result<Option<Build>> {
        let Some(id) = self.link.build else { return Ok(None) };
        Ok(services(ctx)?.loaders.production.builds.get(self.business, id).await?.map(Build))
    }

    /// The movement; for a shortage that was settled from the lot, the one that made the shortage.
    async fn movement(&self, ctx: &Context<'_>) -> Result<StockMovement> {
        let found = services(ctx)?.loaders.stock.movements.get(self.business, self.link.movement).await?;
        found.map(StockMovement).ok_or_else(|| dangling("a trace without its movement"))
    }

    /// Why it left.
    async fn kind(&self) -> MovementKind {
        self.link.kind.into()
    }

    /// Business date it took effect.
    async fn effective_on(&self) -> Date {
        Date(self.link.effective_on)
    }

    /// Quantity, in the unit of the lot taken from.
    async fn quantity(&self) -> Decimal {
        Decimal(self.link.quantity.to_decimal())
    }

    /// Value.
    async fn value(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.link.value).await
    }

    /// Steps from the traced lot, from 1.
    async fn depth(&self) -> u32 {
        self.link.depth
    }
}
