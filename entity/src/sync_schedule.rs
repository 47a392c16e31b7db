//! When a schedule last fired, and what an announcement asked for.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, IntegrationId, SyncKind, Timestamp};

/// When a schedule last fired, and what an announcement asked for: at most one sync of a kind waits.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_schedule")]
pub struct Model {
    /// Integration.
    #[sea_orm(primary_key, auto_increment = false)]
    pub integration_id: IntegrationId,
    /// What is synced.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: SyncKind,
    /// Business.
    pub business_id: BusinessId,
    /// When the schedule last fired, or was first seen; null while there is none.
    pub fired_at: Option<Timestamp>,
    /// When the accounting system first announced a change that no sync has begun for; null when none waits.
    pub asked_at: Option<Timestamp>,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
