//! Reads of lots, movements and figures at a moment.

use entity::{
    Amount, BusinessId, LotId, LotSource, MovementId, MovementKind, ProductId, Quantity, lot, product, stock_movement,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, Statement, Value,
};
use uuid::Uuid;

use crate::{
    page::{Direction, Page, PageRequest},
    stock::model::{AsOf, Figures, Lot, LotFilter, LotOrder, Movement, Product},
    store::keyset,
};

fn select_lots(business: BusinessId, filter: &LotFilter) -> Select<lot::Entity> {
    use lot::Column as C;
    let mut select = lot::Entity::find().filter(C::BusinessId.eq(business));
    if let Some(product) = filter.product {
        select = select.filter(C::ProductId.eq(product));
    }
    if let Some(status) = filter.status {
        select = select.filter(C::Status.eq(status));
    }
    if let Some(receipt) = filter.receipt {
        select = select.filter(C::ReceiptId.eq(receipt));
    }
    if let Some(supplier) = filter.supplier {
        select = select.filter(C::SupplierId.eq(supplier));
    }
    if let Some(number) = filter.number.as_deref() {
        select = select.filter(C::Number.eq(number));
    }
    if filter.shortages {
        select.filter(C::Source.eq(LotSource::Shortage))
    } else {
        select.filter(C::Source.ne(LotSource::Shortage))
    }
}

/// A page of lots in an order.
pub(crate) async fn lots_in_order(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &LotFilter,
    (order, direction): (LotOrder, Direction),
    request: &PageRequest,
) -> Result<Page<Lot>, DbErr> {
    let key = match order {
        LotOrder::CreatedAt => lot::Column::CreatedAt,
        LotOrder::ReceivedOn => lot::Column::ReceivedOn,
    };
    let select = keyset(select_lots(business, filter), key, lot::Column::Id, direction, request);
    Ok(Page::cut(select.all(connection).await?, request))
}

pub(crate) async fn count_lots(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &LotFilter,
) -> Result<u64, DbErr> {
    select_lots(business, filter).count(connection).await
}

/// All lots of some products, in the order of consumption.
pub(crate) async fn lots_of(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    products: &[ProductId],
) -> Result<Vec<Lot>, DbErr> {
    use lot::Column as C;
    lot::Entity::find()
        .filter(C::BusinessId.eq(business))
        .filter(C::ProductId.is_in(products.iter().copied()))
        .order_by_asc(C::Rank)
        .order_by_asc(C::ReceivedOn)
        .order_by_asc(C::CreatedAt)
        .order_by_asc(C::Id)
        .all(connection)
        .await
}

/// Products that have stock or owe some, after one of them.
pub(crate) async fn stocked_products(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    after: Option<ProductId>,
    limit: u64,
) -> Result<Vec<Product>, DbErr> {
    product::Entity::find()
        .filter(product::Column::BusinessId.eq(business))
        .filter(product::Column::OnHand.ne(Quantity::ZERO))
        .filter(product::Column::Id.gt(after.unwrap_or(ProductId(Uuid::nil()))))
        .order_by_asc(product::Column::Id)
        .limit(limit)
        .all(connection)
        .await
}

/// Movements of one record, in the order of recording.
pub(crate) async fn movements_of_source(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    source: Uuid,
) -> Result<Vec<Movement>, DbErr> {
    use stock_movement::Column as C;
    stock_movement::Entity::find()
        .filter(C::BusinessId.eq(business))
        .filter(C::SourceId.eq(source))
        .order_by_asc(C::RecordedAt)
        .order_by_asc(C::Id)
        .all(connection)
        .await
}

/// Movements of one kind of several records.
pub(crate) async fn movements_of_sources(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    sources: &[Uuid],
    kind: MovementKind,
) -> Result<Vec<Movement>, DbErr> {
    use stock_movement::Column as C;
    let mut rows = Vec::with_capacity(sources.len());
    for chunk in sources.chunks(1_000) {
        let found = stock_movement::Entity::find()
            .filter(C::BusinessId.eq(business))
            .filter(C::SourceId.is_in(chunk.iter().copied()))
            .filter(C::Kind.eq(kind))
            .all(connection)
            .await?;
        rows.extend(found);
    }
    Ok(rows)
}

pub(crate) async fn movements_by_ids(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    ids: &[MovementId],
) -> Result<Vec<Movement>, DbErr> {
    let mut rows = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(1_000) {
        let found = stock_movement::Entity::find()
            .filter(stock_movement::Column::BusinessId.eq(business))
            .filter(stock_movement::Column::Id.is_in(chunk.iter().copied()))
            .all(connection)
            .await?;
        rows.extend(found);
    }
    Ok(rows)
}

#[derive(Debug, FromQueryResult)]
struct Sums {
    id: Uuid,
    quantity: i64,
    value: i64,
}

/// Sums of a table's quantities and values by an id, at a moment.
async fn sums(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    (table, id): (&str, &str),
    only: &[Uuid],
    at: AsOf,
) -> Result<Vec<Sums>, DbErr> {
    let mut values: Vec<Value> = vec![business.into()];
    let mut filter = String::new();
    if let Some(day) = at.as_of {
        values.push(day.into());
        filter.push_str(&format!(" AND effective_on <= ${}", values.len()));
    }
    if let Some(moment) = at.known_at {
        values.push(moment.into());
        filter.push_str(&format!(" AND recorded_at <= ${}", values.len()));
    }
    if !only.is_empty() {
        let places: Vec<String> = (0..only.len()).map(|place| format!("${}", values.len() + place + 1)).collect();
        filter.push_str(&format!(" AND {id} IN ({})", places.join(", ")));
        values.extend(only.iter().map(|id| Value::from(*id)));
    }
    let sql = format!(
        "SELECT {id} AS id, CAST(SUM(quantity) AS BIGINT) AS quantity, CAST(SUM(value) AS BIGINT) AS value \
         FROM {table} WHERE business_id = $1{filter} GROUP BY {id} ORDER BY {id}"
    );
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    Sums::find_by_statement(statement).all(connection).await
}

/// Stock of products at a moment; of all of them if none is named.
pub(crate) async fn figures_of_products(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    products: &[ProductId],
    at: AsOf,
) -> Result<Vec<Figures<ProductId>>, DbErr> {
    let only: Vec<Uuid> = products.iter().map(|id| id.0).collect();
    let rows = sums(connection, business, ("stock_movement", "product_id"), &only, at).await?;
    let figures = |row: Sums| Figures { id: row.id.into(), quantity: Quantity(row.quantity), value: Amount(row.value) };
    Ok(rows.into_iter().map(figures).collect())
}

/// What was left of lots at a moment; of all of them if none is named.
pub(crate) async fn figures_of_lots(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    lots: &[LotId],
    at: AsOf,
) -> Result<Vec<Figures<LotId>>, DbErr> {
    let only: Vec<Uuid> = lots.iter().map(|id| id.0).collect();
    let rows = sums(connection, business, ("lot_entry", "lot_id"), &only, at).await?;
    let figures = |row: Sums| Figures { id: row.id.into(), quantity: Quantity(row.quantity), value: Amount(row.value) };
    Ok(rows.into_iter().map(figures).collect())
}
