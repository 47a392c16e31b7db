//! Queries of reconciliations and of what they are made from.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::{
    Amount, BusinessId, CorrectionId, ExportState, IntegrationId, MovementId, MovementKind, ProductId, Quantity,
    ReconciliationClass, ReconciliationId, Timestamp, TrueUpId, export, reconciliation, reconciliation_item,
    reconciliation_line, true_up,
};
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, Statement, Value,
};
use uuid::Uuid;

use super::model::{ItemRow, Line, Reconciliation, ReconciliationFilter, TrueUp};
use crate::{
    export::Export,
    page::{Direction, Page, PageRequest},
    store::{ABSENT, Column, bulk_insert, execute, keyset},
};

/// Rows of one read of the ledger or of exports.
pub(super) const CHUNK: u64 = 5_000;

fn statement(connection: &impl ConnectionTrait, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(connection.get_database_backend(), sql, values)
}

pub(super) async fn insert(connection: &impl ConnectionTrait, row: Reconciliation) -> Result<(), DbErr> {
    row.into_active_model().insert(connection).await.map(|_| ())
}

pub(super) async fn find(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: ReconciliationId,
) -> Result<Option<Reconciliation>, DbErr> {
    reconciliation::Entity::find_by_id(id).filter(reconciliation::Column::BusinessId.eq(business)).one(connection).await
}

fn select(business: BusinessId, filter: &ReconciliationFilter) -> Select<reconciliation::Entity> {
    use reconciliation::Column as C;
    let mut select = reconciliation::Entity::find().filter(C::BusinessId.eq(business));
    if let Some(integration) = filter.integration {
        select = select.filter(C::IntegrationId.eq(integration));
    }
    if !filter.states.is_empty() {
        select = select.filter(C::State.is_in(filter.states.iter().copied()));
    }
    select
}

/// A page of reconciliations, newest first.
pub(super) async fn page(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &ReconciliationFilter,
    request: &PageRequest,
) -> Result<Page<Reconciliation>, DbErr> {
    use reconciliation::Column as C;
    let select = keyset(select(business, filter), C::CreatedAt, C::Id, Direction::Descending, request);
    Ok(Page::cut(select.all(connection).await?, request))
}

pub(super) async fn count(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &ReconciliationFilter,
) -> Result<u64, DbErr> {
    select(business, filter).count(connection).await
}

fn select_lines(
    business: BusinessId,
    id: ReconciliationId,
    class: Option<ReconciliationClass>,
) -> Select<reconciliation_line::Entity> {
    use reconciliation_line::Column as C;
    let select = reconciliation_line::Entity::find().filter(C::BusinessId.eq(business));
    let select = select.filter(C::ReconciliationId.eq(id));
    match class {
        Some(class) => select.filter(C::Class.eq(class)),
        None => select,
    }
}

/// A page of a reconciliation's lines, in order.
pub(super) async fn lines(
    connection: &impl ConnectionTrait,
    (business, id): (BusinessId, ReconciliationId),
    class: Option<ReconciliationClass>,
    request: &PageRequest,
) -> Result<Page<Line>, DbErr> {
    use reconciliation_line::Column as C;
    let select = keyset(select_lines(business, id, class), C::Position, C::Id, Direction::Ascending, request);
    Ok(Page::cut(select.all(connection).await?, request))
}

pub(super) async fn count_lines(
    connection: &impl ConnectionTrait,
    (business, id): (BusinessId, ReconciliationId),
    class: Option<ReconciliationClass>,
) -> Result<u64, DbErr> {
    select_lines(business, id, class).count(connection).await
}

fn select_items(business: BusinessId, id: ReconciliationId) -> Select<reconciliation_item::Entity> {
    use reconciliation_item::Column as C;
    reconciliation_item::Entity::find().filter(C::BusinessId.eq(business)).filter(C::ReconciliationId.eq(id))
}

/// A page of a reconciliation's products, by name.
pub(super) async fn items(
    connection: &impl ConnectionTrait,
    (business, id): (BusinessId, ReconciliationId),
    request: &PageRequest,
) -> Result<Page<ItemRow>, DbErr> {
    use reconciliation_item::Column as C;
    let select = keyset(select_items(business, id), C::Position, C::Id, Direction::Ascending, request);
    Ok(Page::cut(select.all(connection).await?, request))
}

pub(super) async fn count_items(
    connection: &impl ConnectionTrait,
    (business, id): (BusinessId, ReconciliationId),
) -> Result<u64, DbErr> {
    select_items(business, id).count(connection).await
}

