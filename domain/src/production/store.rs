//! Queries of bills of materials and builds.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entity::{
    BomId, BomLineId, BomStatus, BuildId, BuildLineId, BuildState, BusinessId, LineKind, ProductId, Quantity,
    Timestamp, UnitCost, bom, bom_line, build, build_line,
};
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IntoActiveModel,
    JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, Statement, Value,
};
use uuid::Uuid;

use super::model::{Bom, BomFilter, BomLine, Build, BuildFilter, BuildLine};
use crate::{
    page::{Direction, Page, PageRequest},
    store::{Column, bulk_insert, execute, keyset},
};

/// A version of a bill of materials with a line of it.
#[derive(Debug, FromQueryResult)]
struct RecipeRow {
    bom_id: BomId,
    made: ProductId,
    line_id: Option<BomLineId>,
    position: Option<i32>,
    kind: Option<LineKind>,
    component: Option<ProductId>,
    quantity: Option<Quantity>,
    optional: Option<bool>,
    label: Option<String>,
    rate: Option<UnitCost>,
}

/// What to build after.
#[derive(Debug)]
pub(super) struct Recipe {
    pub(super) bom: BomId,
    pub(super) product: ProductId,
    pub(super) lines: Vec<BomLine>,
}

/// Which version to build after.
pub(super) enum Which {
    ActiveOf(ProductId),
    Version(BomId),
}

/// A version with its lines: one statement.
pub(super) async fn recipe(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    which: Which,
) -> Result<Option<Recipe>, DbErr> {
    let (filter, id): (_, Uuid) = match which {
        Which::ActiveOf(product) => ("b.product_id = $2 AND b.status = 'ACTIVE'", product.0),
        Which::Version(bom) => ("b.id = $2", bom.0),
    };
    let sql = format!(
        "SELECT b.id AS bom_id, b.product_id AS made, l.id AS line_id, l.position, l.kind, \
         l.product_id AS component, l.quantity, l.optional, l.label, l.rate \
         FROM bom b LEFT JOIN bom_line l ON l.business_id = b.business_id AND l.bom_id = b.id \
         WHERE b.business_id = $1 AND {filter} ORDER BY l.position"
    );
    let statement =
        Statement::from_sql_and_values(connection.get_database_backend(), sql, [business.into(), id.into()]);
    let rows = RecipeRow::find_by_statement(statement).all(connection).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let (bom, product) = (first.bom_id, first.made);
    let line = |row: RecipeRow| {
        Some(BomLine {
            id: row.line_id?,
            business_id: business,
            bom_id: row.bom_id,
            position: row.position?,
            kind: row.kind?,
            product_id: row.component,
            quantity: row.quantity,
            optional: row.optional?,
            label: row.label,
            rate: row.rate,
        })
    };
    Ok(Some(Recipe { bom, product, lines: rows.into_iter().filter_map(line).collect() }))
}

pub(super) async fn insert_bom(connection: &impl ConnectionTrait, bom: Bom, lines: Vec<BomLine>) -> Result<(), DbErr> {
    bom.into_active_model().insert(connection).await?;
    for chunk in lines.chunks(500) {
        bom_line::Entity::insert_many(chunk.iter().cloned().map(IntoActiveModel::into_active_model))
            .exec_without_returning(connection)
            .await?;
    }
    Ok(())
}

pub(super) async fn set_status(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    product: ProductId,
    from: BomStatus,
    to: BomStatus,
) -> Result<(), DbErr> {
    let sql = "UPDATE bom SET status = $4 WHERE business_id = $1 AND product_id = $2 AND status = $3";
    let values: [Value; 4] = [business.into(), product.into(), from.to_value().into(), to.to_value().into()];
    execute(connection, sql, values).await.map(|_| ())
}

pub(super) async fn set_status_of(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    bom: BomId,
    to: BomStatus,
) -> Result<(), DbErr> {
    let sql = "UPDATE bom SET status = $3 WHERE business_id = $1 AND id = $2";
    execute(connection, sql, [business.into(), bom.into(), to.to_value().into()]).await.map(|_| ())
}

/// Versions of products, latest first.
pub(crate) async fn boms_of(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    products: &[ProductId],
) -> Result<Vec<Bom>, DbErr> {
    bom::Entity::find()
        .filter(bom::Column::BusinessId.eq(business))
        .filter(bom::Column::ProductId.is_in(products.iter().copied()))
        .order_by_asc(bom::Column::ProductId)
        .order_by_desc(bom::Column::Version)
        .all(connection)
        .await
}

