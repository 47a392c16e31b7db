//! Queries of sales, lines, versions, and of the items that lines name.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use entity::{
    BusinessId, IntegrationId, ItemType, ProductId, ProductType, SaleId, SaleLineId, SaleStatus, SalesChannelId, sale,
    sale_item_choice, sale_line, sale_version,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, ExprTrait,
    FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, Statement, TransactionTrait, Value,
    sea_query::{Expr, Func, LikeExpr},
};

use super::CHUNK;
use crate::{
    page::{Direction, Page, PageRequest},
    sales::{
        document::DocumentKey,
        model::{Sale, SaleFilter, SaleLine, SaleVersion},
        rules::{Known, KnownItem},
    },
    store::{contains_as_written, contains_pattern, keyset, plan_afresh, texts},
};

const BY_KEYS_SQLITE: &str = "SELECT * FROM sale WHERE business_id = $1 AND channel_id = $2 AND document_type = $3 \
    AND external_id IN (SELECT value FROM json_each($4))";

/// The look-up of one id at a time leaves the planner no index but the unique one, also while there are no statistics.
const BY_KEYS_POSTGRES: &str = "SELECT found.* FROM unnest($4::text[]) AS wanted (external_id) CROSS JOIN LATERAL \
    (SELECT * FROM sale WHERE business_id = $1 AND channel_id = $2 AND document_type = $3 \
     AND external_id = wanted.external_id LIMIT 1) AS found";

/// What is stored of these documents; in a transaction.
pub(in crate::sales) async fn by_keys(
    tx: &DatabaseTransaction,
    (business, channel): (BusinessId, SalesChannelId),
    keys: &[DocumentKey],
) -> Result<HashMap<DocumentKey, Sale>, DbErr> {
    let kinds: BTreeSet<_> = keys.iter().map(|key| key.kind).collect();
    let backend = tx.get_database_backend();
    let sql = if backend == DbBackend::Postgres { BY_KEYS_POSTGRES } else { BY_KEYS_SQLITE };
    if !kinds.is_empty() {
        plan_afresh(tx).await?;
    }
    let mut found = HashMap::new();
    for kind in kinds {
        let ids = keys.iter().filter(|key| key.kind == kind).map(|key| key.external_id.clone()).collect();
        let values = [business.into(), channel.into(), kind.into(), texts(backend, ids)];
        let rows = sale::Entity::find().from_raw_sql(Statement::from_sql_and_values(backend, sql, values));
        let keyed = rows
            .all(tx)
            .await?
            .into_iter()
            .map(|row| (DocumentKey { kind: row.document_type, external_id: row.external_id.clone() }, row));
        found.extend(keyed);
    }
    Ok(found)
}

/// As [`by_keys`], where no transaction is open.
pub(in crate::sales) async fn read_by_keys(
    connection: &impl TransactionTrait<Transaction = DatabaseTransaction>,
    place: (BusinessId, SalesChannelId),
    keys: &[DocumentKey],
) -> Result<HashMap<DocumentKey, Sale>, DbErr> {
    let tx = connection.begin().await?;
    let found = by_keys(&tx, place, keys).await?;
    tx.commit().await?;
    Ok(found)
}

#[derive(Debug, FromQueryResult)]
struct ItemRow {
    external_id: String,
    name: String,
    kind: ItemType,
    product_id: Option<ProductId>,
    product_kind: Option<ProductType>,
}

