//! An account that stands for a role with some products only.

use sea_orm::entity::prelude::*;

use crate::{AccountId, AccountRole, BusinessId, IntegrationId, OverrideScope, Timestamp};

/// An account that stands for a role with some products only. Id and name are kept as they were at the choice.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export_override")]
pub struct Model {
    /// Integration.
    #[sea_orm(primary_key, auto_increment = false)]
    pub integration_id: IntegrationId,
    /// Role.
    #[sea_orm(primary_key, auto_increment = false)]
    pub role: AccountRole,
    /// By what the products are told.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: OverrideScope,
    /// Their type, or their category in lower case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub value: String,
    /// The category as it was written.
    pub label: String,
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
