//! Queries of the catalog.

use async_graphql::{Context, ID, Object, Result};
use domain::catalog::{ItemOrder as DomainItemOrder, ProductOrder as DomainProductOrder};

use super::{
    items::{Item, ItemFilter, ItemOrder, item_columns},
    products::{Product, ProductFilter, ProductOrder},
    references::{Account, AccountFilter, Supplier, SupplierFilter},
};
use crate::graphql::{
    connection::Connection,
    paging::{Asked, Key, count, id},
    refusal::fault,
    services::{actor, services},
};

/// Queries of the catalog.
#[derive(Debug, Default)]
pub struct CatalogQuery;

/// Queries of the catalog.
#[Object]
#[allow(clippy::too_many_arguments, reason = "Relay's four page arguments")]
impl CatalogQuery {
    /// Accounts of an integration's company, by name. Permission: READ_CATALOG.
    async fn accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose chart of accounts.")] integration_id: ID,
        #[graphql(desc = "Which accounts.")] filter: Option<AccountFilter>,
        #[graphql(desc = "Accounts from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Accounts from the end, or before `before`; at most 250.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<Account>> {
        let actor = actor(ctx).await?;
        let references = services(ctx)?.references.clone();
        let (integration, filter) = (id(&integration_id)?, filter.unwrap_or_default().read());
        let asked = Asked::read(ctx, "accounts", first, after, last, before)?;
        let page = references.accounts(&actor, integration, &filter, &asked.request()).await.map_err(fault)?;
        let total = count(move || {
            let (references, actor, filter) = (references.clone(), actor.clone(), filter.clone());
            Box::pin(async move { references.count_accounts(&actor, integration, &filter).await.map_err(fault) })
        });
        asked.connection(page, |row| Key::Text(row.sort_name.clone(), row.id.0), Account, total)
    }

    /// Accounting items. Permission: READ_CATALOG.
    async fn items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which items.")] filter: Option<ItemFilter>,
        #[graphql(desc = "By name, ascending, if left out.")] order_by: Option<ItemOrder>,
        #[graphql(desc = "Items from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Items from the end, or before `before`; at most 250.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<Item>> {
        let actor = actor(ctx).await?;
        let items = services(ctx)?.items.clone();
        let (order, direction) = order_by.map_or_else(Default::default, |by| (by.field.into(), by.direction));
        let asked = Asked::read(ctx, format!("items {order:?} {direction:?}"), first, after, last, before)?;
        let filter = filter.unwrap_or_default().read()?;
        let columns = item_columns(ctx);
        let page = items.page(&actor, &filter, (order, direction.into()), &columns, &asked.request()).await;
        let page = page.map_err(fault)?;
        let total = count(move || {
            let (items, actor, filter) = (items.clone(), actor.clone(), filter.clone());
            Box::pin(async move { items.count(&actor, &filter).await.map_err(fault) })
        });
        let key = move |row: &domain::catalog::Item| match order {
            DomainItemOrder::Name => Key::Text(row.sort_name.clone(), row.id.0),
            DomainItemOrder::Sku => Key::Text(row.sort_sku.clone(), row.id.0),
            DomainItemOrder::SyncedAt => Key::Number(row.synced_at.0, row.id.0),
        };
        asked.connection(page, key, Item, total)
    }

    /// Products. Permission: READ_CATALOG.
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which products.")] filter: Option<ProductFilter>,
        #[graphql(desc = "By name, ascending, if left out.")] order_by: Option<ProductOrder>,
        #[graphql(desc = "Products from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Products from the end, or before `before`; at most 250.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<Product>> {
        let actor = actor(ctx).await?;
        let products = services(ctx)?.products.clone();
        let (order, direction) = order_by.map_or_else(Default::default, |by| (by.field.into(), by.direction));
        let asked = Asked::read(ctx, format!("products {order:?} {direction:?}"), first, after, last, before)?;
        let filter = filter.unwrap_or_default().read();
        let page = products.page(&actor, &filter, order, direction.into(), &asked.request()).await.map_err(fault)?;
        let total = count(move || {
            let (products, actor, filter) = (products.clone(), actor.clone(), filter.clone());
            Box::pin(async move { products.count(&actor, &filter).await.map_err(fault) })
        });
        let key = move |row: &domain::catalog::Product| match order {
            DomainProductOrder::Name => Key::Text(row.sort_name.clone(), row.id.0),
            DomainProductOrder::Sku => Key::Text(row.sort_sku.clone(), row.id.0),
            DomainProductOrder::CreatedAt => Key::Number(row.created_at.0, row.id.0),
        };
        asked.connection(page, key, Product, total)
    }

    /// Suppliers, by name. Permission: READ_CATALOG.
    async fn suppliers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which suppliers.")] filter: Option<SupplierFilter>,
        #[graphql(desc = "Suppliers from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Suppliers from the end, or before `before`; at most 250.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<Supplier>> {
        let actor = actor(ctx).await?;
        let references = services(ctx)?.references.clone();
        let filter = filter.unwrap_or_default().read()?;
        let asked = Asked::read(ctx, "suppliers", first, after, last, before)?;
        let page = references.suppliers(&actor, &filter, &asked.request()).await.map_err(fault)?;
        let total = count(move || {
            let (references, actor, filter) = (references.clone(), actor.clone(), filter.clone());
            Box::pin(async move { references.count_suppliers(&actor, &filter).await.map_err(fault) })
        });
        asked.connection(page, |row| Key::Text(row.sort_name.clone(), row.id.0), Supplier, total)
    }
}
