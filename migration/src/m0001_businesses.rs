//! Businesses and their members.
//!
//! Rule: a released migration is never edited; a change is a new file.

use sea_orm_migration::{prelude::*, schema::*};

use crate::support::drop_tables;

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        business(manager).await?;
        member(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["member", "business"]).await
    }
}

async fn business(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("business")
        .col(uuid("id").primary_key())
        .col(text("name"))
        .col(text("time_zone"))
        .col(text("currency"))
        .col(boolean("receiving"))
        .col(boolean("sales_tracking"))
        .col(boolean("qa_review"))
        .col(big_integer("created_at"))
        .to_owned();
    manager.create_table(table).await?;
    Ok(())
}

async fn member(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("member")
        .col(uuid("business_id"))
        .col(text("subject"))
        .col(text("role"))
        .col(json("permissions"))
        .col(big_integer("created_at"))
        .primary_key(Index::create().col("business_id").col("subject"))
        .foreign_key(ForeignKey::create().name("member_business_id").from("member", "business_id").to("business", "id"))
        .to_owned();
    manager.create_table(table).await?;
    Ok(())
}
