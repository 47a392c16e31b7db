//! Export runs: which documents a run has, and what became of each.
//!
//! Rule: a released migration is never edited; a change is a new file.

use sea_orm_migration::{prelude::*, schema::*};

use crate::support::{drop_tables, index};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("export_run_document")
            .col(uuid("run_id"))
            .col(big_integer("place"))
            .col(uuid("business_id"))
            .col(uuid("export_id"))
            .col(big_integer_null("begun_at"))
            .col(text_null("outcome"))
            .col(json_null("reasons"))
            .col(big_integer_null("ended_at"))
            .primary_key(Index::create().col("run_id").col("place"))
            .to_owned();
        manager.create_table(table).await?;
        index(manager, "export_run_document_by_export", "export_run_document", &["business_id", "export_id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["export_run_document"]).await
    }
}
