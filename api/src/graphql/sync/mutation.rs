//! Mutations of runs.

use async_graphql::{Context, Object, Result};
use domain::sync::Started;

use super::{
    input::{CancelSyncInput, CancelSyncPayload, SyncItemsInput, SyncItemsPayload},
    types::{SyncLock, SyncRun},
};
use crate::graphql::{
    paging::id,
    refusal::answered,
    services::{actor, services},
};

/// Mutations of runs.
#[derive(Debug, Default)]
pub struct SyncMutation;

/// Mutations of runs.
#[Object]
impl SyncMutation {
    /// Starts an item sync and answers at once with the run to follow. Permission: SYNC_ITEMS.
    async fn sync_items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to sync.")] input: SyncItemsInput,
    ) -> Result<SyncItemsPayload> {
        let actor = actor(ctx).await?;
        let integration = id(&input.integration_id)?;
        let syncs = &services(ctx)?.syncs;
        let started = syncs.start_items(&actor, integration, input.full, input.idempotency_key.as_deref()).await;
        let (started, user_errors) = answered(started)?;
        Ok(match started {
            None => SyncItemsPayload { run: None, lock: None, user_errors },
            Some(Started::Run(run)) => SyncItemsPayload { run: Some(SyncRun(*run)), lock: None, user_errors },
            Some(Started::Locked(state, refusal)) => SyncItemsPayload {
                run: None,
                lock: Some(SyncLock { business: actor.business, state: *state }),
                user_errors: vec![(*refusal).into()],
            },
        })
    }

    /// Asks a run to end; what it has committed is kept. An export run finishes what is being sent and begins nothing more;
    /// the rest waits as before. Permission: SYNC_ITEMS; of a sales run SYNC_SALES, of an export run EXPORT.
    async fn cancel_sync(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which run.")] input: CancelSyncInput,
    ) -> Result<CancelSyncPayload> {
        let actor = actor(ctx).await?;
        let run = id(&input.run_id)?;
        let (run, user_errors) = answered(services(ctx)?.syncs.cancel(&actor, run).await)?;
        Ok(CancelSyncPayload { run: run.map(SyncRun), user_errors })
    }
}
