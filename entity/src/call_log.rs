//! One attempt of one provider call, redacted.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, CallId, CallOutcome, IntegrationId, RunId, Timestamp};

/// One attempt of one provider call, redacted.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "call_log")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CallId,
    /// Business.
    pub business_id: BusinessId,
    /// Integration; null for a code exchange that led to none.
    pub integration_id: Option<IntegrationId>,
    /// When it was sent.
    pub at: Timestamp,
    /// How long it took, microseconds.
    pub duration_us: i64,
    /// Operation name.
    pub operation: String,
    /// HTTP method.
    pub method: String,
    /// URL without secrets.
    pub url: String,
    /// Sent, redacted and capped.
    pub request_body: Option<String>,
    /// Received, redacted and capped.
    pub response_body: Option<String>,
    /// HTTP status.
    pub http_status: Option<i32>,
    /// How it ended.
    pub outcome: CallOutcome,
    /// The provider's code.
    pub error_code: Option<String>,
    /// What went wrong.
    pub error_message: Option<String>,
    /// The provider's trace id.
    pub trace_id: Option<String>,
    /// 1 for the first.
    pub attempt: i32,
    /// The run it belongs to.
    pub run_id: Option<RunId>,
    /// What it belongs to: a run or an export, as id.
    pub correlation_id: Option<String>,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
