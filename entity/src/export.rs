//! A document on its way to the accounting system.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, ExportId, ExportKind, ExportSource, ExportState, IntegrationId, InventoryMode, Timestamp};

/// A document on its way to the accounting system: one row per document and kind.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExportId,
    /// Business.
    pub business_id: BusinessId,
    /// Where it goes.
    pub integration_id: IntegrationId,
    /// What kind of record the document is.
    pub source: ExportSource,
    /// The document.
    pub document_id: Uuid,
    /// What is said of it.
    pub kind: ExportKind,
    /// The mode it is, or will be, sent in.
    pub mode: InventoryMode,
    /// State.
    pub state: ExportState,
    /// Sent by itself, without a user.
    pub automatic: bool,
    /// Our reference, the same at every attempt.
    pub reference: String,
    /// The export of the journal entry that it is gathered in; its state is that one's from then on.
    pub gathered_in: Option<ExportId>,
    /// Rises with every new draft; part of the request id.
    pub series: i32,
    /// What the document is called.
    pub label: String,
    /// Business date of the document.
    pub effective_on: Date,
    /// Hash of the plan that was frozen.
    pub plan_hash: Option<String>,
    /// The frozen draft.
    pub draft: Option<Json>,
    /// What people should know: `[{"severity", "message", "help"}]`.
    pub warnings: Json,
    /// The provider's id.
    pub external_id: Option<String>,
    /// Code of the last error.
    pub error_code: Option<String>,
    /// Its title.
    pub error_title: Option<String>,
    /// What went wrong.
    pub error_message: Option<String>,
    /// What to do.
    pub error_help: Option<String>,
    /// The provider's own code.
    pub provider_code: Option<String>,
    /// Attempts so far.
    pub attempts: i32,
    /// Failures in passing since the draft was frozen.
    pub retries: i32,
    /// From when on a worker may take it; null while nobody should.
    pub due_at: Option<Timestamp>,
    /// The worker that has it.
    pub holder: Option<Uuid>,
    /// Until when, unless renewed.
    pub held_until: Option<Timestamp>,
    /// Rises with every take-up.
    pub fence: i64,
    /// Who asked for it.
    pub requested_by: Option<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it reached the accounting system.
    pub exported_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
