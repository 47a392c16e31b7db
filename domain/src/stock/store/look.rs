//! Reads for the levels of an answer: the first rows of many lists at once, rows by id, what is owed and taken back.
//!
//! Rule: a level is one statement, whatever the number of its keys, and no list is read further than it is shown.

use std::collections::HashMap;

use entity::{
    BusinessId, EntryId, LotId, LotSource, LotStatus, MovementId, ProductId, Quantity, lot, lot_entry, stock_book,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Select, Statement, Value,
};
use uuid::Uuid;

use crate::{
    page::{Direction, Page, PageRequest},
    stock::model::{BookRow, Entry, Lot, Movement},
    store::{execute, keyset},
};

/// Lists of one statement: SQLite joins at most 500.
const LISTS: usize = 250;

/// The first rows of many lists. `one` reads a list: `{key}` stands for its key, `$1` for the business.
async fn first_of_each<T: FromQueryResult>(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    one: &str,
    keys: &[Uuid],
    limit: u32,
) -> Result<Vec<T>, DbErr> {
    let mut rows = Vec::new();
    for chunk in keys.chunks(LISTS) {
        let backend = connection.get_database_backend();
        let mut values: Vec<Value> = vec![business.into()];
        let sql = if backend == DbBackend::Postgres {
            values.push(chunk.to_vec().into());
            let list = one.replace("{key}", "k.id");
            format!("SELECT t.* FROM unnest($2::uuid[]) AS k(id) CROSS JOIN LATERAL ({list} LIMIT {limit}) t")
        } else {
            values.extend(chunk.iter().map(|key| Value::from(*key)));
            let list = |place| format!("SELECT * FROM ({} LIMIT {limit})", one.replace("{key}", &format!("${place}")));
            (0..chunk.len()).map(|place| list(place + 2)).collect::<Vec<_>>().join(" UNION ALL ")
        };
        rows.extend(T::find_by_statement(Statement::from_sql_and_values(backend, sql, values)).all(connection).await?);
    }
    Ok(rows)
}

/// The first lots of products, oldest record first.
pub(crate) async fn first_lots(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    products: &[ProductId],
    status: Option<LotStatus>,
    limit: u32,
) -> Result<Vec<Lot>, DbErr> {
    let status = match status {
        None => "",
        Some(LotStatus::Active) => " AND l.status = 'ACTIVE'",
        Some(LotStatus::Exhausted) => " AND l.status = 'EXHAUSTED'",
        Some(LotStatus::Voided) => " AND l.status = 'VOIDED'",
    };
    let one = format!(
        "SELECT l.* FROM lot l WHERE l.business_id = $1 AND l.product_id = {{key}} AND l.source <> 'SHORTAGE'{status} \
         ORDER BY l.created_at, l.id"
    );
    let keys: Vec<Uuid> = products.iter().map(|id| id.0).collect();
    let mut rows: Vec<Lot> = first_of_each(connection, business, &one, &keys, limit).await?;
    rows.sort_by_key(|row| (row.created_at, row.id));
    Ok(rows)
}

/// The first movements of products, newest first.
pub(crate) async fn first_movements(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    products: &[ProductId],
    limit: u32,
) -> Result<Vec<Movement>, DbErr> {
    let one = "SELECT m.* FROM stock_movement m WHERE m.business_id = $1 AND m.product_id = {key} \
        ORDER BY m.recorded_at DESC, m.id DESC";
    let keys: Vec<Uuid> = products.iter().map(|id| id.0).collect();
    let mut rows: Vec<Movement> = first_of_each(connection, business, one, &keys, limit).await?;
    rows.sort_by_key(|row| std::cmp::Reverse((row.recorded_at, row.id)));
    Ok(rows)
}

/// The first consumptions of lots, in the order of recording.
pub(crate) async fn first_consumptions(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    lots: &[LotId],
    limit: u32,
) -> Result<Vec<Entry>, DbErr> {
    let one = "SELECT e.* FROM lot_entry e WHERE e.business_id = $1 AND e.lot_id = {key} AND e.quantity < 0 \
        AND e.reverses IS NULL ORDER BY e.recorded_at, e.id";
    let keys: Vec<Uuid> = lots.iter().map(|id| id.0).collect();
    let mut rows: Vec<Entry> = first_of_each(connection, business, one, &keys, limit).await?;
    rows.sort_by_key(|row| (row.recorded_at, row.id));
    Ok(rows)
}

fn select_consumptions(business: BusinessId, lot: LotId) -> Select<lot_entry::Entity> {
    use lot_entry::Column as C;
    lot_entry::Entity::find()
        .filter(C::BusinessId.eq(business))
        .filter(C::LotId.eq(lot))
        .filter(C::Quantity.lt(Quantity::ZERO))
        .filter(C::Reverses.is_null())
}