pub(crate) async fn boms(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    ids: &[BomId],
) -> Result<Vec<Bom>, DbErr> {
    bom::Entity::find()
        .filter(bom::Column::BusinessId.eq(business))
        .filter(bom::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await
}

/// Lines of versions, in order.
pub(crate) async fn bom_lines(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    boms: &[BomId],
) -> Result<Vec<BomLine>, DbErr> {
    bom_line::Entity::find()
        .filter(bom_line::Column::BusinessId.eq(business))
        .filter(bom_line::Column::BomId.is_in(boms.iter().copied()))
        .order_by_asc(bom_line::Column::BomId)
        .order_by_asc(bom_line::Column::Position)
        .all(connection)
        .await
}

/// What every product is made of, by active versions.
pub(super) async fn made_of(
    connection: &impl ConnectionTrait,
    business: BusinessId,
) -> Result<BTreeMap<ProductId, Vec<ProductId>>, DbErr> {
    let rows: Vec<(ProductId, Option<ProductId>)> = bom_line::Entity::find()
        .select_only()
        .column(bom::Column::ProductId)
        .column_as(bom_line::Column::ProductId, "component")
        .join(
            JoinType::InnerJoin,
            bom_line::Entity::belongs_to(bom::Entity).from(bom_line::Column::BomId).to(bom::Column::Id).into(),
        )
        .filter(bom::Column::BusinessId.eq(business))
        .filter(bom::Column::Status.eq(BomStatus::Active))
        .filter(bom_line::Column::Kind.eq(LineKind::Component))
        .into_tuple()
        .all(connection)
        .await?;
    let mut made_of: BTreeMap<ProductId, Vec<ProductId>> = BTreeMap::new();
    for (product, component) in rows {
        made_of.entry(product).or_default().extend(component);
    }
    Ok(made_of)
}

/// Active versions that use a product.
pub(super) async fn using(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    product: ProductId,
) -> Result<Vec<Bom>, DbErr> {
    let lines = bom_line::Entity::belongs_to(bom::Entity).from(bom_line::Column::BomId).to(bom::Column::Id);
    let lines: sea_orm::RelationDef = lines.into();
    bom::Entity::find()
        .join(JoinType::InnerJoin, lines.rev())
        .filter(bom::Column::BusinessId.eq(business))
        .filter(bom::Column::Status.eq(BomStatus::Active))
        .filter(bom_line::Column::ProductId.eq(product))
        .distinct()
        .order_by_asc(bom::Column::Id)
        .all(connection)
        .await
}

pub(super) async fn insert_build(connection: &impl ConnectionTrait, row: Build) -> Result<(), DbErr> {
    build::Entity::insert(row.into_active_model()).exec_without_returning(connection).await.map(|_| ())
}

pub(super) async fn update_build(connection: &impl ConnectionTrait, row: Build) -> Result<(), DbErr> {
    row.into_active_model().reset_all().update(connection).await.map(|_| ())
}

pub(crate) async fn build(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: BuildId,
) -> Result<Option<Build>, DbErr> {
    build::Entity::find_by_id(id).filter(build::Column::BusinessId.eq(business)).one(connection).await
}

/// Builds by id.
pub(crate) async fn builds(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    ids: &[BuildId],
) -> Result<Vec<Build>, DbErr> {
    build::Entity::find()
        .filter(build::Column::BusinessId.eq(business))
        .filter(build::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await
}

/// Lines of builds, in order.
pub(crate) async fn build_lines(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    builds: &[BuildId],
) -> Result<Vec<BuildLine>, DbErr> {
    build_line::Entity::find()
        .filter(build_line::Column::BusinessId.eq(business))
        .filter(build_line::Column::BuildId.is_in(builds.iter().copied()))
        .order_by_asc(build_line::Column::BuildId)
        .order_by_asc(build_line::Column::Position)
        .all(connection)
        .await
}

/// Lines of builds by id.
pub(super) async fn build_lines_by_ids(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    ids: &[BuildLineId],
) -> Result<Vec<BuildLine>, DbErr> {
    build_line::Entity::find()
        .filter(build_line::Column::BusinessId.eq(business))
        .filter(build_line::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await
}

/// Active versions of products.
pub(super) async fn active_boms(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    products: &[ProductId],
) -> Result<Vec<Bom>, DbErr> {
    bom::Entity::find()
        .filter(bom::Column::BusinessId.eq(business))
        .filter(bom::Column::ProductId.is_in(products.iter().copied()))
        .filter(bom::Column::Status.eq(BomStatus::Active))
        .all(connection)
        .await
}

fn select_boms(business: BusinessId, filter: &BomFilter) -> Select<bom::Entity> {
    let mut select = bom::Entity::find().filter(bom::Column::BusinessId.eq(business));
    if let Some(product) = filter.product {
        select = select.filter(bom::Column::ProductId.eq(product));
    }
    if let Some(status) = filter.status {
        select = select.filter(bom::Column::Status.eq(status));
    }
    if let Some(component) = filter.component {
        let lines = bom_line::Entity::find()
            .select_only()
            .column(bom_line::Column::BomId)
            .filter(bom_line::Column::BusinessId.eq(business))
            .filter(bom_line::Column::ProductId.eq(component))
            .into_query();
        select = select.filter(bom::Column::Id.in_subquery(lines));
    }
    select
}

/// A page of versions, newest first.
pub(super) async fn boms_page(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &BomFilter,
    request: &PageRequest,
) -> Result<Page<Bom>, DbErr> {
    let select = select_boms(business, filter);
    let select = keyset(select, bom::Column::CreatedAt, bom::Column::Id, Direction::Descending, request);
    Ok(Page::cut(select.all(connection).await?, request))
}

pub(super) async fn count_boms(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &BomFilter,
) -> Result<u64, DbErr> {
    select_boms(business, filter).count(connection).await
}

/// Writes lines of a build, new or with what was recovered: one statement on PostgreSQL.
pub(super) async fn put_lines(connection: &impl ConnectionTrait, rows: &[BuildLine]) -> Result<(), DbErr> {
    let id = |id: Option<Uuid>| id.unwrap_or_default();
    let columns = vec![
        ("id", Column::Uuid(rows.iter().map(|row| row.id.0).collect())),
        ("business_id", Column::Uuid(rows.iter().map(|row| row.business_id.0).collect())),
        ("build_id", Column::Uuid(rows.iter().map(|row| row.build_id.0).collect())),
        ("position", Column::Number(rows.iter().map(|row| i64::from(row.position)).collect())),
        ("kind", Column::Text(rows.iter().map(|row| row.kind.to_value()).collect())),
        ("product_id", Column::NullableUuid(rows.iter().map(|row| id(row.product_id.map(Into::into))).collect())),
        ("label", Column::NullableText(rows.iter().map(|row| row.label.clone().unwrap_or_default()).collect())),
        ("optional", Column::Bool(rows.iter().map(|row| row.optional).collect())),
        ("needed", Column::Number(rows.iter().map(|row| row.needed.0).collect())),
        ("quantity", Column::Number(rows.iter().map(|row| row.quantity.0).collect())),
        ("value", Column::Number(rows.iter().map(|row| row.value.0).collect())),
        ("cost_status", Column::Text(rows.iter().map(|row| row.cost_status.to_value()).collect())),
        ("recovered_quantity", Column::Number(rows.iter().map(|row| row.recovered_quantity.0).collect())),
        ("recovered_value", Column::Number(rows.iter().map(|row| row.recovered_value.0).collect())),
        ("movement_id", Column::NullableUuid(rows.iter().map(|row| id(row.movement_id.map(Into::into))).collect())),
    ];
    let recovered = "ON CONFLICT (id) DO UPDATE SET recovered_quantity = excluded.recovered_quantity, \
        recovered_value = excluded.recovered_value";
    bulk_insert(connection, "build_line", columns, recovered).await
}

fn select(business: BusinessId, filter: &BuildFilter) -> Select<build::Entity> {
    let mut select = build::Entity::find().filter(build::Column::BusinessId.eq(business));
    if let Some(state) = filter.state {
        select = select.filter(build::Column::State.eq(state));
    }
    if let Some(product) = filter.product {
        select = select.filter(build::Column::ProductId.eq(product));
    }
    select
}

/// A page of builds, newest first.
pub(super) async fn page(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &BuildFilter,
    request: &PageRequest,
) -> Result<Page<Build>, DbErr> {
    let select = select(business, filter);
    let select = keyset(select, build::Column::CreatedAt, build::Column::Id, Direction::Descending, request);
    Ok(Page::cut(select.all(connection).await?, request))
}

pub(super) async fn count(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &BuildFilter,
) -> Result<u64, DbErr> {
    select(business, filter).count(connection).await
}

/// Writes an execution into a planned build. Answers whether it was still planned.
pub(super) async fn execute_planned(connection: &impl ConnectionTrait, build: &Build) -> Result<bool, DbErr> {
    let day: Option<NaiveDate> = build.effective_on;
    let at: Option<Timestamp> = build.executed_at;
    let sql = "UPDATE build SET state = $3, effective_on = $4, component_value = $5, cost_value = $6, total_value = $7, \
        cost_status = $8, lot_id = $9, executed_at = $10, executed_by = $11, updated_at = $12, quantity = $13, note = $14 \
        WHERE business_id = $1 AND id = $2 AND state = $15";
    let values: [Value; 15] = [
        build.business_id.into(),
        build.id.into(),
        build.state.to_value().into(),
        day.into(),
        build.component_value.into(),
        build.cost_value.into(),
        build.total_value.into(),
        build.cost_status.to_value().into(),
        build.lot_id.into(),
        at.into(),
        build.executed_by.clone().into(),
        build.updated_at.into(),
        build.quantity.into(),
        build.note.clone().into(),
        BuildState::Planned.to_value().into(),
    ];
    Ok(execute(connection, sql, values).await? == 1)
}
