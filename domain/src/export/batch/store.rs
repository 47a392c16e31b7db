//! Queries of the documents of export runs.

use std::collections::HashMap;

use entity::{
    BusinessId, ExportId, ExportRunOutcome, IntegrationId, RunId, Timestamp,
    export_run_document::{self, Column as C, Entity as E},
};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Statement, Value,
    sea_query::{Query, SelectStatement},
};

use super::model::Row;
use crate::{
    page::{Direction, Page, PageRequest},
    store::{execute, keyset},
};

/// Makes everything that waits for a user, for an integration, the documents of a run. Answers how many there are.
pub(super) async fn collect(
    connection: &impl ConnectionTrait,
    (business, integration): (BusinessId, IntegrationId),
    run: RunId,
) -> Result<u64, DbErr> {
    let sql = "INSERT INTO export_run_document (run_id, place, business_id, export_id) \
               SELECT $1, ROW_NUMBER() OVER (ORDER BY created_at, id), business_id, id FROM export \
               WHERE business_id = $2 AND integration_id = $3 AND state IN ('PENDING', 'NOT_READY') AND due_at IS NULL";
    execute(connection, sql, [run.into(), business.into(), integration.into()]).await
}

/// Makes these exports the documents of a run, in this order.
pub(in crate::export) async fn collect_these(
    connection: &impl ConnectionTrait,
    (business_id, run_id): (BusinessId, RunId),
    exports: &[ExportId],
) -> Result<(), DbErr> {
    use sea_orm::IntoActiveModel;
    let row = |(place, export_id): (i64, &ExportId)| {
        let (begun_at, outcome, reasons, ended_at) = (None, None, None, None);
        Row { run_id, place, business_id, export_id: *export_id, begun_at, outcome, reasons, ended_at }
            .into_active_model()
    };
    let rows: Vec<_> = (1..).zip(exports).map(row).collect();
    for chunk in rows.chunks(200) {
        E::insert_many(chunk.iter().cloned()).exec_without_returning(connection).await?;
    }
    Ok(())
}

/// The first documents of a run that are open, in order.
pub(super) async fn open(
    connection: &impl ConnectionTrait,
    (business, run): (BusinessId, RunId),
    limit: u64,
) -> Result<Vec<Row>, DbErr> {
    E::find()
        .filter(C::RunId.eq(run))
        .filter(C::BusinessId.eq(business))
        .filter(C::Outcome.is_null())
        .order_by_asc(C::Place)
        .limit(limit)
        .all(connection)
        .await
}

/// Notes that a document was handed on to be sent.
pub(super) async fn begin(connection: &impl ConnectionTrait, row: &Row, now: Timestamp) -> Result<(), DbErr> {
    let sql = "UPDATE export_run_document SET begun_at = $3 WHERE run_id = $1 AND place = $2";
    execute(connection, sql, [row.run_id.into(), row.place.into(), now.into()]).await.map(|_| ())
}

/// Notes what became of a document.
pub(super) async fn end(connection: &impl ConnectionTrait, row: Row) -> Result<(), DbErr> {
    use sea_orm::{ActiveModelTrait, IntoActiveModel};
    row.into_active_model().reset_all().update(connection).await.map(|_| ())
}

/// Ends everything that was not begun: it waits as before. Answers how many there were.
pub(super) async fn return_unbegun(
    connection: &impl ConnectionTrait,
    (business, run): (BusinessId, RunId),
    now: Timestamp,
) -> Result<u64, DbErr> {
    let sql = "UPDATE export_run_document SET outcome = $3, ended_at = $4 \
               WHERE business_id = $1 AND run_id = $2 AND outcome IS NULL AND begun_at IS NULL";
    let returned = ExportRunOutcome::Returned.to_value();
    execute(connection, sql, [business.into(), run.into(), returned.into(), now.into()]).await
}

#[derive(Debug, FromQueryResult)]
struct OutcomeCount {
    outcome: ExportRunOutcome,
    count: i64,
}

/// How many documents of a run ended how.
pub(super) async fn counts(
    connection: &impl ConnectionTrait,
    (business, run): (BusinessId, RunId),
) -> Result<HashMap<ExportRunOutcome, i64>, DbErr> {
    let sql = "SELECT outcome, COUNT(*) AS count FROM export_run_document \
               WHERE business_id = $1 AND run_id = $2 AND outcome IS NOT NULL GROUP BY outcome";
    let values: [Value; 2] = [business.into(), run.into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    let rows = OutcomeCount::find_by_statement(statement).all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.outcome, row.count)).collect())
}

/// A page of a run's documents, in order.
pub(super) async fn page(
    connection: &impl ConnectionTrait,
    (business, run): (BusinessId, RunId),
    outcomes: &[ExportRunOutcome],
    request: &PageRequest,
) -> Result<Page<Row>, DbErr> {
    let select = keyset(select(business, run, outcomes), C::Place, C::ExportId, Direction::Ascending, request);
    Ok(Page::cut(select.all(connection).await?, request))
}

/// How many documents match.
pub(super) async fn count(
    connection: &impl ConnectionTrait,
    (business, run): (BusinessId, RunId),
    outcomes: &[ExportRunOutcome],
) -> Result<u64, DbErr> {
    select(business, run, outcomes).count(connection).await
}

fn select(business: BusinessId, run: RunId, outcomes: &[ExportRunOutcome]) -> sea_orm::Select<E> {
    let select = E::find().filter(C::BusinessId.eq(business)).filter(C::RunId.eq(run));
    if outcomes.is_empty() { select } else { select.filter(C::Outcome.is_in(outcomes.iter().copied())) }
}

/// Ids of the exports of a run, as a part of another query.
pub(in crate::export) fn of_run(business: BusinessId, run: RunId) -> SelectStatement {
    Query::select()
        .column(C::ExportId)
        .from(export_run_document::Entity)
        .and_where(C::BusinessId.eq(business))
        .and_where(C::RunId.eq(run))
        .take()
}

/// Takes back what was handed on and nobody has begun to send. Answers whether it was.
pub(super) async fn take_back(
    connection: &impl ConnectionTrait,
    (business, export): (BusinessId, ExportId),
    now: Timestamp,
) -> Result<bool, DbErr> {
    let sql = "UPDATE export SET due_at = NULL, plan_hash = NULL, draft = NULL, holder = NULL, held_until = NULL, \
               fence = fence + 1, updated_at = $3 \
               WHERE business_id = $1 AND id = $2 AND state = 'PENDING' AND (held_until IS NULL OR held_until <= $3)";
    Ok(execute(connection, sql, [business.into(), export.into(), now.into()]).await? == 1)
}
