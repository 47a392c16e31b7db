//! A batch of one product with its own cost; or, with negative figures, a shortage: stock that went out before it came in.

use sea_orm::entity::prelude::*;

use crate::{
    Amount, BuildId, BusinessId, CostStatus, LotId, LotSource, LotStatus, MovementId, ProductId, Quantity, ReceiptId,
    ReceiptLineId, SupplierId, Timestamp,
};

/// A batch of one product with its own cost; or, with negative figures, a shortage: stock that went out before it came in.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lot")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LotId,
    /// Business.
    pub business_id: BusinessId,
    /// Product.
    pub product_id: ProductId,
    /// The movement that made it.
    pub movement_id: MovementId,
    /// Number, unique per product among active lots.
    pub number: String,
    /// Where it comes from.
    pub source: LotSource,
    /// 0 for legacy lots, which go first; 2 for shortages, which are no stock; 1 for all others.
    pub rank: i32,
    /// Status.
    pub status: LotStatus,
    /// Day it was received or built; decides the order of consumption.
    pub received_on: Date,
    /// For information.
    pub expires_on: Option<Date>,
    /// Who delivered it.
    pub supplier_id: Option<SupplierId>,
    /// The receipt it came with.
    pub receipt_id: Option<ReceiptId>,
    /// The receipt's line.
    pub receipt_line_id: Option<ReceiptLineId>,
    /// The build that made it.
    pub build_id: Option<BuildId>,
    /// Quantity received, as corrected.
    pub received_quantity: Quantity,
    /// Its value.
    pub received_value: Amount,
    /// What is left of it.
    pub remaining_quantity: Quantity,
    /// The value of what is left.
    pub remaining_value: Amount,
    /// How well its cost is known.
    pub cost_status: CostStatus,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
