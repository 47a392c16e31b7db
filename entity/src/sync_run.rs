//! A durable run of a sync; this row is the truth about it.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, IntegrationId, RunId, SyncKind, SyncPhase, SyncRunState, SyncTrigger, Timestamp};

/// A durable run of a sync; this row is the truth about it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_run")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RunId,
    /// Business.
    pub business_id: BusinessId,
    /// Integration.
    pub integration_id: IntegrationId,
    /// What it syncs.
    pub kind: SyncKind,
    /// State.
    pub state: SyncRunState,
    /// Who started it.
    pub trigger: SyncTrigger,
    /// The user who asked.
    pub requested_by: Option<String>,
    /// Reads everything, takes nothing over from a failed run.
    pub full: bool,
    /// What it is doing.
    pub phase: SyncPhase,
    /// Records handled in this phase.
    pub done: i64,
    /// Records expected in this phase.
    pub total: Option<i64>,
    /// Counters.
    pub counts: Json,
    /// Where the item listing continues.
    pub cursor: Option<String>,
    /// What the counters depend on (selected types); a run with another policy starts over.
    pub policy_hash: String,
    /// The failed run it continues.
    pub resumed_from: Option<RunId>,
    /// How often a worker took it up again.
    pub resumed_times: i32,
    /// Sequence number of the last event.
    pub last_sequence: i64,
    /// A user asked to end it.
    pub cancel_requested: bool,
    /// Why it failed, as an error code.
    pub error_code: Option<String>,
    /// Why, for people.
    pub error_message: Option<String>,
    /// What to do.
    pub error_help: Option<String>,
    /// The provider's code.
    pub provider_code: Option<String>,
    /// The worker that has it.
    pub worker: Option<Uuid>,
    /// When that worker last said so.
    pub heartbeat_at: Option<Timestamp>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When a worker first took it.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
