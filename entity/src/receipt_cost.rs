//! A landed cost of a receipt: freight, duty.

use sea_orm::entity::prelude::*;

use crate::{Amount, BusinessId, CostBasis, LandedKind, ReceiptCostId, ReceiptId};

/// A landed cost of a receipt: freight, duty.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "receipt_cost")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReceiptCostId,
    /// Business.
    pub business_id: BusinessId,
    /// Receipt.
    pub receipt_id: ReceiptId,
    /// Place on the receipt, from 0.
    pub position: i32,
    /// Kind.
    pub kind: LandedKind,
    /// Label.
    pub label: String,
    /// Amount.
    pub amount: Amount,
    /// What it is spread by.
    pub basis: CostBasis,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
