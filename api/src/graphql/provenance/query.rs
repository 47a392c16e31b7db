//! Queries of provenance.

use async_graphql::{Context, ID, Object, Result};
use domain::provenance::Subject;
use entity::{BuildId, EntryId, LotId, MovementId, TypedId, prefix_of};

use super::types::{CostTree, LotTrace, TraceDirection};
use crate::graphql::{
    fault::FaultCode,
    paging::id,
    refusal::fault,
    services::{actor, services},
};

/// Queries of provenance.
#[derive(Debug, Default)]
pub struct ProvenanceQuery;

/// Queries of provenance.
#[Object]
impl ProvenanceQuery {
    /// Where a cost comes from, down to suppliers' prices, landed costs and cost lines. The parts of every part add up
    /// to it exactly. Permission: READ_CATALOG.
    async fn explain(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A lot, a lot's consumption, a stock movement or a build.", name = "id")] wanted: ID,
    ) -> Result<CostTree> {
        let actor = actor(ctx).await?;
        let subject = match prefix_of(&wanted) {
            Some(LotId::PREFIX) => Subject::Lot(id(&wanted)?),
            Some(MovementId::PREFIX) => Subject::Movement(id(&wanted)?),
            Some(BuildId::PREFIX) => Subject::Build(id(&wanted)?),
            Some(EntryId::PREFIX) => {
                let entry: EntryId = id(&wanted)?;
                let found = services(ctx)?.stock.entries_found(actor.business, &[entry]).await.map_err(fault)?;
                let missing = || fault(domain::Refusal::not_found("consumption", entry).into());
                Subject::Movement(found.first().ok_or_else(missing)?.movement_id)
            }
            _ => {
                let message = format!("{:?} is not the id of something that has a cost.", wanted.as_str());
                return Err(FaultCode::InvalidId.error(message));
            }
        };
        let explanation = services(ctx)?.provenance.explain(&actor, subject).await.map_err(fault)?;
        Ok(CostTree::of(actor.business, explanation))
    }

    /// Follows a lot to what it was made of, or to everything that became of it: what a recall has to know. Permission:
    /// READ_CATALOG.
    async fn trace_lot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lot.")] lot_id: ID,
        #[graphql(desc = "Which way.")] direction: TraceDirection,
    ) -> Result<LotTrace> {
        let actor = actor(ctx).await?;
        let found = services(ctx)?.provenance.trace(&actor, id(&lot_id)?, direction.into()).await.map_err(fault)?;
        Ok(LotTrace(found))
    }
}
