//! The ground that the other scenarios stand on.

use anyhow::Result;
use sea_orm::{ConnectionTrait, Database, Statement};
use stockbridge_tests::{Outcome, TestDatabase, on_both_databases};

on_both_databases!(a_test_has_a_migrated_database_of_its_own);

async fn businesses(database: &TestDatabase) -> Result<i64> {
    let connection = Database::connect(&database.url).await?;
    let statement = Statement::from_string(connection.get_database_backend(), "SELECT COUNT(*) AS n FROM business");
    let row = connection.query_one_raw(statement).await?.unwrap();
    connection.close().await?;
    Ok(row.try_get("", "n")?)
}

async fn a_test_has_a_migrated_database_of_its_own(database: TestDatabase) -> Outcome {
    assert_eq!(businesses(&database).await?, 0);
    Ok(())
}
