//! Builds.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use domain::{
    money::average_half_even,
    production::{Build as DomainBuild, BuildFilter as DomainFilter, BuildLine as DomainLine},
};
use entity::{
    BuildState as DomainState, CostStatus as DomainCostStatus, RecoveryMode as DomainRecovery,
    RejectReason as DomainReason,
};

use super::boms::{Bom, LineKind, product};
use crate::graphql::{
    catalog::{CostStatus, Product},
    common::{Money, moment},
    export::{Export, export_of, exports_of},
    paging::optional_id,
    scalars::{Date, DateTime, Decimal},
    services::{dangling, money, per_unit, services},
    stock::{Lot, LotConsumption, consumptions_in},
};

/// One act of production.
#[derive(Debug, Clone)]
pub struct Build(pub(crate) DomainBuild);

/// One act of production: components leave stock and the product comes into it, at once or when it is approved. Its
/// cost is captured at execution and never changes.
#[Object]
impl Build {
    /// Id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Number, counted up within the business.
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// What is made.
    async fn product(&self, ctx: &Context<'_>) -> Result<Product> {
        product(ctx, self.0.business_id, self.0.product_id).await
    }

    /// The version it is made after.
    async fn bom(&self, ctx: &Context<'_>) -> Result<Bom> {
        let found = services(ctx)?.loaders.production.boms.get(self.0.business_id, self.0.bom_id).await?;
        found.map(Bom).ok_or_else(|| dangling("a build without a bill of materials"))
    }

    /// How much, in the product's unit.
    async fn quantity(&self) -> Decimal {
        Decimal(self.0.quantity.to_decimal())
    }

    /// State.
    async fn state(&self) -> BuildState {
        self.0.state.into()
    }

    /// Whether it waits, or waited, for approval.
    async fn qa_review(&self) -> bool {
        self.0.qa
    }

    /// Planned day.
    async fn planned_for(&self) -> Option<Date> {
        self.0.planned_for.map(Date)
    }

    /// Who is to do it.
    async fn assignee(&self) -> Option<&str> {
        self.0.assignee.as_deref()
    }

    /// Note.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Business date of the execution; null before it.
    async fn effective_on(&self) -> Option<Date> {
        self.0.effective_on.map(Date)
    }

    /// Value of the components consumed.
    async fn component_value(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.0.component_value).await
    }

    /// Value of the cost lines.
    async fn cost_value(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.0.cost_value).await
    }

    /// Both.
    async fn total_value(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.0.total_value).await
    }

    /// Cost per unit made, rounded half to even to a millionth; null before execution, and where the cost is MISSING.
    async fn unit_cost(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        if self.0.executed_at.is_none() || self.0.cost_status == DomainCostStatus::Missing {
            return Ok(None);
        }
        match average_half_even(self.0.total_value, self.0.quantity) {
            Some(cost) => per_unit(ctx, cost).await.map(Some),
            None => Ok(None),
        }
    }

    /// Rejected: value of the components that were not recovered.
    async fn lost_value(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.0.lost_value).await
    }

    /// How well its cost is known.
    async fn cost_status(&self) -> CostStatus {
        self.0.cost_status.into()
    }

    /// The lot it made; null while there is none, and where no lots are kept.
    async fn lot(&self, ctx: &Context<'_>) -> Result<Option<Lot>> {
        let Some(id) = self.0.lot_id else { return Ok(None) };
        Ok(services(ctx)?.loaders.stock.lots.get(self.0.business_id, id).await?.map(Lot))
    }

    /// What it consumed and cost, in order; empty before execution.
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<BuildLine>> {
        let found = services(ctx)?.loaders.production.build_lines.get(self.0.business_id, self.0.id).await?;
        Ok(found.unwrap_or_default().into_iter().map(BuildLine).collect())
    }

    /// Where it stands in the accounting system: its latest export; null before execution or approval, and where nothing
    /// was connected.
    async fn export(&self, ctx: &Context<'_>) -> Result<Option<Export>> {
        export_of(ctx, self.0.business_id, self.0.id.0).await
    }

    /// All its exports, oldest first: the build or its loss, and what took it back.
    async fn exports(&self, ctx: &Context<'_>) -> Result<Vec<Export>> {
        exports_of(ctx, self.0.business_id, self.0.id.0).await
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime {
        moment(self.0.created_at)
    }

    /// Who created it.
    async fn created_by(&self) -> &str {
        &self.0.created_by
    }

    /// When it was executed.
    async fn executed_at(&self) -> Option<DateTime> {
        self.0.executed_at.map(moment)
    }

    /// Who executed it.
    async fn executed_by(&self) -> Option<&str> {
        self.0.executed_by.as_deref()
    }

    /// When it was approved.
    async fn approved_at(&self) -> Option<DateTime> {
        self.0.approved_at.map(moment)
    }

    /// Who approved it.
    async fn approved_by(&self) -> Option<&str> {
        self.0.approved_by.as_deref()
    }

    /// When it was rejected.
    async fn rejected_at(&self) -> Option<DateTime> {
        self.0.rejected_at.map(moment)
    }

    /// Who rejected it.
    async fn rejected_by(&self) -> Option<&str> {
        self.0.rejected_by.as_deref()
    }

    /// Why it was rejected.
    async fn reject_reason(&self) -> Option<RejectReason> {
        self.0.reject_reason.map(Into::into)
    }

    /// What was recovered when it was rejected.
    async fn recovery(&self) -> Option<RecoveryMode> {
        self.0.recovery.map(Into::into)
    }

    /// Business date of approval or rejection.
    async fn decided_on(&self) -> Option<Date> {
        self.0.decided_on.map(Date)
    }

    /// Note of approval, rejection or reversal.
    async fn review_note(&self) -> Option<&str> {
        self.0.review_note.as_deref()
    }

    /// When it was reversed.
    async fn reversed_at(&self) -> Option<DateTime> {
        self.0.reversed_at.map(moment)
    }

    /// Who reversed it.
    async fn reversed_by(&self) -> Option<&str> {
        self.0.reversed_by.as_deref()
    }
}