/// What is known of items.
pub(in crate::sales) async fn known_items(
    connection: &impl ConnectionTrait,
    (business, integration): (BusinessId, IntegrationId),
    ids: &BTreeSet<String>,
    self_managed: bool,
) -> Result<Known, DbErr> {
    use sale_item_choice::Column as C;
    let mut known = Known { self_managed, ..Known::default() };
    for chunk in ids.iter().collect::<Vec<_>>().chunks(CHUNK) {
        let places: Vec<String> = (3..).take(chunk.len()).map(|place| format!("${place}")).collect();
        let sql = format!(
            "SELECT i.external_id, i.name, i.kind, p.id AS product_id, p.kind AS product_kind FROM item i \
             LEFT JOIN product_link l ON l.business_id = i.business_id AND l.item_id = i.id \
             LEFT JOIN product p ON p.id = l.product_id \
             WHERE i.business_id = $1 AND i.integration_id = $2 AND i.external_id IN ({})",
            places.join(", ")
        );
        let head: [Value; 2] = [business.into(), integration.into()];
        let values = head.into_iter().chain(chunk.iter().map(|id| id.as_str().into()));
        let statement =
            Statement::from_sql_and_values(connection.get_database_backend(), sql, values.collect::<Vec<_>>());
        for row in ItemRow::find_by_statement(statement).all(connection).await? {
            let product = row.product_id.zip(row.product_kind);
            known.items.insert(row.external_id, KnownItem { name: row.name, kind: row.kind, product });
        }
        let marked: Vec<String> = sale_item_choice::Entity::find()
            .select_only()
            .column(C::ItemExternalId)
            .filter(C::BusinessId.eq(business))
            .filter(C::IntegrationId.eq(integration))
            .filter(C::ItemExternalId.is_in(chunk.iter().map(|id| id.as_str())))
            .into_tuple()
            .all(connection)
            .await?;
        known.not_stock.extend(marked);
    }
    Ok(known)
}

/// Lines that wait for their item, in the order of date and id; of these items alone, if any are given.
pub(in crate::sales) async fn open_lines(
    connection: &impl ConnectionTrait,
    (business, channel): (BusinessId, SalesChannelId),
    items: Option<&[String]>,
    after: Option<(NaiveDate, SaleLineId)>,
    limit: u64,
) -> Result<Vec<SaleLine>, DbErr> {
    use sale_line::Column as C;
    let mut select = sale_line::Entity::find()
        .filter(C::BusinessId.eq(business))
        .filter(C::ChannelId.eq(channel))
        // The index of few rows is for this very word.
        .filter(Expr::cust("state = 'OPEN'"));
    if let Some(items) = items {
        select = select.filter(C::ItemExternalId.is_in(items.iter().map(String::as_str)));
    }
    if let Some((date, id)) = after {
        let row = Expr::tuple([Expr::col(C::Date), Expr::col(C::Id)]);
        select = select.filter(row.gt(Expr::tuple([Expr::val(date), Expr::val(id.0)])));
    }
    select.order_by_asc(C::Date).order_by_asc(C::Id).limit(limit).all(connection).await
}

