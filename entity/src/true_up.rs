//! A journal that brings the books' stock value to ours.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, IntegrationId, ReconciliationId, Timestamp, TrueUpId};

/// A journal that brings the books' stock value to ours.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "true_up")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TrueUpId,
    /// Business.
    pub business_id: BusinessId,
    /// Whose books.
    pub integration_id: IntegrationId,
    /// The reconciliation that found it.
    pub reconciliation_id: ReconciliationId,
    /// Date of the journal.
    pub on_day: Date,
    /// The provider's id of the account on the other side.
    pub account: String,
    /// By product: `[{"product", "account", "amount"}]`, millionths, what is added to the books.
    pub amounts: Json,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
