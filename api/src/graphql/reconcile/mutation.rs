//! Mutations of reconciliations: read the input, call the use-case, map the result.

use async_graphql::{Context, Object, Result};
use domain::reconcile::PostedTrueUpExport;

use super::{
    input::{
        PlanTrueUpInput, PlanTrueUpPayload, PostTrueUpInput, PostTrueUpPayload, StartReconciliationInput,
        StartReconciliationPayload,
    },
    true_up::TrueUpPlan,
    types::Reconciliation,
};
use crate::graphql::{
    export::Export,
    refusal::answered,
    services::{actor, services},
};

/// Mutations of reconciliations.
#[derive(Debug, Default)]
pub struct ReconcileMutation;

/// Mutations of reconciliations.
#[Object]
impl ReconcileMutation {
    /// Starts a reconciliation of our stock value with the books, at the end of a day. Answers at once; the books are only
    /// read. Permission: EXPORT.
    async fn start_reconciliation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose books, and when.")] input: StartReconciliationInput,
    ) -> Result<StartReconciliationPayload> {
        let actor = actor(ctx).await?;
        let started = services(ctx)?.reconciliations.start(&actor, &input.read()?).await;
        let (reconciliation, user_errors) = answered(started)?;
        Ok(StartReconciliationPayload { reconciliation: reconciliation.map(Reconciliation), user_errors })
    }

    /// The journal that would bring the books' stock value to ours, per item what the reconciliation found. Nothing is
    /// written and no call is made. Permission: EXPORT.
    async fn plan_true_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which reconciliation, against which account.")] input: PlanTrueUpInput,
    ) -> Result<PlanTrueUpPayload> {
        let actor = actor(ctx).await?;
        let planned = services(ctx)?.reconciliations.plan_true_up(&actor, &input.read()?).await;
        let (plan, user_errors) = answered(planned)?;
        Ok(PlanTrueUpPayload { plan: plan.map(|plan| TrueUpPlan(plan, actor.currency.clone())), user_errors })
    }

    /// Posts a true-up as it was planned, once. Answers at once. Permission: EXPORT.
    async fn post_true_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which true-up, by which plan.")] input: PostTrueUpInput,
    ) -> Result<PostTrueUpPayload> {
        let actor = actor(ctx).await?;
        let key = input.idempotency_key.as_deref();
        let posted = services(ctx)?.reconciliations.post_true_up(&actor, &input.read()?, &input.plan_hash, key).await;
        let (posted, mut user_errors) = answered(posted)?;
        let export = match posted {
            Some(PostedTrueUpExport::Export(export)) => Some(Export(*export)),
            Some(PostedTrueUpExport::Refused(refusals)) => {
                user_errors.extend(refusals.into_iter().map(Into::into));
                None
            }
            None => None,
        };
        Ok(PostTrueUpPayload { export, user_errors })
    }
}
