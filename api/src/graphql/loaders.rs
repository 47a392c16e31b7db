//! Batches of lookups: objects of one level are fetched with one statement.
//!
//! Rule: nothing is remembered between batches, so a loader never shows what was; keys carry their business, and a batch
//! never mixes businesses in one statement. Each batch has a loader of its own: a shared one would load for all requests
//! one after another, and lose the keys of others with a request that is given up.

use std::{collections::HashMap, fmt, hash::Hash, sync::Arc};

use async_graphql::Error;
use dataloader::{BatchFn, non_cached::Loader};
use domain::{
    catalog::{Account, Item, Items, Product, Products, References, Supplier},
    export::Exports,
    integration::{Integration, Integrations},
    production::Production,
    receiving::Receiving,
    sales::Sales,
    stock::Stock,
    sync::{Run, Syncs},
};
use entity::{BusinessId, IntegrationId, ItemId, ProductId, RunId, SupplierId, SyncKind};
use futures::future::BoxFuture;

use super::{
    export::ExportLoaders, gather::Gather, production::ProductionLoaders, receiving::ReceivingLoaders,
    refusal::shared_fault, sales::SalesLoaders, stock::StockLoaders,
};

/// Keys of one statement at most.
const BATCH_MAX: usize = 1_000;

pub(super) type Fetched<K, V> = BoxFuture<'static, domain::Result<HashMap<K, V>>>;
type Fetch<K, V> = Arc<dyn Fn(BusinessId, Vec<K>) -> Fetched<K, V> + Send + Sync>;
type Loaded<V> = Result<Option<V>, Arc<domain::Error>>;

/// Fetches batches, one statement per business.
pub(super) struct Batch<K, V>(Fetch<K, V>);

impl<K, V> BatchFn<(BusinessId, K), Loaded<V>> for Batch<K, V>
where
    K: Eq + Hash + Clone + Send + Sync,
    V: Clone + Send,
{
    async fn load(&mut self, keys: &[(BusinessId, K)]) -> HashMap<(BusinessId, K), Loaded<V>> {
        let mut by_business: HashMap<BusinessId, Vec<K>> = HashMap::new();
        for (business, key) in keys {
            by_business.entry(*business).or_default().push(key.clone());
        }
        let mut loaded = HashMap::with_capacity(keys.len());
        for (business, keys) in by_business {
            let fetched = (self.0)(business, keys.clone()).await.map_err(Arc::new);
            for key in keys {
                let value = fetched.as_ref().map(|found| found.get(&key).cloned()).map_err(Arc::clone);
                loaded.insert((business, key), value);
            }
        }
        loaded
    }
}

/// A loader of `V` by `K`.
pub(super) struct By<K, V> {
    fetch: Fetch<K, V>,
    gather: Gather<(BusinessId, K), Loaded<V>>,
}

impl<K, V> Clone for By<K, V> {
    fn clone(&self) -> Self {
        Self { fetch: Arc::clone(&self.fetch), gather: self.gather.clone() }
    }
}

impl<K, V> By<K, V>
where
    K: Eq + Hash + Clone + fmt::Debug + Send + Sync + 'static,
    V: Clone + Send + 'static,
{
    /// A loader over a use-case.
    pub(super) fn over<S>(service: &S, fetch: fn(S, BusinessId, Vec<K>) -> Fetched<K, V>) -> Self
    where
        S: Clone + Send + Sync + 'static,
    {
        let service = service.clone();
        Self::new(move |business, keys| fetch(service.clone(), business, keys))
    }

    fn new<F>(fetch: F) -> Self
    where
        F: Fn(BusinessId, Vec<K>) -> Fetched<K, V> + Send + Sync + 'static,
    {
        Self { fetch: Arc::new(fetch), gather: Gather::default() }
    }

    /// The object, if this business has it.
    ///
    /// # Errors
    /// A masked fault when the database does not answer.
    pub(super) async fn get(&self, business: BusinessId, key: K) -> Result<Option<V>, Error> {
        let loaded = self.gather.get((business, key), |keys| self.load(keys)).await;
        loaded.map_err(|error| shared_fault(&error))
    }

    async fn load(&self, keys: Vec<(BusinessId, K)>) -> Vec<Loaded<V>> {
        // They are gathered already: it need not wait for more.
        let loader = Loader::new(Batch(Arc::clone(&self.fetch))).with_max_batch_size(BATCH_MAX).with_yield_count(0);
        let loaded = loader.load_many(keys.clone()).await;
        keys.iter().map(|key| loaded.get(key).cloned().unwrap_or(Ok(None))).collect()
    }
}

/// Rows by their key.
pub(super) fn keyed<K: Eq + Hash, V>(rows: Vec<V>, key: impl Fn(&V) -> K) -> HashMap<K, V> {
    rows.into_iter().map(|row| (key(&row), row)).collect()
}

/// Rows in groups by their key, each in the order given.
pub(super) fn grouped<K: Eq + Hash, V>(rows: Vec<V>, key: impl Fn(&V) -> K) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}

