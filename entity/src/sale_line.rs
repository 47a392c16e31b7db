//! A line of one version of a sale; the lines that count are what margins are made of.

use sea_orm::entity::prelude::*;

use crate::{
    Amount, BusinessId, CostStatus, LineState, MovementId, ProductId, Quantity, SaleId, SaleLineId, SalesChannelId,
    Timestamp,
};

/// A line of one version of a sale; the lines that count are what margins are made of.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sale_line")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SaleLineId,
    /// Business.
    pub business_id: BusinessId,
    /// Sale.
    pub sale_id: SaleId,
    /// The version of the sale it is part of.
    pub version: i32,
    /// Place within the version, from 0.
    pub position: i32,
    /// The accounting system's id within the document.
    pub external_id: String,
    /// Channel, as on the sale.
    pub channel_id: SalesChannelId,
    /// Date, as on the sale.
    pub date: Date,
    /// Who bought, as on the sale.
    pub customer: Option<String>,
    /// What became of it.
    pub state: LineState,
    /// It is part of revenue and margin: processed, of the version in force of a sale that counts.
    pub counted: bool,
    /// Product; known once it was matched.
    pub product_id: Option<ProductId>,
    /// The accounting system's id of the item.
    pub item_external_id: Option<String>,
    /// That of the bundle it is a part of.
    pub bundle_external_id: Option<String>,
    /// Text.
    pub description: Option<String>,
    /// Units sold; negative where they came back.
    pub quantity: Quantity,
    /// What it earns before tax, home currency; negative where it takes back.
    pub revenue: Amount,
    /// What its units cost; negative where they came back.
    pub cost: Amount,
    /// Units sold that were not there.
    pub short_quantity: Quantity,
    /// How well the cost is known.
    pub cost_status: CostStatus,
    /// The (first) movement it made.
    pub movement_id: Option<MovementId>,
    /// When it was processed.
    pub processed_at: Option<Timestamp>,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
