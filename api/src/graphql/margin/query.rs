//! Queries of margins.

use async_graphql::{Context, Object, Result};

use super::{
    explain::MarginExplanation,
    input::{ExplainMarginInput, MarginInput},
    types::MarginConnection,
};
use crate::graphql::services::actor;

/// Queries of margins.
#[derive(Debug, Default)]
pub struct MarginQuery;

/// Queries of margins.
#[Object]
impl MarginQuery {
    /// Revenue, cost and margin of what was sold, grouped as asked. Voided and deleted sales are not part of it. Permission:
    /// VIEW_MARGINS.
    async fn margins(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The report.")] input: MarginInput,
        #[graphql(desc = "Rows from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
    ) -> Result<MarginConnection> {
        let actor = actor(ctx).await?;
        MarginConnection::read(ctx, actor, input.read()?, (first, after)).await
    }

    /// What is behind a figure of a report: its sales, its lines, what changed it, why its cost may not be taken at face
    /// value. Permission: VIEW_MARGINS.
    async fn explain_margin(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which figure.")] input: ExplainMarginInput,
    ) -> Result<MarginExplanation> {
        let actor = actor(ctx).await?;
        MarginExplanation::of(ctx, actor, input.read()?).await
    }
}
