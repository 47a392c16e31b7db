//! What the provider's own books say: balances of accounts, quantity and value of items.
//!
//! Rule: a figure is the provider's own, never computed here; the date it holds for is stated.

use chrono::NaiveDate;
use rust_decimal::Decimal;

/// For which dates a report can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportDates {
    /// Not at all.
    None,
    /// As of now only.
    Now,
    /// As of now and as of the end of any day.
    AnyDay,
}

/// A report: its rows, and the day at whose end they hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report<T> {
    /// The day as the provider states it; `None` where it holds for now.
    pub as_of: Option<NaiveDate>,
    /// Rows. What is not named is zero.
    pub rows: Vec<T>,
}

/// Balance of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountBalance {
    /// External id of the account.
    pub account: String,
    /// Debits minus credits, home currency.
    pub balance: Decimal,
}

/// Quantity and value of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemValuation {
    /// External id of the item.
    pub item: String,
    /// Quantity on hand.
    pub quantity: Decimal,
    /// Value on hand, home currency.
    pub value: Decimal,
}
