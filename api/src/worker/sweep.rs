//! Sweeps the job queue, which keeps what is done for ever by itself.
//!
//! Rule: only what ended more than a week ago goes. The queue's own `vacuum` is not used: it rewrites the whole database
//! file, and everybody would wait for it.

use domain::{Result, store::Db};
use sea_orm::{ConnectionTrait, DbBackend};

/// Jobs that ended, and workers that were not seen, for a week: SQLite.
const SQLITE: [&str; 2] = [
    "DELETE FROM Jobs WHERE status IN ('Done', 'Failed', 'Killed') \
     AND done_at < CAST(strftime('%s', 'now', '-7 days') AS INTEGER)",
    "DELETE FROM Workers WHERE last_seen < CAST(strftime('%s', 'now', '-7 days') AS INTEGER) \
     AND NOT EXISTS (SELECT 1 FROM Jobs WHERE Jobs.lock_by = Workers.id)",
];
/// The same: PostgreSQL.
const POSTGRES: [&str; 2] = [
    "DELETE FROM apalis.jobs WHERE status IN ('Done', 'Failed', 'Killed') AND done_at < now() - interval '7 days'",
    "DELETE FROM apalis.workers w WHERE last_seen < now() - interval '7 days' \
     AND NOT EXISTS (SELECT 1 FROM apalis.jobs j WHERE j.lock_by = w.id)",
];

/// Removes what ended long ago; answers how many rows went.
///
/// # Errors
/// When the database refuses.
pub async fn sweep(db: &Db) -> Result<u64> {
    let tx = db.write().await?;
    let statements = match tx.connection().get_database_backend() {
        DbBackend::Sqlite => SQLITE,
        _ => POSTGRES,
    };
    let mut gone = 0;
    for statement in statements {
        gone += tx.connection().execute_unprepared(statement).await?.rows_affected();
    }
    tx.commit().await?;
    Ok(gone)
}
