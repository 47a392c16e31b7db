//! Margins of any range: the index of counted lines covers its own condition.
//!
//! Rule: a released migration is never edited; a change is a new file. SQLite reads lines from the index alone only where
//! every column that a query names is in it, the one in the index's condition among them; without it, it went by another
//! index and read every line.

use sea_orm_migration::{prelude::*, sea_orm::ConnectionTrait};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// What a report by product asks of a line.
const COLUMNS: &str = "business_id, date, product_id, channel_id, revenue, cost, quantity, short_quantity, cost_status";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, &format!("{COLUMNS}, counted")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, COLUMNS).await
    }
}

async fn replace(manager: &SchemaManager<'_>, columns: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    connection.execute_unprepared("DROP INDEX sale_line_margin").await?;
    let index = format!("CREATE INDEX sale_line_margin ON sale_line ({columns}) WHERE counted");
    connection.execute_unprepared(&index).await?;
    Ok(())
}
