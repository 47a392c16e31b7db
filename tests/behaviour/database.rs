//! Databases that are missing, read-only, older or newer than the program.
//!
//! Rule: one sentence that says what to do, without a password, and the database is left as it was.

use anyhow::Result;
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use stockbridge::{
    app::open_database,
    config::{Config, SecretText},
    worker::sweep,
};
use stockbridge_tests::{
    Outcome, PATIENCE, Store, TestDatabase, World, on_both_databases, postgres,
    sandbox::WORKSHOP,
    steps::{connect, sync},
};

on_both_databases!(
    a_test_has_a_migrated_database_of_its_own,
    a_missing_database_is_not_made_behind_the_operators_back,
    a_read_only_database_is_said_to_be,
    an_older_database_is_not_touched_without_being_asked,
    a_newer_database_is_neither_used_nor_migrated,
    jobs_that_ended_a_week_ago_are_swept_and_no_others,
);

async fn count(connection: &DatabaseConnection, table: &str) -> Result<i64> {
    let sql = format!("SELECT COUNT(*) AS n FROM {table}");
    let row = connection.query_one_raw(Statement::from_string(connection.get_database_backend(), sql)).await?;
    Ok(row.expect("a row").try_get("", "n")?)
}

fn config(url: &str) -> Config {
    let mut config = Config::default();
    config.database.url = SecretText::new(url);
    config
}

/// Why a database is not opened.
async fn fault(url: &str) -> Result<String> {
    match open_database(&config(url)).await {
        Ok(_) => anyhow::bail!("it was opened"),
        Err(fault) => Ok(fault.to_string()),
    }
}

async fn a_test_has_a_migrated_database_of_its_own(database: TestDatabase) -> Outcome {
    let db = open_database(&config(&database.url)).await?;
    assert_eq!(count(db.connection(), "business").await?, 0);
    Ok(())
}

async fn a_missing_database_is_not_made_behind_the_operators_back(database: TestDatabase) -> Outcome {
    match database.store {
        Store::Sqlite => {
            let file = database.folder.join("other.db");
            let told = fault(&format!("sqlite://{}", file.display())).await?;
            assert!(told.starts_with("there is no database at ") && told.contains("stockbridge migrate"), "{told}");
            assert!(!file.exists());
        }
        Store::Postgres => {
            let url = database.url.replace("/t_", "/none_");
            let told = fault(&url.replace("stockbridge@", "stockbridge:secret@")).await?;
            assert!(told.contains("has no database of that name; create it"), "{told}");
            assert!(!told.contains("secret"), "{told}");
        }
    }
    Ok(())
}

async fn a_read_only_database_is_said_to_be(database: TestDatabase) -> Outcome {
    let url = match database.store {
        Store::Sqlite => format!("{}?mode=ro", database.url),
        Store::Postgres => {
            let connection = Database::connect(&database.url).await?;
            let name = database.url.split(['/', '?']).nth(3).expect("a name").to_owned();
            connection
                .execute_unprepared(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on"))
                .await?;
            connection.close().await?;
            database.url.clone()
        }
    };
    let told = fault(&url).await?;
    assert!(told.contains("can only be read; give this user the right to write to it"), "{told}");
    Ok(())
}

/// An address of a database with all migrations but the last.
async fn older(database: &TestDatabase) -> Result<String> {
    let url = match database.store {
        Store::Sqlite => format!("sqlite://{}", database.folder.join("older.db").display()),
        Store::Postgres => postgres::create_empty(&format!("old_{}", uuid::Uuid::new_v4().simple())).await?,
    };
    let made = if database.store == Store::Sqlite { format!("{url}?mode=rwc") } else { url.clone() };
    let connection = Database::connect(made).await?;
    let all = u32::try_from(Migrator::migrations().len())?;
    Migrator::up(&connection, Some(all - 1)).await?;
    connection.close().await?;
    Ok(url)
}

async fn an_older_database_is_not_touched_without_being_asked(database: TestDatabase) -> Outcome {
    let url = older(&database).await?;
    let told = fault(&url).await?;
    assert_eq!(told, "the database is 1 change behind this program; back it up and run `stockbridge migrate`");
    let connection = Database::connect(&url).await?;
    assert_eq!(Migrator::get_pending_migrations(&connection).await?.len(), 1);
    connection.close().await?;
    // Asked, it is brought up to date.
    let mut asked = config(&url);
    asked.database.migrate = true;
    let db = open_database(&asked).await?;
    assert_eq!(Migrator::get_pending_migrations(db.connection()).await?.len(), 0);
    db.close().await?;
    open_database(&config(&url)).await?.close().await?;
    Ok(())
}

async fn a_newer_database_is_neither_used_nor_migrated(database: TestDatabase) -> Outcome {
    let connection = Database::connect(&database.url).await?;
    let row = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_of_the_future', 0)";
    connection.execute_unprepared(row).await?;
    let before = count(&connection, "seaql_migrations").await?;
    let mut asked = config(&database.url);
    asked.database.migrate = true;
    for told in [fault(&database.url).await?, open_database(&asked).await.unwrap_err().to_string()] {
        assert!(told.contains("changed by a newer version") && told.contains("m9999_of_the_future"), "{told}");
    }
    assert_eq!(count(&connection, "seaql_migrations").await?, before);
    Ok(())
}

async fn jobs_that_ended_a_week_ago_are_swept_and_no_others(database: TestDatabase) -> Outcome {
    let world = World::start(&database).await?;
    let owner = world.owner();
    let integration = connect(&owner, WORKSHOP).await?;
    sync(&owner, &integration).await?;
    let (jobs, old) = match database.store {
        Store::Sqlite => ("Jobs", "CAST(strftime('%s', 'now', '-8 days') AS INTEGER)"),
        Store::Postgres => ("apalis.jobs", "now() - interval '8 days'"),
    };
    let db = world.app.db.connection();
    let age = format!("UPDATE {jobs} SET done_at = {old} WHERE status = 'Done'");
    // The run ends a moment before its job does.
    let aged = async {
        while db.execute_unprepared(&age).await?.rows_affected() == 0 {
            tokio::task::yield_now().await;
        }
        Ok::<(), sea_orm::DbErr>(())
    };
    tokio::time::timeout(PATIENCE, aged).await??;
    sync(&owner, &integration).await?;
    assert_eq!((count(db, jobs).await?, sweep(&world.app.db).await?, count(db, jobs).await?), (2, 1, 1));
    assert_eq!(sweep(&world.app.db).await?, 0);
    Ok(())
}
