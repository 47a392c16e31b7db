//! Items, accounts, suppliers, products, links and stock movements.
//!
//! Rule: a released migration is never edited; a change is a new file.

use sea_orm_migration::{prelude::*, schema::*};

use crate::support::{binary_order, drop_tables, index, unique_index};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        item(manager).await?;
        account(manager).await?;
        supplier(manager).await?;
        product(manager).await?;
        product_link(manager).await?;
        stock_movement(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["stock_movement", "product_link", "product", "supplier", "account", "item"]).await
    }
}

async fn item(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("item")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(uuid("integration_id"))
        .col(text("external_id"))
        .col(text_null("external_version"))
        .col(text("kind"))
        .col(text("name"))
        .col(text("full_name"))
        .col(text("sort_name"))
        .col(text_null("sku"))
        .col(text("sort_sku"))
        .col(text_null("description"))
        .col(boolean("active"))
        .col(boolean("gone"))
        .col(big_integer_null("unit_price"))
        .col(big_integer_null("purchase_cost"))
        .col(big_integer_null("quantity_on_hand"))
        .col(text("currency"))
        .col(text_null("income_account"))
        .col(text_null("expense_account"))
        .col(text_null("asset_account"))
        .col(text_null("parent_external_id"))
        .col(big_integer_null("external_updated_at"))
        .col(big_integer("content_hash"))
        .col(big_integer("created_at"))
        .col(big_integer("synced_at"))
        .to_owned();
    manager.create_table(table).await?;
    binary_order(manager, "item", &["kind", "sort_name", "sort_sku"]).await?;
    unique_index(manager, "item_by_external_id", "item", &["business_id", "integration_id", "external_id"]).await?;
    index(manager, "item_by_name", "item", &["business_id", "sort_name", "id"]).await?;
    index(manager, "item_by_kind_and_name", "item", &["business_id", "kind", "active", "sort_name", "id"]).await?;
    index(manager, "item_by_sku", "item", &["business_id", "sort_sku", "id"]).await?;
    index(manager, "item_by_change", "item", &["business_id", "synced_at", "id"]).await?;
    Ok(())
}

async fn account(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("account")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(uuid("integration_id"))
        .col(text("external_id"))
        .col(text_null("external_version"))
        .col(text_null("number"))
        .col(text("name"))
        .col(text("sort_name"))
        .col(text("kind"))
        .col(text_null("sub_kind"))
        .col(text("class"))
        .col(boolean("active"))
        .col(text_null("currency"))
        .col(big_integer("content_hash"))
        .col(big_integer("synced_at"))
        .to_owned();
    manager.create_table(table).await?;
    binary_order(manager, "account", &["sort_name"]).await?;
    unique_index(manager, "account_by_external_id", "account", &["business_id", "integration_id", "external_id"])
        .await?;
    index(manager, "account_by_name", "account", &["business_id", "integration_id", "sort_name", "id"]).await?;
    Ok(())
}

async fn supplier(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("supplier")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(uuid_null("integration_id"))
        .col(text_null("external_id"))
        .col(text_null("external_version"))
        .col(text("name"))
        .col(text("sort_name"))
        .col(text_null("email"))
        .col(text_null("phone"))
        .col(text_null("currency"))
        .col(boolean("active"))
        .col(big_integer("content_hash"))
        .col(big_integer("synced_at"))
        .to_owned();
    manager.create_table(table).await?;
    binary_order(manager, "supplier", &["sort_name"]).await?;
    unique_index(manager, "supplier_by_external_id", "supplier", &["business_id", "integration_id", "external_id"])
        .await?;
    index(manager, "supplier_by_name", "supplier", &["business_id", "sort_name", "id"]).await?;
    Ok(())
}

async fn product(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("product")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(text("name"))
        .col(text("sort_name"))
        .col(text_null("sku"))
        .col(text("sort_sku"))
        .col(text("kind"))
        .col(text_null("unit"))
        .col(boolean("active"))
        .col(big_integer("on_hand"))
        .col(big_integer("value"))
        .col(big_integer_null("average_cost"))
        .col(text("cost_status"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .to_owned();
    manager.create_table(table).await?;
    binary_order(manager, "product", &["sort_name", "sort_sku"]).await?;
    index(manager, "product_by_name", "product", &["business_id", "sort_name", "id"]).await?;
    index(manager, "product_by_sku", "product", &["business_id", "sort_sku", "id"]).await?;
    index(manager, "product_by_creation", "product", &["business_id", "created_at", "id"]).await?;
    Ok(())
}

async fn product_link(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("product_link")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(uuid("integration_id"))
        .col(uuid("product_id"))
        .col(uuid("item_id"))
        .col(big_integer("created_at"))
        .col(text("created_by"))
        .foreign_key(
            ForeignKey::create().name("product_link_product_id").from("product_link", "product_id").to("product", "id"),
        )
        .foreign_key(ForeignKey::create().name("product_link_item_id").from("product_link", "item_id").to("item", "id"))
        .to_owned();
    manager.create_table(table).await?;
    unique_index(manager, "product_link_by_item", "product_link", &["business_id", "item_id"]).await?;
    unique_index(manager, "product_link_by_product", "product_link", &["business_id", "product_id", "integration_id"])
        .await?;
    Ok(())
}

async fn stock_movement(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("stock_movement")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(uuid("product_id"))
        .col(text("kind"))
        .col(big_integer("quantity"))
        .col(big_integer("value"))
        .col(big_integer("on_hand_after"))
        .col(big_integer("value_after"))
        .col(date("effective_on"))
        .col(big_integer("recorded_at"))
        .col(text("recorded_by"))
        .col(uuid_null("run_id"))
        .foreign_key(
            ForeignKey::create()
                .name("stock_movement_product_id")
                .from("stock_movement", "product_id")
                .to("product", "id"),
        )
        .to_owned();
    manager.create_table(table).await?;
    index(manager, "stock_movement_by_product", "stock_movement", &["business_id", "product_id", "recorded_at", "id"])
        .await?;
    index(manager, "stock_movement_by_time", "stock_movement", &["business_id", "recorded_at", "id"]).await?;
    Ok(())
}
