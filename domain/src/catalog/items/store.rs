//! Queries of items.

use std::collections::HashMap;

use entity::{BusinessId, IntegrationId, ItemId, ItemType, Timestamp, item, product_link};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, ExprTrait, FromQueryResult, IdenStatic,
    Iterable, PaginatorTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect, QueryTrait, Select, Statement,
    sea_query::{Expr, LikeExpr, Query},
};
use uuid::Uuid;

use super::model::{Item, ItemColumns, ItemFilter, ItemOrder, LocalItem};
use crate::{
    page::{Direction, Page, PageRequest},
    store::{ABSENT, Column, bulk_insert, contains_pattern, keyset, plan_afresh, texts},
};

#[derive(FromQueryResult)]
struct LocalRow {
    id: ItemId,
    external_id: String,
    content_hash: i64,
    active: bool,
    gone: bool,
}

const LOCAL_SQLITE: &str = "SELECT id, external_id, content_hash, active, gone FROM item \
    WHERE business_id = $1 AND integration_id = $2 AND external_id IN (SELECT value FROM json_each($3))";

const LOCAL_POSTGRES: &str = "SELECT found.* FROM unnest($3::text[]) AS wanted (external_id) CROSS JOIN LATERAL \
    (SELECT id, external_id, content_hash, active, gone FROM item \
     WHERE business_id = $1 AND integration_id = $2 AND external_id = wanted.external_id LIMIT 1) AS found";

/// Local items with these external ids: one statement, only the columns a plan needs.
pub(crate) async fn local(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    integration: IntegrationId,
    external_ids: Vec<String>,
) -> Result<HashMap<String, LocalItem>, DbErr> {
    let backend = connection.get_database_backend();
    // The look-up of one id at a time leaves PostgreSQL's planner no index but the unique one.
    let sql = if backend == DbBackend::Postgres { LOCAL_POSTGRES } else { LOCAL_SQLITE };
    plan_afresh(connection).await?;
    let values = [business.into(), integration.into(), texts(backend, external_ids)];
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let rows = LocalRow::find_by_statement(statement).all(connection).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let LocalRow { id, external_id, content_hash, active, gone } = row;
            (external_id.clone(), LocalItem { id, external_id, content_hash, active, gone })
        })
        .collect())
}

const UPSERT: &str = "ON CONFLICT (business_id, integration_id, external_id) DO UPDATE SET \
    external_version = excluded.external_version, kind = excluded.kind, name = excluded.name, \
    full_name = excluded.full_name, sort_name = excluded.sort_name, sku = excluded.sku, sort_sku = excluded.sort_sku, \
    description = excluded.description, active = excluded.active, gone = excluded.gone, \
    unit_price = excluded.unit_price, purchase_cost = excluded.purchase_cost, \
    quantity_on_hand = excluded.quantity_on_hand, currency = excluded.currency, \
    income_account = excluded.income_account, expense_account = excluded.expense_account, \
    asset_account = excluded.asset_account, parent_external_id = excluded.parent_external_id, \
    external_updated_at = excluded.external_updated_at, content_hash = excluded.content_hash, \
    synced_at = excluded.synced_at";

/// Writes new and changed items in bulk.
pub(crate) async fn upsert(connection: &impl ConnectionTrait, rows: Vec<Item>) -> Result<(), DbErr> {
    bulk_insert(connection, "item", columns(rows), UPSERT).await
}

