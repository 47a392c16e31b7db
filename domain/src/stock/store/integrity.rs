//! Invariants of the ledger as queries: each lists the rows that break it.
//!
//! Rule: nothing is trusted that can be added up again; a sound ledger answers every query with nothing.

use entity::BusinessId;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};
use uuid::Uuid;

/// An invariant: what it says, what kind of record breaks it, and the query of such rows.
pub(crate) struct Invariant {
    pub(crate) name: &'static str,
    pub(crate) record: &'static str,
    sql: &'static str,
}

/// A row that breaks an invariant.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Found {
    pub(crate) id: Uuid,
    pub(crate) expected: i64,
    pub(crate) found: i64,
}

pub(crate) const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "a product's quantity is the sum of its movements",
        record: "product",
        sql: "SELECT p.id, CAST(COALESCE(SUM(m.quantity), 0) AS BIGINT) AS expected, p.on_hand AS found FROM product p \
              LEFT JOIN stock_movement m ON m.business_id = p.business_id AND m.product_id = p.id \
              WHERE p.business_id = $1 GROUP BY p.id, p.on_hand HAVING p.on_hand <> COALESCE(SUM(m.quantity), 0)",
    },
    Invariant {
        name: "a product's value is the sum of its movements",
        record: "product",
        sql: "SELECT p.id, CAST(COALESCE(SUM(m.value), 0) AS BIGINT) AS expected, p.value AS found FROM product p \
              LEFT JOIN stock_movement m ON m.business_id = p.business_id AND m.product_id = p.id \
              WHERE p.business_id = $1 GROUP BY p.id, p.value HAVING p.value <> COALESCE(SUM(m.value), 0)",
    },
    Invariant {
        name: "a movement's running quantity is the sum up to it",
        record: "stock movement",
        sql: "SELECT id, expected, found FROM (SELECT id, on_hand_after AS found, CAST(SUM(quantity) OVER \
              (PARTITION BY product_id ORDER BY recorded_at, id ROWS UNBOUNDED PRECEDING) AS BIGINT) AS expected \
              FROM stock_movement WHERE business_id = $1) t WHERE expected <> found",
    },
    Invariant {
        name: "a movement's running value is the sum up to it",
        record: "stock movement",
        sql: "SELECT id, expected, found FROM (SELECT id, value_after AS found, CAST(SUM(value) OVER \
              (PARTITION BY product_id ORDER BY recorded_at, id ROWS UNBOUNDED PRECEDING) AS BIGINT) AS expected \
              FROM stock_movement WHERE business_id = $1) t WHERE expected <> found",
    },
    Invariant {
        name: "what is left of a lot is the sum of its entries",
        record: "lot",
        sql: "SELECT l.id, CAST(COALESCE(SUM(e.quantity), 0) AS BIGINT) AS expected, l.remaining_quantity AS found \
              FROM lot l LEFT JOIN lot_entry e ON e.business_id = l.business_id AND e.lot_id = l.id \
              WHERE l.business_id = $1 GROUP BY l.id, l.remaining_quantity \
              HAVING l.remaining_quantity <> COALESCE(SUM(e.quantity), 0)",
    },
    Invariant {
        name: "the value of what is left of a lot is the sum of its entries",
        record: "lot",
        sql: "SELECT l.id, CAST(COALESCE(SUM(e.value), 0) AS BIGINT) AS expected, l.remaining_value AS found \
              FROM lot l LEFT JOIN lot_entry e ON e.business_id = l.business_id AND e.lot_id = l.id \
              WHERE l.business_id = $1 GROUP BY l.id, l.remaining_value \
              HAVING l.remaining_value <> COALESCE(SUM(e.value), 0)",
    },
    Invariant {
        name: "a product's quantity is what is left of its lots, less its shortages",
        record: "product",
        sql: "SELECT p.id, CAST(COALESCE(SUM(l.remaining_quantity), 0) AS BIGINT) AS expected, p.on_hand AS found \
              FROM product p JOIN stock_book b ON b.business_id = p.business_id AND b.lots \
              LEFT JOIN lot l ON l.business_id = p.business_id AND l.product_id = p.id \
              WHERE p.business_id = $1 GROUP BY p.id, p.on_hand \
              HAVING p.on_hand <> COALESCE(SUM(l.remaining_quantity), 0)",
    },
    Invariant {
        name: "a product's value is what its lots are worth, less its shortages",
        record: "product",
        sql: "SELECT p.id, CAST(COALESCE(SUM(l.remaining_value), 0) AS BIGINT) AS expected, p.value AS found \
              FROM product p JOIN stock_book b ON b.business_id = p.business_id AND b.lots \
              LEFT JOIN lot l ON l.business_id = p.business_id AND l.product_id = p.id \
              WHERE p.business_id = $1 GROUP BY p.id, p.value HAVING p.value <> COALESCE(SUM(l.remaining_value), 0)",
    },
    Invariant {
        name: "what a product owes is what its shortages owe",
        record: "product",
        sql: "SELECT p.id, CAST(-COALESCE(SUM(l.remaining_quantity), 0) AS BIGINT) AS expected, p.owed_quantity AS found \
              FROM product p LEFT JOIN lot l ON l.business_id = p.business_id AND l.product_id = p.id \
              AND l.source = 'SHORTAGE' WHERE p.business_id = $1 GROUP BY p.id, p.owed_quantity, p.owed_value \
              HAVING p.owed_quantity <> -COALESCE(SUM(l.remaining_quantity), 0) \
              OR p.owed_value <> -COALESCE(SUM(l.remaining_value), 0)",
    },
    // Beginning to keep lots turns stock into a lot: the movement is empty, its entry is the stock.
    Invariant {
        name: "a movement's quantity is the sum of its entries",
        record: "stock movement",
        sql: "SELECT m.id, CAST(SUM(e.quantity) AS BIGINT) AS expected, m.quantity AS found FROM stock_movement m \
              JOIN lot_entry e ON e.business_id = m.business_id AND e.movement_id = m.id WHERE m.business_id = $1 \
              AND NOT (m.kind = 'OPENING' AND m.quantity = 0 AND m.value = 0) \
              GROUP BY m.id, m.quantity HAVING m.quantity <> SUM(e.quantity)",
    },
    Invariant {
        name: "a movement's value is the sum of its entries",
        record: "stock movement",
        sql: "SELECT m.id, CAST(SUM(e.value) AS BIGINT) AS expected, m.value AS found FROM stock_movement m \
              JOIN lot_entry e ON e.business_id = m.business_id AND e.movement_id = m.id WHERE m.business_id = $1 \
              AND NOT (m.kind = 'OPENING' AND m.quantity = 0 AND m.value = 0) \
              GROUP BY m.id, m.value HAVING m.value <> SUM(e.value)",
    },
    Invariant {
        name: "a lot holds no less than nothing, a shortage no more, and nothing is worth nothing",
        record: "lot",
        sql: "SELECT id, remaining_quantity AS expected, remaining_value AS found FROM lot WHERE business_id = $1 AND \
              ((source <> 'SHORTAGE' AND (remaining_quantity < 0 OR remaining_value < 0)) \
               OR (source = 'SHORTAGE' AND (remaining_quantity > 0 OR remaining_value > 0)) \
               OR (remaining_quantity = 0 AND remaining_value <> 0))",
    },
    Invariant {
        name: "a lot is active while something is left of it, and only then",
        record: "lot",
        sql: "SELECT id, remaining_quantity AS expected, remaining_value AS found FROM lot WHERE business_id = $1 \
              AND (status = 'ACTIVE') <> (remaining_quantity <> 0)",
    },
    Invariant {
        name: "nothing takes back more than there was",
        record: "lot entry",
        sql: "SELECT p.id, p.quantity AS expected, CAST(SUM(c.quantity) AS BIGINT) AS found FROM lot_entry c \
              JOIN lot_entry p ON p.id = c.reverses WHERE c.business_id = $1 GROUP BY p.id, p.lot_id, p.quantity \
              HAVING MIN(CASE WHEN c.lot_id = p.lot_id AND (c.quantity > 0) <> (p.quantity > 0) THEN 1 ELSE 0 END) = 0 \
              OR ABS(SUM(c.quantity)) > ABS(p.quantity)",
    },
    Invariant {
        name: "a build's cost is the sum of its lines",
        record: "build",
        sql: "SELECT b.id, CAST(COALESCE(SUM(l.value), 0) AS BIGINT) AS expected, b.total_value AS found FROM build b \
              LEFT JOIN build_line l ON l.business_id = b.business_id AND l.build_id = b.id \
              WHERE b.business_id = $1 AND b.executed_at IS NOT NULL GROUP BY b.id, b.total_value \
              HAVING b.total_value <> COALESCE(SUM(l.value), 0)",
    },
    Invariant {
        name: "a component of a build costs what its movement says",
        record: "build line",
        sql: "SELECT l.id, -m.value AS expected, l.value AS found FROM build_line l JOIN stock_movement m \
              ON m.id = l.movement_id WHERE l.business_id = $1 AND (l.value <> -m.value OR l.quantity <> -m.quantity)",
    },
    Invariant {
        name: "a build's lot is worth what the build cost",
        record: "build",
        sql: "SELECT b.id, b.total_value AS expected, e.value AS found FROM build b JOIN lot l ON l.id = b.lot_id \
              JOIN lot_entry e ON e.business_id = b.business_id AND e.lot_id = l.id AND e.movement_id = l.movement_id \
              WHERE b.business_id = $1 AND b.total_value <> e.value",
    },
    Invariant {
        name: "a receipt's line received what its lot says",
        record: "receipt line",
        sql: "SELECT r.id, l.received_quantity AS expected, r.quantity AS found FROM receipt_line r \
              JOIN lot l ON l.id = r.lot_id WHERE r.business_id = $1 AND l.received_quantity <> r.quantity",
    },
];

/// Rows that break an invariant; at most 100.
pub(crate) async fn broken(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    invariant: &Invariant,
) -> Result<Vec<Found>, DbErr> {
    let sql = format!("{} ORDER BY 1 LIMIT 100", invariant.sql);
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, [business.into()]);
    Found::find_by_statement(statement).all(connection).await
}
