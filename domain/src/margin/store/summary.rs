//! The sums by month: kept, made anew, proven.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entity::{Amount, BusinessId, CostStatus, ProductId, SalesChannelId};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use super::{
    parts::{MEASURES, OF_LINE, sums},
    sql::Sql,
};
use crate::{
    margin::{
        model::{Dimension, Figures, StaleSum},
        rules::{Grain, month_of},
    },
    sales::SaleLine,
    stock::store::columns,
    store::bulk_insert,
};

/// Whether lines begin or cease to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// They begin to.
    Begin,
    /// They cease to.
    Cease,
}

type Key = (Grain, NaiveDate, ProductId, SalesChannelId, String);

const ADD: &str = "ON CONFLICT (business_id, grain, month, product_id, channel_id, customer) DO UPDATE SET \
    revenue = margin_summary.revenue + excluded.revenue, cost = margin_summary.cost + excluded.cost, \
    margin = margin_summary.margin + excluded.margin, quantity = margin_summary.quantity + excluded.quantity, \
    short_quantity = margin_summary.short_quantity + excluded.short_quantity, \
    estimated_revenue = margin_summary.estimated_revenue + excluded.estimated_revenue, \
    estimated_cost = margin_summary.estimated_cost + excluded.estimated_cost, \
    estimated_lines = margin_summary.estimated_lines + excluded.estimated_lines, \
    missing_revenue = margin_summary.missing_revenue + excluded.missing_revenue, \
    missing_lines = margin_summary.missing_lines + excluded.missing_lines, \
    lines = margin_summary.lines + excluded.lines";

/// Keeps the sums: those of the lines that count begin to, or cease to. The caller holds the book.
pub(crate) async fn keep(connection: &impl ConnectionTrait, lines: &[SaleLine], sign: Sign) -> Result<(), DbErr> {
    let mut sums: BTreeMap<Key, Figures> = BTreeMap::new();
    let Some(business) = lines.first().map(|line| line.business_id) else { return Ok(()) };
    for line in lines.iter().filter(|line| line.counted) {
        let figures = figures(line, sign);
        for grain in Grain::ALL {
            let sum = sums.entry(key(grain, line)).or_default();
            *sum = sum.plus(&figures).ok_or_else(|| DbErr::Custom("a month's margin does not fit".to_owned()))?;
        }
    }
    let rows: Vec<(Key, Figures)> = sums.into_iter().collect();
    let columns = columns![rows;
        "business_id" Uuid |_row| business.0;
        "grain" Text |row| row.0.0.as_str().to_owned();
        "month" Date |row| Some(row.0.1);
        "product_id" Uuid |row| row.0.2.0;
        "channel_id" Uuid |row| row.0.3.0;
        "customer" Text |row| row.0.4.clone();
        "revenue" Number |row| row.1.revenue.0;
        "cost" Number |row| row.1.cost.0;
        "margin" Number |row| row.1.margin().0;
        "quantity" Number |row| row.1.quantity.0;
        "short_quantity" Number |row| row.1.short_quantity.0;
        "estimated_revenue" Number |row| row.1.estimated_revenue.0;
        "estimated_cost" Number |row| row.1.estimated_cost.0;
        "estimated_lines" Number |row| row.1.estimated_lines;
        "missing_revenue" Number |row| row.1.missing_revenue.0;
        "missing_lines" Number |row| row.1.missing_lines;
        "lines" Number |row| row.1.lines;
    ];
    bulk_insert(connection, "margin_summary", columns, ADD).await
}

fn key(grain: Grain, line: &SaleLine) -> Key {
    let (product, channel, customer) = grain.by();
    let named = line.customer.clone().filter(|_| customer).unwrap_or_default();
    let product = line.product_id.filter(|_| product).unwrap_or(ProductId(Uuid::nil()));
    let channel = if channel { line.channel_id } else { SalesChannelId(Uuid::nil()) };
    (grain, month_of(line.date), product, channel, named)
}

fn figures(line: &SaleLine, sign: Sign) -> Figures {
    let sign = if sign == Sign::Begin { 1 } else { -1 };
    let is = |status| if line.cost_status == status { sign } else { 0 };
    let (estimated, missing) = (is(CostStatus::Estimated), is(CostStatus::Missing));
    Figures {
        revenue: Amount(sign * line.revenue.0),
        cost: Amount(sign * line.cost.0),
        quantity: entity::Quantity(sign * line.quantity.0),
        short_quantity: entity::Quantity(sign * line.short_quantity.0),
        estimated_revenue: Amount(estimated * line.revenue.0),
        estimated_cost: Amount(estimated * line.cost.0),
        estimated_lines: estimated,
        missing_revenue: Amount(missing * line.revenue.0),
        missing_lines: missing,
        lines: sign,
    }
}

