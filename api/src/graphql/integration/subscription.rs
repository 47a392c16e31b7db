//! Live changes of integrations.

use async_graphql::{Context, ID, Result, Subscription};
use entity::IntegrationId;
use futures::{Stream, StreamExt};
use tokio_stream::wrappers::BroadcastStream;

use super::types::Integration;
use crate::graphql::{
    paging::optional_id,
    refusal::fault,
    services::{actor, services},
};

/// Live changes of integrations.
#[derive(Debug, Default)]
pub struct IntegrationSubscription;

/// Live changes of integrations.
#[Subscription]
impl IntegrationSubscription {
    /// Each integration whose status, health, company or settings changed, as it is then. Permission: READ_CATALOG.
    async fn integration_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only this one.")] integration_id: Option<ID>,
    ) -> Result<impl Stream<Item = Result<Integration>> + use<>> {
        let actor = actor(ctx).await?;
        actor.require(domain::business::Permission::ReadCatalog).map_err(fault)?;
        let wanted: Option<IntegrationId> = optional_id(integration_id.as_ref())?;
        let integrations = services(ctx)?.integrations.clone();
        let changes = BroadcastStream::new(integrations.changes().listen());
        Ok(changes.filter_map(move |change| {
            let (integrations, business) = (integrations.clone(), actor.business);
            async move {
                // A listener that fell behind missed announcements, not changes: the next one shows the row as it is.
                let (of, id) = change.ok()?;
                let ours = of == business && wanted.is_none_or(|wanted| wanted == id);
                if !ours {
                    return None;
                }
                Some(integrations.get(business, id).await.map(Integration).map_err(fault))
            }
        }))
    }
}
