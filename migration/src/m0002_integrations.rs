//! Integrations, sealed tokens and consents under way.
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
        integration(manager).await?;
        integration_token(manager).await?;
        oauth_state(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["oauth_state", "integration_token", "integration"]).await
    }
}

async fn integration(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("integration")
        .col(uuid("id").primary_key())
        .col(uuid("business_id"))
        .col(text("provider"))
        .col(text("status"))
        .col(text_null("company_external_id"))
        .col(text_null("company_name"))
        .col(text_null("company_country"))
        .col(text_null("company_currency"))
        .col(text_null("company_edition"))
        .col(boolean("company_multicurrency"))
        .col(boolean("company_inventory"))
        .col(date_null("company_book_close_date"))
        .col(text_null("company_time_zone"))
        .col(text("inventory_mode"))
        .col(json("item_types"))
        .col(text("export_mode"))
        .col(text("document_prefix"))
        .col(integer_null("item_sync_every_minutes"))
        .col(integer_null("sales_sync_every_minutes"))
        .col(big_integer_null("connected_at"))
        .col(text_null("connected_by"))
        .col(big_integer_null("disconnected_at"))
        .col(big_integer_null("last_call_at"))
        .col(big_integer_null("last_success_at"))
        .col(text_null("trouble"))
        .col(big_integer_null("trouble_since"))
        .col(text_null("expired_reason"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .foreign_key(
            ForeignKey::create()
                .name("integration_business_id")
                .from("integration", "business_id")
                .to("business", "id"),
        )
        .to_owned();
    manager.create_table(table).await?;
    index(manager, "integration_by_business", "integration", &["business_id", "id"]).await?;
    Ok(())
}

async fn integration_token(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("integration_token")
        .col(uuid("integration_id").primary_key())
        .col(uuid("business_id"))
        .col(blob("sealed"))
        .col(big_integer("access_expires_at"))
        .col(big_integer_null("refresh_expires_at"))
        .col(big_integer_null("refresh_hard_expires_at"))
        .col(big_integer("version"))
        .col(uuid_null("lease_holder"))
        .col(big_integer_null("lease_until"))
        .col(big_integer_null("refreshed_at"))
        .foreign_key(
            ForeignKey::create()
                .name("integration_token_integration_id")
                .from("integration_token", "integration_id")
                .to("integration", "id"),
        )
        .to_owned();
    manager.create_table(table).await?;
    Ok(())
}

async fn oauth_state(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("oauth_state")
        .col(text("state_hash").primary_key())
        .col(uuid("business_id"))
        .col(text("subject"))
        .col(text("provider"))
        .col(uuid_null("integration_id"))
        .col(text_null("return_to"))
        .col(big_integer("created_at"))
        .col(big_integer("expires_at"))
        .col(big_integer_null("used_at"))
        .to_owned();
    manager.create_table(table).await?;
    index(manager, "oauth_state_by_expiry", "oauth_state", &["expires_at"]).await?;
    Ok(())
}
