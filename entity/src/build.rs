//! One act of production.

use sea_orm::entity::prelude::*;

use crate::{
    Amount, BomId, BuildId, BuildState, BusinessId, CostStatus, LotId, ProductId, Quantity, RecoveryMode, RejectReason,
    Timestamp,
};

/// One act of production.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "build")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BuildId,
    /// Business.
    pub business_id: BusinessId,
    /// Number within the business.
    pub number: i64,
    /// What is made.
    pub product_id: ProductId,
    /// Made after.
    pub bom_id: BomId,
    /// How much.
    pub quantity: Quantity,
    /// State.
    pub state: BuildState,
    /// Waits, or waited, for approval.
    pub qa: bool,
    /// Planned day.
    pub planned_for: Option<Date>,
    /// Who is to do it.
    pub assignee: Option<String>,
    /// Note.
    pub note: Option<String>,
    /// Business date of the execution.
    pub effective_on: Option<Date>,
    /// Value of the components consumed.
    pub component_value: Amount,
    /// Value of the cost lines.
    pub cost_value: Amount,
    /// Both.
    pub total_value: Amount,
    /// Rejected: value of the components not recovered.
    pub lost_value: Amount,
    /// How well the cost is known.
    pub cost_status: CostStatus,
    /// The lot made.
    pub lot_id: Option<LotId>,
    /// When it was created.
    pub created_at: Timestamp,
    /// Who created it.
    pub created_by: String,
    /// When it was executed.
    pub executed_at: Option<Timestamp>,
    /// Who executed it.
    pub executed_by: Option<String>,
    /// When it was approved.
    pub approved_at: Option<Timestamp>,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// When it was rejected.
    pub rejected_at: Option<Timestamp>,
    /// Who rejected it.
    pub rejected_by: Option<String>,
    /// Why it was rejected.
    pub reject_reason: Option<RejectReason>,
    /// What was recovered.
    pub recovery: Option<RecoveryMode>,
    /// Business date of approval or rejection.
    pub decided_on: Option<Date>,
    /// Note of approval, rejection or reversal.
    pub review_note: Option<String>,
    /// When it was reversed.
    pub reversed_at: Option<Timestamp>,
    /// Who reversed it.
    pub reversed_by: Option<String>,
    /// When its export reached the accounting system.
    pub exported_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
