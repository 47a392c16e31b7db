//! Schedules of syncs: cron beside minutes, and what is due or was announced.
//!
//! Rule: a released migration is never edited; a change is a new file.

use sea_orm_migration::{prelude::*, schema::*};

use crate::support::drop_tables;

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

const CRON: [&str; 2] = ["item_sync_cron", "sales_sync_cron"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in CRON {
            manager.alter_table(Table::alter().table("integration").add_column(text_null(column)).to_owned()).await?;
        }
        let table = Table::create()
            .table("sync_schedule")
            .col(uuid("integration_id"))
            .col(text("kind"))
            .col(uuid("business_id"))
            .col(big_integer_null("fired_at"))
            .col(big_integer_null("asked_at"))
            .primary_key(Index::create().col("integration_id").col("kind"))
            .to_owned();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["sync_schedule"]).await?;
        for column in CRON {
            manager.alter_table(Table::alter().table("integration").drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
