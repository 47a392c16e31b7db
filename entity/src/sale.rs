//! A sales document, or a sale recorded by hand, as it is now.

use sea_orm::entity::prelude::*;

use crate::{
    Amount, BusinessId, CostStatus, Quantity, RunId, SaleId, SaleStatus, SalesChannelId, SalesDocumentType, Timestamp,
};

/// A sales document, or a sale recorded by hand, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sale")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SaleId,
    /// Business.
    pub business_id: BusinessId,
    /// Channel.
    pub channel_id: SalesChannelId,
    /// Kind of document.
    pub document_type: SalesDocumentType,
    /// The accounting system's id; the id in words for a manual sale.
    pub external_id: String,
    /// The accounting system's version of it.
    pub external_version: Option<String>,
    /// Number for people.
    pub number: Option<String>,
    /// Date of the document.
    pub date: Date,
    /// The accounting system's id of who bought.
    pub customer_id: Option<String>,
    /// Who bought.
    pub customer: Option<String>,
    /// Whether it counts.
    pub status: SaleStatus,
    /// The version in force, from 1.
    pub version: i32,
    /// When that version was recorded: its movements are not older.
    pub versioned_at: Timestamp,
    /// Hash of the document's fields.
    pub content_hash: i64,
    /// Currency of the document, ISO 4217.
    pub currency: String,
    /// Units of home currency for one of `currency`, exactly; none where they are the same.
    pub rate: Option<String>,
    /// What its counted lines earn before tax, home currency; negative where it takes back.
    pub revenue: Amount,
    /// What those cost.
    pub cost: Amount,
    /// Units sold that were not there.
    pub short_quantity: Quantity,
    /// How well the cost is known.
    pub cost_status: CostStatus,
    /// What all lines earn before tax, home currency.
    pub net: Amount,
    /// Shipping before tax, home currency.
    pub shipping: Amount,
    /// Lines that could not be processed yet.
    pub open_lines: i32,
    /// Documents it names, as JSON: the invoices that a credit memo takes back.
    pub applies_to: Option<String>,
    /// Note.
    pub note: Option<String>,
    /// When the accounting system last changed it.
    pub external_updated_at: Option<Timestamp>,
    /// The run that recorded the version in force.
    pub run_id: Option<RunId>,
    /// When it was first recorded.
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
