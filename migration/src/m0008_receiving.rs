//! Receipts, their lines, landed costs and corrections; codes of suppliers.
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
        manager.alter_table(Table::alter().table("supplier").add_column(text_null("code")).to_owned()).await?;
        unique_index(manager, "supplier_by_code", "supplier", &["business_id", "code"]).await?;
        receipt(manager).await?;
        receipt_line(manager).await?;
        receipt_cost(manager).await?;
        receipt_correction(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("supplier_by_code").table("supplier").to_owned()).await?;
        manager.alter_table(Table::alter().table("supplier").drop_column(Alias::new("code")).to_owned()).await?;
        drop_tables(manager, &["receipt_correction", "receipt_cost", "receipt_line", "receipt"]).await
    }
}

async fn receipt(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("receipt")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(big_integer("number"))
        .col(text("state"))
        .col(uuid("supplier_id"))
        .col(date("received_on"))
        .col(text_null("reference"))
        .col(text_null("note"))
        .col(big_integer("quantity"))
        .col(big_integer("value"))
        .col(big_integer("created_at"))
        .col(text("created_by"))
        .col(big_integer_null("confirmed_at"))
        .col(text_null("confirmed_by"))
        .col(big_integer_null("voided_at"))
        .col(text_null("voided_by"))
        .col(big_integer_null("exported_at"))
        .col(big_integer("updated_at"))
        .to_owned();
    manager.create_table(table).await?;
    unique_index(manager, "receipt_by_number", "receipt", &["business_id", "number"]).await?;
    index(manager, "receipt_by_creation", "receipt", &["business_id", "created_at", "id"]).await?;
    Ok(())
}

async fn receipt_line(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("receipt_line")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(uuid("receipt_id"))
        .col(integer("position"))
        .col(uuid("product_id"))
        .col(big_integer("quantity"))
        .col(big_integer("unit_cost"))
        .col(text_null("lot_number"))
        .col(date_null("expires_on"))
        .col(big_integer("landed"))
        .col(big_integer("value"))
        .col(uuid_null("lot_id"))
        .to_owned();
    manager.create_table(table).await?;
    index(manager, "receipt_line_by_receipt", "receipt_line", &["business_id", "receipt_id", "position"]).await?;
    Ok(())
}

async fn receipt_cost(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("receipt_cost")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(uuid("receipt_id"))
        .col(integer("position"))
        .col(text("kind"))
        .col(text("label"))
        .col(big_integer("amount"))
        .col(text("basis"))
        .to_owned();
    manager.create_table(table).await?;
    index(manager, "receipt_cost_by_receipt", "receipt_cost", &["business_id", "receipt_id", "position"]).await?;
    Ok(())
}

async fn receipt_correction(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("receipt_correction")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(uuid("receipt_id"))
        .col(uuid("line_id"))
        .col(uuid_null("movement_id"))
        .col(big_integer("quantity"))
        .col(big_integer("value"))
        .col(big_integer("captured"))
        .col(big_integer("unit_cost_before"))
        .col(big_integer("unit_cost_after"))
        .col(date("effective_on"))
        .col(big_integer("recorded_at"))
        .col(text("recorded_by"))
        .to_owned();
    manager.create_table(table).await?;
    index(
        manager,
        "receipt_correction_by_receipt",
        "receipt_correction",
        &["business_id", "receipt_id", "recorded_at", "id"],
    )
    .await?;
    Ok(())
}
