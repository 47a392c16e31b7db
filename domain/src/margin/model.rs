//! Types of margins.

use chrono::NaiveDate;
use entity::{
    Amount, CostStatus, ProductId, Quantity, SaleChange, SaleId, SaleStatus, SalesChannelId, SalesDocumentType,
    Timestamp,
};

use crate::page::Direction;

/// What figures are grouped by. At most one of the three periods at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// Product.
    Product,
    /// Who bought.
    Customer,
    /// Sales channel.
    Channel,
    /// Sale.
    Sale,
    /// Day.
    Day,
    /// Week from Monday.
    Week,
    /// Month.
    Month,
}

/// What rows are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderField {
    /// The period, then whatever else the rows are grouped by.
    Period,
    /// Revenue.
    Revenue,
    /// Cost.
    Cost,
    /// Margin.
    Margin,
    /// Quantity.
    Quantity,
}

/// Which lines; all set fields must match, and any value of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MarginFilter {
    /// Of these products.
    pub products: Vec<ProductId>,
    /// Of these channels.
    pub channels: Vec<SalesChannelId>,
    /// Of these customers; an empty text is a sale that names none.
    pub customers: Vec<String>,
    /// Of these sales.
    pub sales: Vec<SaleId>,
    /// With a cost known this well.
    pub cost_statuses: Vec<CostStatus>,
    /// With (or without) units that were not there.
    pub short: Option<bool>,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What rows are grouped by; nothing for one row of everything.
    pub group_by: Vec<Dimension>,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Which lines.
    pub filter: MarginFilter,
    /// The order of rows.
    pub order: (OrderField, Direction),
    /// Nothing dated after this day counts, be it a sale or a return.
    pub as_of: Option<NaiveDate>,
    /// What the report said at this moment; now if none.
    pub known_at: Option<Timestamp>,
}

/// What a row is grouped by; only what was asked for is set.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Keys {
    /// First day of the period.
    pub period: Option<NaiveDate>,
    /// Product.
    pub product: Option<ProductId>,
    /// Channel.
    pub channel: Option<SalesChannelId>,
    /// Customer; empty for sales that name none.
    pub customer: Option<String>,
    /// Sale.
    pub sale: Option<SaleId>,
}

/// Sums of lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Revenue, home currency.
    pub revenue: Amount,
    /// Cost.
    pub cost: Amount,
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

/// A row of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarginRow {
    /// What it is grouped by.
    pub keys: Keys,
    /// Its sums.
    pub figures: Figures,
}

/// The place of a row in a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The figure that rows are ordered by; nothing where that is the period.
    pub value: Option<i64>,
    /// What the row is grouped by.
    pub keys: Keys,
}

/// A sum of a month that is not what its lines add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleSum {
    /// What the sum is by.
    pub grain: String,
    /// Month.
    pub month: NaiveDate,
    /// Lines too few (or, negative, too many) in the sum.
    pub lines: i64,
    /// Revenue too little, in millionths.
    pub revenue: i64,
    /// Cost too little, in millionths.
    pub cost: i64,
}

/// What a sale contributes now, against what it contributed at an earlier moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The sale.
    pub sale: SaleId,
    /// Kind of document.
    pub document_type: SalesDocumentType,
    /// Whether it counts now.
    pub status: SaleStatus,
    /// What happened to it last.
    pub change: SaleChange,
    /// When.
    pub recorded_at: Timestamp,
    /// By whom or what.
    pub recorded_by: String,
    /// Then.
    pub before: Figures,
    /// Now.
    pub after: Figures,
}

/// What is wrong with the cost of a product's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Units were sold that were not there, and no cost was known to assume.
    Missing,
    /// Units have cost nothing.
    Zero,
    /// Units were sold that were not there; the average cost was assumed.
    Estimated,
}

/// Why a product's margin is not to be taken at face value, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The product.
    pub product: ProductId,
    /// Its name.
    pub name: String,
    /// What is wrong.
    pub trouble: Trouble,
    /// How many of its lines are meant.
    pub lines: i64,
    /// Their revenue.
    pub revenue: Amount,
    /// Their cost.
    pub cost: Amount,
    /// Units that were not there.
    pub short_quantity: Quantity,
    /// For people.
    pub message: String,
    /// What to do.
    pub help: String,
}
