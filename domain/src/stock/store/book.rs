//! Opening the book: its row is locked, then products and lots are loaded as far as they are needed.

use chrono::NaiveDate;
use entity::{BusinessId, CostStatus, LotId, LotStatus, ProductId, Quantity, Timestamp, lot};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, QueryFilter, Statement, Value,
};
use uuid::Uuid;

use crate::{
    stock::{
        book::{SHORTAGES, Unseen},
        model::Lot,
    },
    store::execute,
};

/// A book that this transaction has locked.
#[derive(Debug, Clone, FromQueryResult)]
pub(crate) struct Opened {
    pub(crate) last_recorded_at: Timestamp,
    pub(crate) closed_before: Option<NaiveDate>,
    pub(crate) lots: bool,
    pub(crate) settle_shortages: bool,
    pub(crate) receipts: i64,
    pub(crate) builds: i64,
    pub(crate) qa_review: bool,
    pub(crate) time_zone: String,
    /// An accounting system is connected, so documents are to be exported.
    pub(crate) connected: bool,
}

/// Locks the book, moves its time on and reserves numbers of documents: one statement. What may have changed while it
/// waited for the lock is told from the row itself.
const OPEN: &str = "INSERT INTO stock_book (business_id, last_recorded_at, lots, settle_shortages, receipts, builds) \
    SELECT id, $2, receiving, $5, $3, $4 FROM business WHERE id = $1 \
    ON CONFLICT (business_id) DO UPDATE SET \
      last_recorded_at = CASE WHEN stock_book.last_recorded_at >= excluded.last_recorded_at \
        THEN stock_book.last_recorded_at + 1 ELSE excluded.last_recorded_at END, \
      receipts = stock_book.receipts + excluded.receipts, builds = stock_book.builds + excluded.builds \
    RETURNING last_recorded_at, closed_before, lots, settle_shortages, receipts, builds, \
      (SELECT b.qa_review FROM business b WHERE b.id = stock_book.business_id) AS qa_review, \
      (SELECT b.time_zone FROM business b WHERE b.id = stock_book.business_id) AS time_zone, \
      EXISTS (SELECT 1 FROM integration i WHERE i.business_id = stock_book.business_id \
        AND i.status NOT IN ('PENDING', 'DISCONNECTED')) AS connected";

pub(crate) async fn open(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    now: Timestamp,
    (receipts, builds): (i64, i64),
) -> Result<Option<Opened>, DbErr> {
    let values: [Value; 5] = [business.into(), now.into(), receipts.into(), builds.into(), false.into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), OPEN, values);
    Opened::find_by_statement(statement).one(connection).await
}

pub(crate) async fn keep_lots(connection: &impl ConnectionTrait, business: BusinessId) -> Result<(), DbErr> {
    execute(connection, "UPDATE stock_book SET lots = $2 WHERE business_id = $1", [business.into(), true.into()])
        .await?;
    execute(connection, "UPDATE business SET receiving = $2 WHERE id = $1", [business.into(), true.into()]).await?;
    Ok(())
}

pub(crate) async fn close_before(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    day: Option<NaiveDate>,
) -> Result<(), DbErr> {
    let sql = "UPDATE stock_book SET closed_before = $2 WHERE business_id = $1";
    execute(connection, sql, [business.into(), day.into()]).await.map(|_| ())
}

pub(crate) async fn set_settling(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    settle: bool,
) -> Result<(), DbErr> {
    let sql = "UPDATE stock_book SET settle_shortages = $2 WHERE business_id = $1";
    execute(connection, sql, [business.into(), settle.into()]).await.map(|_| ())
}

/// The need of whoever needs all lots of a product, and its shortages too: what arrives may settle any of them.
pub(crate) const EVERYTHING: Quantity = Quantity(i64::MAX);

/// Pairs of one statement on SQLite: two values each, far below its limit.
const PAIRS: usize = 5_000;

/// The first open lots of each product until its need is covered, in the order of consumption; where the need is
/// [`EVERYTHING`], also all its shortages. Otherwise those are passed over, however many there are. One statement on
/// PostgreSQL; on SQLite one per [`PAIRS`] products.
pub(crate) async fn open_lots(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    needs: &[(ProductId, Quantity)],
) -> Result<Vec<Lot>, DbErr> {
    let mut rows = Vec::new();
    for chunk in needs.chunks(if connection.get_database_backend() == DbBackend::Postgres { usize::MAX } else { PAIRS })
    {
        rows.extend(open_lots_of(connection, business, chunk).await?);
    }
    Ok(rows)
}

