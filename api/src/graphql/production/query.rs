//! Queries of bills of materials and builds.

use async_graphql::{Context, ID, Object, Result};
use domain::business::Permission;

use super::{
    boms::{self, Bom, BomFilter},
    builds::{Build, BuildFilter},
    input::BuildPreviewInput,
    preview::BuildPreview,
};
use crate::graphql::{
    connection::Connection,
    input::or_fault,
    paging::{Asked, Key, count, id},
    refusal::fault,
    scalars::Decimal,
    services::{actor, services},
};

/// Queries of bills of materials and builds.
#[derive(Debug, Default)]
pub struct ProductionQuery;

/// Queries of bills of materials and builds.
#[Object]
#[allow(clippy::too_many_arguments, reason = "Relay's four page arguments")]
impl ProductionQuery {
    /// Versions of bills of materials, newest first. Permission: READ_CATALOG.
    async fn boms(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which versions.")] filter: Option<BomFilter>,
        #[graphql(desc = "Versions from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Versions from the end, or before `before`; at most 250.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<Bom>> {
        let asked = Asked::read(ctx, "boms", first, after, last, before)?;
        boms::page(ctx, filter.unwrap_or_default().read()?, asked).await
    }

    /// Builds, newest first. Permission: READ_CATALOG.
    async fn builds(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which builds.")] filter: Option<BuildFilter>,
        #[graphql(desc = "Builds from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Builds from the end, or before `before`; at most 250.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<Build>> {
        let (actor, production) = (actor(ctx).await?, services(ctx)?.production.clone());
        let asked = Asked::read(ctx, "builds", first, after, last, before)?;
        let filter = filter.unwrap_or_default().read()?;
        let page = production.page(&actor, &filter, &asked.request()).await.map_err(fault)?;
        let total = count(move || {
            let (production, actor, filter) = (production.clone(), actor.clone(), filter.clone());
            Box::pin(async move { production.count(&actor, &filter).await.map_err(fault) })
        });
        asked.connection(page, |row| Key::Number(row.created_at.0, row.id.0), Build, total)
    }

    /// A build by its id; null when this business has none. Permission: READ_CATALOG.
    async fn build(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id.", name = "id")] wanted: ID,
    ) -> Result<Option<Build>> {
        let actor = actor(ctx).await?;
        actor.require(Permission::ReadCatalog).map_err(fault)?;
        Ok(services(ctx)?.loaders.production.builds.get(actor.business, id(&wanted)?).await?.map(Build))
    }

    /// What a build would come to now. Permission: READ_CATALOG.
    async fn build_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A planned build, or a product and a quantity.")] input: BuildPreviewInput,
    ) -> Result<BuildPreview> {
        let actor = actor(ctx).await?;
        let order = or_fault(input.read())?;
        let preview = services(ctx)?.production.preview(&actor, order).await.map_err(fault)?;
        Ok(BuildPreview { business: actor.business, preview })
    }

    /// Whole units of a product that could be built of what is there, by the required components of its active bill of
    /// materials; null without one, and where it has none. Permission: READ_CATALOG.
    async fn max_buildable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The product.")] product_id: ID,
    ) -> Result<Option<Decimal>> {
        let actor = actor(ctx).await?;
        actor.require(Permission::ReadCatalog).map_err(fault)?;
        let loader = &services(ctx)?.loaders.production.max_buildable;
        let found = loader.get(actor.business, id(&product_id)?).await?;
        Ok(found.map(|quantity| Decimal(quantity.to_decimal())))
    }
}
