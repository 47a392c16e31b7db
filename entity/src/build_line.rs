//! What a build consumed or cost.

use sea_orm::entity::prelude::*;

use crate::{Amount, BuildId, BuildLineId, BusinessId, CostStatus, LineKind, MovementId, ProductId, Quantity};

/// What a build consumed or cost.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "build_line")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BuildLineId,
    /// Business.
    pub business_id: BusinessId,
    /// Build.
    pub build_id: BuildId,
    /// Place, from 0.
    pub position: i32,
    /// Kind.
    pub kind: LineKind,
    /// The component.
    pub product_id: Option<ProductId>,
    /// Label of a cost.
    pub label: Option<String>,
    /// Consumed as far as there was any.
    pub optional: bool,
    /// Quantity the bill of materials asks for.
    pub needed: Quantity,
    /// Quantity consumed, or units of the rate.
    pub quantity: Quantity,
    /// Its value, captured at execution.
    pub value: Amount,
    /// How well the value is known.
    pub cost_status: CostStatus,
    /// Rejected: quantity recovered.
    pub recovered_quantity: Quantity,
    /// Its value.
    pub recovered_value: Amount,
    /// The consumption.
    pub movement_id: Option<MovementId>,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
