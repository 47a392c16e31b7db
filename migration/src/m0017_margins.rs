//! Margins: sums by month, and an index from which a report of any other range is read.
//!
//! Rule: a released migration is never edited; a change is a new file.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::ConnectionTrait};

use crate::support::{binary_order, drop_tables, index};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("margin_summary")
            .col(uuid("business_id"))
            .col(text("grain"))
            .col(date("month"))
            .col(uuid("product_id"))
            .col(uuid("channel_id"))
            .col(text("customer"))
            .col(big_integer("revenue"))
            .col(big_integer("cost"))
            .col(big_integer("margin"))
            .col(big_integer("quantity"))
            .col(big_integer("short_quantity"))
            .col(big_integer("estimated_revenue"))
            .col(big_integer("estimated_cost"))
            .col(big_integer("estimated_lines"))
            .col(big_integer("missing_revenue"))
            .col(big_integer("missing_lines"))
            .col(big_integer("lines"))
            .primary_key(
                Index::create()
                    .col("business_id")
                    .col("grain")
                    .col("month")
                    .col("product_id")
                    .col("channel_id")
                    .col("customer"),
            )
            .to_owned();
        manager.create_table(table).await?;
        binary_order(manager, "margin_summary", &["customer"]).await?;
        // The largest of a month without reading the others.
        for measure in ["revenue", "margin"] {
            let columns = ["business_id", "grain", "month", measure, "product_id"];
            index(manager, &format!("margin_summary_by_{measure}"), "margin_summary", &columns).await?;
        }
        // Everything that a report by product asks of a line, so that the lines themselves are not read.
        let covering = "CREATE INDEX sale_line_margin ON sale_line (business_id, date, product_id, channel_id, revenue, \
                        cost, quantity, short_quantity, cost_status) WHERE counted";
        manager.get_connection().execute_unprepared(covering).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX sale_line_margin").await?;
        drop_tables(manager, &["margin_summary"]).await
    }
}
