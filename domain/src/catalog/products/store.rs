//! Queries of products, links and movements.

use entity::{
    Amount, BusinessId, CostStatus, IntegrationId, ItemId, MovementId, ProductId, ProductType, Quantity, Timestamp,
    UnitCost, item, product, product_link, stock_movement,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, FromQueryResult, IntoActiveModel,
    PaginatorTrait, QueryFilter, Select, Statement, Value,
    sea_query::{Expr, LikeExpr, Query},
};
use uuid::Uuid;

use super::model::{Link, Movement, MovementFilter, Product, ProductFilter, ProductOrder};
use crate::{
    page::{Direction, Page, PageRequest},
    store::{Column, bulk_insert, contains_pattern, keyset},
};

pub(super) async fn insert(connection: &impl ConnectionTrait, product: Product) -> Result<(), DbErr> {
    product.into_active_model().insert(connection).await.map(|_| ())
}

pub(super) async fn update(connection: &impl ConnectionTrait, product: Product) -> Result<(), DbErr> {
    product.into_active_model().reset_all().update(connection).await.map(|_| ())
}

pub(super) async fn insert_links(connection: &impl ConnectionTrait, rows: &[Link]) -> Result<(), DbErr> {
    let columns = vec![
        ("id", Column::Uuid(rows.iter().map(|row| row.id.0).collect())),
        ("business_id", Column::Uuid(rows.iter().map(|row| row.business_id.0).collect())),
        ("integration_id", Column::Uuid(rows.iter().map(|row| row.integration_id.0).collect())),
        ("product_id", Column::Uuid(rows.iter().map(|row| row.product_id.0).collect())),
        ("item_id", Column::Uuid(rows.iter().map(|row| row.item_id.0).collect())),
        ("created_at", Column::Number(rows.iter().map(|row| row.created_at.0).collect())),
        ("created_by", Column::Text(rows.iter().map(|row| row.created_by.clone()).collect())),
    ];
    bulk_insert(connection, "product_link", columns, "").await
}

pub(super) async fn delete_link(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    product: ProductId,
    integration: IntegrationId,
) -> Result<u64, DbErr> {
    let deleted = product_link::Entity::delete_many()
        .filter(product_link::Column::BusinessId.eq(business))
        .filter(product_link::Column::ProductId.eq(product))
        .filter(product_link::Column::IntegrationId.eq(integration))
        .exec(connection)
        .await?;
    Ok(deleted.rows_affected)
}

pub(crate) async fn find(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    id: ProductId,
) -> Result<Option<Product>, DbErr> {
    product::Entity::find_by_id(id).filter(product::Column::BusinessId.eq(business)).one(connection).await
}

pub(crate) async fn by_ids(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    ids: &[ProductId],
) -> Result<Vec<Product>, DbErr> {
    let mut rows = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(1_000) {
        let found = product::Entity::find()
            .filter(product::Column::BusinessId.eq(business))
            .filter(product::Column::Id.is_in(chunk.iter().copied()))
            .all(connection)
            .await?;
        rows.extend(found);
    }
    Ok(rows)
}

/// Links of these items.
pub(super) async fn links_of_items(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    items: &[ItemId],
) -> Result<Vec<Link>, DbErr> {
    let mut rows = Vec::new();
    for chunk in items.chunks(1_000) {
        let found = product_link::Entity::find()
            .filter(product_link::Column::BusinessId.eq(business))
            .filter(product_link::Column::ItemId.is_in(chunk.iter().copied()))
            .all(connection)
            .await?;
        rows.extend(found);
    }
    Ok(rows)
}

/// Links of these products.
pub(super) async fn links_of_products(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    products: &[ProductId],
) -> Result<Vec<Link>, DbErr> {
    product_link::Entity::find()
        .filter(product_link::Column::BusinessId.eq(business))
        .filter(product_link::Column::ProductId.is_in(products.iter().copied()))
        .all(connection)
        .await
}

/// Products linked to these items, with the item: one statement.
pub(super) async fn products_of_items(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    items: &[ItemId],
) -> Result<Vec<(Link, Option<Product>)>, DbErr> {
    use sea_orm::{JoinType, QuerySelect};
    let on_product = product_link::Entity::belongs_to(product::Entity)
        .from(product_link::Column::ProductId)
        .to(product::Column::Id)
        .into();
    product_link::Entity::find()
        .filter(product_link::Column::BusinessId.eq(business))
        .filter(product_link::Column::ItemId.is_in(items.iter().copied()))
        .join(JoinType::InnerJoin, on_product)
        .select_also(product::Entity)
        .all(connection)
        .await
}