/// The products of a reconciliation whose value differs.
pub(super) async fn with_parity(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: ReconciliationId,
) -> Result<Vec<ItemRow>, DbErr> {
    use reconciliation_item::Column as C;
    select_items(business, id).filter(C::Parity.ne(Amount::ZERO)).order_by_asc(C::Position).all(connection).await
}

#[derive(Debug, FromQueryResult)]
struct Due {
    business_id: BusinessId,
    id: ReconciliationId,
}

/// Reconciliations that a worker may take now.
pub(super) async fn due(
    connection: &impl ConnectionTrait,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<(BusinessId, ReconciliationId)>, DbErr> {
    let sql = "SELECT business_id, id FROM reconciliation WHERE due_at IS NOT NULL AND due_at <= $1 \
               AND (held_until IS NULL OR held_until <= $1) ORDER BY due_at LIMIT $2";
    let rows = Due::find_by_statement(statement(connection, sql, [now.into(), limit.into()])).all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.business_id, row.id)).collect())
}

/// Takes a reconciliation up: nobody alive has it. Answers whether it was taken; the fence has risen then.
pub(super) async fn take_up(
    connection: &impl ConnectionTrait,
    (business, id): (BusinessId, ReconciliationId),
    worker: Uuid,
    (now, until): (Timestamp, Timestamp),
) -> Result<bool, DbErr> {
    let sql = "UPDATE reconciliation SET holder = $3, held_until = $5, fence = fence + 1, state = 'RUNNING', \
               updated_at = $4 WHERE business_id = $1 AND id = $2 AND due_at IS NOT NULL AND due_at <= $4 \
               AND (held_until IS NULL OR held_until <= $4)";
    let values: [Value; 5] = [business.into(), id.into(), worker.into(), now.into(), until.into()];
    Ok(execute(connection, sql, values).await? == 1)
}

/// Renews a claim. Answers whether it still was one.
pub(super) async fn renew(
    connection: &impl ConnectionTrait,
    (business, id): (BusinessId, ReconciliationId),
    fence: i64,
    until: Timestamp,
) -> Result<bool, DbErr> {
    let sql = "UPDATE reconciliation SET held_until = $4 WHERE business_id = $1 AND id = $2 AND fence = $3 \
               AND holder IS NOT NULL";
    Ok(execute(connection, sql, [business.into(), id.into(), fence.into(), until.into()]).await? == 1)
}

/// Holds a reconciliation's row until the transaction ends.
pub(super) async fn touch(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: ReconciliationId,
) -> Result<(), DbErr> {
    let sql = "UPDATE reconciliation SET updated_at = updated_at WHERE business_id = $1 AND id = $2";
    execute(connection, sql, [business.into(), id.into()]).await.map(|_| ())
}

pub(super) async fn update(connection: &impl ConnectionTrait, row: Reconciliation) -> Result<(), DbErr> {
    row.into_active_model().reset_all().update(connection).await.map(|_| ())
}

/// Puts what was found in place of what was found before.
pub(super) async fn put_found(
    connection: &impl ConnectionTrait,
    (business, id): (BusinessId, ReconciliationId),
    lines: &[Line],
    items: &[ItemRow],
) -> Result<(), DbErr> {
    for table in ["reconciliation_line", "reconciliation_item"] {
        let sql = format!("DELETE FROM {table} WHERE business_id = $1 AND reconciliation_id = $2");
        execute(connection, &sql, [business.into(), id.into()]).await?;
    }
    for chunk in lines.chunks(1_000) {
        bulk_insert(connection, "reconciliation_line", line_columns(chunk), "").await?;
    }
    for chunk in items.chunks(1_000) {
        bulk_insert(connection, "reconciliation_item", item_columns(chunk), "").await?;
    }
    Ok(())
}

fn line_columns(rows: &[Line]) -> Vec<(&'static str, Column)> {
    let text = |of: fn(&Line) -> Option<String>| {
        Column::NullableText(rows.iter().map(|row| of(row).unwrap_or_default()).collect())
    };
    let amount = |of: fn(&Line) -> Option<Amount>| {
        Column::NullableNumber(rows.iter().map(|row| of(row).map_or(ABSENT, |amount| amount.0)).collect())
    };
    let id = |of: fn(&Line) -> Option<Uuid>| {
        Column::NullableUuid(rows.iter().map(|row| of(row).unwrap_or_default()).collect())
    };
    vec![
        ("id", Column::Uuid(rows.iter().map(|row| row.id.0).collect())),
        ("business_id", Column::Uuid(rows.iter().map(|row| row.business_id.0).collect())),
        ("reconciliation_id", Column::Uuid(rows.iter().map(|row| row.reconciliation_id.0).collect())),
        ("position", Column::Number(rows.iter().map(|row| row.position).collect())),
        ("class", Column::Text(rows.iter().map(|row| row.class.to_value()).collect())),
        ("amount", Column::Number(rows.iter().map(|row| row.amount.0).collect())),
        ("label", Column::Text(rows.iter().map(|row| row.label.clone()).collect())),
        ("reason", Column::Text(rows.iter().map(|row| row.reason.clone()).collect())),
        ("help", text(|row| row.help.clone())),
        ("on_day", Column::Date(rows.iter().map(|row| row.on_day).collect())),
        ("product_id", id(|row| row.product_id.map(|id| id.0))),
        ("source", text(|row| row.source.map(|source| source.to_value()))),
        ("document_id", id(|row| row.document_id)),
        ("export_id", id(|row| row.export_id.map(|id| id.0))),
        ("external_kind", text(|row| row.external_kind.clone())),
        ("external_id", text(|row| row.external_id.clone())),
        ("external_number", text(|row| row.external_number.clone())),
        ("external_item", text(|row| row.external_item.clone())),
        ("url", text(|row| row.url.clone())),
        ("ours", amount(|row| row.ours)),
        ("theirs", amount(|row| row.theirs)),
    ]
}

