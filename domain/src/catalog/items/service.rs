//! Reading items.

use entity::{BusinessId, IntegrationId, ItemId};

use super::{
    model::{Item, ItemColumns, ItemFilter, ItemOrder},
    store,
};
use crate::{
    business::{Actor, Permission},
    error::Result,
    page::{Direction, Page, PageRequest},
    store::Db,
};

/// Items of all businesses.
#[derive(Debug, Clone)]
pub struct Items {
    db: Db,
}

impl Items {
    /// Items in this database.
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// A page of items, with the columns that are asked for; the others stay empty.
    ///
    /// # Errors
    /// `Forbidden` without [`Permission::ReadCatalog`].
    pub async fn page(
        &self,
        actor: &Actor,
        filter: &ItemFilter,
        order: (ItemOrder, Direction),
        columns: &ItemColumns,
        request: &PageRequest,
    ) -> Result<Page<Item>> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::page(self.db.connection(), actor.business, filter, order, columns, request).await?)
    }

    /// How many items match.
    ///
    /// # Errors
    /// As [`Items::page`].
    pub async fn count(&self, actor: &Actor, filter: &ItemFilter) -> Result<u64> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::count(self.db.connection(), actor.business, filter).await?)
    }

    /// Items by id; unknown ones are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn by_ids(&self, business: BusinessId, ids: &[ItemId]) -> Result<Vec<Item>> {
        Ok(store::by_ids(self.db.connection(), business, ids).await?)
    }

    /// Items by the accounting system's ids; unknown ones are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn by_external_ids(&self, business: BusinessId, keys: &[(IntegrationId, String)]) -> Result<Vec<Item>> {
        let mut rows = Vec::with_capacity(keys.len());
        let mut integrations: Vec<IntegrationId> = keys.iter().map(|(integration, _)| *integration).collect();
        integrations.sort_unstable();
        integrations.dedup();
        for integration in integrations {
            let ids = keys.iter().filter(|(of, _)| *of == integration).map(|(_, id)| id.clone());
            let ids: Vec<String> = ids.collect();
            rows.extend(store::by_external_ids(self.db.connection(), business, integration, &ids).await?);
        }
        Ok(rows)
    }
}
