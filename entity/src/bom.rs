//! A version of what a product is made of.

use sea_orm::entity::prelude::*;

use crate::{BomId, BomStatus, BusinessId, ProductId, Timestamp};

/// A version of what a product is made of.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bom")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BomId,
    /// Business.
    pub business_id: BusinessId,
    /// The product made.
    pub product_id: ProductId,
    /// Version, from 1.
    pub version: i32,
    /// Status.
    pub status: BomStatus,
    /// Note.
    pub note: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: String,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
