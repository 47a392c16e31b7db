//! Reports: pages, totals, counts, from sums of months and from lines.

use chrono::NaiveDate;
use entity::{Amount, BusinessId, ProductId, Quantity, SaleId, SalesChannelId, Timestamp};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::sql::Sql;
use crate::{
    margin::{
        model::{Dimension, Figures, Keys, MarginFilter, MarginRow, OrderField, Place, Report},
        rules::{Grain, split},
    },
    page::Direction,
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

/// Sums of [`MEASURES`], zero where there is nothing to add up.
pub(super) fn sums() -> String {
    let sum = |measure: &str| format!("CAST(COALESCE(SUM(u.{measure}), 0) AS BIGINT) AS {measure}");
    MEASURES.map(sum).join(", ")
}

#[derive(Debug, FromQueryResult)]
struct Row {
    period: Option<NaiveDate>,
    product_id: Option<ProductId>,
    channel_id: Option<SalesChannelId>,
    customer: Option<String>,
    sale_id: Option<SaleId>,
    #[sea_orm(nested)]
    sums: Sums,
}

/// Sums as the database gives them.
#[derive(Debug, FromQueryResult)]
pub(super) struct Sums {
    revenue: Amount,
    cost: Amount,
    quantity: Quantity,
    short_quantity: Quantity,
    estimated_revenue: Amount,
    estimated_cost: Amount,
    estimated_lines: i64,
    missing_revenue: Amount,
    missing_lines: i64,
    lines: i64,
}

impl From<Sums> for Figures {
    fn from(sums: Sums) -> Self {
        Self {
            revenue: sums.revenue,
            cost: sums.cost,
            quantity: sums.quantity,
            short_quantity: sums.short_quantity,
            estimated_revenue: sums.estimated_revenue,
            estimated_cost: sums.estimated_cost,
            estimated_lines: sums.estimated_lines,
            missing_revenue: sums.missing_revenue,
            missing_lines: sums.missing_lines,
            lines: sums.lines,
        }
    }
}

impl From<Row> for MarginRow {
    fn from(row: Row) -> Self {
        let Row { period, product_id, channel_id, customer, sale_id, sums } = row;
        let keys = Keys { period, product: product_id, channel: channel_id, customer, sale: sale_id };
        Self { keys, figures: sums.into() }
    }
}

/// The columns that a report is grouped by, the period first.
fn keys(report: &Report) -> Vec<&'static str> {
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

/// Lines of some days, with what they are grouped by and what they add.
fn lines(sql: &mut Sql, business: BusinessId, report: &Report, (from, to): (NaiveDate, NaiveDate)) -> String {
    let mut columns: Vec<String> = Vec::new();
    for key in keys(report) {
        columns.push(match key {
            "period" => {
                let period = report.period().unwrap_or(Dimension::Day);
                format!("{} AS period", sql.period(period, "l.date"))
            }
            "customer" => format!("{} AS customer", sql.customer("l.customer")),
            other => format!("l.{other}"),
        });
    }
    columns.push(OF_LINE.to_owned());
    let counting = counting(sql, business, report.known_at);
    let (from, to) = (sql.bound(from), sql.bound(to));
    let filter = filtered(sql, &report.filter);
    format!(
        "SELECT {} FROM sale_line l WHERE {counting} AND l.date >= {from} AND l.date <= {to}{filter}",
        columns.join(", ")
    )
}

/// Sums of whole months, with what they are grouped by: the columns, and the rest of the query.
fn months(
    sql: &mut Sql,
    business: BusinessId,
    report: &Report,
    (grain, first, last): (Grain, NaiveDate, NaiveDate),
) -> (String, String) {
    let mut columns: Vec<String> = Vec::new();
    for key in keys(report) {
        columns.push(if key == "period" { "l.month AS period".to_owned() } else { format!("l.{key}") });
    }
    columns.extend(MEASURES.map(|measure| format!("l.{measure}")));
    let business = sql.bind(business);
    let range = if first == last {
        format!("l.month = {}", sql.bind(first))
    } else {
        let (first, last) = (sql.bound(first), sql.bound(last));
        format!("l.month >= {first} AND l.month <= {last}")
    };
    let filter = filtered(sql, &report.filter);
    let rest = format!(
        " FROM margin_summary l WHERE l.business_id = {business} AND l.grain = '{}' AND {range} AND l.lines <> 0{filter}",
        grain.as_str()
    );
    (format!("SELECT {}", columns.join(", ")), rest)
}

/// The rows of a report, unordered.
fn rows(sql: &mut Sql, business: BusinessId, report: &Report) -> String {
    let (from, until) = (report.from, report.until());
    let grain = Grain::of(report);
    let split = grain.map(|grain| (grain, split(from, until)));
    let mut parts = Vec::new();
    match split.as_ref().and_then(|(grain, split)| Some((*grain, split, split.months?))) {
        Some((grain, split, (first, last))) => {
            let (part, rest) = months(sql, business, report, (grain, first, last));
            // Nothing to add up: the rows are the sums themselves, and the index has them in order.
            if split.days.is_empty() && is_exact(report, grain) && (first == last || report.period().is_some()) {
                return format!("{part}, l.margin{rest}");
            }
            parts.push(part + &rest);
            parts.extend(split.days.iter().map(|days| lines(sql, business, report, *days)));
        }
        None => parts.push(lines(sql, business, report, (from, until))),
    }
    let keys = keys(report);
    let of_all = parts.join(" UNION ALL ");
    if keys.is_empty() {
        let margin = "CAST(COALESCE(SUM(u.revenue) - SUM(u.cost), 0) AS BIGINT) AS margin";
        return format!("SELECT {}, {margin} FROM ({of_all}) u", sums());
    }
    let columns = keys.iter().map(|key| format!("u.{key}")).collect::<Vec<_>>().join(", ");
    let margin = "CAST(SUM(u.revenue) - SUM(u.cost) AS BIGINT) AS margin";
    format!("SELECT {columns}, {}, {margin} FROM ({of_all}) u GROUP BY {columns}", sums())
}

fn is_exact(report: &Report, grain: Grain) -> bool {
    let by = |dimension| report.group_by.contains(&dimension);
    grain.by() == (by(Dimension::Product), by(Dimension::Channel), by(Dimension::Customer)) && grain != Grain::Total
}

/// A page of a report, and one row more, to see whether there are more.
pub(in crate::margin) async fn page(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    report: &Report,
    limit: u32,
    after: Option<&Place>,
) -> Result<Vec<MarginRow>, DbErr> {
    let mut sql = Sql::new(connection);
    let rows = rows(&mut sql, business, report);
    let (field, direction) = report.order;
    let (way, beyond) = match direction {
        Direction::Ascending => ("ASC", ">"),
        Direction::Descending => ("DESC", "<"),
    };
    let keys = keys(report);
    let measure = match field {
        OrderField::Period => None,
        OrderField::Revenue => Some("g.revenue"),
        OrderField::Cost => Some("g.cost"),
        OrderField::Margin => Some("g.margin"),
        OrderField::Quantity => Some("g.quantity"),
    };
    let order: Vec<String> =
        measure.map(str::to_owned).into_iter().chain(keys.iter().map(|key| format!("g.{key}"))).collect();
    let place = after.map(|place| {
        let places = bind_place(&mut sql, place);
        format!(" WHERE ({}) {beyond} ({})", order.join(", "), places.join(", "))
    });
    let columns = ["period", "product_id", "channel_id", "customer", "sale_id"]
        .map(|column| if keys.contains(&column) { format!("g.{column}") } else { format!("NULL AS {column}") });
    let ordered: Vec<String> = order.iter().map(|column| format!("{column} {way}")).collect();
    let text = format!(
        "SELECT {}, {} FROM ({rows}) g{} ORDER BY {} LIMIT {}",
        columns.join(", "),
        MEASURES.map(|measure| format!("g.{measure}")).join(", "),
        place.unwrap_or_default(),
        ordered.join(", "),
        u64::from(limit) + 1
    );
    Ok(sql.all::<Row>(connection, &text).await?.into_iter().map(MarginRow::from).collect())
}

fn bind_place(sql: &mut Sql, place: &Place) -> Vec<String> {
    let Keys { period, product, channel, customer, sale } = &place.keys;
    let mut places = Vec::new();
    places.extend(place.value.map(|value| sql.bind(value)));
    places.extend(period.map(|day| sql.bind(day)));
    places.extend(product.map(|id| sql.bind(id)));
    places.extend(channel.map(|id| sql.bind(id)));
    places.extend(customer.as_deref().map(|name| sql.bind(name)));
    places.extend(sale.map(|id| sql.bind(id)));
    places
}

/// The sums of everything in a report.
pub(in crate::margin) async fn total(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    report: &Report,
) -> Result<Figures, DbErr> {
    let mut sql = Sql::new(connection);
    let text = rows(&mut sql, business, &report.total());
    let found: Vec<Sums> = sql.all(connection, &text).await?;
    Ok(found.into_iter().next().map(Figures::from).unwrap_or_default())
}

#[derive(Debug, FromQueryResult)]
struct Counted {
    found: i64,
}

/// How many rows a report has.
pub(in crate::margin) async fn count(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    report: &Report,
) -> Result<u64, DbErr> {
    let mut sql = Sql::new(connection);
    let text = format!("SELECT COUNT(*) AS found FROM ({}) g", rows(&mut sql, business, report));
    let found: Vec<Counted> = sql.all(connection, &text).await?;
    Ok(found.first().and_then(|row| u64::try_from(row.found).ok()).unwrap_or_default())
}
