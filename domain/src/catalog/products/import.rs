//! Imports items as products (behaviour 2.5): one transaction, an answer per item.
//!
//! Rule: an item that is linked is skipped; a SKU that an unlinked product has is a conflict, never a duplicate; a
//! quantity makes one opening movement.

use std::collections::{HashMap, HashSet};

use entity::{
    CostStatus, IntegrationId, ItemId, ItemType, MovementKind, ProductId, ProductType, Quantity, SourceKind, Timestamp,
};

use super::{
    model::{ImportOutcome, ImportStatus, Link, Product},
    rules::{self, Restock},
    store,
};
use crate::{
    ambient::Ambient,
    business::Actor,
    catalog::{Item, items},
    error::{ErrorCode, Refusal, Result},
    stock::{
        self, Cause,
        ledger::{Ledger, Writer},
        store::bulk_products,
    },
    store::WriteTx,
};

/// What an import looks at beside the items themselves.
struct Known {
    /// Product by linked item.
    linked: HashMap<ItemId, Product>,
    /// Products by SKU in lower case.
    by_sku: HashMap<String, Vec<Product>>,
    /// Links of those products: product and integration.
    taken: HashSet<(ProductId, IntegrationId)>,
}

/// What an import writes.
#[derive(Default)]
struct Writes {
    products: Vec<Product>,
    links: Vec<Link>,
    openings: Vec<(ProductId, Restock)>,
}

struct Import<'a> {
    ambient: &'a Ambient,
    actor: &'a Actor,
    kind: ProductType,
    now: Timestamp,
}

/// Imports `ids`, in their order.
pub(super) async fn import(
    tx: &WriteTx,
    ambient: &Ambient,
    actor: &Actor,
    ids: &[ItemId],
    kind: ProductType,
) -> Result<Vec<ImportOutcome>> {
    let now = ambient.now();
    let import = Import { ambient, actor, kind, now };
    let found = items::store::by_ids(tx.connection(), actor.business, ids).await?;
    let mut found: HashMap<ItemId, Item> = found.into_iter().map(|item| (item.id, item)).collect();
    let known = known(tx, actor, ids, found.values()).await?;
    let mut writes = Writes::default();
    let mut done = HashSet::new();
    let mut outcomes = Vec::with_capacity(ids.len());
    for id in ids {
        if done.insert(*id) {
            outcomes.push(import.one(*id, found.remove(id), &known, &mut writes));
        }
    }
    bulk_products(tx.connection(), &writes.products).await?;
    store::insert_links(tx.connection(), &writes.links).await?;
    let opened = open_stock(tx, ambient, actor, writes).await?;
    for outcome in outcomes.iter_mut().filter(|outcome| outcome.status == ImportStatus::Created) {
        if let Some(product) = outcome.product.as_ref().and_then(|product| opened.get(&product.id)) {
            outcome.product = Some(product.clone());
        }
    }
    Ok(outcomes)
}

/// Opening stock goes through the ledger like everything else. Answers the products that have some.
async fn open_stock(
    tx: &WriteTx,
    ambient: &Ambient,
    actor: &Actor,
    writes: Writes,
) -> Result<HashMap<ProductId, Product>> {
    if writes.openings.is_empty() {
        return Ok(HashMap::new());
    }
    let mut ledger = Ledger::open(tx, ambient, &Writer::new(actor.business, &actor.subject)).await?;
    let today = ledger.book.stamp.today;
    for product in writes.products {
        ledger.book.load_product(product);
    }
    for (product, opening) in writes.openings {
        let cause = Cause::new(MovementKind::Opening, today).of(SourceKind::Import, product);
        let opened = ledger.book.open_balance(product, &opening, &cause);
        opened.map_err(|error| stock::rules::explain(&error, &ledger.book))?;
    }
    let effects = ledger.write().await?;
    Ok(effects.products.into_iter().map(|product| (product.id, product)).collect())
}

async fn known<'a>(
    tx: &WriteTx,
    actor: &Actor,
    ids: &[ItemId],
    items: impl Iterator<Item = &'a Item>,
) -> Result<Known> {
    let links = store::links_of_items(tx.connection(), actor.business, ids).await?;
    let product_ids: Vec<ProductId> = links.iter().map(|link| link.product_id).collect();
    let products = store::by_ids(tx.connection(), actor.business, &product_ids).await?;
    let products: HashMap<ProductId, Product> = products.into_iter().map(|row| (row.id, row)).collect();
    let linked =
        links.iter().filter_map(|link| Some((link.item_id, products.get(&link.product_id)?.clone()))).collect();
    let mut skus: Vec<String> = items.map(|item| item.sort_sku.clone()).filter(|sku| !sku.is_empty()).collect();
    skus.sort_unstable();
    skus.dedup();
    let same_sku = store::by_skus(tx.connection(), actor.business, &skus).await?;
    let mut taken = HashSet::new();
    for chunk in same_sku.iter().map(|row| row.id).collect::<Vec<_>>().chunks(1_000) {
        let links = store::links_of_products(tx.connection(), actor.business, chunk).await?;
        taken.extend(links.into_iter().map(|link| (link.product_id, link.integration_id)));
    }
    let mut by_sku: HashMap<String, Vec<Product>> = HashMap::new();
    for product in same_sku {
        by_sku.entry(product.sort_sku.clone()).or_default().push(product);
    }
    Ok(Known { linked, by_sku, taken })
}

