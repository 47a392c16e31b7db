//! What a figure is made of: lines, sales that changed, products whose cost is not what it should be.

use chrono::NaiveDate;
use entity::{
    Amount, BusinessId, CostStatus, MovementId, ProductId, Quantity, SaleChange, SaleId, SaleLineId, SaleStatus,
    SalesDocumentType, Timestamp, UnitCost,
};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::{
    parts::{counting, filtered},
    sql::Sql,
};
use crate::margin::model::Report;

/// A line's place in the order of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub(in crate::margin) struct LinePlace {
    pub(in crate::margin) date: NaiveDate,
    pub(in crate::margin) id: SaleLineId,
}

/// The lines that a report adds up, by date and id; one more than the limit.
pub(in crate::margin) async fn lines(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    report: &Report,
    limit: u32,
    after: Option<(NaiveDate, uuid::Uuid)>,
) -> Result<Vec<LinePlace>, DbErr> {
    let mut sql = Sql::new(connection);
    let which = within(&mut sql, business, report);
    let place = after.map(|(date, id)| format!(" AND (l.date, l.id) > ({}, {})", sql.bind(date), sql.bind(id)));
    let text = format!(
        "SELECT l.date, l.id FROM sale_line l WHERE {which}{} ORDER BY l.date, l.id LIMIT {}",
        place.unwrap_or_default(),
        u64::from(limit) + 1
    );
    sql.all(connection, &text).await
}

fn within(sql: &mut Sql, business: BusinessId, report: &Report) -> String {
    let counting = counting(sql, business, report.known_at);
    let (from, until) = (sql.bound(report.from), sql.bound(report.until()));
    let filter = filtered(sql, &report.filter);
    format!("{counting} AND l.date >= {from} AND l.date <= {until}{filter}")
}

/// A sale that changed, as it is now.
#[derive(Debug, FromQueryResult)]
pub(in crate::margin) struct Changed {
    pub(in crate::margin) sale_id: SaleId,
    pub(in crate::margin) document_type: SalesDocumentType,
    pub(in crate::margin) status: SaleStatus,
    pub(in crate::margin) change: SaleChange,
    pub(in crate::margin) recorded_at: Timestamp,
    pub(in crate::margin) recorded_by: String,
}

/// Sales with lines of a report that began or ceased to count after a moment, the latest first.
pub(in crate::margin) async fn changed(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    report: &Report,
    since: Timestamp,
    limit: u32,
) -> Result<Vec<Changed>, DbErr> {
    let mut sql = Sql::new(connection);
    let owner = sql.bind(business);
    let (from, until) = (sql.bound(report.from), sql.bound(report.until()));
    let filter = filtered(&mut sql, &report.filter);
    let (begun, ended) = (sql.bind(since), sql.bind(since));
    let text = format!(
        "SELECT s.id AS sale_id, s.document_type, s.status, v.change, v.recorded_at, v.recorded_by FROM sale s \
         JOIN sale_version v ON v.sale_id = s.id AND v.version = s.version WHERE s.business_id = {owner} AND s.id IN \
         (SELECT l.sale_id FROM sale_line l WHERE l.business_id = {owner} AND l.processed_at IS NOT NULL \
         AND l.date >= {from} AND l.date <= {until}{filter} AND (l.processed_at > {begun} OR EXISTS \
         (SELECT 1 FROM sale_version e WHERE e.sale_id = l.sale_id AND e.version > l.version \
         AND e.recorded_at > {ended}))) ORDER BY v.recorded_at DESC, s.id DESC LIMIT {limit}"
    );
    sql.all(connection, &text).await
}

/// Lines of a product whose cost is not known, assumed or nothing.
#[derive(Debug, FromQueryResult)]
pub(in crate::margin) struct Doubtful {
    pub(in crate::margin) product_id: ProductId,
    pub(in crate::margin) name: String,
    pub(in crate::margin) average_cost: Option<UnitCost>,
    /// Builds and receipts that brought some of it.
    pub(in crate::margin) arrivals: i64,
    pub(in crate::margin) cost_status: CostStatus,
    pub(in crate::margin) lines: i64,
    pub(in crate::margin) revenue: Amount,
    pub(in crate::margin) cost: Amount,
    pub(in crate::margin) short_quantity: Quantity,
}

/// Doubtful costs of a report, those with the largest revenue first.
pub(in crate::margin) async fn doubtful(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    report: &Report,
    limit: u32,
) -> Result<Vec<Doubtful>, DbErr> {
    let mut sql = Sql::new(connection);
    let which = within(&mut sql, business, report);
    let sum = |column: &str| format!("CAST(SUM(l.{column}) AS BIGINT) AS {column}");
    let text = format!(
        "SELECT d.product_id, p.name, p.average_cost, (SELECT COUNT(*) FROM lot o WHERE o.business_id = p.business_id \
         AND o.product_id = p.id AND o.source IN ('BUILD', 'RECEIPT') AND o.status <> 'VOIDED') AS arrivals, \
         d.cost_status, d.lines, d.revenue, d.cost, d.short_quantity FROM \
         (SELECT l.product_id, l.cost_status, COUNT(*) AS lines, {}, {}, {} FROM sale_line l WHERE {which} \
         AND (l.cost_status <> 'COMPLETE' OR (l.cost = 0 AND l.quantity <> 0)) GROUP BY l.product_id, l.cost_status) d \
         JOIN product p ON p.id = d.product_id ORDER BY d.revenue DESC, p.id LIMIT {limit}",
        sum("revenue"),
        sum("cost"),
        sum("short_quantity")
    );
    sql.all(connection, &text).await
}

#[derive(Debug, FromQueryResult)]
struct Settled {
    id: MovementId,
}

/// Settlements since a moment of shortages of the products that were short in a report, the latest first.
pub(in crate::margin) async fn settled(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    report: &Report,
    since: Timestamp,
    limit: u32,
) -> Result<Vec<MovementId>, DbErr> {
    let mut sql = Sql::new(connection);
    let which = within(&mut sql, business, report);
    let (owner, since) = (sql.bind(business), sql.bind(since));
    let text = format!(
        "SELECT m.id FROM stock_movement m WHERE m.business_id = {owner} AND m.kind = 'SHORTAGE_SETTLEMENT' \
         AND m.recorded_at > {since} AND m.product_id IN (SELECT l.product_id FROM sale_line l WHERE {which} \
         AND l.short_quantity <> 0) ORDER BY m.recorded_at DESC, m.id DESC LIMIT {limit}"
    );
    let found: Vec<Settled> = sql.all(connection, &text).await?;
    Ok(found.into_iter().map(|row| row.id).collect())
}
