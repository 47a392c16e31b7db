//! Lists, and reads for the levels of an answer: there the caller has checked who asks, and names the business.

use std::collections::HashMap;

use entity::{BomId, BuildId, BuildLineId, BusinessId, LineKind, ProductId, Quantity};

use super::{
    model::{Bom, BomFilter, BomLine, Build, BuildLine, LossAccount},
    rules,
    service::Production,
    store,
};
use crate::{
    business::{Actor, Permission},
    catalog::products,
    error::Result,
    export,
    page::{Page, PageRequest},
};

impl Production {
    /// A page of versions of bills of materials, newest first.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn boms_page(&self, actor: &Actor, filter: &BomFilter, request: &PageRequest) -> Result<Page<Bom>> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::boms_page(self.db.connection(), actor.business, filter, request).await?)
    }

    /// How many versions match.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn count_boms(&self, actor: &Actor, filter: &BomFilter) -> Result<u64> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::count_boms(self.db.connection(), actor.business, filter).await?)
    }

    /// Where a loss would be posted. Without an accounting system nothing is, so nothing has to be set.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn loss_account(&self, actor: &Actor) -> Result<LossAccount> {
        export::loss_account(self.db.connection(), actor.business).await
    }

    /// Versions by id; unknown ones are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn boms_found(&self, business: BusinessId, ids: &[BomId]) -> Result<Vec<Bom>> {
        Ok(store::boms(self.db.connection(), business, ids).await?)
    }

    /// Lines of versions, in order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lines_of_boms(&self, business: BusinessId, boms: &[BomId]) -> Result<Vec<BomLine>> {
        Ok(store::bom_lines(self.db.connection(), business, boms).await?)
    }

    /// The active version of each product that has one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn active_boms(&self, business: BusinessId, products: &[ProductId]) -> Result<Vec<Bom>> {
        Ok(store::active_boms(self.db.connection(), business, products).await?)
    }

    /// Whole units of each product that could be built of what is there; products without an active version, or
    /// without required components in it, are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn max_buildable(
        &self,
        business: BusinessId,
        products: &[ProductId],
    ) -> Result<HashMap<ProductId, Quantity>> {
        let boms = store::active_boms(self.db.connection(), business, products).await?;
        let ids: Vec<BomId> = boms.iter().map(|bom| bom.id).collect();
        let mut lines: HashMap<BomId, Vec<BomLine>> = HashMap::new();
        let mut components: Vec<ProductId> = Vec::new();
        for line in store::bom_lines(self.db.connection(), business, &ids).await? {
            components.extend(line.product_id.filter(|_| line.kind == LineKind::Component));
            lines.entry(line.bom_id).or_default().push(line);
        }
        components.sort_unstable();
        components.dedup();
        let found = products::store::by_ids(self.db.connection(), business, &components).await?;
        let on_hand: HashMap<ProductId, Quantity> = found.into_iter().map(|row| (row.id, row.on_hand)).collect();
        let units = |bom: Bom| {
            let there = |product: ProductId| on_hand.get(&product).copied().unwrap_or_default();
            Some((bom.product_id, rules::max_buildable(lines.get(&bom.id)?, there)?))
        };
        Ok(boms.into_iter().filter_map(units).collect())
    }

    /// Builds by id; unknown ones are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn builds_found(&self, business: BusinessId, ids: &[BuildId]) -> Result<Vec<Build>> {
        Ok(store::builds(self.db.connection(), business, ids).await?)
    }

    /// Lines of builds by id; unknown ones are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn build_lines_found(&self, business: BusinessId, ids: &[BuildLineId]) -> Result<Vec<BuildLine>> {
        Ok(store::build_lines_by_ids(self.db.connection(), business, ids).await?)
    }

    /// Lines of builds, in order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lines_of_builds(&self, business: BusinessId, builds: &[BuildId]) -> Result<Vec<BuildLine>> {
        Ok(store::build_lines(self.db.connection(), business, builds).await?)
    }
}
