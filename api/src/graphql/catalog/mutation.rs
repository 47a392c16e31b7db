//! Mutations of the catalog: import, products, links.

use async_graphql::{Context, MaybeUndefined, Object, Result};
use domain::{
    ErrorCode, Refusal,
    catalog::{ImportSelection, ImportStatus, NewProduct, ProductChange},
};

use super::{
    input::{
        CreateProductInput, CreateProductPayload, ImportItemsInput, ImportItemsPayload, LinkProductInput,
        LinkProductPayload, UnlinkProductInput, UnlinkProductPayload, UpdateProductInput, UpdateProductPayload,
    },
    items::Item,
    products::Product,
};
use crate::graphql::{
    paging::id,
    refusal::answered,
    services::{actor, services},
};

/// Mutations of the catalog.
#[derive(Debug, Default)]
pub struct CatalogMutation;

/// Mutations of the catalog.
#[Object]
impl CatalogMutation {
    /// Makes linked products of items, with an answer per item. Permission: IMPORT_PRODUCTS.
    async fn import_items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which items.")] input: ImportItemsInput,
    ) -> Result<ImportItemsPayload> {
        let actor = actor(ctx).await?;
        let (kind, key) = (input.product_type.into(), input.idempotency_key.clone());
        let products = &services(ctx)?.products;
        let outcomes = match selection(input)? {
            Ok(selection) => products.import(&actor, selection, kind, key.as_deref()).await,
            Err(refusal) => Err(refusal.into()),
        };
        let (outcomes, user_errors) = answered(outcomes)?;
        let outcomes = outcomes.unwrap_or_default();
        let count = |wanted: &[ImportStatus]| outcomes.iter().filter(|row| wanted.contains(&row.status)).count();
        Ok(ImportItemsPayload {
            created: count(&[ImportStatus::Created]),
            skipped: count(&[ImportStatus::Skipped]),
            failed: count(&[ImportStatus::Conflict, ImportStatus::Failed]),
            results: outcomes.into_iter().map(Into::into).collect(),
            user_errors,
        })
    }

    /// Creates a product without stock. Permission: MANAGE_PRODUCTS.
    async fn create_product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The product.")] input: CreateProductInput,
    ) -> Result<CreateProductPayload> {
        let actor = actor(ctx).await?;
        let new = NewProduct {
            name: input.name,
            sku: input.sku,
            kind: input.kind.into(),
            unit: input.unit,
            category: input.category,
        };
        let product = services(ctx)?.products.create(&actor, new, input.idempotency_key.as_deref()).await;
        let (product, user_errors) = answered(product)?;
        Ok(CreateProductPayload { product: product.map(Product), user_errors })
    }

    /// Changes a product; what is left out stays. Permission: MANAGE_PRODUCTS.
    async fn update_product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateProductInput,
    ) -> Result<UpdateProductPayload> {
        let actor = actor(ctx).await?;
        let change = ProductChange {
            name: input.name,
            sku: removable(input.sku),
            kind: input.kind.map(Into::into),
            unit: removable(input.unit),
            category: removable(input.category),
            active: input.active,
        };
        let product = services(ctx)?.products.change(&actor, id(&input.product_id)?, change).await;
        let (product, user_errors) = answered(product)?;
        Ok(UpdateProductPayload { product: product.map(Product), user_errors })
    }

    /// Links a product to an accounting item. Permission: LINK_PRODUCTS.
    async fn link_product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to link.")] input: LinkProductInput,
    ) -> Result<LinkProductPayload> {
        let actor = actor(ctx).await?;
        let linked = services(ctx)?.products.link(&actor, id(&input.product_id)?, id(&input.item_id)?).await;
        let (linked, user_errors) = answered(linked)?;
        let (product, item) = linked.unzip();
        Ok(LinkProductPayload { product: product.map(Product), item: item.map(Item), user_errors })
    }

    /// Removes a product's link to an integration's item. Permission: LINK_PRODUCTS.
    async fn unlink_product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to unlink.")] input: UnlinkProductInput,
    ) -> Result<UnlinkProductPayload> {
        let actor = actor(ctx).await?;
        let unlinked = services(ctx)?.products.unlink(&actor, id(&input.product_id)?, id(&input.integration_id)?).await;
        let (product, user_errors) = answered(unlinked)?;
        Ok(UnlinkProductPayload { product: product.map(Product), user_errors })
    }
}

/// Null removes a text, as an empty one does; what is left out stays.
fn removable(text: MaybeUndefined<String>) -> Option<String> {
    match text {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(String::new()),
        MaybeUndefined::Value(text) => Some(text),
    }
}

fn selection(input: ImportItemsInput) -> Result<std::result::Result<ImportSelection, Refusal>> {
    match (input.item_ids, input.filter) {
        (Some(ids), None) => Ok(Ok(ImportSelection::Ids(ids.iter().map(id).collect::<Result<_>>()?))),
        (None, Some(filter)) => Ok(Ok(ImportSelection::Filter(filter.read()?))),
        _ => Ok(Err(Refusal::new(ErrorCode::Validation, "Give exactly one of itemIds and filter.")
            .help("itemIds for chosen items, filter for all that match.")
            .at(&["input"]))),
    }
}
