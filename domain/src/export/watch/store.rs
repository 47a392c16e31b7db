//! Queries of the watch: where it stands, and what became of posted documents.

use entity::{
    BusinessId, DriftState, ExportId, ExportState, IntegrationId, InventoryMode, Timestamp, export, export_drift,
    export_watch,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IntoActiveModel, QueryFilter,
    Statement, Value, sea_query::OnConflict,
};
use uuid::Uuid;

use crate::{
    export::model::{Drift, Export, Watch},
    store::execute,
};

/// An integration, with its business.
pub(in crate::export) type Whose = (BusinessId, IntegrationId);

#[derive(Debug, FromQueryResult)]
struct Row {
    business_id: BusinessId,
    integration_id: IntegrationId,
}

async fn rows(connection: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<Vec<Whose>, DbErr> {
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    let rows = Row::find_by_statement(statement).all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.business_id, row.integration_id)).collect())
}

/// Active integrations with something in the books and no watch over it.
pub(in crate::export) async fn unwatched(connection: &impl ConnectionTrait) -> Result<Vec<Whose>, DbErr> {
    let sql = "SELECT i.business_id, i.id AS integration_id FROM integration i WHERE i.status = 'ACTIVE' \
               AND NOT EXISTS (SELECT 1 FROM export_watch w WHERE w.integration_id = i.id) \
               AND EXISTS (SELECT 1 FROM export e WHERE e.business_id = i.business_id AND e.integration_id = i.id \
               AND e.external_id IS NOT NULL)";
    rows(connection, sql, Vec::new()).await
}

/// Begins a watch where there is none.
pub(in crate::export) async fn begin(
    connection: &impl ConnectionTrait,
    (business, integration): Whose,
    due_at: Timestamp,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO export_watch (integration_id, business_id, due_at, fence) VALUES ($1, $2, $3, 0) \
               ON CONFLICT (integration_id) DO NOTHING";
    execute(connection, sql, [integration.into(), business.into(), due_at.into()]).await.map(|_| ())
}

/// Has the next cycle of a company's watches begin at once, whoever is connected to it: an announcement names no business.
pub(crate) async fn hasten(
    connection: &impl ConnectionTrait,
    (provider, company): (&str, &str),
    now: Timestamp,
) -> Result<u64, DbErr> {
    let sql = "UPDATE export_watch SET due_at = $1 WHERE due_at > $1 AND integration_id IN ( \
               SELECT id FROM integration WHERE provider = $2 AND company_external_id = $3)";
    execute(connection, sql, [now.into(), provider.into(), company.into()]).await
}