fn columns(rows: Vec<Item>) -> Vec<(&'static str, Column)> {
    let text = |field: fn(&Item) -> String| Column::Text(rows.iter().map(field).collect());
    let nullable = |field: fn(&Item) -> Option<&String>| {
        Column::NullableText(rows.iter().map(|row| field(row).cloned().unwrap_or_default()).collect())
    };
    let number = |field: fn(&Item) -> i64| Column::Number(rows.iter().map(field).collect());
    let absent = |field: fn(&Item) -> Option<i64>| {
        Column::NullableNumber(rows.iter().map(|row| field(row).unwrap_or(ABSENT)).collect())
    };
    vec![
        ("id", Column::Uuid(rows.iter().map(|row| row.id.0).collect())),
        ("business_id", Column::Uuid(rows.iter().map(|row| row.business_id.0).collect())),
        ("integration_id", Column::Uuid(rows.iter().map(|row| row.integration_id.0).collect())),
        ("external_id", text(|row| row.external_id.clone())),
        ("external_version", nullable(|row| row.external_version.as_ref())),
        ("kind", text(|row| row.kind.to_value())),
        ("name", text(|row| row.name.clone())),
        ("full_name", text(|row| row.full_name.clone())),
        ("sort_name", text(|row| row.sort_name.clone())),
        ("sku", nullable(|row| row.sku.as_ref())),
        ("sort_sku", text(|row| row.sort_sku.clone())),
        ("description", nullable(|row| row.description.as_ref())),
        ("active", Column::Bool(rows.iter().map(|row| row.active).collect())),
        ("gone", Column::Bool(rows.iter().map(|row| row.gone).collect())),
        ("unit_price", absent(|row| row.unit_price.map(|price| price.0))),
        ("purchase_cost", absent(|row| row.purchase_cost.map(|cost| cost.0))),
        ("quantity_on_hand", absent(|row| row.quantity_on_hand.map(|quantity| quantity.0))),
        ("currency", text(|row| row.currency.clone())),
        ("income_account", nullable(|row| row.income_account.as_ref())),
        ("expense_account", nullable(|row| row.expense_account.as_ref())),
        ("asset_account", nullable(|row| row.asset_account.as_ref())),
        ("parent_external_id", nullable(|row| row.parent_external_id.as_ref())),
        ("external_updated_at", absent(|row| row.external_updated_at.map(|moment| moment.0))),
        ("content_hash", number(|row| row.content_hash)),
        ("created_at", number(|row| row.created_at.0)),
        ("synced_at", number(|row| row.synced_at.0)),
    ]
}

/// Ids and states of items not yet known to be gone, in the order of their external ids, after one of them.
pub(crate) async fn present(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    integration: IntegrationId,
    after: &str,
    limit: u64,
) -> Result<Vec<(ItemId, String, bool)>, DbErr> {
    item::Entity::find()
        .select_only()
        .columns([item::Column::Id, item::Column::ExternalId, item::Column::Active])
        .filter(item::Column::BusinessId.eq(business))
        .filter(item::Column::IntegrationId.eq(integration))
        .filter(item::Column::Gone.eq(false))
        .filter(item::Column::ExternalId.gt(after))
        .order_by_asc(item::Column::ExternalId)
        .limit(limit)
        .into_tuple()
        .all(connection)
        .await
}

/// Marks items as gone, and so inactive.
pub(crate) async fn mark_gone(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    ids: &[ItemId],
    now: Timestamp,
) -> Result<(), DbErr> {
    for chunk in ids.chunks(500) {
        item::Entity::update_many()
            .col_expr(item::Column::Active, Expr::val(false))
            .col_expr(item::Column::Gone, Expr::val(true))
            .col_expr(item::Column::SyncedAt, Expr::val(now.0))
            .filter(item::Column::BusinessId.eq(business))
            .filter(item::Column::Id.is_in(chunk.iter().copied()))
            .exec(connection)
            .await?;
    }
    Ok(())
}

