//! Doors for measurements: parts of a sync by themselves, to compare the whole with.
//!
//! Rule: compiled only with the feature `measure`, which no program of ours but `bench` asks for. Nothing here decides
//! anything; each door leads to the function that the engine itself calls.

use entity::BusinessId;

use crate::{
    catalog::{Item, ItemColumns, ItemFilter, items},
    error::Result,
    page::PageRequest,
    store::Db,
};

/// A statement of the gateway.
#[derive(Debug, Clone)]
pub struct StatementText {
    /// As it is prepared.
    pub prepared: String,
    /// With its values in it, to be explained.
    pub with_values: String,
}

/// The statement of a page of items by name, with these columns.
pub fn page_of_items(
    db: &Db,
    business: BusinessId,
    filter: &ItemFilter,
    columns: &ItemColumns,
    request: &PageRequest,
) -> StatementText {
    let (prepared, with_values) = items::store::page_text(db.connection(), business, filter, columns, request);
    StatementText { prepared, with_values }
}

/// Writes new and changed items in one transaction, as a page of a sync does.
///
/// # Errors
/// When the database refuses.
pub async fn upsert_items(db: &Db, rows: Vec<Item>) -> Result<()> {
    let tx = db.write().await?;
    items::store::upsert(tx.connection(), rows).await?;
    Ok(tx.commit().await?)
}
