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
    let mut options = ConnectOptions::new(sqlite::driver_url(config.url.expose()));
    options
        .max_connections(config.max_connections)
        .min_connections(config.min_connections)
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
