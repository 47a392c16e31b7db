//! A file's transaction: begun, fed in batches, kept or dropped.

use std::collections::{BTreeMap, HashMap, HashSet};

use entity::{ProductId, Timestamp};

use super::model::IntakeKind;
use crate::{
    ambient::Ambient,
    business::{Actor, Permission},
    catalog::Product,
    error::{ErrorCode, Refusal, Result},
    integration,
    store::{Db, WriteTx},
    sync::require_free_lock,
};

/// Files into all businesses.
#[derive(Debug, Clone)]
pub struct Intake {
    db: Db,
    ambient: Ambient,
}

/// A file that is being taken in.
#[derive(Debug)]
pub struct Batch {
    pub(super) tx: WriteTx,
    pub(super) ambient: Ambient,
    pub(super) actor: Actor,
    pub(super) now: Timestamp,
    /// Products whose opening stock is of this file.
    pub(super) opened: HashSet<ProductId>,
    /// Lot numbers of this file.
    pub(super) numbers: HashSet<(ProductId, String)>,
    /// Products whose bill of materials was in this file.
    pub(super) seen: HashSet<ProductId>,
    /// What every product is made of; known once a bill of materials came.
    pub(super) made_of: Option<BTreeMap<ProductId, Vec<ProductId>>>,
}

impl Intake {
    /// Files into this database.
    pub fn new(db: Db, ambient: Ambient) -> Self {
        Self { db, ambient }
    }

    /// Begins a file.
    ///
    /// # Errors
    /// `Forbidden`; `SYNC_LOCKED` while a run or build holds the lock; `INVALID_STATE` for opening stock while the
    /// accounting system owns the quantities.
    pub async fn begin(&self, actor: &Actor, kind: IntakeKind) -> Result<Batch> {
        actor.require(permission(kind))?;
        let now = self.ambient.now();
        let tx = self.db.write().await?;
        require_free_lock(&tx, actor.business, now).await?;
        if kind == IntakeKind::OpeningStock
            && !super::store::keeps_lots(tx.connection(), actor.business).await?
            && integration::has_sync_mode(&tx, actor.business).await?
        {
            return Err(Refusal::new(
                ErrorCode::InvalidState,
                "The accounting system owns the quantities in sync mode.",
            )
            .help("Import the items instead, or enable receiving.")
            .into());
        }
        Ok(Batch {
            tx,
            ambient: self.ambient.clone(),
            actor: actor.clone(),
            now,
            opened: HashSet::new(),
            numbers: HashSet::new(),
            seen: HashSet::new(),
            made_of: None,
        })
    }

    /// Whether a caller may take in such a file.
    ///
    /// # Errors
    /// `Forbidden`.
    pub fn require(&self, actor: &Actor, kind: IntakeKind) -> Result<()> {
        actor.require(permission(kind))
    }
}

fn permission(kind: IntakeKind) -> Permission {
    match kind {
        IntakeKind::Products => Permission::ManageProducts,
        IntakeKind::OpeningStock | IntakeKind::Boms => Permission::ManageStock,
    }
}

impl Batch {
    /// Keeps what was taken in. Dropped instead, nothing was.
    ///
    /// # Errors
    /// When the database refuses; then nothing was kept.
    pub async fn keep(self) -> Result<()> {
        Ok(self.tx.commit().await?)
    }

    /// Active products by SKU in lower case; none where several share one.
    pub(super) async fn by_sku(&self, mut skus: Vec<String>) -> Result<HashMap<String, Option<Product>>> {
        skus.retain(|sku| !sku.is_empty());
        skus.sort_unstable();
        skus.dedup();
        let mut found: HashMap<String, Option<Product>> = HashMap::new();
        for row in super::store::by_skus(self.tx.connection(), self.actor.business, skus).await? {
            found.entry(row.sort_sku.clone()).and_modify(|known| *known = None).or_insert(Some(row));
        }
        Ok(found)
    }
}

/// The product with a SKU.
///
/// # Errors
/// `NOT_FOUND`, or `SKU_CONFLICT` where several products share it.
pub(super) fn named<'a>(
    found: &'a HashMap<String, Option<Product>>,
    sku: &str,
) -> std::result::Result<&'a Product, Refusal> {
    match found.get(&sku.to_lowercase()) {
        Some(Some(product)) => Ok(product),
        Some(None) => Err(Refusal::new(ErrorCode::SkuConflict, format!("Several active products have the SKU {sku}."))
            .help("Give each its own SKU first.")),
        None => Err(Refusal::new(ErrorCode::NotFound, format!("There is no active product with the SKU {sku:?}."))
            .help("Import the products first, or correct the SKU.")),
    }
}
