//! Queries about providers and integrations.

use async_graphql::{Context, Object, Result};

use super::types::{Integration, Provider};
use crate::graphql::{
    refusal::fault,
    services::{actor, services},
};

/// Queries about providers and integrations.
#[derive(Debug, Default)]
pub struct IntegrationQuery;

/// Queries about providers and integrations.
#[Object]
impl IntegrationQuery {
    /// Accounting systems this gateway can connect to.
    async fn providers(&self, ctx: &Context<'_>) -> Result<Vec<Provider>> {
        actor(ctx).await?;
        Ok(services(ctx)?.integrations.providers().known().iter().copied().map(Provider).collect())
    }

    /// The business's integrations, oldest first. Permission: READ_CATALOG.
    async fn integrations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Also those that were disconnected.", default = false)] include_disconnected: bool,
    ) -> Result<Vec<Integration>> {
        let actor = actor(ctx).await?;
        let rows = services(ctx)?.integrations.list(&actor, include_disconnected).await.map_err(fault)?;
        Ok(rows.into_iter().map(Integration).collect())
    }
}
