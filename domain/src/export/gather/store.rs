//! Queries of journals that gather a day, and of their members.

use chrono::NaiveDate;
use entity::{BusinessId, ExportId, ExportKind, ExportSource, IntegrationId, Timestamp, export};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder,
    Statement, Value,
};

use crate::{export::model::Export, store::execute};

/// An integration, with its business.
type Whose = (BusinessId, IntegrationId);

/// Holds an integration's row until the transaction ends: journals are made one after the other.
pub(in crate::export) async fn hold(
    connection: &impl ConnectionTrait,
    (business, integration): Whose,
) -> Result<(), DbErr> {
    let sql = "UPDATE integration SET updated_at = updated_at WHERE business_id = $1 AND id = $2";
    execute(connection, sql, [business.into(), integration.into()]).await.map(|_| ())
}

/// What may go into a journal: asked for, drafted, and never attempted.
const WAITING: &str = "state = 'PENDING' AND mode = 'SELF_MANAGED' AND source <> 'JOURNAL' AND draft IS NOT NULL \
    AND gathered_in IS NULL AND attempts = 0 AND due_at IS NOT NULL";

/// Puts everything of a day and kind that waits into a journal, out of every worker's hands. Answers how many.
pub(in crate::export) async fn take(
    connection: &impl ConnectionTrait,
    (business, integration): Whose,
    (kind, day): (ExportKind, NaiveDate),
    journal: ExportId,
    now: Timestamp,
) -> Result<u64, DbErr> {
    let sql = format!(
        "UPDATE export SET gathered_in = $5, holder = NULL, held_until = NULL, due_at = NULL, fence = fence + 1, \
         updated_at = $6 WHERE business_id = $1 AND integration_id = $2 AND kind = $3 AND effective_on = $4 AND {WAITING}"
    );
    let values: [Value; 6] = [business.into(), integration.into(), kind.into(), day.into(), journal.into(), now.into()];
    execute(connection, &sql, values).await
}

#[derive(Debug, FromQueryResult)]
struct DayRow {
    kind: ExportKind,
    effective_on: NaiveDate,
}

/// Days and kinds of which something waits, up to a day.
pub(in crate::export) async fn days(
    connection: &impl ConnectionTrait,
    (business, integration): Whose,
    until: NaiveDate,
) -> Result<Vec<(ExportKind, NaiveDate)>, DbErr> {
    let sql = format!(
        "SELECT DISTINCT kind, effective_on FROM export WHERE business_id = $1 AND integration_id = $2 \
         AND effective_on <= $3 AND {WAITING} ORDER BY effective_on, kind"
    );
    let values: [Value; 3] = [business.into(), integration.into(), until.into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    let rows = DayRow::find_by_statement(statement).all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.kind, row.effective_on)).collect())
}

/// How many journals of a day and kind there are, whatever became of them.
pub(in crate::export) async fn count(
    connection: &impl ConnectionTrait,
    (business, integration): Whose,
    (kind, day): (ExportKind, NaiveDate),
) -> Result<u64, DbErr> {
    use export::Column as C;
    let found = export::Entity::find().filter(C::BusinessId.eq(business)).filter(C::IntegrationId.eq(integration));
    let found = found.filter(C::Source.eq(ExportSource::Journal)).filter(C::Kind.eq(kind));
    found.filter(C::EffectiveOn.eq(day)).count(connection).await
}

/// Exports gathered in journals, oldest first.
pub(in crate::export) async fn members(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    journals: &[ExportId],
) -> Result<Vec<Export>, DbErr> {
    use export::Column as C;
    let found = export::Entity::find().filter(C::BusinessId.eq(business));
    let found = found.filter(C::GatheredIn.is_in(journals.iter().copied()));
    found.order_by_asc(C::CreatedAt).order_by_asc(C::Id).all(connection).await
}

/// Puts the state of a journal on its members.
pub(in crate::export) async fn mirror(connection: &impl ConnectionTrait, journal: &Export) -> Result<(), DbErr> {
    let sql = "UPDATE export SET state = $3, external_id = $4, exported_at = $5, error_code = $6, error_title = $7, \
               error_message = $8, error_help = $9, provider_code = $10, updated_at = $11 \
               WHERE business_id = $1 AND gathered_in = $2";
    let row = journal.clone();
    let values: [Value; 11] = [
        row.business_id.into(),
        row.id.into(),
        row.state.into(),
        row.external_id.into(),
        row.exported_at.into(),
        row.error_code.into(),
        row.error_title.into(),
        row.error_message.into(),
        row.error_help.into(),
        row.provider_code.into(),
        row.updated_at.into(),
    ];
    execute(connection, sql, values).await.map(|_| ())
}

/// Has everything that waits for the end of its day looked at now.
pub(in crate::export) async fn wake_waiting(
    connection: &impl ConnectionTrait,
    (business, integration): Whose,
    now: Timestamp,
) -> Result<(), DbErr> {
    let sql = format!(
        "UPDATE export SET due_at = $3, updated_at = $3 WHERE business_id = $1 AND integration_id = $2 \
         AND due_at > $3 AND holder IS NULL AND {WAITING}"
    );
    execute(connection, &sql, [business.into(), integration.into(), now.into()]).await.map(|_| ())
}
