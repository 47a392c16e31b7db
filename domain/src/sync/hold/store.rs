//! Statements of a lock that is held without a run.

use entity::{BusinessId, Timestamp};
use sea_orm::{ActiveEnum, ConnectionTrait, DbErr, Statement, Value};

use crate::store::execute;

/// Takes the lock if it is free or its lease without a run ran out: one statement. Answers the fence.
pub(super) async fn take(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    held_by: &str,
    (now, until): (Timestamp, Timestamp),
) -> Result<Option<i64>, DbErr> {
    let sql = "INSERT INTO sync_lock (business_id, kind, held_by, acquired_at, expires_at, fence) \
        VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT (business_id) DO UPDATE SET kind = excluded.kind, \
        held_by = excluded.held_by, acquired_at = excluded.acquired_at, expires_at = excluded.expires_at, \
        fence = sync_lock.fence + 1 \
        WHERE sync_lock.run_id IS NULL AND (sync_lock.expires_at IS NULL OR sync_lock.expires_at <= $4) RETURNING fence";
    let values: [Value; 5] = [business.into(), super::KIND.to_value().into(), held_by.into(), now.into(), until.into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    connection.query_one_raw(statement).await?.map(|row| row.try_get("", "fence")).transpose()
}

/// Lets go. Answers whether it was still held.
pub(super) async fn release(
    connection: &impl ConnectionTrait,
    business: BusinessId,
    fence: i64,
) -> Result<bool, DbErr> {
    let sql = "UPDATE sync_lock SET run_id = NULL, kind = NULL, held_by = NULL, acquired_at = NULL, expires_at = NULL \
               WHERE business_id = $1 AND fence = $2 AND run_id IS NULL AND kind IS NOT NULL";
    Ok(execute(connection, sql, [business.into(), fence.into()]).await? == 1)
}
