//! A document of an export run, and what became of it there.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, ExportId, ExportRunOutcome, RunId, Timestamp};

/// A document of an export run. Which documents a run has is decided when it is asked for; what became of each is written
/// once, and stays as it was when the export has a later life.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export_run_document")]
pub struct Model {
    /// Run.
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: RunId,
    /// 1 for the first: in the order in which the documents came to wait.
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: i64,
    /// Business.
    pub business_id: BusinessId,
    /// The document's export.
    pub export_id: ExportId,
    /// When the run handed it on to be sent.
    pub begun_at: Option<Timestamp>,
    /// What became of it; null while that is open.
    pub outcome: Option<ExportRunOutcome>,
    /// Why, where it is not in the books: `[{"code", "message", "help", "providerCode"}]`.
    pub reasons: Option<Json>,
    /// When that was known.
    pub ended_at: Option<Timestamp>,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
