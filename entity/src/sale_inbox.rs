//! A document as it was read, waiting to be processed in order of date and id.

use sea_orm::entity::prelude::*;

use crate::{BusinessId, SalesChannelId, SalesDocumentType, Timestamp};

/// A document as it was read, waiting to be processed in order of date and id.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sale_inbox")]
pub struct Model {
    /// Channel.
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel_id: SalesChannelId,
    /// Kind of document.
    #[sea_orm(primary_key, auto_increment = false)]
    pub document_type: SalesDocumentType,
    /// The accounting system's id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub external_id: String,
    /// Business.
    pub business_id: BusinessId,
    /// Order of processing: date, kind, id.
    pub place: String,
    /// The document, as JSON.
    pub document: String,
    /// When it was read.
    pub read_at: Timestamp,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
