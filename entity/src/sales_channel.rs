//! Where sales come from: an integration, or people.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, ChannelKind, IntegrationId, SalesChannelId, Timestamp};

/// Where sales come from: an integration, or people.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sales_channel")]
pub struct Model {
    /// Id; the manual channel of a business has the business's own bits.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SalesChannelId,
    /// Business.
    pub business_id: BusinessId,
    /// What kind of channel it is.
    pub kind: ChannelKind,
    /// The integration; none for the manual channel.
    pub integration_id: Option<IntegrationId>,
    /// Name.
    pub name: String,
    /// Sales are read from it.
    pub active: bool,
    /// The earliest date of a document that is read.
    pub initial_date: Option<Date>,
    /// Where the change feed continues; none until a whole listing was read.
    pub cursor: Option<String>,
    /// Where the change feed continues once the listing that is being read has ended.
    pub next_cursor: Option<String>,
    /// The feed could not tell everything: the next run reads the whole listing.
    pub listing_due: bool,
    /// When the last run that read everything ended.
    pub synced_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
