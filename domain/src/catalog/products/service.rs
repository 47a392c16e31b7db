//! Use-cases of products: read, create, change, import, link, unlink.

use entity::{
    Amount, BusinessId, CostStatus, IntegrationId, ItemId, MovementId, ProductId, ProductType, Quantity, TypedId,
};
use serde_json::json;

use super::{
    import,
    model::{
        ImportOutcome, ImportSelection, ImportStatus, Link, Movement, MovementFilter, NewProduct, Product,
        ProductChange, ProductFilter, ProductOrder,
    },
    rules, store,
};
use crate::{
    ambient::Ambient,
    business::{Actor, Permission},
    catalog::{Item, items},
    error::{ErrorCode, Refusal, Result},
    idempotency::RequestKey,
    page::{Direction, Page, PageRequest},
    sales,
    store::{Db, WriteTx},
    sync::require_free_lock,
};

/// Items imported by one request, given by id.
const IMPORT_IDS_MAX: usize = 1_000;
/// Items imported by one request, given by filter.
const IMPORT_FILTER_MAX: u64 = 10_000;

/// Products of all businesses.
#[derive(Debug, Clone)]
pub struct Products {
    db: Db,
    ambient: Ambient,
}

impl Products {
    /// Products in this database.
    pub fn new(db: Db, ambient: Ambient) -> Self {
        Self { db, ambient }
    }

