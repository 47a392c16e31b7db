//! Opens the database and says what state it is in.
//!
//! Rule: whatever is wrong with it is said in one line, with what to do. Queries are the domain's; here are only the
//! connection and the version of the tables.

mod fault;
mod sqlite;
mod state;
#[cfg(test)]
mod tests;

use std::time::Duration;

use sea_orm::{ConnectOptions, DatabaseConnection};

pub use self::{
    fault::DatabaseFault,
    sqlite::url_of,
    state::{State, migrate, require_current, state},
};
use crate::config;

/// Whether a SQLite file may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// A missing file is an error.
    Refuse,
    /// A missing file and its folder are made.
    Create,
}

/// Opens the database.
///
/// # Errors
/// See [`DatabaseFault`].
pub async fn open(config: &config::Database, missing: Missing) -> Result<DatabaseConnection, DatabaseFault> {
    let on_file = sqlite::file(config.url.expose()).is_some();
    let most = if on_file { config.max_connections.min(sqlite::READERS) } else { config.max_connections };
    connect(config, missing, most, config.min_connections.min(most)).await
}

/// Opens the one connection for writers, where the database has one writer at a time: a SQLite file.
///
/// # Errors
/// See [`DatabaseFault`].
pub async fn open_writer(config: &config::Database) -> Result<Option<DatabaseConnection>, DatabaseFault> {
    if sqlite::file(config.url.expose()).is_none() {
        return Ok(None);
    }
    connect(config, Missing::Refuse, 1, 0).await.map(Some)
}

async fn connect(
    config: &config::Database,
    missing: Missing,
    most: u32,
    least: u32,
) -> Result<DatabaseConnection, DatabaseFault> {
    let mut options = ConnectOptions::new(sqlite::driver_url(config.url.expose()));
    options
        .max_connections(most)
        .min_connections(least)
        .connect_timeout(Duration::from_secs(config.acquire_seconds))
        .acquire_timeout(Duration::from_secs(config.acquire_seconds))
        .sqlx_logging(false);
    let file = sqlite::file(config.url.expose());
    if config.url.expose().starts_with("sqlite:") {
        sqlite::prepare(file.as_deref(), missing)?;
        sqlite::configure(&mut options, config, missing);
    }
    let opened = sea_orm::Database::connect(options).await;
    opened.map_err(|error| DatabaseFault::from_opening(config.url.expose(), &error))
}

/// Claims a SQLite file for one serving process, for as long as the answer is kept: two would take each other's runs for
/// those of a dead one. PostgreSQL is shared and needs no claim.
///
/// # Errors
/// When another process has it.
pub fn claim(config: &config::Database) -> Result<Option<std::fs::File>, DatabaseFault> {
    let Some(file) = sqlite::file(config.url.expose()) else { return Ok(None) };
    let mut beside = file.clone().into_os_string();
    beside.push(".lock");
    let unwritable = |error: std::io::Error| DatabaseFault::Unwritable {
        path: file.parent().map(std::path::Path::to_path_buf).unwrap_or_default(),
        reason: error.to_string(),
    };
    let opened = std::fs::File::create(&beside).map_err(unwritable)?;
    match opened.try_lock() {
        Ok(()) => Ok(Some(opened)),
        Err(_) => Err(DatabaseFault::Served { place: file.display().to_string() }),
    }
}