/// Items linked to these products, with the link: one statement.
pub(crate) async fn items_of_products(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    products: &[ProductId],
) -> Result<Vec<(Link, Option<item::Model>)>, DbErr> {
    use sea_orm::{JoinType, QuerySelect};
    let on_item =
        product_link::Entity::belongs_to(item::Entity).from(product_link::Column::ItemId).to(item::Column::Id).into();
    product_link::Entity::find()
        .filter(product_link::Column::BusinessId.eq(business))
        .filter(product_link::Column::ProductId.is_in(products.iter().copied()))
        .join(JoinType::InnerJoin, on_item)
        .select_also(item::Entity)
        .all(connection)
        .await
}

/// Active products with one of these SKUs (lower case).
pub(crate) async fn by_skus(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    skus: &[String],
) -> Result<Vec<Product>, DbErr> {
    let mut rows = Vec::new();
    for chunk in skus.chunks(1_000) {
        let found = product::Entity::find()
            .filter(product::Column::BusinessId.eq(business))
            .filter(product::Column::SortSku.is_in(chunk.iter().map(String::as_str)))
            .filter(product::Column::Active.eq(true))
            .all(connection)
            .await?;
        rows.extend(found);
    }
    Ok(rows)
}

fn select(business: BusinessId, filter: &ProductFilter) -> Select<product::Entity> {
    use product::Column as C;
    let mut select = product::Entity::find().filter(C::BusinessId.eq(business));
    if !filter.kinds.is_empty() {
        select = select.filter(C::Kind.is_in(filter.kinds.iter().copied()));
    }
    if let Some(active) = filter.active {
        select = select.filter(C::Active.eq(active));
    }
    if let Some(linked) = filter.linked {
        let links = Query::select()
            .expr(Expr::val(1))
            .from(product_link::Entity)
            .and_where(Expr::col((product_link::Entity, product_link::Column::BusinessId)).eq(business))
            .and_where(
                Expr::col((product_link::Entity, product_link::Column::ProductId)).equals((product::Entity, C::Id)),
            )
            .to_owned();
        let exists = Expr::exists(links);
        select = select.filter(if linked { exists } else { exists.not() });
    }
    if let Some(search) = filter.search.as_deref().filter(|search| !search.is_empty()) {
        let pattern = LikeExpr::new(contains_pattern(search)).escape('\\');
        select = select.filter(
            Expr::col((product::Entity, C::SortName)).like(pattern.clone()).or(Expr::col((
                product::Entity,
                C::SortSku,
            ))
            .like(pattern)),
        );
    }
    select
}

pub(super) async fn page(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &ProductFilter,
    order: ProductOrder,
    direction: Direction,
    request: &PageRequest,
) -> Result<Page<Product>, DbErr> {
    let key = match order {
        ProductOrder::Name => product::Column::SortName,
        ProductOrder::Sku => product::Column::SortSku,
        ProductOrder::CreatedAt => product::Column::CreatedAt,
    };
    let select = keyset(select(business, filter), key, product::Column::Id, direction, request);
    Ok(Page::cut(select.all(connection).await?, request))
}

pub(super) async fn count(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &ProductFilter,
) -> Result<u64, DbErr> {
    select(business, filter).count(connection).await
}

fn select_movements(business: BusinessId, filter: &MovementFilter) -> Select<stock_movement::Entity> {
    use stock_movement::Column as C;
    let mut select = stock_movement::Entity::find().filter(C::BusinessId.eq(business));
    if let Some(product) = filter.product {
        select = select.filter(C::ProductId.eq(product));
    }
    if !filter.kinds.is_empty() {
        select = select.filter(C::Kind.is_in(filter.kinds.iter().copied()));
    }
    if let Some(source) = filter.source {
        select = select.filter(C::SourceId.eq(source));
    }
    if let Some(day) = filter.from {
        select = select.filter(C::EffectiveOn.gte(day));
    }
    if let Some(day) = filter.to {
        select = select.filter(C::EffectiveOn.lte(day));
    }
    select
}

