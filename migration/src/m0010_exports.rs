//! Accounts chosen for exports, exports and their attempts.
//!
//! Rule: a released migration is never edited; a change is a new file.

use sea_orm_migration::{prelude::*, schema::*};

use crate::support::{drop_tables, index, sparse_index, unique_index};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        export_account(manager).await?;
        export(manager).await?;
        export_attempt(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["export_attempt", "export", "export_account"]).await
    }
}

async fn export_account(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("export_account")
        .col(uuid("integration_id"))
        .col(text("role"))
        .col(uuid("business_id"))
        .col(uuid("account_id"))
        .col(text("external_id"))
        .col(text("name"))
        .col(big_integer("chosen_at"))
        .col(text("chosen_by"))
        .primary_key(Index::create().col("integration_id").col("role"))
        .to_owned();
    manager.create_table(table).await?;
    index(manager, "export_account_by_business", "export_account", &["business_id", "integration_id"]).await?;
    Ok(())
}

async fn export(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("export")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(uuid("integration_id"))
        .col(text("source"))
        .col(uuid("document_id"))
        .col(text("kind"))
        .col(text("mode"))
        .col(text("state"))
        .col(boolean("automatic"))
        .col(text("reference"))
        .col(integer("series"))
        .col(text("label"))
        .col(date("effective_on"))
        .col(text_null("plan_hash"))
        .col(json_null("draft"))
        .col(json("warnings"))
        .col(text_null("external_id"))
        .col(text_null("error_code"))
        .col(text_null("error_title"))
        .col(text_null("error_message"))
        .col(text_null("error_help"))
        .col(text_null("provider_code"))
        .col(integer("attempts"))
        .col(integer("retries"))
        .col(big_integer_null("due_at"))
        .col(uuid_null("holder"))
        .col(big_integer_null("held_until"))
        .col(big_integer("fence"))
        .col(text_null("requested_by"))
        .col(big_integer("created_at"))
        .col(big_integer_null("exported_at"))
        .col(big_integer("updated_at"))
        .to_owned();
    manager.create_table(table).await?;
    unique_index(manager, "export_by_document", "export", &["business_id", "document_id", "kind"]).await?;
    unique_index(manager, "export_by_reference", "export", &["business_id", "integration_id", "reference"]).await?;
    index(manager, "export_by_creation", "export", &["business_id", "created_at", "id"]).await?;
    index(manager, "export_by_state", "export", &["business_id", "state", "created_at", "id"]).await?;
    index(manager, "export_by_kind", "export", &["business_id", "kind", "created_at", "id"]).await?;
    sparse_index(manager, "export_due", "export", &["due_at"]).await?;
    Ok(())
}

async fn export_attempt(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("export_attempt")
        .col(uuid("export_id"))
        .col(integer("number"))
        .col(uuid("business_id"))
        .col(big_integer("started_at"))
        .col(big_integer_null("ended_at"))
        .col(text("outcome"))
        .col(text_null("message"))
        .col(text_null("provider_code"))
        .primary_key(Index::create().col("export_id").col("number"))
        .to_owned();
    manager.create_table(table).await?;
    Ok(())
}