/// A page of what was taken from a lot, in the order of recording.
pub(crate) async fn consumptions(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    lot: LotId,
    request: &PageRequest,
) -> Result<Page<Entry>, DbErr> {
    use lot_entry::Column as C;
    let select = keyset(select_consumptions(business, lot), C::RecordedAt, C::Id, Direction::Ascending, request);
    Ok(Page::cut(select.all(connection).await?, request))
}

pub(crate) async fn count_consumptions(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    lot: LotId,
) -> Result<u64, DbErr> {
    select_consumptions(business, lot).count(connection).await
}

/// What movements took from lots, in the order of recording; what they owe is no lot.
pub(crate) async fn consumptions_in(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    movements: &[MovementId],
) -> Result<Vec<Entry>, DbErr> {
    use lot_entry::Column as C;
    let lots = lot_entry::Entity::belongs_to(lot::Entity).from(C::LotId).to(lot::Column::Id);
    lot_entry::Entity::find()
        .join(sea_orm::JoinType::InnerJoin, lots.into())
        .filter(C::BusinessId.eq(business))
        .filter(C::MovementId.is_in(movements.iter().copied()))
        .filter(C::Quantity.lt(Quantity::ZERO))
        .filter(C::Reverses.is_null())
        .filter(lot::Column::Source.ne(LotSource::Shortage))
        .order_by_asc(C::RecordedAt)
        .order_by_asc(C::Id)
        .all(connection)
        .await
}

/// Entries by id.
pub(crate) async fn entries_by_ids(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    ids: &[EntryId],
) -> Result<Vec<Entry>, DbErr> {
    lot_entry::Entity::find()
        .filter(lot_entry::Column::BusinessId.eq(business))
        .filter(lot_entry::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await
}

#[derive(Debug, FromQueryResult)]
struct Sum {
    id: Uuid,
    quantity: i64,
}

fn places(from: usize, count: usize) -> String {
    (from..from + count).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ")
}

/// What is left of entries, with their sign: less what takes them back, which may itself be taken back.
pub(crate) async fn left_of(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    ids: &[EntryId],
) -> Result<HashMap<EntryId, Quantity>, DbErr> {
    let sql = format!(
        "WITH RECURSIVE tree(root, id, quantity) AS (\
           SELECT e.id, e.id, e.quantity FROM lot_entry e WHERE e.business_id = $1 AND e.id IN ({}) \
           UNION ALL SELECT t.root, e.id, e.quantity FROM tree t \
             JOIN lot_entry e ON e.business_id = $1 AND e.reverses = t.id) \
         SELECT root AS id, CAST(SUM(quantity) AS BIGINT) AS quantity FROM tree GROUP BY root",
        places(2, ids.len())
    );
    let values = std::iter::once(Value::from(business)).chain(ids.iter().map(|id| Value::from(id.0)));
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values.collect::<Vec<_>>());
    let rows = Sum::find_by_statement(statement).all(connection).await?;
    Ok(rows.into_iter().map(|row| (EntryId(row.id), Quantity(row.quantity))).collect())
}

/// What is owed of products.
pub(crate) async fn owed_of(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    products: &[ProductId],
) -> Result<HashMap<ProductId, Quantity>, DbErr> {
    let sql = format!(
        "SELECT product_id AS id, CAST(-SUM(remaining_quantity) AS BIGINT) AS quantity FROM lot \
         WHERE business_id = $1 AND status = 'ACTIVE' AND source = 'SHORTAGE' AND product_id IN ({}) \
         GROUP BY product_id",
        places(2, products.len())
    );
    let values = std::iter::once(Value::from(business)).chain(products.iter().map(|id| Value::from(id.0)));
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values.collect::<Vec<_>>());
    let rows = Sum::find_by_statement(statement).all(connection).await?;
    Ok(rows.into_iter().map(|row| (ProductId(row.id), Quantity(row.quantity))).collect())
}

/// A business's book row, if anything was ever written to its ledger.
pub(crate) async fn book(connection: &impl ConnectionTrait, business: BusinessId) -> Result<Option<BookRow>, DbErr> {
    stock_book::Entity::find_by_id(business).one(connection).await
}

/// Switches approval of builds on or off.
pub(crate) async fn set_review(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    review: bool,
) -> Result<(), DbErr> {
    execute(connection, "UPDATE business SET qa_review = $2 WHERE id = $1", [business.into(), review.into()])
        .await
        .map(|_| ())
}
