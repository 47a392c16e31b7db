//! Bills of materials and builds.
//!
//! Rule: a released migration is never edited; a change is a new file.

use sea_orm_migration::{prelude::*, schema::*};

use crate::support::{drop_tables, index, unique_index};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        bom(manager).await?;
        bom_line(manager).await?;
        build(manager).await?;
        build_line(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["build_line", "build", "bom_line", "bom"]).await
    }
}

async fn bom(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("bom")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(uuid("product_id"))
        .col(integer("version"))
        .col(text("status"))
        .col(text_null("note"))
        .col(big_integer("created_at"))
        .col(text("created_by"))
        .to_owned();
    manager.create_table(table).await?;
    unique_index(manager, "bom_by_version", "bom", &["business_id", "product_id", "version"]).await?;
    Ok(())
}

async fn bom_line(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("bom_line")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(uuid("bom_id"))
        .col(integer("position"))
        .col(text("kind"))
        .col(uuid_null("product_id"))
        .col(big_integer_null("quantity"))
        .col(boolean("optional"))
        .col(text_null("label"))
        .col(big_integer_null("rate"))
        .to_owned();
    manager.create_table(table).await?;
    index(manager, "bom_line_by_bom", "bom_line", &["business_id", "bom_id", "position"]).await?;
    index(manager, "bom_line_by_component", "bom_line", &["business_id", "product_id"]).await?;
    Ok(())
}

async fn build(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("build")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(big_integer("number"))
        .col(uuid("product_id"))
        .col(uuid("bom_id"))
        .col(big_integer("quantity"))
        .col(text("state"))
        .col(boolean("qa"))
        .col(date_null("planned_for"))
        .col(text_null("assignee"))
        .col(text_null("note"))
        .col(date_null("effective_on"))
        .col(big_integer("component_value"))
        .col(big_integer("cost_value"))
        .col(big_integer("total_value"))
        .col(big_integer("lost_value"))
        .col(text("cost_status"))
        .col(uuid_null("lot_id"))
        .col(big_integer("created_at"))
        .col(text("created_by"))
        .col(big_integer_null("executed_at"))
        .col(text_null("executed_by"))
        .col(big_integer_null("approved_at"))
        .col(text_null("approved_by"))
        .col(big_integer_null("rejected_at"))
        .col(text_null("rejected_by"))
        .col(text_null("reject_reason"))
        .col(text_null("recovery"))
        .col(date_null("decided_on"))
        .col(text_null("review_note"))
        .col(big_integer_null("reversed_at"))
        .col(text_null("reversed_by"))
        .col(big_integer_null("exported_at"))
        .col(big_integer("updated_at"))
        .to_owned();
    manager.create_table(table).await?;
    unique_index(manager, "build_by_number", "build", &["business_id", "number"]).await?;
    index(manager, "build_by_product", "build", &["business_id", "product_id", "created_at", "id"]).await?;
    index(manager, "build_by_creation", "build", &["business_id", "created_at", "id"]).await?;
    index(manager, "build_by_export", "build", &["business_id", "exported_at"]).await?;
    Ok(())
}

async fn build_line(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("build_line")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(uuid("build_id"))
        .col(integer("position"))
        .col(text("kind"))
        .col(uuid_null("product_id"))
        .col(text_null("label"))
        .col(boolean("optional"))
        .col(big_integer("needed"))
        .col(big_integer("quantity"))
        .col(big_integer("value"))
        .col(text("cost_status"))
        .col(big_integer("recovered_quantity"))
        .col(big_integer("recovered_value"))
        .col(uuid_null("movement_id"))
        .to_owned();
    manager.create_table(table).await?;
    index(manager, "build_line_by_build", "build_line", &["business_id", "build_id", "position"]).await?;
    Ok(())
}
