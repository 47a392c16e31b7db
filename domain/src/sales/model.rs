//! Types of sales.

use chrono::NaiveDate;
use entity::{
    Amount, IntegrationId, IssueState, ProductId, Quantity, SaleId, SaleStatus, SalesChannelId, SalesDocumentType,
    UnitCost,
};

/// A channel as stored.
pub type Channel = entity::sales_channel::Model;
/// A sale as stored.
pub type Sale = entity::sale::Model;
/// A version of a sale as stored.
pub type SaleVersion = entity::sale_version::Model;
/// A line of a sale as stored.
pub type SaleLine = entity::sale_line::Model;
/// An issue as stored.
pub type SaleIssue = entity::sale_issue::Model;
/// A waiting document as stored.
pub type Waiting = entity::sale_inbox::Model;

/// A sale with the lines of the version in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleDetails {
    /// The sale.
    pub sale: Sale,
    /// Its lines, in order.
    pub lines: Vec<SaleLine>,
}

/// What to make or change of a channel; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChannelChange {
    /// The channel to change; none to make one.
    pub id: Option<SalesChannelId>,
    /// The integration of a new one.
    pub integration: Option<IntegrationId>,
    /// Name.
    pub name: Option<String>,
    /// The earliest date of a document that is read.
    pub initial_date: Option<NaiveDate>,
    /// Whether sales are read from it.
    pub active: Option<bool>,
}

/// A sale recorded by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSale {
    /// Date; today if none.
    pub date: Option<NaiveDate>,
    /// Number or reference.
    pub reference: Option<String>,
    /// Who bought.
    pub customer: Option<String>,
    /// Note.
    pub note: Option<String>,
    /// Lines.
    pub lines: Vec<NewSaleLine>,
}

/// A line of a sale recorded by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSaleLine {
    /// A finished good.
    pub product: ProductId,
    /// Quantity, positive.
    pub quantity: Quantity,
    /// Price of one before tax, home currency.
    pub unit_price: UnitCost,
    /// Text.
    pub description: Option<String>,
}

/// Which sales to list; all set fields must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SaleFilter {
    /// Of this channel.
    pub channel: Option<SalesChannelId>,
    /// In one of these states.
    pub statuses: Vec<SaleStatus>,
    /// Of one of these kinds.
    pub document_types: Vec<SalesDocumentType>,
    /// From this day on.
    pub from: Option<NaiveDate>,
    /// Up to this day.
    pub to: Option<NaiveDate>,
    /// With this number.
    pub number: Option<String>,
    /// Whose number or customer contains this text, whatever the case; SQLite knows the case of A to Z alone.
    pub search: Option<String>,
    /// With (or without) units that were not there.
    pub short: Option<bool>,
    /// With (or without) lines that could not be processed yet.
    pub open: Option<bool>,
}

/// Which issues to list; all set fields must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssueFilter {
    /// Of this channel.
    pub channel: Option<SalesChannelId>,
    /// In this state.
    pub state: Option<IssueState>,
    /// Of this sale.
    pub sale: Option<SaleId>,
}

/// What people do about an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fix {
    /// Its item is no stock: pass over all its lines, now and later.
    NotStock,
    /// Try again now.
    Retry,
    /// Leave this line out.
    Dismiss,
}

/// What a version of a sale came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Revenue of the counted lines.
    pub revenue: Amount,
    /// Their cost.
    pub cost: Amount,
    /// Units that were not there.
    pub short: Quantity,
}
