//! Sums of the sale lines that count, by month: what reports of whole months read instead of the lines.

use sea_orm::entity::prelude::*;

use crate::{Amount, BusinessId, ProductId, Quantity, SalesChannelId};

/// Sums of the sale lines that count, by month. Kept in the transactions in which lines begin or cease to count.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "margin_summary")]
pub struct Model {
    /// Business.
    #[sea_orm(primary_key, auto_increment = false)]
    pub business_id: BusinessId,
    /// What the sums are by, beside the month.
    #[sea_orm(primary_key, auto_increment = false)]
    pub grain: String,
    /// First day of the month.
    #[sea_orm(primary_key, auto_increment = false)]
    pub month: Date,
    /// Product; nil where the sums are not by product.
    #[sea_orm(primary_key, auto_increment = false)]
    pub product_id: ProductId,
    /// Channel; nil where the sums are not by channel.
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel_id: SalesChannelId,
    /// Customer; empty where the sums are not by customer, and where a sale names none.
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer: String,
    /// Revenue, home currency.
    pub revenue: Amount,
    /// Cost.
    pub cost: Amount,
    /// Revenue less cost: lists are ordered by it.
    pub margin: Amount,
    /// Units sold less units that came back.
    pub quantity: Quantity,
    /// Units sold that were not there.
    pub short_quantity: Quantity,
    /// Revenue of the lines whose cost is estimated.
    pub estimated_revenue: Amount,
    /// Cost of those.
    pub estimated_cost: Amount,
    /// How many they are.
    pub estimated_lines: i64,
    /// Revenue of the lines whose cost is not known.
    pub missing_revenue: Amount,
    /// How many they are.
    pub missing_lines: i64,
    /// How many lines.
    pub lines: i64,
}

/// No relation is declared: queries are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
