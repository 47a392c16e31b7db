//! Mutations of sales: read the input, call the use-case, map the result.

use async_graphql::{Context, Object, Result};
use domain::sync::Started;

use super::{
    input::{
        RecordSaleInput, RecordSalePayload, ResolveSaleIssueInput, ResolveSaleIssuePayload, SaveSalesChannelInput,
        SaveSalesChannelPayload, SyncSalesInput, SyncSalesPayload, VoidSaleInput, VoidSalePayload,
    },
    issue::SaleIssue,
    types::{Sale, SalesChannel},
};
use crate::graphql::{
    input::carried_out,
    paging::{id, optional_id},
    refusal::answered,
    services::{actor, services},
    sync::{SyncLock, SyncRun},
};

/// Mutations of sales.
#[derive(Debug, Default)]
pub struct SalesMutation;

/// Mutations of sales.
#[Object]
impl SalesMutation {
    /// Starts a sales sync and answers at once with the run to follow. Permission: SYNC_SALES.
    async fn sync_sales(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sales.")] input: SyncSalesInput,
    ) -> Result<SyncSalesPayload> {
        let actor = actor(ctx).await?;
        let whose = (optional_id(input.integration_id.as_ref())?, optional_id(input.channel_id.as_ref())?);
        let sales = &services(ctx)?.sales;
        let started = sales.sync(&actor, whose, input.full, input.idempotency_key.as_deref()).await;
        let (started, user_errors) = answered(started)?;
        Ok(match started {
            None => SyncSalesPayload { run: None, lock: None, user_errors },
            Some(Started::Run(run)) => SyncSalesPayload { run: Some(SyncRun(*run)), lock: None, user_errors },
            Some(Started::Locked(state, refusal)) => SyncSalesPayload {
                run: None,
                lock: Some(SyncLock::new(actor.business, *state)),
                user_errors: vec![(*refusal).into()],
            },
        })
    }

    /// Makes the sales channel of an integration, or changes one; sales are tracked from then on, which needs receiving.
    /// Permission: SYNC_SALES.
    async fn save_sales_channel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The channel.")] input: SaveSalesChannelInput,
    ) -> Result<SaveSalesChannelPayload> {
        let actor = actor(ctx).await?;
        let saved = services(ctx)?.sales.save_channel(&actor, input.read()?).await;
        let (channel, user_errors) = answered(saved)?;
        Ok(SaveSalesChannelPayload { channel: channel.map(SalesChannel), user_errors })
    }

    /// Records a sale by hand: it consumes lots like a synced one. Permission: SYNC_SALES.
    async fn record_sale(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The sale.")] mut input: RecordSaleInput,
    ) -> Result<RecordSalePayload> {
        let (actor, sales) = (actor(ctx).await?, services(ctx)?.sales.clone());
        let key = input.idempotency_key.take();
        let done = carried_out(input.read(), |new| async move { sales.record(&actor, new, key.as_deref()).await });
        let (recorded, user_errors) = done.await?;
        Ok(RecordSalePayload { sale: recorded.map(|details| Sale(details.sale)), user_errors })
    }

    /// Takes a manual sale back: exactly the lots it consumed are restored. Permission: SYNC_SALES.
    async fn void_sale(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sale.")] input: VoidSaleInput,
    ) -> Result<VoidSalePayload> {
        let actor = actor(ctx).await?;
        let voided = services(ctx)?.sales.void(&actor, id(&input.sale_id)?, input.reason).await;
        let (voided, user_errors) = answered(voided)?;
        Ok(VoidSalePayload { sale: voided.map(|details| Sale(details.sale)), user_errors })
    }

    /// Does something about an issue of a sale. Permission: SYNC_SALES.
    async fn resolve_sale_issue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which issue, and what to do.")] input: ResolveSaleIssueInput,
    ) -> Result<ResolveSaleIssuePayload> {
        let actor = actor(ctx).await?;
        let fixed = services(ctx)?.sales.fix(&actor, id(&input.issue_id)?, input.action.into()).await;
        let (issue, user_errors) = answered(fixed)?;
        Ok(ResolveSaleIssuePayload { issue: issue.map(SaleIssue), user_errors })
    }
}
