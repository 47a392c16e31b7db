//! Queries of sales.

use async_graphql::{Context, Object, Result};

use super::{
    input::{SaleFilter, SaleIssueFilter},
    issue::SaleIssue,
    types::{Sale, SalesChannel},
};
use crate::graphql::{
    connection::Connection,
    paging::{Asked, Key, count},
    refusal::fault,
    services::{actor, services},
};

/// Queries of sales.
#[derive(Debug, Default)]
pub struct SalesQuery;

/// Queries of sales.
#[Object]
impl SalesQuery {
    /// Sales, latest date first. Permission: SYNC_SALES.
    #[allow(clippy::too_many_arguments, reason = "Relay's four page arguments")]
    async fn sales(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sales.")] filter: Option<SaleFilter>,
        #[graphql(desc = "Sales from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Sales from the end, or before `before`; at most 250.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<Sale>> {
        let (actor, sales) = (actor(ctx).await?, services(ctx)?.sales.clone());
        let asked = Asked::read(ctx, "sales", first, after, last, before)?;
        let filter = filter.unwrap_or_default().read()?;
        let page = sales.page(&actor, &filter, &asked.request()).await.map_err(fault)?;
        let total = count(move || {
            let (sales, actor, filter) = (sales.clone(), actor.clone(), filter.clone());
            Box::pin(async move { sales.count(&actor, &filter).await.map_err(fault) })
        });
        asked.connection(page, |row| Key::Day(row.date, row.id.0), Sale, total)
    }

    /// Issues of sales, newest first. Permission: SYNC_SALES.
    #[allow(clippy::too_many_arguments, reason = "Relay's four page arguments")]
    async fn sale_issues(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which issues.")] filter: Option<SaleIssueFilter>,
        #[graphql(desc = "Issues from the beginning, or after `after`; at most 250.")] first: Option<i32>,
        #[graphql(desc = "Cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "Issues from the end, or before `before`; at most 250.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> Result<Connection<SaleIssue>> {
        let (actor, sales) = (actor(ctx).await?, services(ctx)?.sales.clone());
        let asked = Asked::read(ctx, "saleIssues", first, after, last, before)?;
        let filter = filter.unwrap_or_default().read()?;
        let page = sales.issues(&actor, &filter, &asked.request()).await.map_err(fault)?;
        let total = count(move || {
            let (sales, actor, filter) = (sales.clone(), actor.clone(), filter.clone());
            Box::pin(async move { sales.count_issues(&actor, &filter).await.map_err(fault) })
        });
        asked.connection(page, |row| Key::Number(row.opened_at.0, row.id.0), SaleIssue, total)
    }

    /// Sales channels: the manual one, which is always there, and one per integration at most. Permission: SYNC_SALES.
    async fn sales_channels(&self, ctx: &Context<'_>) -> Result<Vec<SalesChannel>> {
        let actor = actor(ctx).await?;
        let rows = services(ctx)?.sales.channels(&actor).await.map_err(fault)?;
        Ok(rows.into_iter().map(SalesChannel).collect())
    }
}
