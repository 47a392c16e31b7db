//! Something a run met that a person should look at.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, RunId, Severity};

/// Something a run met that a person should look at.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_issue")]
pub struct Model {
    /// Run.
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: RunId,
    /// Number within the run.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sequence: i64,
    /// Business.
    pub business_id: BusinessId,
    /// How serious.
    pub severity: Severity,
    /// Reason code.
    pub reason: String,
    /// For people, naming the record.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// The record's id at the provider.
    pub external_id: Option<String>,
    /// What the record is called.
    pub label: Option<String>,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
