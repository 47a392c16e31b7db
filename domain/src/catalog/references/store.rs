//! Queries of accounts and suppliers.

use std::collections::HashMap;

use entity::{AccountId, BusinessId, IntegrationId, SupplierId, account, supplier};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QuerySelect, Select,
    sea_query::{Expr, LikeExpr, OnConflict},
};

use super::model::{Account, AccountFilter, Supplier, SupplierFilter};
use crate::{
    page::{Direction, Page, PageRequest},
    store::{contains_pattern, keyset},
};

/// Rows of one statement.
const CHUNK: usize = 200;

/// Content hashes of the integration's accounts, by external id. A chart of accounts is small: it is read whole.
pub(crate) async fn account_hashes(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    integration: IntegrationId,
) -> Result<HashMap<String, i64>, DbErr> {
    let rows: Vec<(String, i64)> = account::Entity::find()
        .select_only()
        .columns([account::Column::ExternalId, account::Column::ContentHash])
        .filter(account::Column::BusinessId.eq(business))
        .filter(account::Column::IntegrationId.eq(integration))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Content hashes of the integration's suppliers with these external ids.
pub(crate) async fn supplier_hashes(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    integration: IntegrationId,
    external_ids: &[String],
) -> Result<HashMap<String, i64>, DbErr> {
    let mut hashes = HashMap::with_capacity(external_ids.len());
    for chunk in external_ids.chunks(1_000) {
        let rows: Vec<(String, i64)> = supplier::Entity::find()
            .select_only()
            .columns([supplier::Column::ExternalId, supplier::Column::ContentHash])
            .filter(supplier::Column::BusinessId.eq(business))
            .filter(supplier::Column::IntegrationId.eq(integration))
            .filter(supplier::Column::ExternalId.is_in(chunk.iter().map(String::as_str)))
            .into_tuple()
            .all(connection)
            .await?;
        hashes.extend(rows);
    }
    Ok(hashes)
}

pub(crate) async fn upsert_accounts(connection: &impl ConnectionTrait, rows: Vec<Account>) -> Result<(), DbErr> {
    use account::Column as C;
    let mut conflict = OnConflict::columns([C::BusinessId, C::IntegrationId, C::ExternalId]);
    conflict.update_columns([
        C::ExternalVersion,
        C::Number,
        C::Name,
        C::SortName,
        C::Kind,
        C::SubKind,
        C::Class,
        C::Active,
        C::Currency,
        C::ContentHash,
        C::SyncedAt,
    ]);
    for chunk in rows.chunks(CHUNK) {
        account::Entity::insert_many(chunk.iter().cloned().map(IntoActiveModel::into_active_model))
            .on_conflict(conflict.clone())
            .exec_without_returning(connection)
            .await?;
    }
    Ok(())
}

pub(crate) async fn upsert_suppliers(connection: &impl ConnectionTrait, rows: Vec<Supplier>) -> Result<(), DbErr> {
    use supplier::Column as C;
    let mut conflict = OnConflict::columns([C::BusinessId, C::IntegrationId, C::ExternalId]);
    conflict.update_columns([
        C::ExternalVersion,
        C::Name,
        C::SortName,
        C::Email,
        C::Phone,
        C::Currency,
        C::Active,
        C::ContentHash,
        C::SyncedAt,
    ]);
    for chunk in rows.chunks(CHUNK) {
        supplier::Entity::insert_many(chunk.iter().cloned().map(IntoActiveModel::into_active_model))
            .on_conflict(conflict.clone())
            .exec_without_returning(connection)
            .await?;
    }
    Ok(())
}

fn select_accounts(
    business: BusinessId,
    integration: IntegrationId,
    filter: &AccountFilter,
) -> Select<account::Entity> {
    let mut select = account::Entity::find()
        .filter(account::Column::BusinessId.eq(business))
        .filter(account::Column::IntegrationId.eq(integration));
    if !filter.classes.is_empty() {
        select = select.filter(account::Column::Class.is_in(filter.classes.iter().copied()));
    }
    if let Some(active) = filter.active {
        select = select.filter(account::Column::Active.eq(active));
    }
    if let Some(search) = filter.search.as_deref().filter(|search| !search.is_empty()) {
        let pattern = LikeExpr::new(contains_pattern(search)).escape('\\');
        select = select.filter(Expr::col(account::Column::SortName).like(pattern));
    }
    select
}

pub(super) async fn accounts(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    integration: IntegrationId,
    filter: &AccountFilter,
    request: &PageRequest,
) -> Result<Page<Account>, DbErr> {
    let select = select_accounts(business, integration, filter);
    let select = keyset(select, account::Column::SortName, account::Column::Id, Direction::Ascending, request);
    Ok(Page::cut(select.all(connection).await?, request))
}

pub(super) async fn count_accounts(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    integration: IntegrationId,
    filter: &AccountFilter,
) -> Result<u64, DbErr> {
    select_accounts(business, integration, filter).count(connection).await
}

pub(crate) async fn accounts_by_ids(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    ids: &[AccountId],
) -> Result<Vec<Account>, DbErr> {
    account::Entity::find()
        .filter(account::Column::BusinessId.eq(business))
        .filter(account::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await
}

/// Accounts by integration and external id, as items name them: one statement whatever the integrations.
pub(crate) async fn accounts_by_external_ids(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    keys: &[(IntegrationId, String)],
) -> Result<Vec<Account>, DbErr> {
    let mut integrations: Vec<IntegrationId> = keys.iter().map(|(integration, _)| *integration).collect();
    integrations.sort_unstable();
    integrations.dedup();
    account::Entity::find()
        .filter(account::Column::BusinessId.eq(business))
        .filter(account::Column::IntegrationId.is_in(integrations))
        .filter(account::Column::ExternalId.is_in(keys.iter().map(|(_, external_id)| external_id.as_str())))
        .all(connection)
        .await
}

fn select_suppliers(business: BusinessId, filter: &SupplierFilter) -> Select<supplier::Entity> {
    let mut select = supplier::Entity::find().filter(supplier::Column::BusinessId.eq(business));
    if let Some(integration) = filter.integration {
        select = select.filter(supplier::Column::IntegrationId.eq(integration));
    }
    if let Some(active) = filter.active {
        select = select.filter(supplier::Column::Active.eq(active));
    }
    if let Some(search) = filter.search.as_deref().filter(|search| !search.is_empty()) {
        let pattern = LikeExpr::new(contains_pattern(search)).escape('\\');
        select = select.filter(Expr::col(supplier::Column::SortName).like(pattern));
    }
    select
}

pub(super) async fn suppliers(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &SupplierFilter,
    request: &PageRequest,
) -> Result<Page<Supplier>, DbErr> {
    let select = select_suppliers(business, filter);
    let select = keyset(select, supplier::Column::SortName, supplier::Column::Id, Direction::Ascending, request);
    Ok(Page::cut(select.all(connection).await?, request))
}

pub(super) async fn count_suppliers(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &SupplierFilter,
) -> Result<u64, DbErr> {
    select_suppliers(business, filter).count(connection).await
}

pub(super) async fn suppliers_by_ids(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    ids: &[SupplierId],
) -> Result<Vec<Supplier>, DbErr> {
    supplier::Entity::find()
        .filter(supplier::Column::BusinessId.eq(business))
        .filter(supplier::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await
}
