//! Decisions of margins: figures, months of a range, which sums serve a report, what a report may ask.
//!
//! Rule: pure.

use std::collections::BTreeSet;

use chrono::{Datelike, Months, NaiveDate};
use entity::{Amount, CostStatus};
use rust_decimal::{Decimal, RoundingStrategy};

use super::model::{Dimension, Figures, Keys, MarginRow, OrderField, Place, Report};
use crate::{
    error::{ErrorCode, Refusal},
    page::Direction,
};

/// Decimals of a percentage.
const PERCENT_DECIMALS: u32 = 4;
/// Values of one list of a filter.
const VALUES_MAX: usize = 250;

impl Dimension {
    /// Whether it is a period.
    pub fn is_period(self) -> bool {
        matches!(self, Self::Day | Self::Week | Self::Month)
    }
}

impl Figures {
    /// Revenue less cost.
    pub fn margin(&self) -> Amount {
        Amount(self.revenue.0.saturating_sub(self.cost.0))
    }

    /// Margin in percent of revenue, to four decimals, half to even; nothing at zero revenue (statements 117, 118).
    pub fn margin_percent(&self) -> Option<Decimal> {
        percent(self.margin(), self.revenue)
    }

    /// How well the cost is known: as well as that of the line of which least is known.
    pub fn cost_status(&self) -> CostStatus {
        match (self.missing_lines, self.estimated_lines) {
            (0, 0) => CostStatus::Complete,
            (0, _) => CostStatus::Estimated,
            _ => CostStatus::Missing,
        }
    }

    /// The sum; nothing when it does not fit.
    pub fn plus(&self, other: &Self) -> Option<Self> {
        Some(Self {
            revenue: self.revenue.checked_add(other.revenue)?,
            cost: self.cost.checked_add(other.cost)?,
            quantity: self.quantity.checked_add(other.quantity)?,
            short_quantity: self.short_quantity.checked_add(other.short_quantity)?,
            estimated_revenue: self.estimated_revenue.checked_add(other.estimated_revenue)?,
            estimated_cost: self.estimated_cost.checked_add(other.estimated_cost)?,
            estimated_lines: self.estimated_lines.checked_add(other.estimated_lines)?,
            missing_revenue: self.missing_revenue.checked_add(other.missing_revenue)?,
            missing_lines: self.missing_lines.checked_add(other.missing_lines)?,
            lines: self.lines.checked_add(other.lines)?,
        })
    }
}

/// A share in percent, to four decimals, half to even; nothing of nothing.
pub fn percent(part: Amount, whole: Amount) -> Option<Decimal> {
    let share = Decimal::from(part.0).checked_mul(Decimal::ONE_HUNDRED)?.checked_div(Decimal::from(whole.0))?;
    Some(share.round_dp_with_strategy(PERCENT_DECIMALS, RoundingStrategy::MidpointNearestEven).normalize())
}

/// The first day of a day's month.
pub fn month_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// A range as whole months and the days before and after them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// First days of the first and the last whole month.
    pub months: Option<(NaiveDate, NaiveDate)>,
    /// Days that are in no whole month, both ends included.
    pub days: Vec<(NaiveDate, NaiveDate)>,
}

/// Splits a range of days, both included, into whole months and what is left.
pub fn split(from: NaiveDate, to: NaiveDate) -> Split {
    if from > to {
        return Split { months: None, days: Vec::new() };
    }
    let alone = Split { months: None, days: vec![(from, to)] };
    let one = Months::new(1);
    let first = if from.day() == 1 { Some(from) } else { month_of(from).checked_add_months(one) };
    // The month that the day after the range is in is the first that is not whole.
    let end = to.succ_opt().map(month_of);
    let (Some(first), Some(end)) = (first, end) else { return alone };
    let Some(last) = end.checked_sub_months(one).filter(|last| *last >= first) else { return alone };
    let before = first.pred_opt().filter(|day| *day >= from).map(|day| (from, day));
    let after = Some(end).filter(|day| *day <= to).map(|day| (day, to));
    Split { months: Some((first, last)), days: before.into_iter().chain(after).collect() }
}

