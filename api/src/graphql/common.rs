//! Types that several areas show.

use async_graphql::{Enum, SimpleObject, Value};
use domain::integration::Notice as DomainNotice;
use entity::{Amount, Severity, Timestamp, UnitCost};

use super::{
    rows::{Plain, Selected, text, value},
    scalars::{DateTime, Decimal},
};

/// An amount of money.
#[derive(Debug, Clone, SimpleObject)]
pub struct Money {
    /// Exact amount.
    amount: Decimal,
    /// Currency, ISO 4217.
    currency: String,
}

impl Money {
    pub(super) fn of(amount: Amount, currency: &str) -> Self {
        Self { amount: Decimal(amount.to_decimal()), currency: currency.to_owned() }
    }

    pub(super) fn per_unit(cost: UnitCost, currency: &str) -> Self {
        Self { amount: Decimal(cost.to_decimal()), currency: currency.to_owned() }
    }
}

impl Plain for Money {
    fn plain(&self, field: &Selected<'_>) -> Option<Value> {
        Some(match field.name {
            "amount" => value(&self.amount),
            "currency" => text(self.currency.as_str()),
            _ => return None,
        })
    }
}

/// A moment as the API shows it.
pub(super) fn moment(timestamp: Timestamp) -> DateTime {
    DateTime(timestamp.to_utc())
}

/// Something people should know.
#[derive(Debug, Clone, SimpleObject)]
pub struct Notice {
    /// How serious.
    severity: NoticeSeverity,
    /// What.
    message: String,
    /// What to do.
    help: Option<String>,
}

impl From<DomainNotice> for Notice {
    fn from(notice: DomainNotice) -> Self {
        Self { severity: notice.severity.into(), message: notice.message, help: notice.help }
    }
}

/// How serious a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Severity")]
pub enum NoticeSeverity {
    /// Good to know.
    Info,
    /// Needs attention.
    Warning,
    /// Something does not work.
    Error,
}

/// Which way a list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Default)]
pub enum OrderDirection {
    /// Smallest first.
    #[default]
    Asc,
    /// Largest first.
    Desc,
}

impl From<OrderDirection> for domain::page::Direction {
    fn from(direction: OrderDirection) -> Self {
        match direction {
            OrderDirection::Asc => Self::Ascending,
            OrderDirection::Desc => Self::Descending,
        }
    }
}