    /// A page of products.
    ///
    /// # Errors
    /// `Forbidden` without [`Permission::ReadCatalog`].
    pub async fn page(
        &self,
        actor: &Actor,
        filter: &ProductFilter,
        order: ProductOrder,
        direction: Direction,
        request: &PageRequest,
    ) -> Result<Page<Product>> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::page(self.db.connection(), actor.business, filter, order, direction, request).await?)
    }

    /// How many products match.
    ///
    /// # Errors
    /// As [`Products::page`].
    pub async fn count(&self, actor: &Actor, filter: &ProductFilter) -> Result<u64> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::count(self.db.connection(), actor.business, filter).await?)
    }

    /// Products by id; unknown ones are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn by_ids(&self, business: BusinessId, ids: &[ProductId]) -> Result<Vec<Product>> {
        Ok(store::by_ids(self.db.connection(), business, ids).await?)
    }

    /// The product linked to each of these items: one statement.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of_items(&self, business: BusinessId, items: &[ItemId]) -> Result<Vec<(ItemId, Product)>> {
        let rows = store::products_of_items(self.db.connection(), business, items).await?;
        Ok(rows.into_iter().filter_map(|(link, product)| Some((link.item_id, product?))).collect())
    }

    /// The items linked to each of these products, oldest link first: one statement.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn items_of(&self, business: BusinessId, products: &[ProductId]) -> Result<Vec<(ProductId, Item)>> {
        let mut rows = store::items_of_products(self.db.connection(), business, products).await?;
        rows.sort_by_key(|(link, _)| (link.created_at, link.id));
        Ok(rows.into_iter().filter_map(|(link, item)| Some((link.product_id, item?))).collect())
    }

    /// A page of stock movements, newest first.
    ///
    /// # Errors
    /// `Forbidden` without [`Permission::ReadCatalog`].
    pub async fn movements(
        &self,
        actor: &Actor,
        filter: &MovementFilter,
        request: &PageRequest,
    ) -> Result<Page<Movement>> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::movements(self.db.connection(), actor.business, filter, request).await?)
    }

    /// How many movements match.
    ///
    /// # Errors
    /// As [`Products::movements`].
    pub async fn count_movements(&self, actor: &Actor, filter: &MovementFilter) -> Result<u64> {
        actor.require(Permission::ReadCatalog)?;
        Ok(store::count_movements(self.db.connection(), actor.business, filter).await?)
    }

    /// Movements by id; unknown ones are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn movements_by_ids(&self, business: BusinessId, ids: &[MovementId]) -> Result<Vec<Movement>> {
        Ok(store::movements_by_ids(self.db.connection(), business, ids).await?)
    }

    /// Creates a product without stock.
    ///
    /// # Errors
    /// `Forbidden`, `VALIDATION`, `SKU_CONFLICT`, `IDEMPOTENCY_MISMATCH`.
    pub async fn create(&self, actor: &Actor, new: NewProduct, key: Option<&str>) -> Result<Product> {
        actor.require(Permission::ManageProducts)?;
        let name = rules::check_name(&new.name)?;
        let sku = rules::check_sku(new.sku.as_deref())?;
        let category = rules::check_category(new.category.as_deref())?;
        let key = key.map(|key| RequestKey::new("createProduct", key, &format!("{new:?}"))).transpose()?;
        let now = self.ambient.now();
        let tx = self.db.write().await?;
        if let Some(key) = &key
            && let Some(answer) = key.answered(&tx, actor.business).await?
            && let Some(id) = answer["product"].as_str().and_then(|text| ProductId::parse(text).ok())
        {
            return required(store::find(tx.connection(), actor.business, id).await?, id);
        }
        self.require_free_sku(&tx, actor.business, sku.as_deref(), None).await?;
        let product = Product {
            id: self.ambient.id(),
            business_id: actor.business,
            sort_name: name.to_lowercase(),
            name,
            sort_sku: sku.as_deref().unwrap_or_default().to_lowercase(),
            sku,
            kind: new.kind,
            unit: new.unit.filter(|unit| !unit.is_empty()),
            category,
            active: true,
            on_hand: Quantity::ZERO,
            value: Amount::ZERO,
            average_cost: None,
            cost_status: CostStatus::Missing,
            owed_quantity: Quantity::ZERO,
            owed_value: Amount::ZERO,
            created_at: now,
            updated_at: now,
        };
        store::insert(tx.connection(), product.clone()).await?;
        if let Some(key) = &key {
            key.keep(&tx, actor.business, json!({ "product": product.id.to_string() }), now).await?;
        }
        tx.commit().await?;
        Ok(product)
    }

    async fn require_free_sku(
        &self,
        tx: &WriteTx,
        business: BusinessId,
        sku: Option<&str>,
        except: Option<ProductId>,
    ) -> Result<()> {
        let Some(sku) = sku else { return Ok(()) };
        let same = store::by_skus(tx.connection(), business, &[sku.to_lowercase()]).await?;
        match same.into_iter().find(|product| Some(product.id) != except) {
            None => Ok(()),
            Some(other) => Err(Refusal::new(
                ErrorCode::SkuConflict,
                format!("The product {} already has the SKU {sku}.", other.name),
            )
            .help("Choose another SKU, or use that product.")
            .at(&["input", "sku"])
            .into()),
        }
    }

    /// Changes a product.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, `VALIDATION`, `SKU_CONFLICT`; `SYNC_LOCKED` while a run holds the lock.
    pub async fn change(&self, actor: &Actor, id: ProductId, change: ProductChange) -> Result<Product> {
        actor.require(Permission::ManageProducts)?;
        let name = change.name.as_deref().map(rules::check_name).transpose()?;
        let tx = self.db.write().await?;
        require_free_lock(&tx, actor.business, self.ambient.now()).await?;
        let product = required(store::find(tx.connection(), actor.business, id).await?, id)?;
        let sku = match &change.sku {
            None => product.sku.clone(),
            Some(sku) => rules::check_sku(Some(sku))?,
        };
        if sku != product.sku {
            self.require_free_sku(&tx, actor.business, sku.as_deref(), Some(id)).await?;
        }
        let category = match &change.category {
            None => product.category.clone(),
            Some(category) => rules::check_category(Some(category))?,
        };
        let name = name.unwrap_or_else(|| product.name.clone());
        let changed = Product {
            sort_name: name.to_lowercase(),
            name,
            sort_sku: sku.as_deref().unwrap_or_default().to_lowercase(),
            sku,
            kind: change.kind.unwrap_or(product.kind),
            unit: change.unit.map_or(product.unit.clone(), |unit| Some(unit).filter(|unit| !unit.is_empty())),
            category,
            active: change.active.unwrap_or(product.active),
            updated_at: self.ambient.now(),
            ..product
        };
        store::update(tx.connection(), changed.clone()).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// Imports items as products. A repeat answers for the same items again: those made before are then skipped as
    /// linked, so nothing is made twice.
    ///
    /// # Errors
    /// `Forbidden`, `VALIDATION` when there are too many, `SYNC_LOCKED` while a run holds the lock.
    pub async fn import(
        &self,
        actor: &Actor,
        selection: ImportSelection,
        kind: ProductType,
        key: Option<&str>,
    ) -> Result<Vec<ImportOutcome>> {
        actor.require(Permission::ImportProducts)?;
        let key = key.map(|key| RequestKey::new("importItems", key, &format!("{selection:?} {kind:?}"))).transpose()?;
        let now = self.ambient.now();
        let tx = self.db.write().await?;
        if let Some(key) = &key
            && let Some(answer) = key.answered(&tx, actor.business).await?
        {
            return replay(&tx, actor, &answer).await;
        }
        require_free_lock(&tx, actor.business, now).await?;
        let ids = self.selected(&tx, actor, selection).await?;
        let outcomes = import::import(&tx, &self.ambient, actor, &ids, kind).await?;
        let made = outcomes.iter().filter(|outcome| outcome.status == ImportStatus::Created);
        let linked: Vec<_> = made
            .filter_map(|outcome| outcome.item.as_ref())
            .map(|item| (item.integration_id, item.external_id.clone()))
            .collect();
        sales::items_linked(&tx, &self.ambient, actor, &linked).await?;
        if let Some(key) = &key {
            key.keep(&tx, actor.business, answer(&outcomes), now).await?;
        }
        tx.commit().await?;
        Ok(outcomes)
    }

    async fn selected(&self, tx: &WriteTx, actor: &Actor, selection: ImportSelection) -> Result<Vec<ItemId>> {
        match selection {
            ImportSelection::Ids(ids) if ids.is_empty() || ids.len() > IMPORT_IDS_MAX => {
                Err(Refusal::new(ErrorCode::Validation, format!("{} items cannot be imported at once.", ids.len()))
                    .help("Give 1 to 1,000 item ids, or a filter.")
                    .at(&["input", "itemIds"])
                    .into())
            }
            ImportSelection::Ids(ids) => Ok(ids),
            ImportSelection::Filter(filter) => {
                let ids = items::store::ids(tx.connection(), actor.business, &filter, IMPORT_FILTER_MAX + 1).await?;
                if ids.len() as u64 > IMPORT_FILTER_MAX {
                    return Err(Refusal::new(ErrorCode::Validation, "More than 10,000 items match the filter.")
                        .help("Narrow the filter, for example to unlinked items of one type, and import in parts.")
                        .at(&["input", "filter"])
                        .into());
                }
                Ok(ids)
            }
        }
    }

    /// Links a product to an item. Linking the same pair again changes nothing.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`; `ITEM_ALREADY_LINKED` naming what it is linked to; `SYNC_LOCKED`.
    pub async fn link(&self, actor: &Actor, product: ProductId, item: ItemId) -> Result<(Product, Item)> {
        actor.require(Permission::LinkProducts)?;
        let now = self.ambient.now();
        let tx = self.db.write().await?;
        require_free_lock(&tx, actor.business, now).await?;
        let product = required(store::find(tx.connection(), actor.business, product).await?, product)?;
        let found = items::store::by_ids(tx.connection(), actor.business, &[item]).await?.pop();
        let item = found.ok_or_else(|| Refusal::not_found("item", item).at(&["input", "itemId"]))?;
        rules::check_stockable(&item).map_err(|refusal| refusal.at(&["input", "itemId"]))?;
        if self.is_linked(&tx, actor.business, &product, &item).await? {
            return Ok((product, item));
        }
        let link = Link {
            id: self.ambient.id(),
            business_id: actor.business,
            integration_id: item.integration_id,
            product_id: product.id,
            item_id: item.id,
            created_at: now,
            created_by: actor.subject.clone(),
        };
        store::insert_links(tx.connection(), &[link]).await?;
        let linked = [(item.integration_id, item.external_id.clone())];
        sales::items_linked(&tx, &self.ambient, actor, &linked).await?;
        tx.commit().await?;
        let product = self.by_ids(actor.business, &[product.id]).await?.pop().unwrap_or(product);
        Ok((product, item))
    }

    /// Whether exactly this pair is linked; refuses when either is linked to something else.
    async fn is_linked(&self, tx: &WriteTx, business: BusinessId, product: &Product, item: &Item) -> Result<bool> {
        if let Some(link) = store::links_of_items(tx.connection(), business, &[item.id]).await?.pop() {
            if link.product_id == product.id {
                return Ok(true);
            }
            let other = store::find(tx.connection(), business, link.product_id).await?;
            let other = other.map_or_else(|| link.product_id.to_string(), |other| other.name);
            return Err(already(format!("{} is already linked to the product {other}.", item.name), "itemId"));
        }
        let links = store::links_of_products(tx.connection(), business, &[product.id]).await?;
        if let Some(link) = links.into_iter().find(|link| link.integration_id == item.integration_id) {
            let other = items::store::by_ids(tx.connection(), business, &[link.item_id]).await?.pop();
            let other = other.map_or_else(|| link.item_id.to_string(), |other| other.name);
            return Err(already(format!("{} is already linked to the item {other}.", product.name), "productId"));
        }
        Ok(false)
    }

    /// Removes a product's link to an integration's item. Without a link nothing changes.
    ///
    /// # Errors
    /// `Forbidden`, `NOT_FOUND`, `SYNC_LOCKED`.
    pub async fn unlink(&self, actor: &Actor, product: ProductId, integration: IntegrationId) -> Result<Product> {
        actor.require(Permission::LinkProducts)?;
        let tx = self.db.write().await?;
        require_free_lock(&tx, actor.business, self.ambient.now()).await?;
        let product = required(store::find(tx.connection(), actor.business, product).await?, product)?;
        store::delete_link(tx.connection(), actor.business, product.id, integration).await?;
        tx.commit().await?;
        Ok(product)
    }
}

