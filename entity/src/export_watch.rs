//! The watch over what was posted to one company.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, IntegrationId, Timestamp};

/// The watch over what was posted to one company: where it stands, and who has it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export_watch")]
pub struct Model {
    /// Integration.
    #[sea_orm(primary_key, auto_increment = false)]
    pub integration_id: IntegrationId,
    /// Business.
    pub business_id: BusinessId,
    /// Where the provider's change feed is read on; null before it was read.
    pub cursor: Option<String>,
    /// Documents last looked at before this are still to be read one by one; null when none is.
    pub owed_before: Option<Timestamp>,
    /// When the next cycle is due.
    pub due_at: Timestamp,
    /// The worker that has it.
    pub holder: Option<Uuid>,
    /// Until when, unless renewed.
    pub held_until: Option<Timestamp>,
    /// Rises with every take-up.
    pub fence: i64,
    /// When a cycle last ended well.
    pub checked_at: Option<Timestamp>,
    /// Why the last cycle broke off; null when it did not.
    pub trouble: Option<String>,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
