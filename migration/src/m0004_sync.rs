//! Runs, events, issues, pages, the lock, and answered requests.
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
        sync_run(manager).await?;
        sync_event(manager).await?;
        sync_issue(manager).await?;
        sync_page(manager).await?;
        sync_lock(manager).await?;
        idempotency_key(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["idempotency_key", "sync_lock", "sync_page", "sync_issue", "sync_event", "sync_run"])
            .await
    }
}

async fn sync_run(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("sync_run")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(uuid("integration_id"))
        .col(text("kind"))
        .col(text("state"))
        .col(text("trigger"))
        .col(text_null("requested_by"))
        .col(boolean("full"))
        .col(text("phase"))
        .col(big_integer("done"))
        .col(big_integer_null("total"))
        .col(json("counts"))
        .col(text_null("cursor"))
        .col(text("policy_hash"))
        .col(uuid_null("resumed_from"))
        .col(integer("resumed_times"))
        .col(big_integer("last_sequence"))
        .col(boolean("cancel_requested"))
        .col(text_null("error_code"))
        .col(text_null("error_message"))
        .col(text_null("error_help"))
        .col(text_null("provider_code"))
        .col(uuid_null("worker"))
        .col(big_integer_null("heartbeat_at"))
        .col(big_integer("created_at"))
        .col(big_integer_null("started_at"))
        .col(big_integer_null("finished_at"))
        .to_owned();
    manager.create_table(table).await?;
    index(manager, "sync_run_by_creation", "sync_run", &["business_id", "created_at", "id"]).await?;
    index(manager, "sync_run_by_integration", "sync_run", &["business_id", "integration_id", "kind", "created_at"])
        .await?;
    index(manager, "sync_run_by_state", "sync_run", &["state", "heartbeat_at"]).await?;
    Ok(())
}

async fn sync_event(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("sync_event")
        .col(uuid("run_id"))
        .col(big_integer("sequence"))
        .col(uuid("business_id"))
        .col(big_integer("at"))
        .col(text("state"))
        .col(text("phase"))
        .col(big_integer("done"))
        .col(big_integer_null("total"))
        .col(json("counts"))
        .col(text("message"))
        .primary_key(Index::create().col("run_id").col("sequence"))
        .foreign_key(ForeignKey::create().name("sync_event_run_id").from("sync_event", "run_id").to("sync_run", "id"))
        .to_owned();
    manager.create_table(table).await?;
    Ok(())
}

async fn sync_issue(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("sync_issue")
        .col(uuid("run_id"))
        .col(big_integer("sequence"))
        .col(uuid("business_id"))
        .col(text("severity"))
        .col(text("reason"))
        .col(text("message"))
        .col(text_null("help"))
        .col(text_null("external_id"))
        .col(text_null("label"))
        .primary_key(Index::create().col("run_id").col("sequence"))
        .foreign_key(ForeignKey::create().name("sync_issue_run_id").from("sync_issue", "run_id").to("sync_run", "id"))
        .to_owned();
    manager.create_table(table).await?;
    Ok(())
}

async fn sync_page(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("sync_page")
        .col(uuid("run_id"))
        .col(integer("page"))
        .col(uuid("business_id"))
        .col(blob("seen"))
        .primary_key(Index::create().col("run_id").col("page"))
        .foreign_key(ForeignKey::create().name("sync_page_run_id").from("sync_page", "run_id").to("sync_run", "id"))
        .to_owned();
    manager.create_table(table).await?;
    Ok(())
}

async fn sync_lock(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("sync_lock")
        .col(uuid("business_id").primary_key())
        .col(uuid_null("run_id"))
        .col(text_null("kind"))
        .col(text_null("held_by"))
        .col(big_integer_null("acquired_at"))
        .col(big_integer_null("expires_at"))
        .col(big_integer("fence"))
        .to_owned();
    manager.create_table(table).await?;
    Ok(())
}

async fn idempotency_key(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("idempotency_key")
        .col(uuid("business_id"))
        .col(text("operation"))
        .col(text("key"))
        .col(text("input_hash"))
        .col(json("result"))
        .col(big_integer("created_at"))
        .primary_key(Index::create().col("business_id").col("operation").col("key"))
        .to_owned();
    manager.create_table(table).await?;
    Ok(())
}
