//! The stock ledger: lots and their entries, the book of each business, and what movements tell more.
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
        movement(manager).await?;
        stock_book(manager).await?;
        lot(manager).await?;
        lot_entry(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("stock_movement_by_reversed").table("stock_movement").to_owned()).await?;
        manager.drop_index(Index::drop().name("stock_movement_by_source").table("stock_movement").to_owned()).await?;
        for column in ["note", "reason", "reverses", "source_line", "source_id", "source_kind", "cost_status"] {
            let column = Alias::new(column);
            manager.alter_table(Table::alter().table("stock_movement").drop_column(column).to_owned()).await?;
        }
        drop_tables(manager, &["lot_entry", "lot", "stock_book"]).await
    }
}

async fn stock_book(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("stock_book")
        .col(uuid("business_id").primary_key())
        .col(big_integer("last_recorded_at"))
        .col(date_null("closed_before"))
        .col(boolean("lots"))
        .col(boolean("settle_shortages"))
        .col(big_integer("receipts"))
        .col(big_integer("builds"))
        .to_owned();
    manager.create_table(table).await?;
    Ok(())
}

async fn lot(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("lot")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(uuid("product_id"))
        .col(uuid("movement_id"))
        .col(text("number"))
        .col(text("source"))
        .col(integer("rank"))
        .col(text("status"))
        .col(date("received_on"))
        .col(date_null("expires_on"))
        .col(uuid_null("supplier_id"))
        .col(uuid_null("receipt_id"))
        .col(uuid_null("receipt_line_id"))
        .col(uuid_null("build_id"))
        .col(big_integer("received_quantity"))
        .col(big_integer("received_value"))
        .col(big_integer("remaining_quantity"))
        .col(big_integer("remaining_value"))
        .col(text("cost_status"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .to_owned();
    manager.create_table(table).await?;
    index(
        manager,
        "lot_open",
        "lot",
        &["business_id", "product_id", "status", "rank", "received_on", "created_at", "id"],
    )
    .await?;
    sparse_index(manager, "lot_by_receipt", "lot", &["business_id", "receipt_id"]).await?;
    sparse_index(manager, "lot_by_build", "lot", &["business_id", "build_id"]).await?;
    index(manager, "lot_by_creation", "lot", &["business_id", "created_at", "id"]).await?;
    Ok(())
}

async fn lot_entry(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("lot_entry")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(uuid("product_id"))
        .col(uuid("lot_id"))
        .col(uuid("movement_id"))
        .col(big_integer("quantity"))
        .col(big_integer("value"))
        .col(text("cost_status"))
        .col(date("effective_on"))
        .col(big_integer("recorded_at"))
        .col(uuid_null("reverses"))
        .to_owned();
    manager.create_table(table).await?;
    index(manager, "lot_entry_by_movement", "lot_entry", &["business_id", "movement_id"]).await?;
    index(manager, "lot_entry_by_lot", "lot_entry", &["business_id", "lot_id", "recorded_at", "id"]).await?;
    sparse_index(manager, "lot_entry_by_reversed", "lot_entry", &["business_id", "reverses"]).await?;
    Ok(())
}

/// SQLite adds one column at a time.
async fn movement(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = [
        text("cost_status").default("COMPLETE").to_owned(),
        text_null("source_kind"),
        uuid_null("source_id"),
        integer_null("source_line"),
        uuid_null("reverses"),
        text_null("reason"),
        text_null("note"),
    ];
    for column in columns {
        manager.alter_table(Table::alter().table("stock_movement").add_column(column).to_owned()).await?;
    }
    index(manager, "stock_movement_by_source", "stock_movement", &["business_id", "source_id"]).await?;
    sparse_index(manager, "stock_movement_by_reversed", "stock_movement", &["business_id", "reverses"]).await?;
    Ok(())
}
