//! Bills of materials.

use std::collections::HashMap;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use domain::production::{Bom as DomainBom, BomFilter as DomainFilter, BomLine as DomainLine, rules};
use entity::{BomStatus as DomainStatus, BusinessId, LineKind as DomainKind, ProductId};
use futures::future::try_join_all;

use crate::graphql::{
    catalog::{CostStatus, Product},
    common::{Money, moment},
    connection::Connection,
    paging::{Asked, Key, count, optional_id},
    refusal::fault,
    rows::Plain,
    scalars::{DateTime, Decimal},
    services::{actor, dangling, money, per_unit, services},
};

/// A version of what a product is made of.
#[derive(Debug, Clone)]
pub struct Bom(pub(crate) DomainBom);

impl Plain for Bom {}

/// A version of what a product is made of, per unit made. A version never changes; saving makes a new one.
#[Object]
impl Bom {
    /// Id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What is made.
    async fn product(&self, ctx: &Context<'_>) -> Result<Product> {
        product(ctx, self.0.business_id, self.0.product_id).await
    }

    /// Version, from 1.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Status; one version per product is ACTIVE.
    async fn status(&self) -> BomStatus {
        self.0.status.into()
    }

    /// Note.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Components and costs, in order; at most 500.
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<BomLine>> {
        Ok(lines(ctx, &self.0).await?.into_iter().map(BomLine).collect())
    }

    /// What a unit would cost now: required components at their average cost, and the cost lines. Builds capture their
    /// own cost.
    async fn estimate(&self, ctx: &Context<'_>) -> Result<CostEstimate> {
        let lines = lines(ctx, &self.0).await?;
        let wanted = lines.iter().filter_map(|line| line.product_id);
        let loader = &services(ctx)?.loaders.products;
        let found = try_join_all(wanted.map(|id| loader.get(self.0.business_id, id))).await?;
        let products: HashMap<ProductId, domain::catalog::Product> =
            found.into_iter().flatten().map(|row| (row.id, row)).collect();
        let cost_of = |id: ProductId| products.get(&id).and_then(|row| Some((row.average_cost?, row.cost_status)));
        let (unit_cost, status) = rules::estimate(&lines, cost_of).map_err(|refusal| fault(refusal.into()))?;
        Ok(CostEstimate { unit_cost: money(ctx, unit_cost).await?, cost_status: status.into() })
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        moment(self.0.created_at)
    }

    /// Who made it.
    async fn created_by(&self) -> &str {
        &self.0.created_by
    }
}

async fn lines(ctx: &Context<'_>, bom: &DomainBom) -> Result<Vec<DomainLine>> {
    Ok(services(ctx)?.loaders.production.bom_lines.get(bom.business_id, bom.id).await?.unwrap_or_default())
}

pub(super) async fn product(ctx: &Context<'_>, business: BusinessId, id: ProductId) -> Result<Product> {
    let found = services(ctx)?.loaders.products.get(business, id).await?;
    found.map(Product).ok_or_else(|| dangling("a bill of materials or build without its product"))
}

/// What a unit would cost.
#[derive(Debug, Clone, SimpleObject)]
pub struct CostEstimate {
    /// Cost of a unit, as far as it is known.
    unit_cost: Money,
    /// How well it is known; with MISSING a component's cost is unknown and not in the sum.
    cost_status: CostStatus,
}

/// A component or a cost of a bill of materials.
#[derive(Debug, Clone)]
pub struct BomLine(DomainLine);

/// A component or a cost, per unit made.
#[Object]
impl BomLine {
    /// Kind.
    async fn kind(&self) -> LineKind {
        self.0.kind.into()
    }

    /// The component; null for a cost.
    async fn product(&self, ctx: &Context<'_>) -> Result<Option<Product>> {
        match self.0.product_id {
            Some(id) => product(ctx, self.0.business_id, id).await.map(Some),
            None => Ok(None),
        }
    }

    /// Component: quantity per unit made. Cost: units of the rate per unit made; null where the rate is per unit made.
    async fn quantity(&self) -> Option<Decimal> {
        self.0.quantity.map(|quantity| Decimal(quantity.to_decimal()))
    }

    /// Consumed as far as there is any; it never blocks a build.
    async fn optional(&self) -> bool {
        self.0.optional
    }

    /// Label of a cost; null for a component.
    async fn label(&self) -> Option<&str> {
        self.0.label.as_deref()
    }

    /// Rate of a cost; null for a component.
    async fn rate(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        match self.0.rate {
            Some(rate) => per_unit(ctx, rate).await.map(Some),
            None => Ok(None),
        }
    }
}

/// A page of versions, newest first.
pub(in crate::graphql) async fn page(ctx: &Context<'_>, filter: DomainFilter, asked: Asked) -> Result<Connection<Bom>> {
    let (actor, production) = (actor(ctx).await?, services(ctx)?.production.clone());
    let page = production.boms_page(&actor, &filter, &asked.request()).await.map_err(fault)?;
    let total = count(move || {
        let (production, actor, filter) = (production.clone(), actor.clone(), filter.clone());
        Box::pin(async move { production.count_boms(&actor, &filter).await.map_err(fault) })
    });
    asked.connection(page, |row| Key::Number(row.created_at.0, row.id.0), Bom, total)
}

/// Status of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainStatus")]
pub enum BomStatus {
    /// Not in use yet.
    Draft,
    /// The one in use.
    Active,
    /// Replaced by a later version.
    Archived,
}

/// Kind of a line of a bill of materials or a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainKind")]
pub enum LineKind {
    /// A product that is consumed.
    Component,
    /// Work; uses no stock.
    Labour,
    /// Overhead; uses no stock.
    Overhead,
    /// Another cost; uses no stock.
    Other,
}

/// Which versions; all given fields must match.
#[derive(Debug, Default, InputObject)]
pub struct BomFilter {
    /// Of this product.
    product_id: Option<ID>,
    /// Using this component.
    component_id: Option<ID>,
    /// In this status.
    status: Option<BomStatus>,
}

impl BomFilter {
    pub(super) fn read(self) -> Result<DomainFilter> {
        Ok(DomainFilter {
            product: optional_id(self.product_id.as_ref())?,
            component: optional_id(self.component_id.as_ref())?,
            status: self.status.map(Into::into),
        })
    }
}
