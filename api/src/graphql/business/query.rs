//! Queries about the viewer.

use async_graphql::{Context, Object, Result};

use super::types::{Business, Viewer};
use crate::graphql::{
    refusal::fault,
    services::{actor, services},
};

/// Queries about the viewer.
#[derive(Debug, Default)]
pub struct BusinessQuery;

/// Queries about the viewer.
#[Object]
impl BusinessQuery {
    /// Who is signed in.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Viewer> {
        let actor = actor(ctx).await?;
        let business = services(ctx)?.businesses.business(actor.business).await.map_err(fault)?;
        Ok(Viewer { actor, business })
    }

    /// The viewer's business.
    async fn business(&self, ctx: &Context<'_>) -> Result<Business> {
        let actor = actor(ctx).await?;
        services(ctx)?.businesses.business(actor.business).await.map(Business).map_err(fault)
    }
}
