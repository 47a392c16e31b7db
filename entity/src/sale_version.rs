//! What a sale was from one change to the next; never changed once the next one is there.

use sea_orm::entity::prelude::*;

use crate::{Amount, BusinessId, Quantity, RunId, SaleChange, SaleId, SaleStatus, Timestamp};

/// What a sale was from one change to the next; never changed once the next one is there.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sale_version")]
pub struct Model {
    /// Sale.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sale_id: SaleId,
    /// Number, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    /// Business.
    pub business_id: BusinessId,
    /// What made it.
    pub change: SaleChange,
    /// Whether it counted.
    pub status: SaleStatus,
    /// The accounting system's version of it.
    pub external_version: Option<String>,
    /// Number for people.
    pub number: Option<String>,
    /// Date of the document.
    pub date: Date,
    /// Who bought.
    pub customer: Option<String>,
    /// What its counted lines earned.
    pub revenue: Amount,
    /// What those cost.
    pub cost: Amount,
    /// Units sold that were not there.
    pub short_quantity: Quantity,
    /// Why a person took it back.
    pub reason: Option<String>,
    /// The run that recorded it.
    pub run_id: Option<RunId>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// By whom.
    pub recorded_by: String,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
