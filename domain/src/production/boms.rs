//! Bills of materials: every change is a new version, one is active per product.

use std::collections::HashMap;

use entity::{BomId, BomStatus, LineKind, ProductId};

use super::{
    model::{Bom, BomDetails, BomLine, NewBom},
    rules,
    service::Production,
    store,
};
use crate::{
    business::{Actor, Permission},
    catalog::products,
    error::{ErrorCode, Refusal, Result},
    idempotency::RequestKey,
    stock::ledger::{Ledger, Writer},
    store::WriteTx,
};

impl Production {
    /// Saves a new version; unless it is a draft it becomes the active one, and the one before is archived.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, `VALIDATION`, `INVALID_QUANTITY`, `INVALID_COST`; `BOM_CYCLE` naming the chain.
    pub async fn save_bom(&self, actor: &Actor, new: NewBom) -> Result<BomDetails> {
        self.save_bom_once(actor, new, None).await
    }

    /// As [`Production::save_bom`]; the same key with the same version gets it as it is now, and nothing happens.
    ///
    /// # Errors
    /// As [`Production::save_bom`]; `IDEMPOTENCY_MISMATCH`.
    pub async fn save_bom_once(&self, actor: &Actor, new: NewBom, key: Option<&str>) -> Result<BomDetails> {
        actor.require(Permission::ManageStock)?;
        let key = RequestKey::of("saveBom", key, &new)?;
        if new.lines.is_empty() || new.lines.len() > rules::LINES_MAX {
            return Err(Refusal::new(ErrorCode::Validation, "A bill of materials has 1 to 500 lines.").into());
        }
        for (place, line) in new.lines.iter().enumerate() {
            rules::check_line(place, line)?;
        }
        let tx = self.db.write().await?;
        // The book's lock keeps two versions from being made at once.
        let ledger = Ledger::open(&tx, &self.ambient, &Writer::new(actor.business, &actor.subject)).await?;
        if let Some(id) = RequestKey::made::<BomId>(key.as_ref(), &tx, actor.business).await? {
            let bom = store::boms(tx.connection(), actor.business, &[id]).await?.pop();
            let bom = bom.ok_or_else(|| Refusal::not_found("bill of materials", id))?;
            let lines = store::bom_lines(tx.connection(), actor.business, &[id]).await?;
            return Ok(BomDetails { bom, lines });
        }
        let components: Vec<ProductId> = new.lines.iter().filter_map(|line| line.product).collect();
        self.check_products(&tx, actor, new.product, &components).await?;
        let versions = store::boms_of(tx.connection(), actor.business, &[new.product]).await?;
        let bom = Bom {
            id: self.ambient.id(),
            business_id: actor.business,
            product_id: new.product,
            version: versions.first().map_or(1, |latest| latest.version + 1),
            status: if new.draft { BomStatus::Draft } else { BomStatus::Active },
            note: new.note.clone(),
            created_at: ledger.book.stamp.recorded_at,
            created_by: actor.subject.clone(),
        };
        if !new.draft {
            let (active, archived) = (BomStatus::Active, BomStatus::Archived);
            store::set_status(tx.connection(), actor.business, new.product, active, archived).await?;
        }
        let lines = self.lines(&bom, new);
        store::insert_bom(tx.connection(), bom.clone(), lines.clone()).await?;
        RequestKey::keep_made(key.as_ref(), &tx, actor.business, bom.id, self.ambient.now()).await?;
        tx.commit().await?;
        Ok(BomDetails { bom, lines })
    }

    fn lines(&self, bom: &Bom, new: NewBom) -> Vec<BomLine> {
        let row = |(position, line): (i32, super::model::NewBomLine)| BomLine {
            id: self.ambient.id(),
            business_id: bom.business_id,
            bom_id: bom.id,
            position,
            kind: line.kind,
            product_id: line.product,
            quantity: line.quantity,
            optional: line.optional && line.kind == LineKind::Component,
            label: line.label,
            rate: line.rate,
        };
        (0_i32..).zip(new.lines).map(row).collect()
    }

