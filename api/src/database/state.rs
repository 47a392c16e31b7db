//! Which version the tables have.
//!
//! Rule: read without writing, so that asking changes nothing and works on what can only be read.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement, TransactionTrait};
use sea_orm_migration::MigratorTrait;

use super::fault::{DatabaseFault, is_missing_table};
use crate::config;

/// The version of the tables, seen from this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// As this program needs them.
    Current,
    /// So many changes behind; all of them for an empty database.
    Older(usize),
    /// Changed by a newer version: the newest change unknown here.
    Newer(String),
}

/// Reads the version.
///
/// # Errors
/// When the database cannot be read.
pub async fn state<M: MigratorTrait>(
    config: &config::Database,
    connection: &DatabaseConnection,
) -> Result<State, DatabaseFault> {
    let known: BTreeSet<String> = M::migrations().iter().map(|change| change.name().to_owned()).collect();
    let applied = applied(connection).await.map_err(|error| DatabaseFault::from_using(config.url.expose(), error))?;
    let unknown = applied.difference(&known).max();
    Ok(match (unknown, known.difference(&applied).count()) {
        (Some(newest), _) => State::Newer(newest.clone()),
        (None, 0) => State::Current,
        (None, pending) => State::Older(pending),
    })
}

async fn applied(connection: &DatabaseConnection) -> Result<BTreeSet<String>, sea_orm::DbErr> {
    let statement =
        Statement::from_string(connection.get_database_backend(), "SELECT version FROM seaql_migrations".to_owned());
    match connection.query_all_raw(statement).await {
        Ok(rows) => rows.iter().map(|row| row.try_get::<String>("", "version")).collect(),
        Err(error) if is_missing_table(&error) => Ok(BTreeSet::new()),
        Err(error) => Err(error),
    }
}

/// Makes sure that this program can work with the database: tables of its version, and the right to write.
///
/// # Errors
/// `Older`, `Newer` or `ReadOnly`, or why it cannot be told.
pub async fn require_current<M: MigratorTrait>(
    config: &config::Database,
    connection: &DatabaseConnection,
) -> Result<(), DatabaseFault> {
    match state::<M>(config, connection).await? {
        State::Current => writable(config, connection).await,
        State::Older(pending) => Err(DatabaseFault::Older { pending }),
        State::Newer(newest) => Err(DatabaseFault::Newer { newest }),
    }
}

/// Applies what is pending; answers how many changes were made.
///
/// # Errors
/// `Newer` for a database of a newer version, or why a change failed; changes made before it stay.
pub async fn migrate<M: MigratorTrait>(
    config: &config::Database,
    connection: &DatabaseConnection,
) -> Result<usize, DatabaseFault> {
    let pending = match state::<M>(config, connection).await? {
        State::Current => return writable(config, connection).await.map(|()| 0),
        State::Older(pending) => pending,
        State::Newer(newest) => return Err(DatabaseFault::Newer { newest }),
    };
    let fault = |error| DatabaseFault::from_using(config.url.expose(), error);
    M::up(connection, None).await.map_err(fault)?;
    Ok(pending)
}

/// Takes the right to write and gives it back.
async fn writable(config: &config::Database, connection: &DatabaseConnection) -> Result<(), DatabaseFault> {
    let backend = connection.get_database_backend();
    // Deletes nothing, but needs the right to; a lock alone is also granted where nothing may be written.
    let probe = "DELETE FROM seaql_migrations WHERE version = ''";
    let attempt = async {
        let transaction = connection.begin().await?;
        transaction.execute_raw(Statement::from_string(backend, probe.to_owned())).await?;
        transaction.rollback().await
    };
    attempt.await.map_err(|error| DatabaseFault::from_using(config.url.expose(), error))
}
