//! Our stock value against the books, at the end of a day.

use sea_orm::entity::prelude::*;

use crate::{Amount, BusinessId, IntegrationId, InventoryMode, ReconciliationId, ReconciliationState, Timestamp};

/// Our stock value against the books, at the end of a day.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reconciliation")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReconciliationId,
    /// Business.
    pub business_id: BusinessId,
    /// Whose books.
    pub integration_id: IntegrationId,
    /// At whose end.
    pub on_day: Date,
    /// State.
    pub state: ReconciliationState,
    /// The mode when it was asked for.
    pub mode: InventoryMode,
    /// The inventory accounts: `[{"id", "name"}]`, the provider's ids; empty until it runs, unless chosen.
    pub accounts: Json,
    /// Our stock value.
    pub ours: Option<Amount>,
    /// The balance of the inventory accounts.
    pub theirs: Option<Amount>,
    /// Ours less theirs.
    pub difference: Option<Amount>,
    /// Sum and number of lines of each class: `{"ROUNDING": {"amount", "lines"}}`, millionths.
    pub sums: Json,
    /// Code of what went wrong.
    pub error_code: Option<String>,
    /// What went wrong.
    pub error_message: Option<String>,
    /// What to do.
    pub error_help: Option<String>,
    /// Who asked for it.
    pub requested_by: String,
    /// From when on a worker may take it; null when it has ended.
    pub due_at: Option<Timestamp>,
    /// The worker that has it.
    pub holder: Option<Uuid>,
    /// Until when, unless renewed.
    pub held_until: Option<Timestamp>,
    /// Rises with every take-up.
    pub fence: i64,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
