//! A database per test, on SQLite or on PostgreSQL, gone when the test is over.
//!
//! Rule: a test knows its database by its address alone; nothing is shared with another test.

use std::{future::Future, panic::resume_unwind, path::PathBuf};

use anyhow::Result;
use tempfile::TempDir;
use uuid::Uuid;

use crate::{Outcome, postgres};

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// A file.
    Sqlite,
    /// The run's temporary cluster.
    Postgres,
}

/// A migrated database for one test.
#[derive(Debug, Clone)]
pub struct TestDatabase {
    /// Which kind it is.
    pub store: Store,
    /// Its address, as in the configuration.
    pub url: String,
    /// A folder of the test's own, with the SQLite file if that is the kind.
    pub folder: PathBuf,
}

/// Runs a scenario with a database of its own and removes it afterwards, whatever came of it.
pub async fn on<S, F>(store: Store, scenario: S)
where
    S: FnOnce(TestDatabase) -> F + Send + 'static,
    F: Future<Output = Outcome> + Send + 'static,
{
    // Whoever makes an HTTP client first needs it. Set already is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let name = format!("t_{}", Uuid::new_v4().simple());
    let database = create(store, &folder, &name).await.unwrap_or_else(|error| panic!("{error:#}"));
    // In a task of its own, so that what follows is reached after a panic too.
    let outcome = tokio::spawn(async move { scenario(database).await }).await;
    if store == Store::Postgres {
        postgres::drop(&name).await.expect("the database is removed");
    }
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(error)) => panic!("{error:?}"),
        Err(failure) => resume_unwind(failure.into_panic()),
    }
}

async fn create(store: Store, folder: &TempDir, name: &str) -> Result<TestDatabase> {
    let url = match store {
        Store::Sqlite => create_file(folder).await?,
        Store::Postgres => postgres::create(name).await?,
    };
    Ok(TestDatabase { store, url, folder: folder.path().to_owned() })
}

async fn create_file(folder: &TempDir) -> Result<String> {
    let url = format!("sqlite://{}", folder.path().join("stockbridge.db").display());
    let connection = sea_orm::Database::connect(format!("{url}?mode=rwc")).await?;
    <migration::Migrator as migration::MigratorTrait>::up(&connection, None).await?;
    connection.close().await?;
    Ok(url)
}
