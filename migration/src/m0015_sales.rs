//! Sales: channels, sales with their versions and lines, documents waiting to be processed, open issues.
//!
//! Rule: a released migration is never edited; a change is a new file.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::ConnectionTrait};

use crate::support::{binary_order, drop_tables, index, unique_index};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sales_channel(manager).await?;
        sale(manager).await?;
        sale_version(manager).await?;
        sale_line(manager).await?;
        sale_inbox(manager).await?;
        sale_issue(manager).await?;
        sale_item_choice(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            manager,
            &["sale_item_choice", "sale_issue", "sale_inbox", "sale_line", "sale_version", "sale", "sales_channel"],
        )
        .await
    }
}

async fn sales_channel(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("sales_channel")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(text("kind"))
        .col(uuid_null("integration_id"))
        .col(text("name"))
        .col(boolean("active"))
        .col(date_null("initial_date"))
        .col(text_null("cursor"))
        .col(text_null("next_cursor"))
        .col(boolean("listing_due"))
        .col(big_integer_null("synced_at"))
        .col(big_integer("created_at"))
        .col(text("created_by"))
        .col(big_integer("updated_at"))
        .to_owned();
    manager.create_table(table).await?;
    // One per integration, and one for people.
    unique_index(manager, "sales_channel_by_integration", "sales_channel", &["business_id", "integration_id"]).await?;
    let one = "CREATE UNIQUE INDEX sales_channel_manual ON sales_channel (business_id) WHERE integration_id IS NULL";
    manager.get_connection().execute_unprepared(one).await?;
    Ok(())
}

async fn sale(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("sale")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(uuid("channel_id"))
        .col(text("document_type"))
        .col(text("external_id"))
        .col(text_null("external_version"))
        .col(text_null("number"))
        .col(date("date"))
        .col(text_null("customer_id"))
        .col(text_null("customer"))
        .col(text("status"))
        .col(integer("version"))
        .col(big_integer("versioned_at"))
        .col(big_integer("content_hash"))
        .col(text("currency"))
        .col(text_null("rate"))
        .col(big_integer("revenue"))
        .col(big_integer("cost"))
        .col(big_integer("short_quantity"))
        .col(text("cost_status"))
        .col(big_integer("net"))
        .col(big_integer("shipping"))
        .col(integer("open_lines"))
        .col(text_null("applies_to"))
        .col(text_null("note"))
        .col(big_integer_null("external_updated_at"))
        .col(uuid_null("run_id"))
        .col(big_integer("created_at"))
        .col(text("created_by"))
        .col(big_integer("updated_at"))
        .to_owned();
    manager.create_table(table).await?;
    unique_index(manager, "sale_by_document", "sale", &["business_id", "channel_id", "document_type", "external_id"])
        .await?;
    index(manager, "sale_by_date", "sale", &["business_id", "date", "id"]).await?;
    Ok(())
}

async fn sale_version(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("sale_version")
        .col(uuid("business_id"))
        .col(uuid("sale_id"))
        .col(integer("version"))
        .col(text("change"))
        .col(text("status"))
        .col(text_null("external_version"))
        .col(text_null("number"))
        .col(date("date"))
        .col(text_null("customer"))
        .col(big_integer("revenue"))
        .col(big_integer("cost"))
        .col(big_integer("short_quantity"))
        .col(text_null("reason"))
        .col(uuid_null("run_id"))
        .col(big_integer("recorded_at"))
        .col(text("recorded_by"))
        .primary_key(Index::create().col("sale_id").col("version"))
        .to_owned();
    manager.create_table(table).await?;
    Ok(())
}

async fn sale_line(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("sale_line")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(uuid("sale_id"))
        .col(integer("version"))
        .col(integer("position"))
        .col(text("external_id"))
        .col(uuid("channel_id"))
        .col(date("date"))
        .col(text_null("customer"))
        .col(text("state"))
        .col(boolean("counted"))
        .col(uuid_null("product_id"))
        .col(text_null("item_external_id"))
        .col(text_null("bundle_external_id"))
        .col(text_null("description"))
        .col(big_integer("quantity"))
        .col(big_integer("revenue"))
        .col(big_integer("cost"))
        .col(big_integer("short_quantity"))
        .col(text("cost_status"))
        .col(uuid_null("movement_id"))
        .col(big_integer_null("processed_at"))
        .to_owned();
    manager.create_table(table).await?;
    unique_index(manager, "sale_line_by_sale", "sale_line", &["business_id", "sale_id", "version", "position"]).await?;
    index(manager, "sale_line_by_date", "sale_line", &["business_id", "date", "id"]).await?;
    index(manager, "sale_line_by_product", "sale_line", &["business_id", "product_id", "date", "id"]).await?;
    // Few of many: those that wait for their item.
    let open =
        "CREATE INDEX sale_line_open ON sale_line (business_id, channel_id, item_external_id) WHERE state = 'OPEN'";
    manager.get_connection().execute_unprepared(open).await?;
    Ok(())
}

async fn sale_inbox(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("sale_inbox")
        .col(uuid("business_id"))
        .col(uuid("channel_id"))
        .col(text("document_type"))
        .col(text("external_id"))
        .col(text("place"))
        .col(text("document"))
        .col(big_integer("read_at"))
        .primary_key(Index::create().col("business_id").col("channel_id").col("document_type").col("external_id"))
        .to_owned();
    manager.create_table(table).await?;
    binary_order(manager, "sale_inbox", &["place"]).await?;
    index(manager, "sale_inbox_in_order", "sale_inbox", &["business_id", "channel_id", "place"]).await?;
    Ok(())
}

async fn sale_issue(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("sale_issue")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(uuid("channel_id"))
        .col(text("document_type"))
        .col(text("external_id"))
        .col(text("line_key"))
        .col(uuid_null("sale_id"))
        .col(uuid_null("sale_line_id"))
        .col(text_null("number"))
        .col(date_null("date"))
        .col(text("reason"))
        .col(text_null("item_external_id"))
        .col(text_null("label"))
        .col(text("message"))
        .col(text("help"))
        .col(text("state"))
        .col(uuid_null("run_id"))
        .col(big_integer("opened_at"))
        .col(big_integer_null("closed_at"))
        .col(text_null("closed_by"))
        .to_owned();
    manager.create_table(table).await?;
    unique_index(
        manager,
        "sale_issue_by_line",
        "sale_issue",
        &["business_id", "channel_id", "document_type", "external_id", "line_key"],
    )
    .await?;
    index(manager, "sale_issue_by_state", "sale_issue", &["business_id", "state", "opened_at", "id"]).await?;
    Ok(())
}

async fn sale_item_choice(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("sale_item_choice")
        .col(uuid("business_id"))
        .col(uuid("integration_id"))
        .col(text("item_external_id"))
        .col(big_integer("created_at"))
        .col(text("created_by"))
        .primary_key(Index::create().col("business_id").col("integration_id").col("item_external_id"))
        .to_owned();
    manager.create_table(table).await?;
    Ok(())
}