pub(super) async fn movements(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &MovementFilter,
    request: &PageRequest,
) -> Result<Page<Movement>, DbErr> {
    use stock_movement::Column as C;
    let select = keyset(select_movements(business, filter), C::RecordedAt, C::Id, Direction::Descending, request);
    Ok(Page::cut(select.all(connection).await?, request))
}

pub(super) async fn count_movements(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &MovementFilter,
) -> Result<u64, DbErr> {
    select_movements(business, filter).count(connection).await
}

pub(super) async fn movements_by_ids(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    ids: &[MovementId],
) -> Result<Vec<Movement>, DbErr> {
    stock_movement::Entity::find()
        .filter(stock_movement::Column::BusinessId.eq(business))
        .filter(stock_movement::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await
}

/// A linked product that differs from its item.
#[derive(Debug, FromQueryResult)]
pub(super) struct Differing {
    pub(super) id: ProductId,
    pub(super) business_id: BusinessId,
    pub(super) kind: ProductType,
    pub(super) unit: Option<String>,
    pub(super) category: Option<String>,
    pub(super) active: bool,
    pub(super) on_hand: Quantity,
    pub(super) value: Amount,
    pub(super) average_cost: Option<UnitCost>,
    pub(super) cost_status: CostStatus,
    pub(super) owed_quantity: Quantity,
    pub(super) owed_value: Amount,
    pub(super) created_at: Timestamp,
    pub(super) item_name: String,
    pub(super) item_sku: Option<String>,
    pub(super) item_quantity: Option<Quantity>,
    pub(super) item_cost: Option<UnitCost>,
    pub(super) pending: Quantity,
}

/// Linked products that differ from their active items, by product id, after one of them. With `stock`, a differing
/// quantity or cost counts too; movements of builds that were not exported are no difference (behaviour 3.18).
pub(super) async fn differing(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    integration: IntegrationId,
    after: Option<ProductId>,
    stock: bool,
    limit: u64,
) -> Result<Vec<Differing>, DbErr> {
    let figures = if stock {
        " OR (i.kind = 'INVENTORY' AND i.quantity_on_hand IS NOT NULL AND (p.on_hand <> i.quantity_on_hand + \
           COALESCE(d.quantity, 0) OR COALESCE(p.average_cost, 0) <> COALESCE(i.purchase_cost, 0)))"
    } else {
        ""
    };
    let sql = format!(
        "SELECT p.id, p.business_id, p.kind, p.unit, p.category, p.active, p.on_hand, p.value, p.average_cost, \
         p.cost_status, p.owed_quantity, p.owed_value, p.created_at, i.name AS item_name, i.sku AS item_sku, \
         CASE WHEN i.kind = 'INVENTORY' THEN i.quantity_on_hand END AS item_quantity, i.purchase_cost AS item_cost, \
         COALESCE(d.quantity, 0) AS pending \
         FROM product_link l JOIN product p ON p.id = l.product_id JOIN item i ON i.id = l.item_id \
         LEFT JOIN (SELECT u.product_id, CAST(SUM(u.quantity) AS BIGINT) AS quantity FROM (\
           SELECT m.product_id, m.quantity FROM build b \
           JOIN stock_movement m ON m.business_id = b.business_id AND m.source_id = b.id \
           WHERE b.business_id = $1 AND b.exported_at IS NULL AND b.executed_at IS NOT NULL \
           UNION ALL SELECT m.product_id, m.quantity FROM export e \
           JOIN stock_movement m ON m.business_id = e.business_id AND m.source_id = e.document_id \
           WHERE e.business_id = $1 AND e.kind = 'REVERSAL' AND e.state NOT IN ('SYNCED', 'SKIPPED') \
           AND m.kind = 'BUILD_REVERSE') u \
           GROUP BY u.product_id) d ON d.product_id = p.id \
         WHERE l.business_id = $1 AND l.integration_id = $2 AND p.id > $3 AND i.active AND \
         (p.name <> i.name OR COALESCE(p.sku, '') <> COALESCE(i.sku, ''){figures}) ORDER BY p.id LIMIT $4"
    );
    let after = after.unwrap_or(ProductId(Uuid::nil()));
    let values: [Value; 4] = [business.into(), integration.into(), after.into(), limit.into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    Differing::find_by_statement(statement).all(connection).await
}
