//! A link between a product and an item; per integration one to one.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, IntegrationId, ItemId, LinkId, ProductId, Timestamp};

/// A link between a product and an item; per integration one to one.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "product_link")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LinkId,
    /// Business.
    pub business_id: BusinessId,
    /// Integration.
    pub integration_id: IntegrationId,
    /// Product.
    pub product_id: ProductId,
    /// Item.
    pub item_id: ItemId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: String,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
