//! What orders and limits a business's stock ledger; its row is locked by whoever writes to the ledger.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, Timestamp};

/// What orders and limits a business's stock ledger; its row is locked by whoever writes to the ledger.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_book")]
pub struct Model {
    /// Business.
    #[sea_orm(primary_key, auto_increment = false)]
    pub business_id: BusinessId,
    /// When the ledger was last written; rises with every transaction.
    pub last_recorded_at: Timestamp,
    /// Documents before this day are refused.
    pub closed_before: Option<Date>,
    /// Lots are kept: the truth that the business's switch shows.
    pub lots: bool,
    /// What arrives settles shortages at once.
    pub settle_shortages: bool,
    /// Receipts numbered so far.
    pub receipts: i64,
    /// Builds numbered so far.
    pub builds: i64,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
