//! An item that a person marked as not stock: its lines are passed over.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, IntegrationId, Timestamp};

/// An item that a person marked as not stock: its lines are passed over.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sale_item_choice")]
pub struct Model {
    /// Integration.
    #[sea_orm(primary_key, auto_increment = false)]
    pub integration_id: IntegrationId,
    /// The accounting system's id of the item.
    #[sea_orm(primary_key, auto_increment = false)]
    pub item_external_id: String,
    /// Business.
    pub business_id: BusinessId,
    /// When.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
