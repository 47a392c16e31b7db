//! A member's role in a business, and permissions that differ from the role's defaults.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, Role, Timestamp};

/// A member's role in a business, and permissions that differ from the role's defaults.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "member")]
pub struct Model {
    /// Business.
    #[sea_orm(primary_key, auto_increment = false)]
    pub business_id: BusinessId,
    /// The `sub` of the member's token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: String,
    /// Role.
    pub role: Role,
    /// Permission name to true or false where it differs from the role's default.
    pub permissions: Json,
    /// When the member was added.
    pub created_at: Timestamp,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
