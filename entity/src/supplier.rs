//! A supplier, synced or local.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, IntegrationId, SupplierId, Timestamp};

/// A supplier, synced or local.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "supplier")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SupplierId,
    /// Business.
    pub business_id: BusinessId,
    /// Integration; null for a local one.
    pub integration_id: Option<IntegrationId>,
    /// The provider's id.
    pub external_id: Option<String>,
    /// The provider's version.
    pub external_version: Option<String>,
    /// Name.
    pub name: String,
    /// Name in lower case.
    pub sort_name: String,
    /// Code, 3 or 4 characters; heads lot numbers. Given at the first receipt where there is none.
    pub code: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// Currency.
    pub currency: Option<String>,
    /// May be used.
    pub active: bool,
    /// Hash of all fields read.
    pub content_hash: i64,
    /// When a sync last wrote it.
    pub synced_at: Timestamp,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
