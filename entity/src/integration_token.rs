//! Sealed tokens of an integration, and the lease of whoever refreshes them.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, IntegrationId, Timestamp};

/// Sealed tokens of an integration, and the lease of whoever refreshes them.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "integration_token")]
pub struct Model {
    /// Integration.
    #[sea_orm(primary_key, auto_increment = false)]
    pub integration_id: IntegrationId,
    /// Business.
    pub business_id: BusinessId,
    /// Both tokens, sealed.
    pub sealed: Vec<u8>,
    /// When the access token ends.
    pub access_expires_at: Timestamp,
    /// When the refresh token ends if unused.
    pub refresh_expires_at: Option<Timestamp>,
    /// When the grant ends however often it is refreshed.
    pub refresh_hard_expires_at: Option<Timestamp>,
    /// Rises with every change of the tokens.
    pub version: i64,
    /// Who refreshes now.
    pub lease_holder: Option<Uuid>,
    /// Until when.
    pub lease_until: Option<Timestamp>,
    /// When the tokens were last refreshed.
    pub refreshed_at: Option<Timestamp>,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
