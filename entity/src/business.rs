//! The tenant: whose stock and books these are.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, Timestamp};

/// The tenant: whose stock and books these are.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "business")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BusinessId,
    /// Name for people.
    pub name: String,
    /// IANA time zone; decides what day it is.
    pub time_zone: String,
    /// Home currency, ISO 4217.
    pub currency: String,
    /// Lots and receipts are on.
    pub receiving: bool,
    /// Sales and margins are on.
    pub sales_tracking: bool,
    /// Builds wait for approval.
    pub qa_review: bool,
    /// When it was created.
    pub created_at: Timestamp,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
