//! An account that was chosen for a role.

use sea_orm::entity::prelude::*;

use crate::{AccountId, AccountRole, BusinessId, IntegrationId, Timestamp};

/// An account that was chosen for a role. Id and name are kept as they were at the choice.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export_account")]
pub struct Model {
    /// Integration.
    #[sea_orm(primary_key, auto_increment = false)]
    pub integration_id: IntegrationId,
    /// Role.
    #[sea_orm(primary_key, auto_increment = false)]
    pub role: AccountRole,
    /// Business.
    pub business_id: BusinessId,
    /// Account.
    pub account_id: AccountId,
    /// The provider's id of it.
    pub external_id: String,
    /// Its name at the choice.
    pub name: String,
    /// When it was chosen.
    pub chosen_at: Timestamp,
    /// By whom.
    pub chosen_by: String,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