pub(crate) fn select(business: BusinessId, filter: &ItemFilter) -> Select<item::Entity> {
    use item::Column;
    let mut select = item::Entity::find().filter(Column::BusinessId.eq(business));
    if let Some(integration) = filter.integration {
        select = select.filter(Column::IntegrationId.eq(integration));
    }
    match filter.types.as_slice() {
        [] => {}
        [only] => select = select.filter(Column::Kind.eq(*only)),
        several => select = select.filter(Column::Kind.is_in(several.iter().copied())),
    }
    if let Some(active) = filter.active {
        select = select.filter(Column::Active.eq(active));
    }
    if let Some(linked) = filter.linked {
        let links = Query::select()
            .expr(Expr::val(1))
            .from(product_link::Entity)
            .and_where(Expr::col((product_link::Entity, product_link::Column::BusinessId)).eq(business))
            .and_where(
                Expr::col((product_link::Entity, product_link::Column::ItemId)).equals((item::Entity, Column::Id)),
            )
            .to_owned();
        let exists = Expr::exists(links);
        select = select.filter(if linked { exists } else { exists.not() });
    }
    if let Some(search) = filter.search.as_deref().filter(|search| !search.is_empty()) {
        let pattern = LikeExpr::new(contains_pattern(search)).escape('\\');
        select = select.filter(
            Expr::col((item::Entity, Column::SortName)).like(pattern.clone()).or(Expr::col((
                item::Entity,
                Column::SortSku,
            ))
            .like(pattern)),
        );
    }
    select
}

/// A page of items, with the columns that are asked for; the others stay empty.
pub(crate) async fn page(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &ItemFilter,
    (order, direction): (ItemOrder, Direction),
    columns: &ItemColumns,
    request: &PageRequest,
) -> Result<Page<Item>, DbErr> {
    let columns = read_columns(columns, order);
    let select = select_page(business, filter, (order, direction), &columns, request);
    let rows = connection.query_all_raw(select.build(connection.get_database_backend())).await?;
    let items = rows.iter().map(|row| read(row, business, &columns)).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::cut(items, request))
}

fn key_of(order: ItemOrder) -> item::Column {
    match order {
        ItemOrder::Name => item::Column::SortName,
        ItemOrder::Sku => item::Column::SortSku,
        ItemOrder::SyncedAt => item::Column::SyncedAt,
    }
}

/// What is asked for and what every row needs, in the order of the table.
fn read_columns(columns: &ItemColumns, order: ItemOrder) -> Vec<item::Column> {
    use item::Column as C;
    let needed = [C::Id.as_str(), C::IntegrationId.as_str(), C::Kind.as_str(), C::Currency.as_str()];
    let is_read = |column: &C| {
        let name = column.as_str();
        needed.contains(&name) || name == key_of(order).as_str() || columns.has(name)
    };
    C::iter().filter(is_read).collect()
}

fn select_page(
    business: BusinessId,
    filter: &ItemFilter,
    (order, direction): (ItemOrder, Direction),
    columns: &[item::Column],
    request: &PageRequest,
) -> Select<item::Entity> {
    let select = keyset(select(business, filter), key_of(order), item::Column::Id, direction, request);
    select.select_only().columns(columns.iter().copied())
}

/// A row by place: looking every column up by its name costs more than decoding it.
fn read(row: &QueryResult, business: BusinessId, columns: &[item::Column]) -> Result<Item, DbErr> {
    use item::Column as C;
    let mut item = blank(business);
    for (place, column) in columns.iter().enumerate() {
        match column {
            C::Id => item.id = row.try_get_by_index(place)?,
            C::BusinessId => item.business_id = row.try_get_by_index(place)?,
            C::IntegrationId => item.integration_id = row.try_get_by_index(place)?,
            C::ExternalId => item.external_id = row.try_get_by_index(place)?,
            C::ExternalVersion => item.external_version = row.try_get_by_index(place)?,
            C::Kind => item.kind = row.try_get_by_index(place)?,
            C::Name => item.name = row.try_get_by_index(place)?,
            C::FullName => item.full_name = row.try_get_by_index(place)?,
            C::SortName => item.sort_name = row.try_get_by_index(place)?,
            C::Sku => item.sku = row.try_get_by_index(place)?,
            C::SortSku => item.sort_sku = row.try_get_by_index(place)?,
            C::Description => item.description = row.try_get_by_index(place)?,
            C::Active => item.active = row.try_get_by_index(place)?,
            C::Gone => item.gone = row.try_get_by_index(place)?,
            C::UnitPrice => item.unit_price = row.try_get_by_index(place)?,
            C::PurchaseCost => item.purchase_cost = row.try_get_by_index(place)?,
            C::QuantityOnHand => item.quantity_on_hand = row.try_get_by_index(place)?,
            C::Currency => item.currency = row.try_get_by_index(place)?,
            C::IncomeAccount => item.income_account = row.try_get_by_index(place)?,
            C::ExpenseAccount => item.expense_account = row.try_get_by_index(place)?,
            C::AssetAccount => item.asset_account = row.try_get_by_index(place)?,
            C::ParentExternalId => item.parent_external_id = row.try_get_by_index(place)?,
            C::ExternalUpdatedAt => item.external_updated_at = row.try_get_by_index(place)?,
            C::ContentHash => item.content_hash = row.try_get_by_index(place)?,
            C::CreatedAt => item.created_at = row.try_get_by_index(place)?,
            C::SyncedAt => item.synced_at = row.try_get_by_index(place)?,
        }
    }
    Ok(item)
}

