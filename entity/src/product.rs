//! A product: the business's own stock record, with its running totals.

use sea_orm::entity::prelude::*;

use crate::{Amount, BusinessId, CostStatus, ProductId, ProductType, Quantity, Timestamp, UnitCost};

/// A product: the business's own stock record, with its running totals.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "product")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProductId,
    /// Business.
    pub business_id: BusinessId,
    /// Name.
    pub name: String,
    /// Name in lower case.
    pub sort_name: String,
    /// Stock keeping unit.
    pub sku: Option<String>,
    /// SKU in lower case, empty where there is none.
    pub sort_sku: String,
    /// Kind.
    pub kind: ProductType,
    /// Unit of measure.
    pub unit: Option<String>,
    /// Category, as people write it.
    pub category: Option<String>,
    /// In use.
    pub active: bool,
    /// Running total of the movements' quantities.
    pub on_hand: Quantity,
    /// Running total of the movements' values.
    pub value: Amount,
    /// Cost per unit; null while unknown.
    pub average_cost: Option<UnitCost>,
    /// How well the cost is known.
    pub cost_status: CostStatus,
    /// Units of its open shortages: they went out before they came in. Not negative.
    pub owed_quantity: Quantity,
    /// What those were assumed to cost.
    pub owed_value: Amount,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
