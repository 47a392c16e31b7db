//! A consent under way: what the state value given to the provider stands for.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, IntegrationId, Timestamp};

/// A consent under way: what the state value given to the provider stands for.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "oauth_state")]
pub struct Model {
    /// SHA-256 of the state, hex; the state itself is not kept.
    #[sea_orm(primary_key, auto_increment = false)]
    pub state_hash: String,
    /// Business.
    pub business_id: BusinessId,
    /// Who started it.
    pub subject: String,
    /// Provider id.
    pub provider: String,
    /// The integration to reconnect, if it is a reconnect.
    pub integration_id: Option<IntegrationId>,
    /// Where the user goes afterwards.
    pub return_to: Option<String>,
    /// When it was started.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was used; a state is used once.
    pub used_at: Option<Timestamp>,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