/// What the sums of months are by, beside the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grain {
    /// Nothing.
    Total,
    /// Product.
    Product,
    /// Channel.
    Channel,
    /// Product and channel.
    ProductChannel,
    /// Customer.
    Customer,
}

impl Grain {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Total, Self::Product, Self::Channel, Self::ProductChannel, Self::Customer];

    /// As the database spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Total => "TOTAL",
            Self::Product => "PRODUCT",
            Self::Channel => "CHANNEL",
            Self::ProductChannel => "PRODUCT_CHANNEL",
            Self::Customer => "CUSTOMER",
        }
    }

    /// Whether the sums are by product, channel, customer.
    pub fn by(self) -> (bool, bool, bool) {
        match self {
            Self::Total => (false, false, false),
            Self::Product => (true, false, false),
            Self::Channel => (false, true, false),
            Self::ProductChannel => (true, true, false),
            Self::Customer => (false, false, true),
        }
    }

    /// The sums that tell what a report asks of whole months; nothing where only lines can.
    pub fn of(report: &Report) -> Option<Self> {
        let filter = &report.filter;
        let only_lines = report.known_at.is_some()
            || !filter.sales.is_empty()
            || !filter.cost_statuses.is_empty()
            || filter.short.is_some()
            || report.group_by.iter().any(|by| matches!(by, Dimension::Sale | Dimension::Day | Dimension::Week));
        if only_lines {
            return None;
        }
        let by = |dimension| report.group_by.contains(&dimension);
        let product = by(Dimension::Product) || !filter.products.is_empty();
        let channel = by(Dimension::Channel) || !filter.channels.is_empty();
        let customer = by(Dimension::Customer) || !filter.customers.is_empty();
        Self::ALL.into_iter().find(|grain| grain.by() == (product, channel, customer))
    }
}

impl Report {
    /// The last day that counts.
    pub fn until(&self) -> NaiveDate {
        self.as_of.map_or(self.to, |day| day.min(self.to))
    }

    /// The period it is grouped by.
    pub fn period(&self) -> Option<Dimension> {
        self.group_by.iter().copied().find(|by| by.is_period())
    }

    /// The report of everything: one row.
    #[must_use]
    pub fn total(&self) -> Self {
        Self { group_by: Vec::new(), order: (OrderField::Revenue, Direction::Descending), ..self.clone() }
    }

    /// The place of a row of it.
    pub fn place(&self, row: &MarginRow) -> Place {
        let figures = &row.figures;
        let value = match self.order.0 {
            OrderField::Period => None,
            OrderField::Revenue => Some(figures.revenue.0),
            OrderField::Cost => Some(figures.cost.0),
            OrderField::Margin => Some(figures.margin().0),
            OrderField::Quantity => Some(figures.quantity.0),
        };
        Place { value, keys: row.keys.clone() }
    }

    /// Whether a place can be one of it.
    pub fn has_place(&self, place: &Place) -> bool {
        let by = |dimension| self.group_by.contains(&dimension);
        let Keys { period, product, channel, customer, sale } = &place.keys;
        (self.order.0 == OrderField::Period) == place.value.is_none()
            && period.is_some() == self.period().is_some()
            && product.is_some() == by(Dimension::Product)
            && channel.is_some() == by(Dimension::Channel)
            && customer.is_some() == by(Dimension::Customer)
            && sale.is_some() == by(Dimension::Sale)
    }
}

