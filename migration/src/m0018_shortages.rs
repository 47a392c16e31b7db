//! What a product owes, kept on its row, and shortages behind all lots in the order of consumption: whoever takes from a
//! product's stock passes them over, however many there are.
//!
//! Rule: a released migration is never edited; a change is a new file.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::ConnectionTrait};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// What is owed on a product's shortages.
const OWED: &str = "UPDATE product SET \
    owed_quantity = COALESCE((SELECT -SUM(l.remaining_quantity) FROM lot l \
      WHERE l.business_id = product.business_id AND l.product_id = product.id AND l.source = 'SHORTAGE'), 0), \
    owed_value = COALESCE((SELECT -SUM(l.remaining_value) FROM lot l \
      WHERE l.business_id = product.business_id AND l.product_id = product.id AND l.source = 'SHORTAGE'), 0)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["owed_quantity", "owed_value"] {
            let column = big_integer(column).default(0).to_owned();
            manager.alter_table(Table::alter().table("product").add_column(column).to_owned()).await?;
        }
        let connection = manager.get_connection();
        connection.execute_unprepared(OWED).await?;
        connection.execute_unprepared("UPDATE lot SET rank = 2 WHERE source = 'SHORTAGE'").await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("UPDATE lot SET rank = 1 WHERE source = 'SHORTAGE'").await?;
        for column in ["owed_value", "owed_quantity"] {
            manager.alter_table(Table::alter().table("product").drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