/// The sums of a grain as the lines give them.
fn of_lines(sql: &mut Sql, business: BusinessId, grain: Grain) -> String {
    let nil = if sql.is_postgres() {
        "'00000000-0000-0000-0000-000000000000'::uuid"
    } else {
        "X'00000000000000000000000000000000'"
    };
    let (by_product, by_channel, by_customer) = grain.by();
    let pick = |by: bool, column: &str, none: &str| if by { column.to_owned() } else { none.to_owned() };
    let month = sql.period(Dimension::Month, "l.date");
    let product = pick(by_product, "l.product_id", nil);
    let channel = pick(by_channel, "l.channel_id", nil);
    let customer = pick(by_customer, "COALESCE(l.customer, '')", "''");
    let business = sql.bind(business);
    format!(
        "SELECT l.business_id, '{}' AS grain, {month} AS month, {product} AS product_id, {channel} AS channel_id, \
         {customer} AS customer, {} FROM sale_line l WHERE l.business_id = {business} AND l.counted",
        grain.as_str(),
        OF_LINE
    )
}

const KEYS: &str = "u.business_id, u.grain, u.month, u.product_id, u.channel_id, u.customer";

/// Makes the sums of a business anew from its lines. Nobody else writes meanwhile: its book is locked.
pub(in crate::margin) async fn rebuild(connection: &impl ConnectionTrait, business: BusinessId) -> Result<u64, DbErr> {
    let mut lock = Sql::new(connection);
    let place = lock.bind(business);
    lock.execute(connection, &format!("UPDATE stock_book SET lots = lots WHERE business_id = {place}")).await?;
    let mut clear = Sql::new(connection);
    let place = clear.bind(business);
    clear.execute(connection, &format!("DELETE FROM margin_summary WHERE business_id = {place}")).await?;
    let mut made = 0;
    for grain in Grain::ALL {
        let mut sql = Sql::new(connection);
        let lines = of_lines(&mut sql, business, grain);
        let text = format!(
            "INSERT INTO margin_summary (business_id, grain, month, product_id, channel_id, customer, {}, margin) \
             SELECT {KEYS}, {}, CAST(SUM(u.revenue) - SUM(u.cost) AS BIGINT) FROM ({lines}) u GROUP BY {KEYS}",
            MEASURES.join(", "),
            sums()
        );
        made += sql.execute(connection, &text).await?;
    }
    Ok(made)
}

#[derive(Debug, FromQueryResult)]
struct Found {
    grain: String,
    month: NaiveDate,
    lines: i64,
    revenue: i64,
    cost: i64,
}

/// Sums that are not what the lines add up to; at most 100.
pub(in crate::margin) async fn stale(
    connection: &impl ConnectionTrait,
    business: BusinessId,
) -> Result<Vec<StaleSum>, DbErr> {
    let mut sql = Sql::new(connection);
    let mut parts: Vec<String> = Grain::ALL.iter().map(|grain| of_lines(&mut sql, business, *grain)).collect();
    let place = sql.bind(business);
    let less = MEASURES.map(|measure| format!("-s.{measure}")).join(", ");
    parts.push(format!(
        "SELECT s.business_id, s.grain, s.month, s.product_id, s.channel_id, s.customer, {less} \
         FROM margin_summary s WHERE s.business_id = {place}"
    ));
    // A sum's margin is by itself: its index orders lists.
    let differs = MEASURES.map(|measure| format!("SUM(u.{measure}) <> 0")).join(" OR ");
    let text = format!(
        "SELECT u.grain, u.month, {} FROM ({}) u GROUP BY {KEYS} HAVING {differs} ORDER BY 1, 2 LIMIT 100",
        sums(),
        parts.join(" UNION ALL ")
    );
    let mut found: Vec<Found> = sql.all(connection, &text).await?;
    let mut sql = Sql::new(connection);
    let place = sql.bind(business);
    let text = format!(
        "SELECT grain, month, lines, revenue, cost FROM margin_summary WHERE business_id = {place} \
         AND margin <> revenue - cost ORDER BY 1, 2 LIMIT 100"
    );
    found.extend(sql.all::<Found>(connection, &text).await?);
    let stale = |row: Found| StaleSum {
        grain: row.grain,
        month: row.month,
        lines: row.lines,
        revenue: row.revenue,
        cost: row.cost,
    };
    Ok(found.into_iter().map(stale).collect())
}