/// Checks what a report asks.
///
/// # Errors
/// `VALIDATION` that names the field.
pub fn check(report: &Report) -> Result<(), Refusal> {
    let refused = |message: &str, help: &str, field: &str| {
        Err(Refusal::new(ErrorCode::Validation, message).help(help).at(&["input", field]))
    };
    if report.from > report.to {
        let message = format!("The report begins on {} and ends on {}, before that.", report.from, report.to);
        return refused(&message, "Give `from` and `to` in this order; both days are part of the report.", "from");
    }
    let periods: BTreeSet<Dimension> = report.group_by.iter().copied().filter(|by| by.is_period()).collect();
    if periods.len() > 1 {
        let help = "Group by DAY, WEEK or MONTH.";
        return refused("A report is grouped by one kind of period at a time.", help, "groupBy");
    }
    if report.order.0 == OrderField::Period && periods.is_empty() {
        let help = "Group by DAY, WEEK or MONTH as well, or order by a figure.";
        return refused("Rows without a period cannot be ordered by it.", help, "orderBy");
    }
    let filter = &report.filter;
    let sizes = [filter.products.len(), filter.channels.len(), filter.customers.len(), filter.sales.len()];
    if sizes.into_iter().any(|size| size > VALUES_MAX) {
        return refused("A list of a filter may have at most 250 values.", "Ask in parts.", "filter");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn figures(revenue: i64, cost: i64) -> Figures {
        Figures { revenue: Amount(revenue * 1_000_000), cost: Amount(cost * 1_000_000), ..Figures::default() }
    }

    #[test]
    fn s117_margin_is_28_percent() {
        assert_eq!(figures(4_000, 2_880).margin_percent(), Some(Decimal::from(28)));
    }

    #[test]
    fn s118_nothing_is_no_percentage_of_nothing() {
        assert_eq!(figures(0, 0).margin_percent(), None);
        assert_eq!(figures(0, 5).margin_percent(), None);
    }

    #[test]
    fn percentages_are_rounded_half_to_even_and_keep_their_sign() {
        assert_eq!(percent(Amount(1), Amount(3)).unwrap().to_string(), "33.3333");
        assert_eq!(percent(Amount(25), Amount(80_000_000)).unwrap().to_string(), "0");
        assert_eq!(percent(Amount(75), Amount(10_000_000)).unwrap().to_string(), "0.0008");
        assert_eq!(percent(Amount(-2), Amount(8)).unwrap().to_string(), "-25");
        assert_eq!(percent(Amount(-2), Amount(-8)).unwrap().to_string(), "25");
        assert_eq!(percent(Amount(i64::MAX), Amount(1)).unwrap().to_string(), "922337203685477580700");
    }

    #[test]
    fn a_range_is_whole_months_and_days() {
        type Case =
            (&'static str, &'static str, Option<(&'static str, &'static str)>, &'static [(&'static str, &'static str)]);
        let cases: [Case; 6] = [
            ("2026-05-01", "2026-05-31", Some(("2026-05-01", "2026-05-01")), &[]),
            ("2026-01-01", "2026-12-31", Some(("2026-01-01", "2026-12-01")), &[]),
            (
                "2026-04-15",
                "2026-06-10",
                Some(("2026-05-01", "2026-05-01")),
                &[("2026-04-15", "2026-04-30"), ("2026-06-01", "2026-06-10")],
            ),
            ("2024-02-01", "2024-02-28", None, &[("2024-02-01", "2024-02-28")]),
            ("2026-05-02", "2026-06-29", None, &[("2026-05-02", "2026-06-29")]),
            ("2026-05-02", "2026-05-01", None, &[]),
        ];
        let pair = |(one, other): &(&str, &str)| (day(one), day(other));
        for (from, to, months, days) in cases {
            let expected = Split { months: months.as_ref().map(pair), days: days.iter().map(pair).collect() };
            assert_eq!(split(day(from), day(to)), expected, "{from} to {to}");
        }
    }

    proptest! {
        #[test]
        fn no_day_is_lost_or_twice(start in 0_i64..3_000, length in 0_i64..800) {
            let from = day("2020-01-01") + chrono::TimeDelta::days(start);
            let to = from + chrono::TimeDelta::days(length);
            let Split { months, days } = split(from, to);
            let mut all: Vec<NaiveDate> = Vec::new();
            let mut add = |one: NaiveDate, other: NaiveDate| all.extend(one.iter_days().take_while(|day| *day <= other));
            for (one, other) in days {
                add(one, other);
            }
            if let Some((first, last)) = months {
                let end = last.checked_add_months(Months::new(1)).and_then(|day| day.pred_opt()).unwrap();
                add(first, end);
            }
            all.sort_unstable();
            let expected: Vec<NaiveDate> = from.iter_days().take_while(|day| *day <= to).collect();
            prop_assert_eq!(all, expected);
        }
    }
}
