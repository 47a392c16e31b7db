//! Inputs of margins.

use async_graphql::{Enum, ID, InputObject, Result};
use domain::{
    margin::{Dimension, MarginFilter as DomainFilter, OrderField, Report},
    page::Direction,
};

use crate::graphql::{
    catalog::CostStatus,
    common::OrderDirection,
    paging::{id, optional_id},
    scalars::{Date, DateTime},
};

/// A report of margins.
#[derive(Debug, InputObject)]
pub struct MarginInput {
    /// What rows are grouped by; of DAY, WEEK and MONTH at most one. Empty for one row of everything.
    pub(super) group_by: Vec<MarginDimension>,
    /// First day of the sales that count.
    pub(super) from: Date,
    /// Last day of the sales that count.
    pub(super) to: Date,
    /// Which lines; all of them if left out.
    pub(super) filter: Option<MarginFilter>,
    /// The order of rows; by period where rows have one, the largest revenue first where they have none.
    pub(super) order_by: Option<MarginOrder>,
    /// Nothing dated after this day counts, be it a sale or a return.
    pub(super) as_of: Option<Date>,
    /// What the report said at this moment: without the edits, voids and late documents recorded since.
    pub(super) known_at: Option<DateTime>,
}

/// What figures are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Dimension")]
pub enum MarginDimension {
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
    /// Week from Monday, as in ISO 8601.
    Week,
    /// Month.
    Month,
}

/// Which lines count; all set fields must match, and any value of a list. At most 250 values each.
#[derive(Debug, Default, InputObject)]
pub struct MarginFilter {
    /// Of these products.
    pub(super) product_ids: Option<Vec<ID>>,
    /// Of these channels.
    pub(super) channel_ids: Option<Vec<ID>>,
    /// Of these customers, by their exact names; an empty text stands for sales that name none.
    pub(super) customers: Option<Vec<String>>,
    /// Of these sales.
    pub(super) sale_ids: Option<Vec<ID>>,
    /// With a cost known this well.
    pub(super) cost_statuses: Option<Vec<CostStatus>>,
    /// With (true) or without (false) units that were not there.
    pub(super) short: Option<bool>,
}

/// The order of rows. It always ends in what they are grouped by.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct MarginOrder {
    /// By what.
    pub(super) field: MarginOrderField,
    /// Which way.
    #[graphql(default)]
    pub(super) direction: OrderDirection,
}

/// What rows are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "OrderField")]
pub enum MarginOrderField {
    /// The period.
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

impl MarginFilter {
    pub(super) fn read(self) -> Result<DomainFilter> {
        Ok(DomainFilter {
            products: self.product_ids.unwrap_or_default().iter().map(id).collect::<Result<_>>()?,
            channels: self.channel_ids.unwrap_or_default().iter().map(id).collect::<Result<_>>()?,
            customers: self.customers.unwrap_or_default(),
            sales: self.sale_ids.unwrap_or_default().iter().map(id).collect::<Result<_>>()?,
            cost_statuses: self.cost_statuses.unwrap_or_default().into_iter().map(Into::into).collect(),
            short: self.short,
        })
    }
}

impl MarginInput {
    pub(super) fn read(self) -> Result<Report> {
        let mut group_by: Vec<Dimension> = self.group_by.into_iter().map(Into::into).collect();
        group_by.sort_unstable();
        group_by.dedup();
        let order = self.order_by.map_or_else(
            || match group_by.iter().any(|by| by.is_period()) {
                true => (OrderField::Period, Direction::Ascending),
                false => (OrderField::Revenue, Direction::Descending),
            },
            |order| (order.field.into(), order.direction.into()),
        );
        Ok(Report {
            group_by,
            from: self.from.0,
            to: self.to.0,
            filter: self.filter.unwrap_or_default().read()?,
            order,
            as_of: self.as_of.map(|day| day.0),
            known_at: self.known_at.map(|moment| moment.0.into()),
        })
    }
}

/// A figure to explain: what its row was grouped by, and the days of its period.
#[derive(Debug, InputObject)]
pub struct ExplainMarginInput {
    /// First day.
    pub(super) from: Date,
    /// Last day.
    pub(super) to: Date,
    /// The row's product.
    pub(super) product_id: Option<ID>,
    /// The row's customer; an empty text for sales that name none.
    pub(super) customer: Option<String>,
    /// The row's channel.
    pub(super) channel_id: Option<ID>,
    /// The row's sale.
    pub(super) sale_id: Option<ID>,
    /// As in the report.
    pub(super) as_of: Option<Date>,
    /// As in the report.
    pub(super) known_at: Option<DateTime>,
}

impl ExplainMarginInput {
    pub(super) fn read(self) -> Result<Report> {
        let filter = DomainFilter {
            products: optional_id(self.product_id.as_ref())?.into_iter().collect(),
            channels: optional_id(self.channel_id.as_ref())?.into_iter().collect(),
            customers: self.customer.into_iter().collect(),
            sales: optional_id(self.sale_id.as_ref())?.into_iter().collect(),
            ..DomainFilter::default()
        };
        Ok(Report {
            group_by: Vec::new(),
            from: self.from.0,
            to: self.to.0,
            filter,
            order: (OrderField::Revenue, Direction::Descending),
            as_of: self.as_of.map(|day| day.0),
            known_at: self.known_at.map(|moment| moment.0.into()),
        })
    }
}
