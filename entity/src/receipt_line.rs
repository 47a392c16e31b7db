//! A product on a receipt.

use sea_orm::entity::prelude::*;

use crate::{Amount, BusinessId, LotId, ProductId, Quantity, ReceiptId, ReceiptLineId, UnitCost};

/// A product on a receipt.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "receipt_line")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReceiptLineId,
    /// Business.
    pub business_id: BusinessId,
    /// Receipt.
    pub receipt_id: ReceiptId,
    /// Place on the receipt, from 0.
    pub position: i32,
    /// Product.
    pub product_id: ProductId,
    /// Quantity.
    pub quantity: Quantity,
    /// The supplier's price per unit.
    pub unit_cost: UnitCost,
    /// Number of the lot; given at confirmation where there is none.
    pub lot_number: Option<String>,
    /// Expiry of the lot.
    pub expires_on: Option<Date>,
    /// Its share of the landed costs.
    pub landed: Amount,
    /// Quantity at the price, with the landed costs.
    pub value: Amount,
    /// The lot, once confirmed.
    pub lot_id: Option<LotId>,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
