//! One attempt to send an export, or to find out what became of it.

use sea_orm::entity::prelude::*;

use crate::{AttemptOutcome, BusinessId, ExportId, Timestamp};

/// One attempt. Its calls are in the call log under the export's id.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export_attempt")]
pub struct Model {
    /// Export.
    #[sea_orm(primary_key, auto_increment = false)]
    pub export_id: ExportId,
    /// 1 for the first.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    /// Business.
    pub business_id: BusinessId,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; null while it lasts, and where the process died.
    pub ended_at: Option<Timestamp>,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// What went wrong.
    pub message: Option<String>,
    /// The provider's own code.
    pub provider_code: Option<String>,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
