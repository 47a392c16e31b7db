//! One part of a reconciliation's difference.

use sea_orm::entity::prelude::*;

use crate::{
    Amount, BusinessId, ExportId, ExportSource, ProductId, ReconciliationClass, ReconciliationId, ReconciliationLineId,
};

/// One part of a reconciliation's difference.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reconciliation_line")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReconciliationLineId,
    /// Business.
    pub business_id: BusinessId,
    /// Reconciliation.
    pub reconciliation_id: ReconciliationId,
    /// Place, from 0.
    pub position: i64,
    /// Why.
    pub class: ReconciliationClass,
    /// Its part of the difference.
    pub amount: Amount,
    /// What it is about.
    pub label: String,
    /// Why, in a sentence.
    pub reason: String,
    /// What to do.
    pub help: Option<String>,
    /// Date.
    pub on_day: Option<Date>,
    /// The product.
    pub product_id: Option<ProductId>,
    /// What kind of record our document is.
    pub source: Option<ExportSource>,
    /// Our document.
    pub document_id: Option<Uuid>,
    /// Its export.
    pub export_id: Option<ExportId>,
    /// The document there, in the provider's words.
    pub external_kind: Option<String>,
    /// Its id there.
    pub external_id: Option<String>,
    /// Its number there.
    pub external_number: Option<String>,
    /// The item there.
    pub external_item: Option<String>,
    /// Its page there.
    pub url: Option<String>,
    /// What we say.
    pub ours: Option<Amount>,
    /// What they say.
    pub theirs: Option<Amount>,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
