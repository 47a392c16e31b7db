//! Reports: pages, totals, counts, from sums of months and from lines.

use chrono::NaiveDate;
use entity::{Amount, BusinessId, ProductId, Quantity, SaleId, SalesChannelId};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::{
    parts::{self, MEASURES, Read, TOP, keys, rows},
    sql::Sql,
};
use crate::{
    margin::model::{Figures, Keys, MarginRow, OrderField, Place, Report},
    page::Direction,
};

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

/// A page of a report, and one row more, to see whether there are more.
pub(in crate::margin) async fn page(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    report: &Report,
    limit: u32,
    after: Option<&Place>,
) -> Result<Vec<MarginRow>, DbErr> {
    let mut sql = Sql::new(connection);
    let text = match parts::rank(report) {
        Some(field) => ranked(&mut sql, business, report, field, (limit, after)),
        None => {
            let rows = rows(&mut sql, business, report, Read::All);
            let measure = Some(parts::column(report.order.0)).filter(|_| report.order.0 != OrderField::Period);
            let (place, order) = ordered(&mut sql, report, measure, after);
            format!("SELECT {} FROM ({rows}) g{place} ORDER BY {order} LIMIT {}", shown(report), u64::from(limit) + 1)
        }
    };
    Ok(sql.all::<Row>(connection, &text).await?.into_iter().map(MarginRow::from).collect())
}

/// The same page by ranking first: what is not shown is added up for its place alone.
fn ranked(
    sql: &mut Sql,
    business: BusinessId,
    report: &Report,
    field: OrderField,
    (limit, after): (u32, Option<&Place>),
) -> String {
    let ranks = rows(sql, business, report, Read::Rank(field));
    let (place, order) = ordered(sql, report, Some("ranked"), after);
    let whole = rows(sql, business, report, Read::Top);
    let (_, again) = ordered(sql, report, Some(parts::column(field)), None);
    format!(
        "WITH {TOP} AS MATERIALIZED (SELECT * FROM ({ranks}) g{place} ORDER BY {order} LIMIT {}) \
         SELECT {} FROM ({whole}) g ORDER BY {again}",
        u64::from(limit) + 1,
        shown(report)
    )
}

/// The columns of a row.
fn shown(report: &Report) -> String {
    let keys = keys(report);
    let columns = ["period", "product_id", "channel_id", "customer", "sale_id"]
        .map(|column| if keys.contains(&column) { format!("g.{column}") } else { format!("NULL AS {column}") });
    format!("{}, {}", columns.join(", "), MEASURES.map(|measure| format!("g.{measure}")).join(", "))
}

/// The condition to begin after a place, and the order of rows: by a measure if one is named, then by what they are
/// grouped by.
fn ordered(sql: &mut Sql, report: &Report, measure: Option<&str>, after: Option<&Place>) -> (String, String) {
    let (way, beyond) = match report.order.1 {
        Direction::Ascending => ("ASC", ">"),
        Direction::Descending => ("DESC", "<"),
    };
    let order: Vec<String> = measure.into_iter().chain(keys(report)).map(|column| format!("g.{column}")).collect();
    let place = after.map(|place| {
        let places = bind_place(sql, place);
        format!(" WHERE ({}) {beyond} ({})", order.join(", "), places.join(", "))
    });
    let ordered: Vec<String> = order.iter().map(|column| format!("{column} {way}")).collect();
    (place.unwrap_or_default(), ordered.join(", "))
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
    let text = rows(&mut sql, business, &report.total(), Read::All);
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
    let text = format!("SELECT COUNT(*) AS found FROM ({}) g", rows(&mut sql, business, report, Read::All));
    let found: Vec<Counted> = sql.all(connection, &text).await?;
    Ok(found.first().and_then(|row| u64::try_from(row.found).ok()).unwrap_or_default())
}
