//! Reconciliations: what they found, line by line and product by product, and journals that true the books up.
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
        reconciliation(manager).await?;
        reconciliation_line(manager).await?;
        reconciliation_item(manager).await?;
        true_up(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["true_up", "reconciliation_item", "reconciliation_line", "reconciliation"]).await
    }
}

async fn reconciliation(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("reconciliation")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(uuid("integration_id"))
        .col(date("on_day"))
        .col(text("state"))
        .col(text("mode"))
        .col(json("accounts"))
        .col(big_integer_null("ours"))
        .col(big_integer_null("theirs"))
        .col(big_integer_null("difference"))
        .col(json("sums"))
        .col(text_null("error_code"))
        .col(text_null("error_message"))
        .col(text_null("error_help"))
        .col(text("requested_by"))
        .col(big_integer_null("due_at"))
        .col(uuid_null("holder"))
        .col(big_integer_null("held_until"))
        .col(big_integer("fence"))
        .col(big_integer("created_at"))
        .col(big_integer_null("ended_at"))
        .col(big_integer("updated_at"))
        .to_owned();
    manager.create_table(table).await?;
    index(manager, "reconciliation_by_age", "reconciliation", &["business_id", "created_at", "id"]).await?;
    sparse_index(manager, "reconciliation_due", "reconciliation", &["due_at"]).await
}

async fn reconciliation_line(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("reconciliation_line")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(uuid("reconciliation_id"))
        .col(big_integer("position"))
        .col(text("class"))
        .col(big_integer("amount"))
        .col(text("label"))
        .col(text("reason"))
        .col(text_null("help"))
        .col(date_null("on_day"))
        .col(uuid_null("product_id"))
        .col(text_null("source"))
        .col(uuid_null("document_id"))
        .col(uuid_null("export_id"))
        .col(text_null("external_kind"))
        .col(text_null("external_id"))
        .col(text_null("external_number"))
        .col(text_null("external_item"))
        .col(text_null("url"))
        .col(big_integer_null("ours"))
        .col(big_integer_null("theirs"))
        .to_owned();
    manager.create_table(table).await?;
    let order = ["business_id", "reconciliation_id", "class", "position"];
    index(manager, "reconciliation_line_by_class", "reconciliation_line", &order).await
}

async fn reconciliation_item(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("reconciliation_item")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(uuid("reconciliation_id"))
        .col(big_integer("position"))
        .col(uuid("product_id"))
        .col(text_null("external_item"))
        .col(text_null("asset_account"))
        .col(text("name"))
        .col(big_integer("our_quantity"))
        .col(big_integer("our_value"))
        .col(big_integer_null("their_quantity"))
        .col(big_integer_null("their_value"))
        .col(big_integer("parity"))
        .to_owned();
    manager.create_table(table).await?;
    let order = ["business_id", "reconciliation_id", "position"];
    index(manager, "reconciliation_item_by_place", "reconciliation_item", &order).await
}

async fn true_up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("true_up")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(uuid("integration_id"))
        .col(uuid("reconciliation_id"))
        .col(date("on_day"))
        .col(text("account"))
        .col(json("amounts"))
        .col(big_integer("created_at"))
        .col(text("created_by"))
        .to_owned();
    manager.create_table(table).await?;
    index(manager, "true_up_by_day", "true_up", &["business_id", "integration_id", "on_day"]).await
}
