//! The one lock of a business: held by a run or a build, for a lease, with a fence that only rises.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, RunId, SyncKind, Timestamp};

/// The one lock of a business: held by a run or a build, for a lease, with a fence that only rises.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_lock")]
pub struct Model {
    /// Business.
    #[sea_orm(primary_key, auto_increment = false)]
    pub business_id: BusinessId,
    /// The run that holds it; null when free.
    pub run_id: Option<RunId>,
    /// What it does.
    pub kind: Option<SyncKind>,
    /// Who, for people.
    pub held_by: Option<String>,
    /// Since when.
    pub acquired_at: Option<Timestamp>,
    /// Until when, unless renewed.
    pub expires_at: Option<Timestamp>,
    /// Rises each time a worker takes the lock up.
    pub fence: i64,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