/// All loaders. Cheap to clone.
#[derive(Clone)]
pub struct Loaders {
    pub(super) integrations: By<IntegrationId, Integration>,
    pub(super) runs: By<RunId, Run>,
    pub(super) latest_item_sync: By<IntegrationId, Run>,
    pub(super) latest_sales_sync: By<IntegrationId, Run>,
    pub(super) item_by_external_id: By<(IntegrationId, String), Item>,
    pub(super) sales: SalesLoaders,
    pub(super) items: By<ItemId, Item>,
    pub(super) products: By<ProductId, Product>,
    pub(super) product_of_item: By<ItemId, Product>,
    pub(super) item_of_product: By<ProductId, Item>,
    pub(super) accounts: By<(IntegrationId, String), Account>,
    pub(super) suppliers: By<SupplierId, Supplier>,
    pub(super) stock: StockLoaders,
    pub(super) receiving: ReceivingLoaders,
    pub(super) production: ProductionLoaders,
    pub(super) exports: ExportLoaders,
}

impl fmt::Debug for Loaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Loaders")
    }
}

impl Loaders {
    /// Loaders over these use-cases.
    pub fn new(
        integrations: &Integrations,
        syncs: &Syncs,
        items: &Items,
        products: &Products,
        references: &References,
        (stock, receiving, production, exports, sales): (&Stock, &Receiving, &Production, &Exports, &Sales),
    ) -> Self {
        Self {
            integrations: integrations_by_id(integrations.clone()),
            runs: runs_by_id(syncs.clone()),
            latest_item_sync: latest_run(syncs.clone(), SyncKind::Items),
            items: items_by_id(items.clone()),
            products: products_by_id(products.clone()),
            product_of_item: product_of_item(products.clone()),
            item_of_product: item_of_product(products.clone()),
            accounts: accounts(references.clone()),
            suppliers: By::over(references, |references, business, keys| {
                Box::pin(async move { Ok(keyed(references.suppliers_by_ids(business, &keys).await?, |row| row.id)) })
            }),
            stock: StockLoaders::new(stock, products),
            receiving: ReceivingLoaders::new(receiving),
            production: ProductionLoaders::new(production),
            exports: ExportLoaders::new(exports),
            sales: SalesLoaders::new(sales),
            item_by_external_id: item_by_external_id(items.clone()),
            latest_sales_sync: latest_run(syncs.clone(), SyncKind::Sales),
        }
    }
}

fn integrations_by_id(integrations: Integrations) -> By<IntegrationId, Integration> {
    By::new(move |business, keys| {
        let integrations = integrations.clone();
        Box::pin(async move {
            let rows = integrations.by_ids(business, &keys).await?;
            Ok(rows.into_iter().map(|row| (row.id, row)).collect())
        })
    })
}

fn runs_by_id(syncs: Syncs) -> By<RunId, Run> {
    By::new(move |business, keys| {
        let syncs = syncs.clone();
        Box::pin(async move {
            let rows = syncs.by_ids(business, &keys).await?;
            Ok(rows.into_iter().map(|row| (row.id, row)).collect())
        })
    })
}

fn latest_run(syncs: Syncs, kind: SyncKind) -> By<IntegrationId, Run> {
    By::new(move |business, keys| {
        let syncs = syncs.clone();
        Box::pin(async move {
            let rows = syncs.latest_of(business, &keys, kind).await?;
            Ok(rows.into_iter().map(|row| (row.integration_id, row)).collect())
        })
    })
}

fn items_by_id(items: Items) -> By<ItemId, Item> {
    By::new(move |business, keys| {
        let items = items.clone();
        Box::pin(async move {
            let rows = items.by_ids(business, &keys).await?;
            Ok(rows.into_iter().map(|row| (row.id, row)).collect())
        })
    })
}

fn item_by_external_id(items: Items) -> By<(IntegrationId, String), Item> {
    By::new(move |business, keys| {
        let items = items.clone();
        Box::pin(async move {
            let rows = items.by_external_ids(business, &keys).await?;
            Ok(rows.into_iter().map(|row| ((row.integration_id, row.external_id.clone()), row)).collect())
        })
    })
}

fn products_by_id(products: Products) -> By<ProductId, Product> {
    By::new(move |business, keys| {
        let products = products.clone();
        Box::pin(async move {
            let rows = products.by_ids(business, &keys).await?;
            Ok(rows.into_iter().map(|row| (row.id, row)).collect())
        })
    })
}

fn product_of_item(products: Products) -> By<ItemId, Product> {
    By::new(move |business, keys| {
        let products = products.clone();
        Box::pin(async move { Ok(products.of_items(business, &keys).await?.into_iter().collect()) })
    })
}

fn item_of_product(products: Products) -> By<ProductId, Item> {
    By::new(move |business, keys| {
        let products = products.clone();
        Box::pin(async move {
            let mut oldest = HashMap::new();
            for (product, item) in products.items_of(business, &keys).await? {
                oldest.entry(product).or_insert(item);
            }
            Ok(oldest)
        })
    })
}

fn accounts(references: References) -> By<(IntegrationId, String), Account> {
    By::new(move |business, keys| {
        let references = references.clone();
        Box::pin(async move { references.accounts_by_external_ids(business, &keys).await })
    })
}
