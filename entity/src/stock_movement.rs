//! One immutable change of a product's stock.

use sea_orm::entity::prelude::*;

use crate::{
    AdjustmentReason, Amount, BusinessId, CostStatus, MovementId, MovementKind, ProductId, Quantity, RunId, SourceKind,
    Timestamp,
};

/// One immutable change of a product's stock.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_movement")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MovementId,
    /// Business.
    pub business_id: BusinessId,
    /// Product.
    pub product_id: ProductId,
    /// Why.
    pub kind: MovementKind,
    /// Change of quantity.
    pub quantity: Quantity,
    /// Change of value.
    pub value: Amount,
    /// Quantity on hand after it.
    pub on_hand_after: Quantity,
    /// Value on hand after it.
    pub value_after: Amount,
    /// Business date it takes effect.
    pub effective_on: Date,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Who or what recorded it.
    pub recorded_by: String,
    /// The sync run behind it.
    pub run_id: Option<RunId>,
    /// How well the value is known.
    pub cost_status: CostStatus,
    /// Kind of the record it belongs to.
    pub source_kind: Option<SourceKind>,
    /// That record.
    pub source_id: Option<Uuid>,
    /// The record's line, from 0.
    pub source_line: Option<i32>,
    /// The movement it takes back, wholly or in part.
    pub reverses: Option<MovementId>,
    /// Why stock was adjusted.
    pub reason: Option<AdjustmentReason>,
    /// Note.
    pub note: Option<String>,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