/// An item of which nothing was read.
fn blank(business: BusinessId) -> Item {
    Item {
        id: ItemId(Uuid::nil()),
        business_id: business,
        integration_id: IntegrationId(Uuid::nil()),
        external_id: String::new(),
        external_version: None,
        kind: ItemType::Other,
        name: String::new(),
        full_name: String::new(),
        sort_name: String::new(),
        sku: None,
        sort_sku: String::new(),
        description: None,
        active: false,
        gone: false,
        unit_price: None,
        purchase_cost: None,
        quantity_on_hand: None,
        currency: String::new(),
        income_account: None,
        expense_account: None,
        asset_account: None,
        parent_external_id: None,
        external_updated_at: None,
        content_hash: 0,
        created_at: Timestamp(0),
        synced_at: Timestamp(0),
    }
}

/// The statement of [`page`] by name: as it is prepared, and with its values in it.
#[cfg(feature = "measure")]
pub(crate) fn page_text(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &ItemFilter,
    columns: &ItemColumns,
    request: &PageRequest,
) -> (String, String) {
    let columns = read_columns(columns, ItemOrder::Name);
    let select = select_page(business, filter, (ItemOrder::Name, Direction::Ascending), &columns, request);
    let statement = select.build(connection.get_database_backend());
    let with_values = statement.to_string();
    (statement.sql, with_values)
}

pub(crate) async fn count(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &ItemFilter,
) -> Result<u64, DbErr> {
    select(business, filter).count(connection).await
}

/// Items by the accounting system's ids.
pub(crate) async fn by_external_ids(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    integration: IntegrationId,
    ids: &[String],
) -> Result<Vec<Item>, DbErr> {
    let mut rows = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(1_000) {
        let found = item::Entity::find()
            .filter(item::Column::BusinessId.eq(business))
            .filter(item::Column::IntegrationId.eq(integration))
            .filter(item::Column::ExternalId.is_in(chunk.iter().map(String::as_str)))
            .all(connection)
            .await?;
        rows.extend(found);
    }
    Ok(rows)
}

pub(crate) async fn by_ids(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    ids: &[ItemId],
) -> Result<Vec<Item>, DbErr> {
    let mut rows = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(1_000) {
        let found = item::Entity::find()
            .filter(item::Column::BusinessId.eq(business))
            .filter(item::Column::Id.is_in(chunk.iter().copied()))
            .all(connection)
            .await?;
        rows.extend(found);
    }
    Ok(rows)
}

/// Ids of the first `limit` items that match, by name.
pub(crate) async fn ids(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &ItemFilter,
    limit: u64,
) -> Result<Vec<ItemId>, DbErr> {
    select(business, filter)
        .select_only()
        .column(item::Column::Id)
        .order_by_asc(item::Column::SortName)
        .order_by_asc(item::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(connection)
        .await
}
