//! What became of posted documents in the books since, and what people do about it.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use domain::export::{Drift, drift_differences};
use entity::DriftState;

use super::{mutation::asked_for, types::Export};
use crate::graphql::{
    common::moment,
    paging::id,
    refusal::{UserError, answered},
    scalars::DateTime,
    services::{actor, services},
};

/// What became of a posted document.
#[derive(Debug, Clone)]
pub struct ExportDrift(pub(super) Option<Drift>);

/// What became of a posted document in the books since. The books are looked at every quarter of an hour, unless the
/// installation is set otherwise.
#[Object]
impl ExportDrift {
    /// State.
    async fn state(&self) -> ExportDriftState {
        self.0.as_ref().map_or(ExportDriftState::Same, |drift| drift.state.into())
    }

    /// Where the books differ from what was sent; empty when they do not.
    async fn differences(&self) -> Vec<ExportDriftDifference> {
        let found = self.0.as_ref().map(drift_differences).unwrap_or_default();
        let shown = |difference: domain::export::Difference| ExportDriftDifference {
            what: difference.what,
            ours: difference.sent,
            theirs: difference.found,
        };
        found.into_iter().map(shown).collect()
    }

    /// Names what was found; to be handed to `acceptExportDrift`. Null when there are no differences.
    async fn version(&self) -> Option<String> {
        self.0.as_ref().and_then(domain::export::drift_version)
    }

    /// When these differences were found; null when there are none.
    async fn found_at(&self) -> Option<DateTime> {
        self.0.as_ref()?.found_at.map(moment)
    }

    /// When the document was last compared. Where the accounting system tells what changed, that is only after it told of
    /// this document; null when it never did.
    async fn checked_at(&self) -> Option<DateTime> {
        self.0.as_ref()?.checked_at.map(moment)
    }

    /// When somebody agreed to what is there; null when nobody did.
    async fn accepted_at(&self) -> Option<DateTime> {
        self.0.as_ref()?.accepted_at.map(moment)
    }

    /// Who agreed: the `sub` of their token.
    async fn accepted_by(&self) -> Option<&str> {
        self.0.as_ref()?.accepted_by.as_deref()
    }
}

/// Whether a posted document still is what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DriftState")]
pub enum ExportDriftState {
    /// It is, as far as is known.
    #[graphql(name = "NONE")]
    Same,
    /// It is not: accept it, post it again where it is gone, reverse it, or set it right in the accounting system.
    Drifted,
    /// It is not, and somebody agreed to what is there. Another change is reported again.
    Accepted,
}

/// A difference between what was sent and what is in the books.
#[derive(Debug, SimpleObject)]
pub struct ExportDriftDifference {
    /// What differs: `state`, `date`, `account`, an item's external id, or a side and an account's external id.
    what: String,
    /// As it was sent; null where nothing was.
    ours: Option<String>,
    /// As it is in the books; null where there is nothing (as `state`: it was deleted).
    theirs: Option<String>,
}

/// Which export to agree to.
#[derive(Debug, InputObject)]
pub struct AcceptExportDriftInput {
    /// The export.
    export_id: ID,
    /// The `version` of the drift that was looked at: refused where something else is in the books since. Without it,
    /// whatever was found last is accepted.
    version: Option<String>,
}

/// The export.
#[derive(Debug, SimpleObject)]
pub struct AcceptExportDriftPayload {
    /// The export; null when refused.
    export: Option<Export>,
    /// Why it was refused.
    user_errors: Vec<UserError>,
}

/// Which export to post again.
#[derive(Debug, InputObject)]
pub struct RepostExportInput {
    /// The export.
    export_id: ID,
}

/// The export.
#[derive(Debug, SimpleObject)]
pub struct RepostExportPayload {
    /// The export, planned anew and queued; null when refused.
    export: Option<Export>,
    /// Everything that stands in the way; nothing was changed then.
    user_errors: Vec<UserError>,
}

/// Which export to reverse.
#[derive(Debug, InputObject)]
pub struct ReverseExportInput {
    /// The export.
    export_id: ID,
}

/// The export of the opposite.
#[derive(Debug, SimpleObject)]
pub struct ReverseExportPayload {
    /// The export of the opposite, which waits; plan it and export it by its id. Null when refused.
    export: Option<Export>,
    /// Why it was refused.
    user_errors: Vec<UserError>,
}

/// What people do about what became of posted documents.
#[derive(Debug, Default)]
pub struct DriftMutation;

/// What people do about what became of posted documents.
#[Object]
impl DriftMutation {
    /// Agrees to what is in the books in place of what was sent; only another change is reported from now on. Permission:
    /// EXPORT.
    async fn accept_export_drift(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which export.")] input: AcceptExportDriftInput,
    ) -> Result<AcceptExportDriftPayload> {
        let actor = actor(ctx).await?;
        let accepted =
            services(ctx)?.exports.accept_drift(&actor, id(&input.export_id)?, input.version.as_deref()).await;
        let (export, user_errors) = answered(accepted)?;
        Ok(AcceptExportDriftPayload { export: export.map(Export), user_errors })
    }

    /// Posts a document again that was deleted or voided in the accounting system. It is first looked for there.
    /// Permission: EXPORT.
    async fn repost_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which export.")] input: RepostExportInput,
    ) -> Result<RepostExportPayload> {
        let actor = actor(ctx).await?;
        let asked = services(ctx)?.exports.repost(&actor, id(&input.export_id)?).await;
        let (export, user_errors) = asked_for(asked)?;
        Ok(RepostExportPayload { export, user_errors })
    }

    /// Makes the export of the opposite of a posted document; nothing is sent before that is planned and exported.
    /// Our own stock stays as it is. Permission: EXPORT.
    async fn reverse_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which export.")] input: ReverseExportInput,
    ) -> Result<ReverseExportPayload> {
        let actor = actor(ctx).await?;
        let (export, user_errors) = answered(services(ctx)?.exports.reverse(&actor, id(&input.export_id)?).await)?;
        Ok(ReverseExportPayload { export: export.map(Export), user_errors })
    }
}
