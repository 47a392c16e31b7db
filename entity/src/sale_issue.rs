//! Something of a sale that could not be processed, kept until it is.

use sea_orm::entity::prelude::*;

use crate::{
    BusinessId, IssueReason, IssueState, RunId, SaleId, SaleIssueId, SaleLineId, SalesChannelId, SalesDocumentType,
    Timestamp,
};

/// Something of a sale that could not be processed, kept until it is.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sale_issue")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SaleIssueId,
    /// Business.
    pub business_id: BusinessId,
    /// Channel.
    pub channel_id: SalesChannelId,
    /// Kind of document.
    pub document_type: SalesDocumentType,
    /// The accounting system's id of the document.
    pub external_id: String,
    /// Its line there; empty where the whole document is meant.
    pub line_key: String,
    /// The sale; none while the document could not be recorded at all.
    pub sale_id: Option<SaleId>,
    /// Its line.
    pub sale_line_id: Option<SaleLineId>,
    /// Number of the document, for people.
    pub number: Option<String>,
    /// Its date.
    pub date: Option<Date>,
    /// Why.
    pub reason: IssueReason,
    /// The item meant.
    pub item_external_id: Option<String>,
    /// What the line or item is called.
    pub label: Option<String>,
    /// For people, naming the document.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Whether it is still open.
    pub state: IssueState,
    /// The run that found it.
    pub run_id: Option<RunId>,
    /// When it was found.
    pub opened_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// By whom or what.
    pub closed_by: Option<String>,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
