//! Mutations of exports: read the input, call the use-case, map the result.

use async_graphql::{Context, Object, Result};
use domain::export::Asked;

use super::{
    input::{
        ExportDifference, ExportDocumentInput, ExportDocumentPayload, MoveExportInput, MoveExportPayload,
        PlanExportInput, PlanExportPayload, PostDayJournalsInput, PostDayJournalsPayload, RetryExportInput,
        RetryExportPayload, VerifyExportInput, VerifyExportPayload, target,
    },
    plan::ExportPlan,
    types::Export,
};
use crate::graphql::{
    paging::id,
    refusal::{UserError, answered},
    services::{actor, services},
};

/// Mutations of exports.
#[derive(Debug, Default)]
pub struct ExportMutation;

/// Mutations of exports.
#[Object]
impl ExportMutation {
    /// What would be sent for a document, what it would do to the books, and everything that stands in the way. Nothing is
    /// written and no call is made. Permission: EXPORT.
    async fn plan_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which document.")] input: PlanExportInput,
    ) -> Result<PlanExportPayload> {
        let actor = actor(ctx).await?;
        let planned = services(ctx)?.exports.plan(&actor, target(&input.document_id)?).await;
        let (plan, user_errors) = answered(planned)?;
        Ok(PlanExportPayload { plan: plan.map(ExportPlan), user_errors })
    }

    /// Exports a document as it was planned: the plan is frozen and posted once. Answers at once. Permission: EXPORT.
    async fn export_document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which document, by which plan.")] input: ExportDocumentInput,
    ) -> Result<ExportDocumentPayload> {
        let actor = actor(ctx).await?;
        let (target, key) = (target(&input.document_id)?, input.idempotency_key.as_deref());
        let asked = services(ctx)?.exports.export(&actor, target, &input.plan_hash, key).await;
        let (export, user_errors) = asked_for(asked)?;
        Ok(ExportDocumentPayload { export, user_errors })
    }

    /// Plans a failed export anew under its old reference and queues it; one that waits for its next attempt is tried now.
    /// Permission: EXPORT.
    async fn retry_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which export.")] input: RetryExportInput,
    ) -> Result<RetryExportPayload> {
        let actor = actor(ctx).await?;
        let (export, user_errors) = asked_for(services(ctx)?.exports.retry(&actor, id(&input.export_id)?).await)?;
        Ok(RetryExportPayload { export, user_errors })
    }

    /// Reads a posted document back and compares it with what was sent. A difference is a drift from then on, as if the
    /// watch had found it. Permission: EXPORT.
    async fn verify_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which export.")] input: VerifyExportInput,
    ) -> Result<VerifyExportPayload> {
        let actor = actor(ctx).await?;
        let (done, user_errors) = answered(services(ctx)?.exports.verify(&actor, id(&input.export_id)?).await)?;
        let matches = done.as_ref().map(|done| done.differences.is_empty());
        let (export, differences) = done.map(|done| (Export(done.export), done.differences)).unzip();
        let shown = |difference: domain::export::Difference| ExportDifference {
            what: difference.what,
            sent: difference.sent,
            found: difference.found,
        };
        let differences = differences.unwrap_or_default().into_iter().map(shown).collect();
        Ok(VerifyExportPayload { export, matches, differences, user_errors })
    }

    /// Moves a document that never reached the books from a company that was disconnected to the one that is connected now.
    /// It is planned anew for that one. Permission: EXPORT.
    async fn move_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which export.")] input: MoveExportInput,
    ) -> Result<MoveExportPayload> {
        let actor = actor(ctx).await?;
        let moved = services(ctx)?.exports.move_export(&actor, id(&input.export_id)?).await;
        let (export, user_errors) = answered(moved)?;
        Ok(MoveExportPayload { export: export.map(Export), user_errors })
    }

    /// Posts now what waits for the end of its day, where journals gather a day: one journal entry per day and kind.
    /// Permission: EXPORT.
    async fn post_day_journals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which days of which integration.")] input: PostDayJournalsInput,
    ) -> Result<PostDayJournalsPayload> {
        let actor = actor(ctx).await?;
        let until = input.until.map(|until| until.0);
        let posted = services(ctx)?.exports.post_journals(&actor, id(&input.integration_id)?, until).await;
        let (exports, user_errors) = answered(posted)?;
        let exports = exports.unwrap_or_default().into_iter().map(Export).collect();
        Ok(PostDayJournalsPayload { exports, user_errors })
    }
}

/// An export, or everything that stands in its way.
pub(super) fn asked_for(asked: domain::Result<Asked>) -> Result<(Option<Export>, Vec<UserError>)> {
    let (asked, user_errors) = answered(asked)?;
    Ok(match asked {
        Some(Asked::Export(export)) => (Some(Export(*export)), user_errors),
        Some(Asked::Refused(refusals)) => (None, refusals.into_iter().map(Into::into).collect()),
        None => (None, user_errors),
    })
}
