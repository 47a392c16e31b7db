//! Queries of schedules.
//!
//! Two of them look over all businesses: what is due is looked for by a worker, which serves all of them, and an
//! announcement names a company, not a business. Neither answers anybody.

use entity::{BusinessId, IntegrationId, SyncKind, SyncTrigger, Timestamp, sync_schedule};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter,
    Statement, Value,
};

use super::Due;
use crate::store::execute;

#[derive(FromQueryResult)]
struct Row {
    business_id: BusinessId,
    id: IntegrationId,
    kind: SyncKind,
    minutes: Option<i32>,
    cron: Option<String>,
    time_zone: String,
    fired_at: Option<Timestamp>,
    asked_at: Option<Timestamp>,
}

/// Schedules of connected integrations, those that were switched off, and what was announced.
pub(super) async fn due(connection: &impl ConnectionTrait) -> Result<Vec<Due>, DbErr> {
    let sql = "SELECT i.business_id, i.id, i.kind, i.minutes, i.cron, b.time_zone, s.fired_at, s.asked_at FROM ( \
                 SELECT business_id, id, 'ITEMS' AS kind, item_sync_every_minutes AS minutes, item_sync_cron AS cron \
                 FROM integration WHERE status = 'ACTIVE' \
                 UNION ALL \
                 SELECT n.business_id, n.id, 'SALES', n.sales_sync_every_minutes, n.sales_sync_cron \
                 FROM integration n JOIN sales_channel c ON c.business_id = n.business_id AND c.integration_id = n.id \
                 WHERE n.status = 'ACTIVE' AND c.active \
               ) i JOIN business b ON b.id = i.business_id \
               LEFT JOIN sync_schedule s ON s.integration_id = i.id AND s.kind = i.kind \
               WHERE i.minutes IS NOT NULL OR i.cron IS NOT NULL OR s.fired_at IS NOT NULL OR s.asked_at IS NOT NULL \
               ORDER BY i.id, i.kind";
    let rows = Row::find_by_statement(Statement::from_string(connection.get_database_backend(), sql)).all(connection);
    let due = |row: Row| Due {
        business: row.business_id,
        integration: row.id,
        kind: row.kind,
        minutes: row.minutes,
        cron: row.cron,
        zone: row.time_zone,
        fired_at: row.fired_at,
        asked_at: row.asked_at,
    };
    Ok(rows.await?.into_iter().map(due).collect())
}

/// Notes from when on a schedule counts.
pub(super) async fn note(
    connection: &impl ConnectionTrait,
    due: &Due,
    fired_at: Option<Timestamp>,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO sync_schedule (integration_id, kind, business_id, fired_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (integration_id, kind) DO UPDATE SET fired_at = excluded.fired_at";
    let values: [Value; 4] = [due.integration.into(), due.kind.to_value().into(), due.business.into(), fired_at.into()];
    execute(connection, sql, values).await.map(|_| ())
}

/// Notes a firing. Answers whether it is still this look's to fire: another replica may have been first.
pub(super) async fn fired(
    connection: &impl ConnectionTrait,
    due: &Due,
    trigger: SyncTrigger,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let (column, was, fired_at) = match trigger {
        SyncTrigger::Schedule => ("fired_at", due.fired_at, Some(now)),
        _ => ("asked_at", due.asked_at, due.fired_at),
    };
    let sql = format!(
        "UPDATE sync_schedule SET asked_at = NULL, fired_at = $1 \
         WHERE integration_id = $2 AND kind = $3 AND business_id = $4 AND {column} = $5"
    );
    let values: [Value; 5] =
        [fired_at.into(), due.integration.into(), due.kind.to_value().into(), due.business.into(), was.into()];
    Ok(execute(connection, &sql, values).await? == 1)
}

/// Syncs that wait for an announcement's sake.
pub(super) async fn waiting(connection: &impl ConnectionTrait, business: BusinessId) -> Result<u64, DbErr> {
    sync_schedule::Entity::find()
        .filter(sync_schedule::Column::BusinessId.eq(business))
        .filter(sync_schedule::Column::AskedAt.is_not_null())
        .count(connection)
        .await
}

/// Notes that a company's records of a kind changed, for whoever is connected to it. Answers the integrations.
pub(super) async fn ask(
    connection: &impl ConnectionTrait,
    (provider, company): (&str, &str),
    kind: SyncKind,
    now: Timestamp,
) -> Result<u64, DbErr> {
    let sql = "INSERT INTO sync_schedule (integration_id, kind, business_id, asked_at) \
               SELECT id, $1, business_id, CAST($2 AS BIGINT) FROM integration \
               WHERE provider = $3 AND company_external_id = $4 AND status = 'ACTIVE' \
               ON CONFLICT (integration_id, kind) DO UPDATE SET asked_at = COALESCE(sync_schedule.asked_at, excluded.asked_at)";
    let values: [Value; 4] = [kind.to_value().into(), now.into(), provider.into(), company.into()];
    execute(connection, sql, values).await
}
