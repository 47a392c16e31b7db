//! One stored progress event of a run.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, RunId, SyncPhase, SyncRunState, Timestamp};

/// One stored progress event of a run.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_event")]
pub struct Model {
    /// Run.
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: RunId,
    /// Number within the run, from 1, without gaps.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sequence: i64,
    /// Business.
    pub business_id: BusinessId,
    /// When.
    pub at: Timestamp,
    /// State then.
    pub state: SyncRunState,
    /// Phase then.
    pub phase: SyncPhase,
    /// Records handled then.
    pub done: i64,
    /// Records expected then.
    pub total: Option<i64>,
    /// Counters then.
    pub counts: Json,
    /// For people.
    pub message: String,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
