//! What a report adds up: sums of whole months and lines of the other days, in words of SQL.
//!
//! Rule: every part has the columns that the report is grouped by, then what is added up.

use chrono::{Datelike, NaiveDate};
use entity::{BusinessId, Timestamp};

use super::sql::Sql;
use crate::margin::{
    model::{Dimension, MarginFilter, OrderField, Report},
    rules::{Grain, Split, split},
};

/// The sums of a row, in words of SQL.
pub(super) const MEASURES: [&str; 10] = [
    "revenue",
    "cost",
    "quantity",
    "short_quantity",
    "estimated_revenue",
    "estimated_cost",
    "estimated_lines",
    "missing_revenue",
    "missing_lines",
    "lines",
];

/// What a line adds to [`MEASURES`].
pub(super) const OF_LINE: &str = "l.revenue, l.cost, l.quantity, l.short_quantity, \
    CASE WHEN l.cost_status = 'ESTIMATED' THEN l.revenue ELSE 0 END AS estimated_revenue, \
    CASE WHEN l.cost_status = 'ESTIMATED' THEN l.cost ELSE 0 END AS estimated_cost, \
    CASE WHEN l.cost_status = 'ESTIMATED' THEN 1 ELSE 0 END AS estimated_lines, \
    CASE WHEN l.cost_status = 'MISSING' THEN l.revenue ELSE 0 END AS missing_revenue, \
    CASE WHEN l.cost_status = 'MISSING' THEN 1 ELSE 0 END AS missing_lines, 1 AS lines";

/// What of the rows is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    /// All sums of all rows.
    All,
    /// Of all rows the one sum that they are ordered by.
    Rank(OrderField),
    /// All sums of the rows that [`TOP`] names.
    Top,
}

/// Days of so few months that they are named one by one: ten years.
const FEW: i64 = 3_660;

/// The table of the rows that are shown.
pub(super) const TOP: &str = "top";

impl Read {
    /// What a line adds.
    fn of_line(self) -> String {
        match self {
            Self::All | Self::Top => OF_LINE.to_owned(),
            Self::Rank(OrderField::Margin) => "l.revenue - l.cost AS ranked".to_owned(),
            Self::Rank(field) => format!("l.{} AS ranked", column(field)),
        }
    }

    /// What the sums of a month add.
    fn of_month(self) -> String {
        match self {
            Self::All | Self::Top => MEASURES.map(|measure| format!("l.{measure}")).join(", "),
            Self::Rank(field) => format!("l.{} AS ranked", column(field)),
        }
    }

    /// The sums of a row.
    fn sums(self) -> String {
        match self {
            Self::All | Self::Top => {
                format!("{}, CAST(COALESCE(SUM(u.revenue) - SUM(u.cost), 0) AS BIGINT) AS margin", sums())
            }
            Self::Rank(_) => "CAST(SUM(u.ranked) AS BIGINT) AS ranked".to_owned(),
        }
    }

    /// The condition that a line or a month's sum is part of a row that is read; `keys` are names and expressions.
    fn within(self, keys: &[(&str, String)]) -> String {
        if self != Self::Top {
            return String::new();
        }
        let names: Vec<&str> = keys.iter().map(|(name, _)| *name).collect();
        let values: Vec<&str> = keys.iter().map(|(_, value)| value.as_str()).collect();
        format!(" AND ({}) IN (SELECT {} FROM {TOP})", values.join(", "), names.join(", "))
    }
}

/// The column that a figure is kept in.
pub(super) fn column(field: OrderField) -> &'static str {
    match field {
        OrderField::Period => "period",
        OrderField::Revenue => "revenue",
        OrderField::Cost => "cost",
        OrderField::Margin => "margin",
        OrderField::Quantity => "quantity",
    }
}

/// Sums of [`MEASURES`], zero where there is nothing to add up.
pub(super) fn sums() -> String {
    let sum = |measure: &str| format!("CAST(COALESCE(SUM(u.{measure}), 0) AS BIGINT) AS {measure}");
    MEASURES.map(sum).join(", ")
}

/// The columns that a report is grouped by, the period first.
pub(super) fn keys(report: &Report) -> Vec<&'static str> {
    let columns = [
        (Dimension::Product, "product_id"),
        (Dimension::Channel, "channel_id"),
        (Dimension::Customer, "customer"),
        (Dimension::Sale, "sale_id"),
    ];
    let period = report.period().map(|_| "period");
    let rest = columns.into_iter().filter(|(by, _)| report.group_by.contains(by)).map(|(_, column)| column);
    period.into_iter().chain(rest).collect()
}

/// Lines of a business that count, or counted at a moment.
pub(super) fn counting(sql: &mut Sql, business: BusinessId, known_at: Option<Timestamp>) -> String {
    let business = sql.bind(business);
    let Some(moment) = known_at else { return format!("l.business_id = {business} AND l.counted") };
    let (processed, ended) = (sql.bind(moment), sql.bind(moment));
    format!(
        "l.business_id = {business} AND l.processed_at <= {processed} AND NOT EXISTS (SELECT 1 FROM sale_version v \
         WHERE v.sale_id = l.sale_id AND v.version > l.version AND v.recorded_at <= {ended})"
    )
}

