//! Small steps that every migration shares.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// Makes an index over `columns`, in that order.
pub(crate) async fn index(manager: &SchemaManager<'_>, name: &str, table: &str, columns: &[&str]) -> Result<(), DbErr> {
    manager.create_index(statement(name, table, columns)).await
}

/// Makes a unique index over `columns`, in that order.
pub(crate) async fn unique_index(
    manager: &SchemaManager<'_>,
    name: &str,
    table: &str,
    columns: &[&str],
) -> Result<(), DbErr> {
    manager.create_index(statement(name, table, columns).unique().to_owned()).await
}

/// Makes an index over the rows whose last column is set: few of many, so that the others cost nothing.
pub(crate) async fn sparse_index(
    manager: &SchemaManager<'_>,
    name: &str,
    table: &str,
    columns: &[&str],
) -> Result<(), DbErr> {
    let last = columns.last().copied().unwrap_or_default();
    let sql = format!("CREATE INDEX {name} ON {table} ({}) WHERE {last} IS NOT NULL", columns.join(", "));
    manager.get_connection().execute_unprepared(&sql).await.map(|_| ())
}

fn statement(name: &str, table: &str, columns: &[&str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(Alias::new(table));
    for column in columns {
        index.col(Alias::new(*column));
    }
    index
}

/// Orders text columns by their bytes, as SQLite does, whatever the PostgreSQL cluster's locale: keyset pages and tests
/// then agree on both databases.
pub(crate) async fn binary_order(manager: &SchemaManager<'_>, table: &str, columns: &[&str]) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    for column in columns {
        let sql = format!(r#"ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE text COLLATE "C""#);
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// Drops tables in the given order.
pub(crate) async fn drop_tables(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    for table in tables {
        manager.drop_table(Table::drop().table(Alias::new(*table)).to_owned()).await?;
    }
    Ok(())
}
