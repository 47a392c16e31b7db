//! Reversals of many: the plan, and carrying it out.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::{
    export::{Entry, Reversal, ReversalPlan as DomainPlan, ReversalScope},
    sync::Started,
};
use entity::{BusinessId, IntegrationId};

use super::{
    draft::ExportDraft,
    plan::LedgerEntryPreview,
    types::{Export, ExportKind},
};
use crate::graphql::{
    fault::FaultCode,
    paging::{id, optional_id},
    refusal::{UserError, answered},
    scalars::Date,
    services::{actor, services},
    sync::{SyncLock, SyncRun},
};

/// What to reverse: what a run posted, or what is in the books of some days.
#[derive(Debug, InputObject)]
pub struct PlanReversalInput {
    /// An export run; then nothing else may be given.
    run_id: Option<ID>,
    /// First day, by the date of the documents.
    from: Option<Date>,
    /// Last day.
    to: Option<Date>,
    /// Only of these kinds; of all but reversals, if none are given.
    kinds: Option<Vec<ExportKind>>,
    /// Where they were posted; where documents go now, if none is given.
    integration_id: Option<ID>,
}

impl PlanReversalInput {
    fn read(&self) -> Result<ReversalScope> {
        match (&self.run_id, self.from, self.to) {
            (Some(run), None, None) if self.kinds.is_none() && self.integration_id.is_none() => {
                Ok(ReversalScope::Run(id(run)?))
            }
            (None, Some(from), Some(to)) if from.0 <= to.0 => Ok(ReversalScope::Days {
                from: from.0,
                to: to.0,
                kinds: self.kinds.iter().flatten().map(|kind| (*kind).into()).collect(),
                integration: optional_id(self.integration_id.as_ref())?,
            }),
            _ => Err(FaultCode::Validation
                .error("Give either `runId` alone, or `from` and `to` with the first day not after the last.")),
        }
    }
}

/// The plan.
#[derive(Debug, SimpleObject)]
pub struct PlanReversalPayload {
    /// The plan; null when nothing of this is in the books.
    plan: Option<ReversalPlan>,
    /// Why not.
    user_errors: Vec<UserError>,
}

/// What to reverse, by which plan.
#[derive(Debug, InputObject)]
pub struct ReversePostedInput {
    /// As in `planReversal`.
    scope: PlanReversalInput,
    /// Hash of the plan that was looked at.
    plan_hash: String,
    /// Same key and same input: the same run again, nothing new is started. 1 to 128 characters.
    idempotency_key: Option<String>,
}

/// The started run.
#[derive(Debug, SimpleObject)]
pub struct ReversePostedPayload {
    /// The export run of the opposites: follow it with `syncProgress`, stop it with `cancelSync`; null when refused.
    run: Option<SyncRun>,
    /// With SYNC_LOCKED: who holds the lock.
    lock: Option<SyncLock>,
    /// Why it was refused; nothing was changed then.
    user_errors: Vec<UserError>,
}

/// What would be reversed.
#[derive(Debug, Clone)]
pub struct ReversalPlan(BusinessId, DomainPlan);

/// What would be reversed, and what cannot be. Nothing was written, and no call was made.
#[Object]
impl ReversalPlan {
    /// Names everything that decides what is posted; to be handed to `reversePosted`.
    async fn hash(&self) -> &str {
        &self.1.hash
    }

    /// How many documents would be reversed.
    async fn ready(&self) -> usize {
        self.1.documents.iter().filter(|document| document.plan.is_some()).count()
    }

    /// Every document of the run or the days that is in the books, the oldest first; at most 500.
    async fn documents(&self) -> Vec<ReversalDocument> {
        let one = |reversal: &Reversal| ReversalDocument(self.0, self.1.integration, reversal.clone());
        self.1.documents.iter().map(one).collect()
    }

    /// What all opposites together do to each account; debits and credits are equal.
    async fn entries(&self) -> Vec<LedgerEntryPreview> {
        previews(self.0, self.1.integration, &self.1.entries)
    }
}

fn previews(business: BusinessId, integration: IntegrationId, entries: &[Entry]) -> Vec<LedgerEntryPreview> {
    entries.iter().map(|entry| LedgerEntryPreview::new(business, integration, entry.clone())).collect()
}

/// A document in the scope of a reversal.
#[derive(Debug, Clone)]
pub struct ReversalDocument(BusinessId, IntegrationId, Reversal);

/// A document in the scope of a reversal.
#[Object]
impl ReversalDocument {
    /// The export that is in the books.
    async fn export(&self) -> Export {
        Export(self.2.export.clone())
    }

    /// Reference of the opposite.
    async fn reference(&self) -> &str {
        &self.2.reference
    }

    /// Whether it would be reversed.
    async fn ready(&self) -> bool {
        self.2.plan.is_some()
    }

    /// Why it cannot be reversed, and what to do; empty when it can.
    async fn reasons(&self) -> Vec<UserError> {
        self.2.refusals.iter().cloned().map(Into::into).collect()
    }

    /// What would be posted; null when it cannot be reversed.
    async fn draft(&self) -> Option<ExportDraft> {
        self.2.plan.as_ref().map(|plan| ExportDraft::new(self.0, self.1, plan.draft.clone()))
    }

    /// What that would do to the books; empty when it cannot be reversed.
    async fn entries(&self) -> Vec<LedgerEntryPreview> {
        self.2.plan.as_ref().map(|plan| previews(self.0, self.1, &plan.entries)).unwrap_or_default()
    }
}

/// Mutations of reversals.
#[derive(Debug, Default)]
pub struct ReversalMutation;

/// Mutations of reversals.
#[Object]
impl ReversalMutation {
    /// What would be posted to take back what a run posted, or what is in the books of some days; what cannot be reversed,
    /// and why. Nothing is written and no call is made. Permission: EXPORT.
    async fn plan_reversal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to reverse.")] input: PlanReversalInput,
    ) -> Result<PlanReversalPayload> {
        let actor = actor(ctx).await?;
        let (plan, user_errors) = answered(services(ctx)?.exports.plan_reversal(&actor, &input.read()?).await)?;
        Ok(PlanReversalPayload { plan: plan.map(|plan| ReversalPlan(actor.business, plan)), user_errors })
    }

    /// Posts the opposites as planned, as an export run to follow; PLAN_CHANGED when anything is different now. What the
    /// plan says cannot be reversed stays. Our own stock stays as it is. Permission: EXPORT.
    async fn reverse_posted(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to reverse, by which plan.")] input: ReversePostedInput,
    ) -> Result<ReversePostedPayload> {
        let (actor, services) = (actor(ctx).await?, services(ctx)?);
        let (scope, key) = (input.scope.read()?, input.idempotency_key.as_deref());
        let asked = (&scope, input.plan_hash.as_str());
        let started = services.exports.reverse_posted(&services.syncs, &actor, asked, key).await;
        let (started, user_errors) = answered(started)?;
        Ok(match started {
            None => ReversePostedPayload { run: None, lock: None, user_errors },
            Some(Started::Run(run)) => ReversePostedPayload { run: Some(SyncRun(*run)), lock: None, user_errors },
            Some(Started::Locked(state, refusal)) => ReversePostedPayload {
                run: None,
                lock: Some(SyncLock { business: actor.business, state: *state }),
                user_errors: vec![(*refusal).into()],
            },
        })
    }
}
