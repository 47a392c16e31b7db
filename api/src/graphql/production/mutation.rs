//! Mutations of production: read the input, call the use-case, map the result.

use async_graphql::{Context, Object, Result};

use super::{
    boms::Bom,
    builds::Build,
    input::{
        ActivateBomInput, ActivateBomPayload, ApproveBuildInput, ApproveBuildPayload, CancelBuildInput,
        CancelBuildPayload, ExecuteBuildInput, ExecuteBuildPayload, PlanBuildInput, PlanBuildPayload, RejectBuildInput,
        RejectBuildPayload, ReverseBuildInput, ReverseBuildPayload, SaveBomInput, SaveBomPayload,
    },
};
use crate::graphql::{
    input::carried_out,
    paging::id,
    refusal::answered,
    services::{actor, services},
};

/// Mutations of production.
#[derive(Debug, Default)]
pub struct ProductionMutation;

/// Mutations of production.
#[Object]
impl ProductionMutation {
    /// Saves a new version of a bill of materials. Permission: MANAGE_STOCK.
    async fn save_bom(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The version.")] input: SaveBomInput,
    ) -> Result<SaveBomPayload> {
        let (actor, production) = (actor(ctx).await?, &services(ctx)?.production);
        let key = input.idempotency_key.clone();
        let done =
            carried_out(input.read(), |new| async move { production.save_bom_once(&actor, new, key.as_deref()).await });
        let (done, user_errors) = done.await?;
        Ok(SaveBomPayload { bom: done.map(|done| Bom(done.bom)), user_errors })
    }

    /// Puts a draft to use; the version before is archived. Permission: MANAGE_STOCK.
    async fn activate_bom(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which draft.")] input: ActivateBomInput,
    ) -> Result<ActivateBomPayload> {
        let actor = actor(ctx).await?;
        let (done, user_errors) = answered(services(ctx)?.production.activate_bom(&actor, id(&input.bom_id)?).await)?;
        Ok(ActivateBomPayload { bom: done.map(|done| Bom(done.bom)), user_errors })
    }

    /// Plans a build. Stock is not touched, and no lot is reserved. Permission: MANAGE_STOCK.
    async fn plan_build(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The plan.")] input: PlanBuildInput,
    ) -> Result<PlanBuildPayload> {
        let (actor, production) = (actor(ctx).await?, &services(ctx)?.production);
        let key = input.idempotency_key.clone();
        let done = carried_out(input.read(), |(product, quantity, plan)| async move {
            production.plan_once(&actor, product, quantity, plan, key.as_deref()).await
        });
        let (done, user_errors) = done.await?;
        Ok(PlanBuildPayload { build: done.map(Build), user_errors })
    }

    /// Executes a planned build, or builds at once: components leave stock, the product comes into it or waits for
    /// approval, all in one transaction under the business's lock. Permission: MANAGE_STOCK.
    async fn execute_build(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to build.")] input: ExecuteBuildInput,
    ) -> Result<ExecuteBuildPayload> {
        let (actor, production) = (actor(ctx).await?, &services(ctx)?.production);
        let key = input.idempotency_key.clone();
        let done =
            carried_out(
                input.read(),
                |order| async move { production.execute_once(&actor, order, key.as_deref()).await },
            );
        let (done, user_errors) = done.await?;
        services(ctx)?.exports.wake();
        Ok(ExecuteBuildPayload { build: done.map(|done| Build(done.build)), user_errors })
    }

    /// Gives up a planned build. Permission: MANAGE_STOCK.
    async fn cancel_build(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which build.")] input: CancelBuildInput,
    ) -> Result<CancelBuildPayload> {
        let actor = actor(ctx).await?;
        let (done, user_errors) = answered(services(ctx)?.production.cancel(&actor, id(&input.build_id)?).await)?;
        Ok(CancelBuildPayload { build: done.map(Build), user_errors })
    }

    /// Approves an executed build that waits: its product comes into stock. Permission: APPROVE_BUILDS.
    async fn approve_build(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which build.")] input: ApproveBuildInput,
    ) -> Result<ApproveBuildPayload> {
        let actor = actor(ctx).await?;
        let (build, day) = (id(&input.build_id)?, input.effective_on.map(|day| day.0));
        let (done, user_errors) = answered(services(ctx)?.production.approve(&actor, build, input.note, day).await)?;
        services(ctx)?.exports.wake();
        Ok(ApproveBuildPayload { build: done.map(|done| Build(done.build)), user_errors })
    }

    /// Rejects an executed build that waits, and recovers components: all, some or none. Where the business is connected
    /// to an accounting system, a loss needs an account to be posted to. Permission: APPROVE_BUILDS.
    async fn reject_build(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which build, and what comes back.")] input: RejectBuildInput,
    ) -> Result<RejectBuildPayload> {
        let (actor, production) = (actor(ctx).await?, &services(ctx)?.production);
        let done = carried_out(input.read(), |mut rejection| async move {
            rejection.loss_account = production.loss_account(&actor).await?;
            production.reject(&actor, rejection).await
        });
        let (done, user_errors) = done.await?;
        services(ctx)?.exports.wake();
        Ok(RejectBuildPayload { build: done.map(|done| Build(done.build)), user_errors })
    }

    /// Takes an executed or approved build back: its lot is voided, its components return to the lots they came from.
    /// Permission: MANAGE_STOCK.
    async fn reverse_build(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which build.")] input: ReverseBuildInput,
    ) -> Result<ReverseBuildPayload> {
        let actor = actor(ctx).await?;
        let (build, day) = (id(&input.build_id)?, input.effective_on.map(|day| day.0));
        let (done, user_errors) = answered(services(ctx)?.production.reverse(&actor, build, input.note, day).await)?;
        services(ctx)?.exports.wake();
        Ok(ReverseBuildPayload { build: done.map(|done| Build(done.build)), user_errors })
    }
}