/// Watches that are due, with a working connection, and with nobody alive.
pub(in crate::export) async fn due(
    connection: &impl ConnectionTrait,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<Whose>, DbErr> {
    let sql = "SELECT w.business_id, w.integration_id FROM export_watch w JOIN integration i ON i.id = w.integration_id \
               WHERE w.due_at <= $1 AND (w.held_until IS NULL OR w.held_until <= $1) AND i.status = 'ACTIVE' \
               ORDER BY w.due_at LIMIT $2";
    rows(connection, sql, vec![now.into(), limit.into()]).await
}

/// Takes a watch up that nobody alive has and that is due by then. Answers whether it was taken; the fence has risen then.
pub(in crate::export) async fn take_up(
    connection: &impl ConnectionTrait,
    (business, integration): Whose,
    worker: Uuid,
    (now, until, due_by): (Timestamp, Timestamp, Timestamp),
) -> Result<bool, DbErr> {
    let sql = "UPDATE export_watch SET holder = $3, held_until = $5, fence = fence + 1 \
               WHERE business_id = $1 AND integration_id = $2 AND due_at <= $6 \
               AND (held_until IS NULL OR held_until <= $4)";
    let values: [Value; 6] =
        [business.into(), integration.into(), worker.into(), now.into(), until.into(), due_by.into()];
    Ok(execute(connection, sql, values).await? == 1)
}

/// Renews a claim, and holds its row until the transaction ends. Answers whether it still was one.
pub(in crate::export) async fn renew(
    connection: &impl ConnectionTrait,
    (business, integration): Whose,
    fence: i64,
    until: Timestamp,
) -> Result<bool, DbErr> {
    let sql = "UPDATE export_watch SET held_until = $4 WHERE business_id = $1 AND integration_id = $2 AND fence = $3 \
               AND holder IS NOT NULL";
    Ok(execute(connection, sql, [business.into(), integration.into(), fence.into(), until.into()]).await? == 1)
}

pub(in crate::export) async fn find(
    connection: &impl ConnectionTrait,
    (business, integration): Whose,
) -> Result<Option<Watch>, DbErr> {
    let found = export_watch::Entity::find_by_id(integration);
    found.filter(export_watch::Column::BusinessId.eq(business)).one(connection).await
}

pub(in crate::export) async fn update(connection: &impl ConnectionTrait, row: Watch) -> Result<(), DbErr> {
    row.into_active_model().reset_all().update(connection).await.map(|_| ())
}

/// A mode in which documents are in the books, and when the first of them came there.
#[derive(Debug, FromQueryResult)]
pub(in crate::export) struct Posted {
    pub(in crate::export) mode: InventoryMode,
    pub(in crate::export) since: Option<Timestamp>,
}

pub(in crate::export) async fn posted(
    connection: &impl ConnectionTrait,
    (business, integration): Whose,
) -> Result<Vec<Posted>, DbErr> {
    let sql = "SELECT mode, MIN(exported_at) AS since FROM export WHERE business_id = $1 AND integration_id = $2 \
               AND external_id IS NOT NULL AND gathered_in IS NULL AND state = 'SYNCED' GROUP BY mode ORDER BY mode";
    let values: [Value; 2] = [business.into(), integration.into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    Posted::find_by_statement(statement).all(connection).await
}

/// Exports in the books by the provider's ids, with what is known of them.
pub(in crate::export) async fn by_external_ids(
    connection: &impl ConnectionTrait,
    (business, integration): Whose,
    ids: &[String],
) -> Result<Vec<(Export, Option<Drift>)>, DbErr> {
    let found = export::Entity::find()
        .filter(export::Column::BusinessId.eq(business))
        .filter(export::Column::IntegrationId.eq(integration))
        .filter(export::Column::ExternalId.is_in(ids.iter().cloned()))
        .filter(export::Column::State.eq(ExportState::Synced))
        .filter(export::Column::GatheredIn.is_null())
        .all(connection)
        .await?;
    with_drifts(connection, business, found).await
}

async fn with_drifts(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    exports: Vec<Export>,
) -> Result<Vec<(Export, Option<Drift>)>, DbErr> {
    if exports.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ExportId> = exports.iter().map(|export| export.id).collect();
    let mut known = drifts(connection, business, &ids).await?;
    let with = |export: Export| {
        let place = known.iter().position(|drift| drift.export_id == export.id);
        (export, place.map(|place| known.swap_remove(place)))
    };
    Ok(exports.into_iter().map(with).collect())
}

/// Exports in the books that were last looked at before a moment, the longest ago first.
pub(in crate::export) async fn in_turn(
    connection: &impl ConnectionTrait,
    (business, integration): Whose,
    before: Timestamp,
    limit: u64,
) -> Result<Vec<Export>, DbErr> {
    let sql = "SELECT e.* FROM export e LEFT JOIN export_drift d ON d.export_id = e.id \
               WHERE e.business_id = $1 AND e.integration_id = $2 AND e.external_id IS NOT NULL AND e.state = 'SYNCED' \
               AND e.gathered_in IS NULL AND COALESCE(d.tried_at, e.exported_at, e.created_at) < $3 \
               ORDER BY COALESCE(d.tried_at, e.exported_at, e.created_at), e.id LIMIT $4";
    let values: [Value; 4] = [business.into(), integration.into(), before.into(), limit.into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    export::Entity::find().from_raw_sql(statement).all(connection).await
}

/// What is known of exports.
pub(in crate::export) async fn drifts(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    exports: &[ExportId],
) -> Result<Vec<Drift>, DbErr> {
    export_drift::Entity::find()
        .filter(export_drift::Column::BusinessId.eq(business))
        .filter(export_drift::Column::ExportId.is_in(exports.iter().copied()))
        .all(connection)
        .await
}

/// Writes what is known of an export.
pub(in crate::export) async fn put_drift(connection: &impl ConnectionTrait, row: Drift) -> Result<(), DbErr> {
    use export_drift::Column as C;
    let mut conflict = OnConflict::column(C::ExportId);
    conflict.update_columns([
        C::State,
        C::Differences,
        C::Version,
        C::FoundAt,
        C::CheckedAt,
        C::TriedAt,
        C::AcceptedVersion,
        C::AcceptedAt,
        C::AcceptedBy,
    ]);
    let insert = export_drift::Entity::insert(row.into_active_model()).on_conflict(conflict);
    insert.exec_without_returning(connection).await.map(|_| ())
}

/// Writes that exports were looked at, and nothing else of them.
pub(in crate::export) async fn touch(connection: &impl ConnectionTrait, rows: Vec<Drift>) -> Result<(), DbErr> {
    use export_drift::Column as C;
    let mut conflict = OnConflict::column(C::ExportId);
    conflict.update_columns([C::CheckedAt, C::TriedAt]);
    let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
    let insert = export_drift::Entity::insert_many(rows).on_conflict(conflict);
    insert.exec_without_returning(connection).await.map(|_| ())
}

/// Writes that it was an export's turn, and it could not be read.
pub(in crate::export) async fn tried(connection: &impl ConnectionTrait, row: Drift) -> Result<(), DbErr> {
    use export_drift::Column as C;
    let mut conflict = OnConflict::column(C::ExportId);
    conflict.update_columns([C::TriedAt]);
    let insert = export_drift::Entity::insert(row.into_active_model()).on_conflict(conflict);
    insert.exec_without_returning(connection).await.map(|_| ())
}

/// Ids of exports that drifted and wait for somebody, as a subquery.
pub(in crate::export) fn drifted(business: BusinessId) -> sea_orm::sea_query::SelectStatement {
    use sea_orm::{QuerySelect, QueryTrait};
    export_drift::Entity::find()
        .select_only()
        .column(export_drift::Column::ExportId)
        .filter(export_drift::Column::BusinessId.eq(business))
        .filter(export_drift::Column::State.eq(DriftState::Drifted))
        .into_query()
}

/// Forgets what is known of an export whose document is another from now on.
pub(in crate::export) async fn forget_drift(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    export: ExportId,
) -> Result<(), DbErr> {
    let sql = "DELETE FROM export_drift WHERE business_id = $1 AND export_id = $2";
    execute(connection, sql, [business.into(), export.into()]).await.map(|_| ())
}