fn item_columns(rows: &[ItemRow]) -> Vec<(&'static str, Column)> {
    let text = |of: fn(&ItemRow) -> Option<String>| {
        Column::NullableText(rows.iter().map(|row| of(row).unwrap_or_default()).collect())
    };
    vec![
        ("id", Column::Uuid(rows.iter().map(|row| row.id.0).collect())),
        ("business_id", Column::Uuid(rows.iter().map(|row| row.business_id.0).collect())),
        ("reconciliation_id", Column::Uuid(rows.iter().map(|row| row.reconciliation_id.0).collect())),
        ("position", Column::Number(rows.iter().map(|row| row.position).collect())),
        ("product_id", Column::Uuid(rows.iter().map(|row| row.product_id.0).collect())),
        ("external_item", text(|row| row.external_item.clone())),
        ("asset_account", text(|row| row.asset_account.clone())),
        ("name", Column::Text(rows.iter().map(|row| row.name.clone()).collect())),
        ("our_quantity", Column::Number(rows.iter().map(|row| row.our_quantity.0).collect())),
        ("our_value", Column::Number(rows.iter().map(|row| row.our_value.0).collect())),
        (
            "their_quantity",
            Column::NullableNumber(rows.iter().map(|row| row.their_quantity.map_or(ABSENT, |it| it.0)).collect()),
        ),
        (
            "their_value",
            Column::NullableNumber(rows.iter().map(|row| row.their_value.map_or(ABSENT, |it| it.0)).collect()),
        ),
        ("parity", Column::Number(rows.iter().map(|row| row.parity.0).collect())),
    ]
}

/// A movement as the reconciliation reads it.
#[derive(Debug, FromQueryResult)]
pub(super) struct Moved {
    pub(super) id: MovementId,
    pub(super) product_id: ProductId,
    pub(super) kind: MovementKind,
    pub(super) quantity: Quantity,
    pub(super) value: Amount,
    pub(super) effective_on: NaiveDate,
    pub(super) source_id: Option<Uuid>,
}

/// The next movements up to a day, by id.
pub(super) async fn moved(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    on: NaiveDate,
    after: MovementId,
) -> Result<Vec<Moved>, DbErr> {
    let sql = "SELECT id, product_id, kind, quantity, value, effective_on, source_id FROM stock_movement \
               WHERE business_id = $1 AND effective_on <= $2 AND id > $3 ORDER BY id LIMIT $4";
    let values: [Value; 4] = [business.into(), on.into(), after.into(), CHUNK.into()];
    Moved::find_by_statement(statement(connection, sql, values)).all(connection).await
}

/// The next exports, by id.
pub(super) async fn exports(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    after: entity::ExportId,
) -> Result<Vec<Export>, DbErr> {
    export::Entity::find()
        .filter(export::Column::BusinessId.eq(business))
        .filter(export::Column::Id.gt(after))
        .order_by_asc(export::Column::Id)
        .limit(CHUNK)
        .all(connection)
        .await
}

#[derive(Debug, FromQueryResult)]
struct Corrected {
    movement_id: MovementId,
    id: CorrectionId,
}

/// Corrections of receipts, by the movement that they made.
pub(super) async fn corrections(
    connection: &impl ConnectionTrait,
    business: BusinessId,
) -> Result<HashMap<MovementId, CorrectionId>, DbErr> {
    let sql = "SELECT movement_id, id FROM receipt_correction WHERE business_id = $1 AND movement_id IS NOT NULL";
    let rows = Corrected::find_by_statement(statement(connection, sql, [business.into()])).all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.movement_id, row.id)).collect())
}

