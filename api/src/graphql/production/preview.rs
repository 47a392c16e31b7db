//! What a build would come to.

use async_graphql::{Context, Object, Result};
use domain::production::{BuildPreview as DomainPreview, PreviewLine as DomainLine};
use entity::{BusinessId, CostStatus as DomainCostStatus};

use super::boms::{Bom, LineKind, product};
use crate::graphql::{
    catalog::{CostStatus, Product},
    common::Money,
    scalars::Decimal,
    services::{dangling, money, per_unit, services},
};

/// What a build would come to now.
#[derive(Debug, Clone)]
pub struct BuildPreview {
    pub(super) business: BusinessId,
    pub(super) preview: DomainPreview,
}

/// What a build would come to now. Nothing is reserved: another build may take the stock first.
#[Object]
impl BuildPreview {
    /// The version it would be made after.
    async fn bom(&self, ctx: &Context<'_>) -> Result<Bom> {
        let found = services(ctx)?.loaders.production.boms.get(self.business, self.preview.bom).await?;
        found.map(Bom).ok_or_else(|| dangling("a preview without a bill of materials"))
    }

    /// How much, in the product's unit.
    async fn quantity(&self) -> Decimal {
        Decimal(self.preview.quantity.to_decimal())
    }

    /// Components and costs, in order.
    async fn lines(&self) -> Vec<BuildPreviewLine> {
        let line = |line: &DomainLine| BuildPreviewLine { business: self.business, line: line.clone() };
        self.preview.lines.iter().map(line).collect()
    }

    /// Value of the components there are.
    async fn component_value(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.preview.component_value).await
    }

    /// Value of the cost lines.
    async fn cost_value(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.preview.cost_value).await
    }

    /// Both.
    async fn total_value(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.preview.total_value).await
    }

    /// Cost per unit made; null where the build is not ready, or the cost is MISSING.
    async fn unit_cost(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        match self.preview.unit_cost {
            Some(cost) if self.preview.ready && self.preview.cost_status != DomainCostStatus::Missing => {
                per_unit(ctx, cost).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    /// How well the cost is known.
    async fn cost_status(&self) -> CostStatus {
        self.preview.cost_status.into()
    }

    /// Whether it could be executed: no required component is short.
    async fn ready(&self) -> bool {
        self.preview.ready
    }

    /// Whole units that could be built now, by required components; null where there are none.
    async fn max_buildable(&self) -> Option<Decimal> {
        self.preview.max_buildable.map(|quantity| Decimal(quantity.to_decimal()))
    }
}

/// A line of a preview.
#[derive(Debug, Clone)]
pub struct BuildPreviewLine {
    business: BusinessId,
    line: DomainLine,
}

/// A component that would be consumed, or a cost.
#[Object]
impl BuildPreviewLine {
    /// Kind.
    async fn kind(&self) -> LineKind {
        self.line.kind.into()
    }

    /// The component; null for a cost.
    async fn product(&self, ctx: &Context<'_>) -> Result<Option<Product>> {
        match self.line.product {
            Some(id) => product(ctx, self.business, id).await.map(Some),
            None => Ok(None),
        }
    }

    /// Label of a cost; null for a component.
    async fn label(&self) -> Option<&str> {
        self.line.label.as_deref()
    }

    /// Consumed as far as there is any.
    async fn optional(&self) -> bool {
        self.line.optional
    }

    /// What the bill of materials asks for.
    async fn needed(&self) -> Decimal {
        Decimal(self.line.needed.to_decimal())
    }

    /// What would be consumed.
    async fn quantity(&self) -> Decimal {
        Decimal(self.line.quantity.to_decimal())
    }

    /// Required and not there; zero where there is enough.
    async fn short_quantity(&self) -> Decimal {
        Decimal(self.line.short.to_decimal())
    }

    /// Value of what would be consumed.
    async fn value(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.line.value).await
    }

    /// How well the value is known.
    async fn cost_status(&self) -> CostStatus {
        self.line.cost_status.into()
    }
}