fn already(message: String, field: &str) -> crate::Error {
    Refusal::new(ErrorCode::ItemAlreadyLinked, message)
        .help("Unlink it first, or choose another.")
        .at(&["input", field])
        .into()
}

fn required(found: Option<Product>, id: ProductId) -> Result<Product> {
    found.ok_or_else(|| Refusal::not_found("product", id).at(&["input", "productId"]).into())
}

/// The answer of an import, as ids and codes.
fn answer(outcomes: &[ImportOutcome]) -> serde_json::Value {
    let rows = outcomes.iter().map(|outcome| {
        json!({
            "item": outcome.item_id.to_string(),
            "product": outcome.product.as_ref().map(|product| product.id.to_string()),
            "created": outcome.status == ImportStatus::Created,
            "code": outcome.reason.as_ref().map(|reason| reason.code.as_str()),
            "message": outcome.reason.as_ref().map(|reason| reason.message.clone()),
            "help": outcome.reason.as_ref().and_then(|reason| reason.help.clone()),
            "conflicting": outcome.conflicting.as_ref().map(|product| product.id.to_string()),
        })
    });
    json!({ "results": rows.collect::<Vec<_>>() })
}

/// The first answer again, with the records as they are now.
async fn replay(tx: &WriteTx, actor: &Actor, answer: &serde_json::Value) -> Result<Vec<ImportOutcome>> {
    let mut outcomes = Vec::new();
    for row in answer["results"].as_array().into_iter().flatten() {
        let text = |field: &str| row[field].as_str();
        let product = |field: &str| text(field).and_then(|text| ProductId::parse(text).ok());
        let Some(item_id) = text("item").and_then(|text| ItemId::parse(text).ok()) else { continue };
        let reason = text("code").and_then(ErrorCode::parse).map(|code| Refusal {
            code,
            message: text("message").unwrap_or_default().to_owned(),
            path: Vec::new(),
            help: text("help").map(str::to_owned),
            provider_code: None,
        });
        let status = match (row["created"].as_bool(), reason.as_ref().map(|reason| reason.code)) {
            (Some(true), _) => ImportStatus::Created,
            (_, Some(ErrorCode::ItemAlreadyLinked)) => ImportStatus::Skipped,
            (_, Some(ErrorCode::SkuConflict)) => ImportStatus::Conflict,
            _ => ImportStatus::Failed,
        };
        let ids: Vec<ProductId> = [product("product"), product("conflicting")].into_iter().flatten().collect();
        let products = store::by_ids(tx.connection(), actor.business, &ids).await?;
        let found = |id: Option<ProductId>| products.iter().find(|row| Some(row.id) == id).cloned();
        outcomes.push(ImportOutcome {
            item_id,
            item: items::store::by_ids(tx.connection(), actor.business, &[item_id]).await?.pop(),
            status,
            product: found(product("product")),
            reason,
            conflicting: found(product("conflicting")),
        });
    }
    Ok(outcomes)
}