/// Lines by id.
pub(in crate::sales) async fn lines_by_ids(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    ids: &[SaleLineId],
) -> Result<Vec<SaleLine>, DbErr> {
    sale_line::Entity::find()
        .filter(sale_line::Column::BusinessId.eq(business))
        .filter(sale_line::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await
}

/// The sales that lines are part of, by sale.
pub(in crate::sales) async fn sales_by_lines(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    lines: &[SaleLine],
) -> Result<HashMap<SaleId, Sale>, DbErr> {
    let ids: BTreeSet<SaleId> = lines.iter().map(|line| line.sale_id).collect();
    let rows = by_ids(connection, business, &ids.into_iter().collect::<Vec<_>>()).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Sales by id.
pub(in crate::sales) async fn by_ids(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    ids: &[SaleId],
) -> Result<Vec<Sale>, DbErr> {
    let mut rows = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let found = sale::Entity::find()
            .filter(sale::Column::BusinessId.eq(business))
            .filter(sale::Column::Id.is_in(chunk.iter().copied()))
            .all(connection)
            .await?;
        rows.extend(found);
    }
    Ok(rows)
}

/// Lines of the versions in force, in order. A voided or deleted sale has those that it had last.
pub(in crate::sales) async fn lines_of(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    sales: &[SaleId],
) -> Result<Vec<SaleLine>, DbErr> {
    let mut rows: Vec<SaleLine> = Vec::new();
    for chunk in sales.chunks(CHUNK) {
        let found = sale_line::Entity::find()
            .filter(sale_line::Column::BusinessId.eq(business))
            .filter(sale_line::Column::SaleId.is_in(chunk.iter().copied()))
            .order_by_asc(sale_line::Column::SaleId)
            .order_by_asc(sale_line::Column::Version)
            .order_by_asc(sale_line::Column::Position)
            .all(connection)
            .await?;
        rows.extend(found);
    }
    let mut latest: HashMap<SaleId, i32> = HashMap::new();
    for row in &rows {
        let version = latest.entry(row.sale_id).or_default();
        *version = std::cmp::max(*version, row.version);
    }
    rows.retain(|row| latest.get(&row.sale_id) == Some(&row.version));
    Ok(rows)
}

/// Versions, oldest first.
pub(in crate::sales) async fn versions_of(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    sales: &[SaleId],
) -> Result<Vec<SaleVersion>, DbErr> {
    sale_version::Entity::find()
        .filter(sale_version::Column::BusinessId.eq(business))
        .filter(sale_version::Column::SaleId.is_in(sales.iter().copied()))
        .order_by_asc(sale_version::Column::SaleId)
        .order_by_asc(sale_version::Column::Version)
        .all(connection)
        .await
}

/// Sales of a channel that count, from a day on, by id: to look for those that are gone.
pub(in crate::sales) async fn posted_after(
    connection: &impl ConnectionTrait,
    (business, channel): (BusinessId, SalesChannelId),
    from: NaiveDate,
    after: Option<SaleId>,
    limit: u64,
) -> Result<Vec<Sale>, DbErr> {
    let mut select = sale::Entity::find()
        .filter(sale::Column::BusinessId.eq(business))
        .filter(sale::Column::ChannelId.eq(channel))
        .filter(sale::Column::Status.eq(SaleStatus::Posted))
        .filter(sale::Column::Date.gte(from));
    if let Some(after) = after {
        select = select.filter(sale::Column::Id.gt(after));
    }
    select.order_by_asc(sale::Column::Id).limit(limit).all(connection).await
}

fn contains(column: sale::Column, search: &str) -> Expr {
    let like = |pattern: String| LikeExpr::new(pattern).escape('\\');
    // SQLite lowers no letter but A to Z: the text as it is written finds the others.
    let lowered = Expr::expr(Func::lower(Expr::col(column))).like(like(contains_pattern(search)));
    lowered.or(Expr::col(column).like(like(contains_as_written(search))))
}

fn select(business: BusinessId, filter: &SaleFilter) -> Select<sale::Entity> {
    use sale::Column as C;
    let mut which = Condition::all().add(C::BusinessId.eq(business));
    if let Some(channel) = filter.channel {
        which = which.add(C::ChannelId.eq(channel));
    }
    if !filter.statuses.is_empty() {
        which = which.add(C::Status.is_in(filter.statuses.iter().copied()));
    }
    if !filter.document_types.is_empty() {
        which = which.add(C::DocumentType.is_in(filter.document_types.iter().copied()));
    }
    if let Some(from) = filter.from {
        which = which.add(C::Date.gte(from));
    }
    if let Some(to) = filter.to {
        which = which.add(C::Date.lte(to));
    }
    if let Some(number) = &filter.number {
        which = which.add(C::Number.eq(number.as_str()));
    }
    if let Some(search) = filter.search.as_deref().filter(|search| !search.is_empty()) {
        which = which.add(contains(C::Number, search).or(contains(C::Customer, search)));
    }
    if let Some(short) = filter.short {
        which = which.add(if short { C::ShortQuantity.ne(0) } else { C::ShortQuantity.eq(0) });
    }
    if let Some(open) = filter.open {
        which = which.add(if open { C::OpenLines.ne(0) } else { C::OpenLines.eq(0) });
    }
    sale::Entity::find().filter(which)
}

/// A page of sales, newest date first.
pub(in crate::sales) async fn page(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &SaleFilter,
    request: &PageRequest,
) -> Result<Page<Sale>, DbErr> {
    let select = keyset(select(business, filter), sale::Column::Date, sale::Column::Id, Direction::Descending, request);
    Ok(Page::cut(select.all(connection).await?, request))
}

pub(in crate::sales) async fn count(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &SaleFilter,
) -> Result<u64, DbErr> {
    select(business, filter).count(connection).await
}
