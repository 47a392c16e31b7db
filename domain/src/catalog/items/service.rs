//! Reading items.

use entity::{BusinessId, ItemId};

use super::{
    model::{Item, ItemFilter, ItemOrder},
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

    /// A page of items.
    ///
    /// # Errors
    /// `Forbidden` without [`Permission::ReadCatalog`].
    pub async fn page(
        &self,
        actor: &Actor,
        filter: &ItemFilter,
        order: ItemOrder,
        direction: Direction,
        request: &PageRequest,
    ) -> Result<Page<Item>> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::page(self.db.connection(), actor.business, filter, order, direction, request).await?)
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
}
