//! Categories of products, accounts for some products only, and journals that gather a day.
//!
//! Rule: a released migration is never edited; a change is a new file.

use sea_orm_migration::{prelude::*, schema::*};

use crate::support::{drop_tables, index, sparse_index};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, "product", text_null("category")).await?;
        add(manager, "integration", text("journal_granularity").default("DOCUMENT")).await?;
        add(manager, "export", uuid_null("gathered_in")).await?;
        sparse_index(manager, "export_by_journal", "export", &["business_id", "gathered_in"]).await?;
        export_override(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["export_override"]).await?;
        manager.drop_index(Index::drop().name("export_by_journal").table("export").to_owned()).await?;
        for (table, column) in
            [("export", "gathered_in"), ("integration", "journal_granularity"), ("product", "category")]
        {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}

async fn add(manager: &SchemaManager<'_>, table: &'static str, column: impl IntoColumnDef) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await
}

async fn export_override(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("export_override")
        .col(uuid("integration_id"))
        .col(text("role"))
        .col(text("scope"))
        .col(text("value"))
        .col(text("label"))
        .col(uuid("business_id"))
        .col(uuid("account_id"))
        .col(text("external_id"))
        .col(text("name"))
        .col(big_integer("chosen_at"))
        .col(text("chosen_by"))
        .primary_key(Index::create().col("integration_id").col("role").col("scope").col("value"))
        .to_owned();
    manager.create_table(table).await?;
    index(manager, "export_override_by_business", "export_override", &["business_id", "integration_id"]).await
}
