//! Queries of the call log. Newest first.

use entity::{BusinessId, CallId, IntegrationId, Timestamp, call_log};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    Select,
};

use super::model::{CallEntry, CallFilter};
use crate::{
    page::{Direction, Page, PageRequest},
    store::keyset,
};

pub(super) async fn insert(connection: &impl ConnectionTrait, entry: CallEntry) -> Result<(), DbErr> {
    entry.into_active_model().insert(connection).await.map(|_| ())
}

pub(super) async fn claim(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    integration: IntegrationId,
    correlation: &str,
) -> Result<(), DbErr> {
    let sql = "UPDATE call_log SET integration_id = $1 \
               WHERE business_id = $2 AND correlation_id = $3 AND integration_id IS NULL";
    let values = [integration.into(), business.into(), correlation.into()];
    crate::store::execute(connection, sql, values).await.map(|_| ())
}

fn select(business: BusinessId, filter: &CallFilter) -> Select<call_log::Entity> {
    use call_log::Column;
    let mut select = call_log::Entity::find().filter(Column::BusinessId.eq(business));
    if let Some(integration) = filter.integration {
        select = select.filter(Column::IntegrationId.eq(integration));
    }
    if let Some(outcome) = filter.outcome {
        select = select.filter(Column::Outcome.eq(outcome));
    }
    if let Some(operation) = &filter.operation {
        select = select.filter(Column::Operation.eq(operation.as_str()));
    }
    if let Some(run) = filter.run {
        select = select.filter(Column::RunId.eq(run));
    }
    if let Some(correlation) = &filter.correlation {
        select = select.filter(Column::CorrelationId.eq(correlation.as_str()));
    }
    if let Some(status) = filter.http_status {
        select = select.filter(Column::HttpStatus.eq(status));
    }
    if let Some(from) = filter.from {
        select = select.filter(Column::At.gte(from));
    }
    if let Some(to) = filter.to {
        select = select.filter(Column::At.lt(to));
    }
    select
}

pub(super) async fn page(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &CallFilter,
    request: &PageRequest,
) -> Result<Page<CallEntry>, DbErr> {
    let select =
        keyset(select(business, filter), call_log::Column::At, call_log::Column::Id, Direction::Descending, request);
    Ok(Page::cut(select.all(connection).await?, request))
}

pub(super) async fn count(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    filter: &CallFilter,
) -> Result<u64, DbErr> {
    select(business, filter).count(connection).await
}

pub(super) async fn find(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    ids: &[CallId],
) -> Result<Vec<CallEntry>, DbErr> {
    call_log::Entity::find()
        .filter(call_log::Column::BusinessId.eq(business))
        .filter(call_log::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await
}

/// Deletes at most `limit` entries older than `before`, whatever the business: retention is the operator's.
pub(super) async fn delete_before(
    connection: &impl ConnectionTrait,
    before: Timestamp,
    limit: u64,
) -> Result<u64, DbErr> {
    let sql = "DELETE FROM call_log WHERE id IN (SELECT id FROM call_log WHERE at < $1 ORDER BY at LIMIT $2)";
    crate::store::execute(connection, sql, [before.into(), limit.into()]).await
}
