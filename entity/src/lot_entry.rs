//! One immutable change of a lot: receipt, consumption, restoration, adjustment.

use sea_orm::entity::prelude::*;

use crate::{Amount, BusinessId, CostStatus, EntryId, LotId, MovementId, ProductId, Quantity, Timestamp};

/// One immutable change of a lot: receipt, consumption, restoration, adjustment.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lot_entry")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EntryId,
    /// Business.
    pub business_id: BusinessId,
    /// Product.
    pub product_id: ProductId,
    /// Lot.
    pub lot_id: LotId,
    /// The movement it is part of.
    pub movement_id: MovementId,
    /// Change of quantity.
    pub quantity: Quantity,
    /// Change of value.
    pub value: Amount,
    /// How well that value is known.
    pub cost_status: CostStatus,
    /// Business date it takes effect.
    pub effective_on: Date,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The entry it takes back, wholly or in part.
    pub reverses: Option<EntryId>,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