/// The conditions of a filter, each with `AND` before it.
pub(super) fn filtered(sql: &mut Sql, filter: &MarginFilter) -> String {
    let mut text = String::new();
    let mut any = |column: &str, places: String| {
        if !places.is_empty() {
            text.push_str(&format!(" AND {column} IN ({places})"));
        }
    };
    any("l.product_id", sql.list(filter.products.iter().copied()));
    any("l.channel_id", sql.list(filter.channels.iter().copied()));
    any(&sql.customer("l.customer"), sql.list(filter.customers.iter().map(String::as_str)));
    any("l.sale_id", sql.list(filter.sales.iter().copied()));
    any("l.cost_status", sql.list(filter.cost_statuses.iter().copied()));
    match filter.short {
        Some(true) => text.push_str(" AND l.short_quantity <> 0"),
        Some(false) => text.push_str(" AND l.short_quantity = 0"),
        None => {}
    }
    text
}

/// Names and expressions of keys, as columns.
fn named(keys: &[(&'static str, String)]) -> Vec<String> {
    keys.iter().map(|(name, value)| format!("{value} AS {name}")).collect()
}

/// Lines of some days.
fn lines(
    sql: &mut Sql,
    business: BusinessId,
    report: &Report,
    (from, to): (NaiveDate, NaiveDate),
    read: Read,
) -> String {
    let key = |name: &'static str| match name {
        "period" => (name, sql.period(report.period().unwrap_or(Dimension::Day), "l.date")),
        "customer" => (name, sql.customer("l.customer")),
        other => (other, format!("l.{other}")),
    };
    let keys: Vec<(&str, String)> = keys(report).into_iter().map(key).collect();
    let columns: Vec<String> = named(&keys).into_iter().chain([read.of_line()]).collect();
    let counting = counting(sql, business, report.known_at);
    let (from, to) = (sql.bound(from), sql.bound(to));
    let filter = filtered(sql, &report.filter);
    format!(
        "SELECT {} FROM sale_line l WHERE {counting} AND l.date >= {from} AND l.date <= {to}{filter}{}",
        columns.join(", "),
        read.within(&keys)
    )
}

/// Sums of whole months: the columns, and the rest of the query.
fn months(
    sql: &mut Sql,
    business: BusinessId,
    report: &Report,
    (grain, first, last): (Grain, NaiveDate, NaiveDate),
    read: Read,
) -> (String, String) {
    let key = |name: &'static str| (name, format!("l.{}", if name == "period" { "month" } else { name }));
    let keys: Vec<(&str, String)> = keys(report).into_iter().map(key).collect();
    let columns: Vec<String> = named(&keys).into_iter().chain([read.of_month()]).collect();
    let business = sql.bind(business);
    let range = if first == last {
        format!("l.month = {}", sql.bind(first))
    } else if read == Read::Top && sql.is_postgres() && (last - first).num_days() < FEW {
        // Named one by one, each month's row of each that is shown is found by the key; a range is read whole.
        let each = first.iter_days().take_while(|day| *day <= last).filter(|day| day.day() == 1);
        let each: Vec<String> = each.map(|month| sql.bound(month)).collect();
        format!("l.month IN ({})", each.join(", "))
    } else {
        let (first, last) = (sql.bound(first), sql.bound(last));
        format!("l.month >= {first} AND l.month <= {last}")
    };
    let filter = filtered(sql, &report.filter);
    let rest = format!(
        " FROM margin_summary l WHERE l.business_id = {business} AND l.grain = '{}' AND {range} AND l.lines <> 0{filter}{}",
        grain.as_str(),
        read.within(&keys)
    );
    (format!("SELECT {}", columns.join(", ")), rest)
}

/// Which months' sums serve a report, with the days that are left, where any do.
fn split_of(report: &Report) -> Option<(Grain, Split, (NaiveDate, NaiveDate))> {
    let grain = Grain::of(report)?;
    let split = split(report.from, report.until());
    let months = split.months?;
    Some((grain, split, months))
}

/// Whether there is nothing to add up: the rows are the sums themselves, and an index has them in order.
fn is_kept(report: &Report) -> bool {
    let by = |dimension| report.group_by.contains(&dimension);
    split_of(report).is_some_and(|(grain, split, (first, last))| {
        grain.by() == (by(Dimension::Product), by(Dimension::Channel), by(Dimension::Customer))
            && grain != Grain::Total
            && split.days.is_empty()
            && (first == last || report.period().is_some())
    })
}

/// The figure by which rows are ranked before all their sums are made: where there may be many of them, of which few are
/// shown, and none that is kept as it is shown.
pub(super) fn rank(report: &Report) -> Option<OrderField> {
    let many = [Dimension::Product, Dimension::Customer, Dimension::Sale];
    let is_long = report.group_by.iter().any(|by| many.contains(by));
    Some(report.order.0).filter(|field| *field != OrderField::Period && is_long && !is_kept(report))
}

/// The rows of a report, unordered.
pub(super) fn rows(sql: &mut Sql, business: BusinessId, report: &Report, read: Read) -> String {
    let mut parts = Vec::new();
    match split_of(report) {
        Some((grain, split, (first, last))) => {
            let (part, rest) = months(sql, business, report, (grain, first, last), read);
            if is_kept(report) {
                return format!("{part}, l.margin{rest}");
            }
            parts.push(part + &rest);
            parts.extend(split.days.iter().map(|days| lines(sql, business, report, *days, read)));
        }
        None => parts.push(lines(sql, business, report, (report.from, report.until()), read)),
    }
    let (columns, of_all) = (keys(report), parts.join(" UNION ALL "));
    if columns.is_empty() {
        return format!("SELECT {} FROM ({of_all}) u", read.sums());
    }
    let columns = columns.iter().map(|key| format!("u.{key}")).collect::<Vec<_>>().join(", ");
    format!("SELECT {columns}, {} FROM ({of_all}) u GROUP BY {columns}", read.sums())
}
