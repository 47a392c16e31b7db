//! What became of posted documents since, and the watch that finds it out.
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
        export_drift(manager).await?;
        export_watch(manager).await?;
        // Changes are told by the provider's ids.
        sparse_index(manager, "export_by_external", "export", &["business_id", "integration_id", "external_id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::drop().name("export_by_external").table("export").to_owned();
        manager.drop_index(index).await?;
        drop_tables(manager, &["export_watch", "export_drift"]).await
    }
}

async fn export_drift(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("export_drift")
        .col(uuid("export_id").primary_key())
        .col(uuid("business_id"))
        .col(uuid("integration_id"))
        .col(text("state"))
        .col(json("differences"))
        .col(text_null("version"))
        .col(big_integer_null("found_at"))
        .col(big_integer_null("checked_at"))
        .col(big_integer("tried_at"))
        .col(text_null("accepted_version"))
        .col(big_integer_null("accepted_at"))
        .col(text_null("accepted_by"))
        .to_owned();
    manager.create_table(table).await?;
    index(manager, "export_drift_by_state", "export_drift", &["business_id", "state", "export_id"]).await
}

async fn export_watch(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("export_watch")
        .col(uuid("integration_id").primary_key())
        .col(uuid("business_id"))
        .col(text_null("cursor"))
        .col(big_integer_null("owed_before"))
        .col(big_integer("due_at"))
        .col(uuid_null("holder"))
        .col(big_integer_null("held_until"))
        .col(big_integer("fence"))
        .col(big_integer_null("checked_at"))
        .col(text_null("trouble"))
        .to_owned();
    manager.create_table(table).await
}