    async fn check_products(
        &self,
        tx: &WriteTx,
        actor: &Actor,
        product: ProductId,
        components: &[ProductId],
    ) -> Result<()> {
        let mut ids = components.to_vec();
        ids.push(product);
        let found = products::store::by_ids(tx.connection(), actor.business, &ids).await?;
        let mut names: HashMap<ProductId, String> = found.into_iter().map(|row| (row.id, row.name)).collect();
        if let Some(missing) = ids.iter().find(|id| !names.contains_key(id)) {
            return Err(Refusal::not_found("product", missing).into());
        }
        let made_of = store::made_of(tx.connection(), actor.business).await?;
        let Err(chain) = rules::check_nesting(product, components, &made_of) else { return Ok(()) };
        for row in products::store::by_ids(tx.connection(), actor.business, &chain).await? {
            names.insert(row.id, row.name);
        }
        let names: Vec<&str> = chain.iter().map(|id| names.get(id).map_or("?", String::as_str)).collect();
        let message = if chain.first() == chain.last() {
            format!("{} would be made of itself: {}.", names.first().unwrap_or(&"?"), names.join(" → "))
        } else {
            format!("Bills of materials nest at most 10 levels; this would be {}: {}.", chain.len(), names.join(" → "))
        };
        Err(Refusal::new(ErrorCode::BomCycle, message).help("Take one of these products out of the chain.").into())
    }

    /// Puts a draft to use.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, `INVALID_STATE`, `BOM_CYCLE`.
    pub async fn activate_bom(&self, actor: &Actor, id: BomId) -> Result<BomDetails> {
        actor.require(Permission::ManageStock)?;
        let tx = self.db.write().await?;
        Ledger::open(&tx, &self.ambient, &Writer::new(actor.business, &actor.subject)).await?;
        let found = store::boms(tx.connection(), actor.business, &[id]).await?.pop();
        let mut bom = found.ok_or_else(|| Refusal::not_found("bill of materials", id))?;
        if bom.status != BomStatus::Draft {
            return Err(Refusal::new(ErrorCode::InvalidState, format!("Version {} is no draft.", bom.version))
                .help("Save a new version instead.")
                .into());
        }
        let lines = store::bom_lines(tx.connection(), actor.business, &[id]).await?;
        let components: Vec<ProductId> = lines.iter().filter_map(|line| line.product_id).collect();
        self.check_products(&tx, actor, bom.product_id, &components).await?;
        let (active, archived) = (BomStatus::Active, BomStatus::Archived);
        store::set_status(tx.connection(), actor.business, bom.product_id, active, archived).await?;
        store::set_status_of(tx.connection(), actor.business, id, active).await?;
        bom.status = active;
        tx.commit().await?;
        Ok(BomDetails { bom, lines })
    }

    /// All versions of products with their lines, latest first.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn boms_of(&self, actor: &Actor, products: &[ProductId]) -> Result<Vec<BomDetails>> {
        actor.require(Permission::ReadCatalog)?;
        let boms = store::boms_of(self.db.connection(), actor.business, products).await?;
        self.with_lines(actor, boms).await
    }

    /// Versions with their lines; unknown ones are left out.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn boms(&self, actor: &Actor, ids: &[BomId]) -> Result<Vec<BomDetails>> {
        actor.require(Permission::ReadCatalog)?;
        let boms = store::boms(self.db.connection(), actor.business, ids).await?;
        self.with_lines(actor, boms).await
    }

    /// Active versions that use a product.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn where_used(&self, actor: &Actor, product: ProductId) -> Result<Vec<BomDetails>> {
        actor.require(Permission::ReadCatalog)?;
        let boms = store::using(self.db.connection(), actor.business, product).await?;
        self.with_lines(actor, boms).await
    }

    async fn with_lines(&self, actor: &Actor, boms: Vec<Bom>) -> Result<Vec<BomDetails>> {
        let ids: Vec<BomId> = boms.iter().map(|bom| bom.id).collect();
        let mut of: HashMap<BomId, Vec<BomLine>> = HashMap::new();
        for line in store::bom_lines(self.db.connection(), actor.business, &ids).await? {
            of.entry(line.bom_id).or_default().push(line);
        }
        let details = |bom: Bom| BomDetails { lines: of.remove(&bom.id).unwrap_or_default(), bom };
        Ok(boms.into_iter().map(details).collect())
    }
}
