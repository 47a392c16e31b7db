//! A component or a cost of a bill of materials, per unit made.

use sea_orm::entity::prelude::*;

use crate::{BomId, BomLineId, BusinessId, LineKind, ProductId, Quantity, UnitCost};

/// A component or a cost of a bill of materials, per unit made.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bom_line")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BomLineId,
    /// Business.
    pub business_id: BusinessId,
    /// Bill of materials.
    pub bom_id: BomId,
    /// Place, from 0.
    pub position: i32,
    /// Kind.
    pub kind: LineKind,
    /// The component.
    pub product_id: Option<ProductId>,
    /// Component: quantity per unit. Cost by rate: units of the rate per unit made.
    pub quantity: Option<Quantity>,
    /// Consumed as far as there is any; never blocks.
    pub optional: bool,
    /// Label of a cost.
    pub label: Option<String>,
    /// Cost: per unit of `quantity`, or per unit made where there is none.
    pub rate: Option<UnitCost>,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
