//! An account of the accounting system's chart.

use sea_orm::entity::prelude::*;

use crate::{AccountClass, AccountId, BusinessId, IntegrationId, Timestamp};

/// An account of the accounting system's chart.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccountId,
    /// Business.
    pub business_id: BusinessId,
    /// Integration.
    pub integration_id: IntegrationId,
    /// The provider's id.
    pub external_id: String,
    /// The provider's version.
    pub external_version: Option<String>,
    /// Account number.
    pub number: Option<String>,
    /// Full name.
    pub name: String,
    /// Name in lower case.
    pub sort_name: String,
    /// The provider's type.
    pub kind: String,
    /// The provider's sub-type.
    pub sub_kind: Option<String>,
    /// Class.
    pub class: AccountClass,
    /// May be used.
    pub active: bool,
    /// Own currency.
    pub currency: Option<String>,
    /// Hash of all fields read.
    pub content_hash: i64,
    /// When a sync last wrote it.
    pub synced_at: Timestamp,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
