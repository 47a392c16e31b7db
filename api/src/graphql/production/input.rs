//! Inputs and payloads of production.

use async_graphql::{ID, InputObject, SimpleObject};
use domain::production::{BuildOrder, LossAccount, NewBom, NewBomLine, Plan, Rejection};
use entity::{ProductId, Quantity};

use super::{
    boms::{Bom, LineKind},
    builds::{Build, RecoveryMode, RejectReason},
};
use crate::graphql::{
    input::{Read, path, quantity, row_path, unit_cost},
    paging::{id, optional_id},
    refusal::UserError,
    scalars::{Date, Decimal},
};

/// A new version of a bill of materials.
#[derive(Debug, InputObject)]
pub struct SaveBomInput {
    /// What is made.
    product_id: ID,
    /// Components and costs, in order, 1 to 500.
    lines: Vec<BomLineInput>,
    /// Note.
    note: Option<String>,
    /// Keep it as a draft; otherwise it becomes the active version and the one before is archived.
    #[graphql(default = false)]
    draft: bool,
    /// Same key and same input: the first answer again. 1 to 128 characters.
    pub(super) idempotency_key: Option<String>,
}

/// A component or a cost, per unit made.
#[derive(Debug, InputObject)]
pub struct BomLineInput {
    /// Kind.
    kind: LineKind,
    /// The component; only with COMPONENT.
    product_id: Option<ID>,
    /// Component: quantity per unit made, positive, at most 4 decimals. Cost by rate: units of the rate per unit made.
    quantity: Option<Decimal>,
    /// Consume as much as there is; never block a build. Only with COMPONENT.
    #[graphql(default = false)]
    optional: bool,
    /// Label; only with a cost.
    label: Option<String>,
    /// Cost per unit of `quantity`, or per unit made where that is left out; only with a cost.
    rate: Option<Decimal>,
}

impl SaveBomInput {
    pub(super) fn read(self) -> Read<NewBom> {
        let lines = self.lines.into_iter().enumerate().map(|(place, line)| line.read(place)).collect::<Read<_>>()?;
        Ok(NewBom { product: id(&self.product_id)?, lines, note: self.note, draft: self.draft })
    }
}

impl BomLineInput {
    fn read(self, place: usize) -> Read<NewBomLine> {
        let at = |field| row_path("lines", place, field);
        Ok(NewBomLine {
            kind: self.kind.into(),
            product: optional_id(self.product_id.as_ref())?,
            quantity: self.quantity.map(|number| quantity(number, at("quantity"))).transpose()?,
            optional: self.optional,
            label: self.label,
            rate: self.rate.map(|number| unit_cost(number, at("rate"))).transpose()?,
        })
    }
}

