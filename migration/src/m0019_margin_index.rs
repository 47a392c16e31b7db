//! Margins of any range are ranked from indexes alone: each covers every column that a query names, the conditions among
//! them.
//!
//! Rule: a released migration is never edited; a change is a new file. SQLite reads from an index alone only where the
//! column of the index's own condition is in it, too: without `counted` it went by another index and read every line. The
//! sums of months were read for `lines` on both databases.

use sea_orm_migration::{prelude::*, sea_orm::ConnectionTrait};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// What a report by product asks of a line.
const LINE: &str = "business_id, date, product_id, channel_id, revenue, cost, quantity, short_quantity, cost_status";
/// The figures by which sums of months are ranked.
const RANKS: [&str; 2] = ["revenue", "margin"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, &format!("{LINE}, counted"), ", lines").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, LINE, "").await
    }
}

/// Makes the indexes anew: the one of lines over these columns, those of sums with these behind. Each in one call: another
/// connection of SQLite does not see at once that the old one is gone.
async fn replace(manager: &SchemaManager<'_>, of_line: &str, behind: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let lines =
        format!("DROP INDEX sale_line_margin; CREATE INDEX sale_line_margin ON sale_line ({of_line}) WHERE counted");
    connection.execute_unprepared(&lines).await?;
    for rank in RANKS {
        let columns = format!("business_id, grain, month, {rank}, product_id{behind}");
        let index = format!("margin_summary_by_{rank}");
        let sums = format!("DROP INDEX {index}; CREATE INDEX {index} ON margin_summary ({columns})");
        connection.execute_unprepared(&sums).await?;
    }
    Ok(())
}
