//! A link of a business to one company in one accounting system, with its settings and health.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, ExportMode, IntegrationId, IntegrationStatus, InventoryMode, JournalGranularity, Timestamp};

/// A link of a business to one company in one accounting system, with its settings and health.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "integration")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: IntegrationId,
    /// Business.
    pub business_id: BusinessId,
    /// Provider id.
    pub provider: String,
    /// Status.
    pub status: IntegrationStatus,
    /// The provider's company id; null while pending.
    pub company_external_id: Option<String>,
    /// Company name.
    pub company_name: Option<String>,
    /// Country.
    pub company_country: Option<String>,
    /// Home currency.
    pub company_currency: Option<String>,
    /// Edition or plan.
    pub company_edition: Option<String>,
    /// Documents may be in other currencies.
    pub company_multicurrency: bool,
    /// The company counts stock in the accounting system.
    pub company_inventory: bool,
    /// Last day of the closed books.
    pub company_book_close_date: Option<Date>,
    /// Company's time zone.
    pub company_time_zone: Option<String>,
    /// Companies to pick from, while pending: `[{"id", "name"}]`.
    pub company_choices: Option<Json>,
    /// Where the truth for quantity and cost lies.
    pub inventory_mode: InventoryMode,
    /// Selected item types.
    pub item_types: Json,
    /// When documents are exported.
    pub export_mode: ExportMode,
    /// How many documents a journal entry is about.
    pub journal_granularity: JournalGranularity,
    /// Prefix of document references.
    pub document_prefix: String,
    /// Schedule of item syncs.
    pub item_sync_every_minutes: Option<i32>,
    /// Schedule of sales syncs.
    pub sales_sync_every_minutes: Option<i32>,
    /// When item syncs are scheduled, as cron; null unless set in place of minutes.
    pub item_sync_cron: Option<String>,
    /// When sales syncs are scheduled, as cron; null unless set in place of minutes.
    pub sales_sync_cron: Option<String>,
    /// When it was last connected.
    pub connected_at: Option<Timestamp>,
    /// Who connected it.
    pub connected_by: Option<String>,
    /// When it was disconnected.
    pub disconnected_at: Option<Timestamp>,
    /// When a call last ended.
    pub last_call_at: Option<Timestamp>,
    /// When a call last succeeded.
    pub last_success_at: Option<Timestamp>,
    /// Why the last call failed, while that is so and passing.
    pub trouble: Option<String>,
    /// Since when.
    pub trouble_since: Option<Timestamp>,
    /// What the provider said when the grant ended.
    pub expired_reason: Option<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
