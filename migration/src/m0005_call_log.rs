//! The log of provider calls.
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
        call_log(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["call_log"]).await
    }
}

async fn call_log(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("call_log")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(uuid_null("integration_id"))
        .col(big_integer("at"))
        .col(big_integer("duration_us"))
        .col(text("operation"))
        .col(text("method"))
        .col(text("url"))
        .col(text_null("request_body"))
        .col(text_null("response_body"))
        .col(integer_null("http_status"))
        .col(text("outcome"))
        .col(text_null("error_code"))
        .col(text_null("error_message"))
        .col(text_null("trace_id"))
        .col(integer("attempt"))
        .col(uuid_null("run_id"))
        .col(text_null("correlation_id"))
        .to_owned();
    manager.create_table(table).await?;
    index(manager, "call_log_by_time", "call_log", &["business_id", "at", "id"]).await?;
    index(manager, "call_log_by_outcome", "call_log", &["business_id", "outcome", "at", "id"]).await?;
    index(manager, "call_log_by_run", "call_log", &["business_id", "run_id", "at", "id"]).await?;
    index(manager, "call_log_by_correlation", "call_log", &["business_id", "correlation_id", "at", "id"]).await?;
    index(manager, "call_log_retention", "call_log", &["at"]).await?;
    Ok(())
}