/// An item that a product is linked to.
#[derive(Debug, FromQueryResult)]
pub(super) struct Linked {
    pub(super) product_id: ProductId,
    pub(super) external_id: String,
    pub(super) asset_account: Option<String>,
}

pub(super) async fn linked(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    integration: IntegrationId,
) -> Result<Vec<Linked>, DbErr> {
    let sql = "SELECT l.product_id, i.external_id, i.asset_account FROM product_link l JOIN item i ON i.id = l.item_id \
               WHERE l.business_id = $1 AND l.integration_id = $2";
    Linked::find_by_statement(statement(connection, sql, [business.into(), integration.into()])).all(connection).await
}

/// An item of theirs.
#[derive(Debug, FromQueryResult)]
pub(super) struct Named {
    pub(super) external_id: String,
    pub(super) name: String,
    pub(super) asset_account: Option<String>,
}

pub(super) async fn items_named(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    integration: IntegrationId,
) -> Result<Vec<Named>, DbErr> {
    let sql = "SELECT external_id, full_name AS name, asset_account FROM item \
               WHERE business_id = $1 AND integration_id = $2 AND asset_account IS NOT NULL";
    Named::find_by_statement(statement(connection, sql, [business.into(), integration.into()])).all(connection).await
}

#[derive(Debug, FromQueryResult)]
struct ProductName {
    id: ProductId,
    name: String,
}

pub(super) async fn product_names(
    connection: &impl ConnectionTrait,
    business: BusinessId,
) -> Result<HashMap<ProductId, String>, DbErr> {
    let sql = "SELECT id, name FROM product WHERE business_id = $1";
    let rows = ProductName::find_by_statement(statement(connection, sql, [business.into()])).all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

#[derive(Debug, FromQueryResult)]
struct Numbered {
    id: Uuid,
    number: i64,
}

/// Numbers of builds or receipts, by id.
pub(super) async fn numbers(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    table: &'static str,
) -> Result<HashMap<Uuid, i64>, DbErr> {
    let sql = format!("SELECT id, CAST(number AS BIGINT) AS number FROM {table} WHERE business_id = $1");
    let rows = Numbered::find_by_statement(statement(connection, &sql, [business.into()])).all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.number)).collect())
}

/// What changes whenever an export or the ledger does.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub(super) struct Print {
    exports: i64,
    exported: i64,
    changed: Option<i64>,
    movements: i64,
}

pub(super) async fn print(connection: &impl ConnectionTrait, business: BusinessId) -> Result<Option<Print>, DbErr> {
    let sql = "SELECT COUNT(*) AS exports, CAST(COALESCE(SUM(CASE WHEN state = 'SYNCED' THEN 1 ELSE 0 END), 0) AS BIGINT) \
               AS exported, MAX(exported_at) AS changed, \
               (SELECT COUNT(*) FROM stock_movement m WHERE m.business_id = $1) AS movements \
               FROM export WHERE business_id = $1";
    Print::find_by_statement(statement(connection, sql, [business.into()])).one(connection).await
}

pub(super) async fn insert_true_up(connection: &impl ConnectionTrait, row: TrueUp) -> Result<(), DbErr> {
    row.into_active_model().insert(connection).await.map(|_| ())
}

/// The reconciliation of a true-up.
pub(super) async fn of_true_up(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: TrueUpId,
) -> Result<Option<Reconciliation>, DbErr> {
    let found =
        true_up::Entity::find_by_id(id).filter(true_up::Column::BusinessId.eq(business)).one(connection).await?;
    match found {
        Some(row) => find(connection, business, row.reconciliation_id).await,
        None => Ok(None),
    }
}

/// True-ups up to a day.
pub(super) async fn true_ups(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    integration: IntegrationId,
    on: NaiveDate,
) -> Result<Vec<TrueUp>, DbErr> {
    use true_up::Column as C;
    true_up::Entity::find()
        .filter(C::BusinessId.eq(business))
        .filter(C::IntegrationId.eq(integration))
        .filter(C::OnDay.lte(on))
        .all(connection)
        .await
}

/// A true-up of a reconciliation whose export has not been refused, if there is one.
pub(super) async fn open_true_up(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    reconciliation: ReconciliationId,
) -> Result<Option<Export>, DbErr> {
    use true_up::Column as C;
    let rows = true_up::Entity::find()
        .filter(C::BusinessId.eq(business))
        .filter(C::ReconciliationId.eq(reconciliation))
        .all(connection)
        .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
    export::Entity::find()
        .filter(export::Column::BusinessId.eq(business))
        .filter(export::Column::DocumentId.is_in(ids))
        .filter(export::Column::State.ne(ExportState::Failed))
        .one(connection)
        .await
}
