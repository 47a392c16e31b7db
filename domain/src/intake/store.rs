//! Queries of intake.

use std::collections::HashSet;

use entity::{BomId, BomStatus, BusinessId, ProductId, stock_book, stock_movement};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    Statement, Value,
};
use uuid::Uuid;

use crate::{
    catalog::{Product, products},
    production::{Bom, BomLine},
    store::{ABSENT, Column, bulk_insert, execute},
};

/// Whether lots are kept.
pub(super) async fn keeps_lots(connection: &impl ConnectionTrait, business: BusinessId) -> Result<bool, DbErr> {
    let row = stock_book::Entity::find_by_id(business).one(connection).await?;
    Ok(row.is_some_and(|row| row.lots))
}

/// Active products by SKU in lower case, at most two of each: enough to see that several share it.
///
/// On PostgreSQL each SKU is looked up by itself: it knows nothing yet of rows that this transaction has written, and would
/// read all of them for every batch.
pub(super) async fn by_skus(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    skus: Vec<String>,
) -> Result<Vec<Product>, DbErr> {
    let backend = connection.get_database_backend();
    if backend != DbBackend::Postgres {
        return products::store::by_skus(connection, business, &skus).await;
    }
    let sql = "SELECT t.* FROM unnest($2::text[]) AS k(sku) CROSS JOIN LATERAL \
        (SELECT p.* FROM product p WHERE p.business_id = $1 AND p.sort_sku = k.sku AND p.active LIMIT 2) t";
    let statement = Statement::from_sql_and_values(backend, sql, [business.into(), skus.into()]);
    Product::find_by_statement(statement).all(connection).await
}

/// Those of these products that moved before.
pub(super) async fn moved(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    products: &[ProductId],
) -> Result<HashSet<ProductId>, DbErr> {
    let backend = connection.get_database_backend();
    if backend == DbBackend::Postgres {
        let sql = "SELECT t.product_id FROM unnest($2::uuid[]) AS k(id) CROSS JOIN LATERAL \
            (SELECT m.product_id FROM stock_movement m WHERE m.business_id = $1 AND m.product_id = k.id LIMIT 1) t";
        let ids: Vec<Uuid> = products.iter().map(|id| id.0).collect();
        let statement = Statement::from_sql_and_values(backend, sql, [business.into(), ids.into()]);
        let rows = connection.query_all_raw(statement).await?;
        return rows.into_iter().map(|row| row.try_get("", "product_id")).collect();
    }
    let mut moved = HashSet::new();
    for chunk in products.chunks(1_000) {
        let rows: Vec<ProductId> = stock_movement::Entity::find()
            .select_only()
            .column(stock_movement::Column::ProductId)
            .distinct()
            .filter(stock_movement::Column::BusinessId.eq(business))
            .filter(stock_movement::Column::ProductId.is_in(chunk.iter().copied()))
            .into_tuple()
            .all(connection)
            .await?;
        moved.extend(rows);
    }
    Ok(moved)
}

/// Archives the active versions of products.
pub(super) async fn archive(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    products: &[ProductId],
) -> Result<(), DbErr> {
    for chunk in products.chunks(1_000) {
        let places: Vec<String> = (0..chunk.len()).map(|place| format!("${}", place + 4)).collect();
        let sql = format!(
            "UPDATE bom SET status = $2 WHERE business_id = $1 AND status = $3 AND product_id IN ({})",
            places.join(", ")
        );
        let (archived, active) = (BomStatus::Archived.to_value(), BomStatus::Active.to_value());
        let head: [Value; 3] = [business.into(), archived.into(), active.into()];
        execute(connection, &sql, head.into_iter().chain(chunk.iter().map(|id| (*id).into()))).await?;
    }
    Ok(())
}

/// Writes versions with their lines: one statement per table on PostgreSQL.
pub(super) async fn insert_boms(
    connection: &impl ConnectionTrait,
    boms: &[Bom],
    lines: &[BomLine],
) -> Result<(), DbErr> {
    let columns = vec![
        ("id", Column::Uuid(boms.iter().map(|row| row.id.0).collect())),
        ("business_id", Column::Uuid(boms.iter().map(|row| row.business_id.0).collect())),
        ("product_id", Column::Uuid(boms.iter().map(|row| row.product_id.0).collect())),
        ("version", Column::Number(boms.iter().map(|row| i64::from(row.version)).collect())),
        ("status", Column::Text(boms.iter().map(|row| row.status.to_value()).collect())),
        ("note", Column::NullableText(boms.iter().map(|row| row.note.clone().unwrap_or_default()).collect())),
        ("created_at", Column::Number(boms.iter().map(|row| row.created_at.0).collect())),
        ("created_by", Column::Text(boms.iter().map(|row| row.created_by.clone()).collect())),
    ];
    bulk_insert(connection, "bom", columns, "").await?;
    let id = |id: Option<ProductId>| id.map_or(Uuid::nil(), |id| id.0);
    let number = |number: Option<i64>| number.unwrap_or(ABSENT);
    let columns = vec![
        ("id", Column::Uuid(lines.iter().map(|row| row.id.0).collect())),
        ("business_id", Column::Uuid(lines.iter().map(|row| row.business_id.0).collect())),
        ("bom_id", Column::Uuid(lines.iter().map(|row| BomId::into(row.bom_id)).collect())),
        ("position", Column::Number(lines.iter().map(|row| i64::from(row.position)).collect())),
        ("kind", Column::Text(lines.iter().map(|row| row.kind.to_value()).collect())),
        ("product_id", Column::NullableUuid(lines.iter().map(|row| id(row.product_id)).collect())),
        ("quantity", Column::NullableNumber(lines.iter().map(|row| number(row.quantity.map(|n| n.0))).collect())),
        ("optional", Column::Bool(lines.iter().map(|row| row.optional).collect())),
        ("label", Column::NullableText(lines.iter().map(|row| row.label.clone().unwrap_or_default()).collect())),
        ("rate", Column::NullableNumber(lines.iter().map(|row| number(row.rate.map(|n| n.0))).collect())),
    ];
    bulk_insert(connection, "bom_line", columns, "").await
}
