//! An incoming delivery.

use sea_orm::entity::prelude::*;

use crate::{Amount, BusinessId, Quantity, ReceiptId, ReceiptState, SupplierId, Timestamp};

/// An incoming delivery.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "receipt")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReceiptId,
    /// Business.
    pub business_id: BusinessId,
    /// Number within the business.
    pub number: i64,
    /// State.
    pub state: ReceiptState,
    /// Supplier.
    pub supplier_id: SupplierId,
    /// Day of receipt.
    pub received_on: Date,
    /// The supplier's own number.
    pub reference: Option<String>,
    /// Note.
    pub note: Option<String>,
    /// Sum of the lines' quantities.
    pub quantity: Quantity,
    /// Sum of the lines' values, landed costs included.
    pub value: Amount,
    /// When it was created.
    pub created_at: Timestamp,
    /// Who created it.
    pub created_by: String,
    /// When it was confirmed.
    pub confirmed_at: Option<Timestamp>,
    /// Who confirmed it.
    pub confirmed_by: Option<String>,
    /// When it was voided.
    pub voided_at: Option<Timestamp>,
    /// Who voided it.
    pub voided_by: Option<String>,
    /// When its export reached the accounting system.
    pub exported_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