/// What a build consumed or cost.
#[derive(Debug, Clone)]
pub struct BuildLine(pub(crate) DomainLine);

/// A component that a build consumed, or a cost of it.
#[Object]
impl BuildLine {
    /// Id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The build.
    async fn build(&self, ctx: &Context<'_>) -> Result<Build> {
        let found = services(ctx)?.loaders.production.builds.get(self.0.business_id, self.0.build_id).await?;
        found.map(Build).ok_or_else(|| dangling("a line without a build"))
    }

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

    /// Label of a cost; null for a component.
    async fn label(&self) -> Option<&str> {
        self.0.label.as_deref()
    }

    /// Consumed as far as there was any.
    async fn optional(&self) -> bool {
        self.0.optional
    }

    /// What the bill of materials asked for.
    async fn needed(&self) -> Decimal {
        Decimal(self.0.needed.to_decimal())
    }

    /// What was consumed, or units of the rate.
    async fn quantity(&self) -> Decimal {
        Decimal(self.0.quantity.to_decimal())
    }

    /// Its value, captured at execution.
    async fn value(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.0.value).await
    }

    /// How well the value is known.
    async fn cost_status(&self) -> CostStatus {
        self.0.cost_status.into()
    }

    /// What came back when the build was rejected or reversed.
    async fn recovered_quantity(&self) -> Decimal {
        Decimal(self.0.recovered_quantity.to_decimal())
    }

    /// Its value.
    async fn recovered_value(&self, ctx: &Context<'_>) -> Result<Money> {
        money(ctx, self.0.recovered_value).await
    }

    /// The lots it was taken from; empty for a cost, and where no lots are kept.
    async fn consumptions(&self, ctx: &Context<'_>) -> Result<Vec<LotConsumption>> {
        match self.0.movement_id {
            Some(movement) => consumptions_in(ctx, self.0.business_id, movement).await,
            None => Ok(Vec::new()),
        }
    }
}

/// State of a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainState")]
pub enum BuildState {
    /// Planned; no effect on stock.
    Planned,
    /// Done; with `qaReview` the product waits for approval.
    Executed,
    /// Done and approved.
    Approved,
    /// Not approved.
    Rejected,
    /// Taken back.
    Reversed,
    /// Planned and given up.
    Cancelled,
}

/// Why a build was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainReason")]
pub enum RejectReason {
    /// The product is defective.
    QualityDefect,
    /// Wrong materials were used.
    WrongMaterials,
    /// A machine failed.
    EquipmentFailure,
    /// The process went wrong.
    ProcessError,
    /// Something else.
    Other,
}

/// What is recovered of a rejected build's components.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainRecovery")]
pub enum RecoveryMode {
    /// Everything: exactly the lots it came from.
    Full,
    /// Some of it; what was consumed last comes back first.
    Partial,
    /// Nothing.
    None,
}

/// Which builds; all given fields must match.
#[derive(Debug, Default, InputObject)]
pub struct BuildFilter {
    /// In this state.
    state: Option<BuildState>,
    /// Of this product.
    product_id: Option<ID>,
}

impl BuildFilter {
    pub(super) fn read(self) -> Result<DomainFilter> {
        Ok(DomainFilter { state: self.state.map(Into::into), product: optional_id(self.product_id.as_ref())? })
    }
}
