//! A change of a confirmed receipt's line; what was exported is corrected by it.

use sea_orm::entity::prelude::*;

use crate::{Amount, BusinessId, CorrectionId, MovementId, Quantity, ReceiptId, ReceiptLineId, Timestamp, UnitCost};

/// A change of a confirmed receipt's line; what was exported is corrected by it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "receipt_correction")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CorrectionId,
    /// Business.
    pub business_id: BusinessId,
    /// Receipt.
    pub receipt_id: ReceiptId,
    /// Line.
    pub line_id: ReceiptLineId,
    /// The movement; null where only consumed units were concerned.
    pub movement_id: Option<MovementId>,
    /// Change of quantity.
    pub quantity: Quantity,
    /// Change of stock value.
    pub value: Amount,
    /// Change that falls on units consumed before, whose captured cost stays.
    pub captured: Amount,
    /// The price before.
    pub unit_cost_before: UnitCost,
    /// The price after.
    pub unit_cost_after: UnitCost,
    /// Business date.
    pub effective_on: Date,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// By whom.
    pub recorded_by: String,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