/// The new version.
#[derive(Debug, SimpleObject)]
pub struct SaveBomPayload {
    /// The version; null when refused.
    pub(super) bom: Option<Bom>,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// Which draft to put to use.
#[derive(Debug, InputObject)]
pub struct ActivateBomInput {
    /// The draft.
    pub(super) bom_id: ID,
}

/// The active version.
#[derive(Debug, SimpleObject)]
pub struct ActivateBomPayload {
    /// The version; null when refused.
    pub(super) bom: Option<Bom>,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// A build to plan, after the version that is active now.
#[derive(Debug, InputObject)]
pub struct PlanBuildInput {
    /// What to make.
    product_id: ID,
    /// How much, positive, at most 6 decimals.
    quantity: Decimal,
    /// Planned day.
    planned_for: Option<Date>,
    /// Who is to do it.
    assignee: Option<String>,
    /// Note.
    note: Option<String>,
    /// Same key and same input: the first answer again. 1 to 128 characters.
    pub(super) idempotency_key: Option<String>,
}

impl PlanBuildInput {
    pub(super) fn read(self) -> Read<(ProductId, Quantity, Plan)> {
        let plan = Plan { planned_for: self.planned_for.map(|day| day.0), assignee: self.assignee, note: self.note };
        Ok((id(&self.product_id)?, quantity(self.quantity, path("quantity"))?, plan))
    }
}

/// The planned build.
#[derive(Debug, SimpleObject)]
pub struct PlanBuildPayload {
    /// The build; null when refused.
    pub(super) build: Option<Build>,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// What to look at: a planned build, or a product and a quantity.
#[derive(Debug, InputObject)]
pub struct BuildPreviewInput {
    /// The planned build.
    build_id: Option<ID>,
    /// What to make, without a plan.
    product_id: Option<ID>,
    /// How much, positive; for a planned build the planned quantity if left out.
    quantity: Option<Decimal>,
    /// Optional components to leave out.
    without_product_ids: Option<Vec<ID>>,
}

/// What to build: a planned build, or a product and a quantity at once.
#[derive(Debug, InputObject)]
pub struct ExecuteBuildInput {
    /// The planned build.
    build_id: Option<ID>,
    /// What to make, without a plan.
    product_id: Option<ID>,
    /// How much, positive, at most 6 decimals; for a planned build the planned quantity if left out.
    quantity: Option<Decimal>,
    /// Optional components to leave out.
    without_product_ids: Option<Vec<ID>>,
    /// Business date; today if left out.
    effective_on: Option<Date>,
    /// Note.
    note: Option<String>,
    /// Same key and same input: the first answer again. 1 to 128 characters.
    pub(super) idempotency_key: Option<String>,
}

impl BuildPreviewInput {
    pub(super) fn read(self) -> Read<BuildOrder> {
        Ok(BuildOrder {
            build: optional_id(self.build_id.as_ref())?,
            product: optional_id(self.product_id.as_ref())?,
            quantity: self.quantity.map(|number| quantity(number, path("quantity"))).transpose()?,
            without: self.without_product_ids.iter().flatten().map(id).collect::<Result<_, _>>()?,
            effective_on: None,
            note: None,
        })
    }
}

impl ExecuteBuildInput {
    pub(super) fn read(self) -> Read<BuildOrder> {
        let (build_id, product_id) = (self.build_id, self.product_id);
        let (quantity, without_product_ids) = (self.quantity, self.without_product_ids);
        let order = BuildPreviewInput { build_id, product_id, quantity, without_product_ids }.read()?;
        Ok(BuildOrder { effective_on: self.effective_on.map(|day| day.0), note: self.note, ..order })
    }
}

/// The build.
#[derive(Debug, SimpleObject)]
pub struct ExecuteBuildPayload {
    /// The build; null when refused.
    pub(super) build: Option<Build>,
    /// Why it was refused, naming each short component; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// Which planned build to give up.
#[derive(Debug, InputObject)]
pub struct CancelBuildInput {
    /// The build.
    pub(super) build_id: ID,
}

/// The build.
#[derive(Debug, SimpleObject)]
pub struct CancelBuildPayload {
    /// The build; null when refused.
    pub(super) build: Option<Build>,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// Which build to approve.
#[derive(Debug, InputObject)]
pub struct ApproveBuildInput {
    /// The build.
    pub(super) build_id: ID,
    /// Note.
    pub(super) note: Option<String>,
    /// Business date; today if left out.
    pub(super) effective_on: Option<Date>,
}

/// The approved build.
#[derive(Debug, SimpleObject)]
pub struct ApproveBuildPayload {
    /// The build; null when refused.
    pub(super) build: Option<Build>,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// Which build to reject, and what comes back of it.
#[derive(Debug, InputObject)]
pub struct RejectBuildInput {
    /// The build.
    build_id: ID,
    /// Why.
    reason: RejectReason,
    /// What is recovered of the components.
    recovery: RecoveryMode,
    /// With PARTIAL: what is recovered, by component; a component that is left out is lost.
    recovered: Option<Vec<RecoveredInput>>,
    /// Note.
    note: Option<String>,
    /// Business date; today if left out.
    effective_on: Option<Date>,
}

/// What is recovered of one component.
#[derive(Debug, InputObject)]
pub struct RecoveredInput {
    /// The build's line.
    build_line_id: ID,
    /// Quantity, between 0 and what was consumed.
    quantity: Decimal,
}

impl RejectBuildInput {
    pub(super) fn read(self) -> Read<Rejection> {
        let recovered = self.recovered.unwrap_or_default().into_iter().enumerate().map(|(place, row)| {
            Ok((id(&row.build_line_id)?, quantity(row.quantity, row_path("recovered", place, "quantity"))?))
        });
        Ok(Rejection {
            build: id(&self.build_id)?,
            reason: self.reason.into(),
            recovery: self.recovery.into(),
            recovered: recovered.collect::<Read<_>>()?,
            note: self.note,
            // Told by the settings, not by whoever rejects.
            loss_account: LossAccount::Missing,
            effective_on: self.effective_on.map(|day| day.0),
        })
    }
}

/// The rejected build.
#[derive(Debug, SimpleObject)]
pub struct RejectBuildPayload {
    /// The build; null when refused.
    pub(super) build: Option<Build>,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}

/// Which build to take back.
#[derive(Debug, InputObject)]
pub struct ReverseBuildInput {
    /// The build.
    pub(super) build_id: ID,
    /// Note.
    pub(super) note: Option<String>,
    /// Business date; today if left out.
    pub(super) effective_on: Option<Date>,
}

/// The reversed build.
#[derive(Debug, SimpleObject)]
pub struct ReverseBuildPayload {
    /// The build; null when refused.
    pub(super) build: Option<Build>,
    /// Why it was refused; nothing was changed then.
    pub(super) user_errors: Vec<UserError>,
}