impl Import<'_> {
    fn one(&self, id: ItemId, item: Option<Item>, known: &Known, writes: &mut Writes) -> ImportOutcome {
        let Some(item) = item else {
            return refused(id, None, ImportStatus::Failed, Refusal::not_found("item", id));
        };
        if let Some(product) = known.linked.get(&id) {
            let reason = Refusal::new(
                ErrorCode::ItemAlreadyLinked,
                format!("{} is already linked to the product {}.", item.name, product.name),
            )
            .help("Nothing to do; unlink it first to import it anew.");
            let mut outcome = refused(id, Some(item), ImportStatus::Skipped, reason);
            outcome.product = Some(product.clone());
            return outcome;
        }
        if let Err(refusal) = rules::check_stockable(&item) {
            return refused(id, Some(item), ImportStatus::Failed, refusal);
        }
        if let Some(product) = self.conflicting(&item, known) {
            let reason = Refusal::new(
                ErrorCode::SkuConflict,
                format!(
                    "{} has the SKU {} of the unlinked product {}.",
                    item.name,
                    product.sku.as_deref().unwrap_or_default(),
                    product.name
                ),
            )
            .help("Link the item to that product instead, or change one of the SKUs.");
            let conflicting = Some(product.clone());
            let outcome = refused(id, Some(item), ImportStatus::Conflict, reason);
            return ImportOutcome { conflicting, ..outcome };
        }
        match self.create(&item, writes) {
            Ok(product) => ImportOutcome {
                item_id: id,
                item: Some(item),
                status: ImportStatus::Created,
                product: Some(product),
                reason: None,
                conflicting: None,
            },
            Err(refusal) => refused(id, Some(item), ImportStatus::Failed, refusal),
        }
    }

    /// A product with the item's SKU that nothing of this integration is linked to.
    fn conflicting<'k>(&self, item: &Item, known: &'k Known) -> Option<&'k Product> {
        let same = known.by_sku.get(&item.sort_sku).filter(|_| !item.sort_sku.is_empty())?;
        same.iter().find(|product| !known.taken.contains(&(product.id, item.integration_id)))
    }

    fn create(&self, item: &Item, writes: &mut Writes) -> std::result::Result<Product, Refusal> {
        let opening = opening(item)?;
        let product = self.product(item);
        if let Some(opening) = opening.filter(Restock::moves) {
            writes.openings.push((product.id, opening));
        }
        writes.links.push(Link {
            id: self.ambient.id(),
            business_id: self.actor.business,
            integration_id: item.integration_id,
            product_id: product.id,
            item_id: item.id,
            created_at: self.now,
            created_by: self.actor.subject.clone(),
        });
        writes.products.push(product.clone());
        Ok(product)
    }

    fn product(&self, item: &Item) -> Product {
        let cost = rules::known_cost(item);
        Product {
            id: self.ambient.id(),
            business_id: self.actor.business,
            name: item.name.clone(),
            sort_name: item.sort_name.clone(),
            sku: item.sku.clone(),
            sort_sku: item.sort_sku.clone(),
            kind: self.kind,
            unit: None,
            category: rules::category_of(item),
            active: item.active,
            on_hand: Quantity::ZERO,
            value: entity::Amount::ZERO,
            average_cost: cost,
            cost_status: if cost.is_some() { CostStatus::Complete } else { CostStatus::Missing },
            owed_quantity: Quantity::ZERO,
            owed_value: entity::Amount::ZERO,
            created_at: self.now,
            updated_at: self.now,
        }
    }
}

/// Opening stock of an item that the accounting system counts.
fn opening(item: &Item) -> std::result::Result<Option<Restock>, Refusal> {
    let quantity = item.quantity_on_hand.filter(|_| item.kind == ItemType::Inventory);
    let cost = rules::known_cost(item);
    quantity.map(|quantity| rules::restock(Quantity::ZERO, entity::Amount::ZERO, quantity, cost)).transpose()
}

fn refused(item_id: ItemId, item: Option<Item>, status: ImportStatus, reason: Refusal) -> ImportOutcome {
    ImportOutcome { item_id, item, status, product: None, reason: Some(reason), conflicting: None }
}