async fn open_lots_of(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    needs: &[(ProductId, Quantity)],
) -> Result<Vec<Lot>, DbErr> {
    let mut values: Vec<Value> = vec![business.into()];
    let source = if connection.get_database_backend() == DbBackend::Postgres {
        values.push(needs.iter().map(|(product, _)| product.0).collect::<Vec<Uuid>>().into());
        values.push(needs.iter().map(|(_, need)| need.0).collect::<Vec<i64>>().into());
        "SELECT * FROM unnest($2::uuid[], $3::bigint[])".to_owned()
    } else {
        for (product, need) in needs {
            values.push((*product).into());
            values.push((*need).into());
        }
        let pairs = (0..needs.len()).map(|pair| format!("(${}, ${})", 2 * pair + 2, 2 * pair + 3));
        format!("VALUES {}", pairs.collect::<Vec<_>>().join(", "))
    };
    let sql = format!(
        "WITH need(product_id, quantity) AS ({source}), \
         queue AS (SELECT l.id, n.quantity AS needed, l.remaining_quantity, \
           SUM(l.remaining_quantity) OVER (PARTITION BY l.product_id \
             ORDER BY l.rank, l.received_on, l.created_at, l.id \
             ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS upto \
           FROM need n JOIN lot l ON l.product_id = n.product_id \
           WHERE l.business_id = $1 AND l.status = 'ACTIVE' AND l.rank < {SHORTAGES}) \
         SELECT l.* FROM queue q JOIN lot l ON l.id = q.id WHERE q.upto - q.remaining_quantity < q.needed \
         UNION ALL SELECT l.* FROM need n JOIN lot l ON l.product_id = n.product_id \
         WHERE n.quantity = {all} AND l.business_id = $1 AND l.status = 'ACTIVE' AND l.rank = {SHORTAGES}",
        all = EVERYTHING.0
    );
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    Lot::find_by_statement(statement).all(connection).await
}

/// Lots by id.
pub(crate) async fn lots_by_ids(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    ids: &[LotId],
) -> Result<Vec<Lot>, DbErr> {
    let mut rows = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(1_000) {
        let found = lot::Entity::find()
            .filter(lot::Column::BusinessId.eq(business))
            .filter(lot::Column::Id.is_in(chunk.iter().copied()))
            .all(connection)
            .await?;
        rows.extend(found);
    }
    Ok(rows)
}

#[derive(Debug, FromQueryResult)]
struct Uncertain {
    product_id: ProductId,
    cost_status: CostStatus,
    lots: i64,
    quantity: i64,
    value: i64,
}

/// Open lots of these products whose cost is not complete.
pub(crate) async fn unseen(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    products: &[ProductId],
) -> Result<Vec<(ProductId, Unseen)>, DbErr> {
    let mut sums: std::collections::BTreeMap<ProductId, Unseen> = std::collections::BTreeMap::new();
    for chunk in products.chunks(1_000) {
        let places: Vec<String> = (0..chunk.len()).map(|place| format!("${}", place + 2)).collect();
        let sql = format!(
            "SELECT product_id, cost_status, CAST(COUNT(*) AS BIGINT) AS lots, \
             CAST(SUM(remaining_quantity) AS BIGINT) AS quantity, CAST(SUM(remaining_value) AS BIGINT) AS value FROM lot \
             WHERE business_id = $1 AND status = 'ACTIVE' AND rank < {SHORTAGES} AND cost_status <> 'COMPLETE' \
             AND product_id IN ({}) GROUP BY product_id, cost_status",
            places.join(", ")
        );
        let values = std::iter::once(Value::from(business)).chain(chunk.iter().map(|product| (*product).into()));
        let statement =
            Statement::from_sql_and_values(connection.get_database_backend(), sql, values.collect::<Vec<_>>());
        for row in Uncertain::find_by_statement(statement).all(connection).await? {
            let sum = sums.entry(row.product_id).or_default();
            if row.cost_status == CostStatus::Missing {
                (sum.missing, sum.missing_quantity, sum.missing_value) = (row.lots, row.quantity, row.value);
            } else {
                sum.estimated = row.lots;
            }
        }
    }
    Ok(sums.into_iter().collect())
}

/// Numbers of active lots of these products.
pub(crate) async fn taken_numbers(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    products: &[ProductId],
) -> Result<Vec<(ProductId, String)>, DbErr> {
    use sea_orm::QuerySelect;
    let mut rows = Vec::new();
    for chunk in products.chunks(1_000) {
        let found: Vec<(ProductId, String)> = lot::Entity::find()
            .select_only()
            .columns([lot::Column::ProductId, lot::Column::Number])
            .filter(lot::Column::BusinessId.eq(business))
            .filter(lot::Column::ProductId.is_in(chunk.iter().copied()))
            .filter(lot::Column::Status.eq(LotStatus::Active))
            .filter(lot::Column::Rank.lt(SHORTAGES))
            .into_tuple()
            .all(connection)
            .await?;
        rows.extend(found);
    }
    Ok(rows)
}
